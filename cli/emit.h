/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_EMIT_H
#define GA_CLI_EMIT_H

#include <jansson.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/time.h"

/* Nesting: evidence > item > report > opaque > field > values is 6. */
#define EMIT_DEPTH_MAX 12

/* How a container looks in text; in JSON the last two are arrays. */
enum emit_shape {
    EMIT_BLOCK, /* object, a line per member */
    EMIT_ROW,   /* object on one line */
    EMIT_LIST,  /* array, items below each other; keys are only headings */
    EMIT_VALUES /* array of plain values on one line */
};

/*
 * ga_emit writes one tree of named values, either as text while it comes, or
 * as JSON when it is whole, so that the two can never say different things.
 * Every string is escaped.  A failure (no memory, too deep) is kept until
 * emit_done() is asked.
 */
struct emit {
    FILE *to;
    json_t *root; /* NULL: text */
    size_t depth;
    struct emit_level {
        enum emit_shape shape;
        json_t *node; /* borrowed from root */
        bool first;   /* nothing in it yet */
    } level[EMIT_DEPTH_MAX];
    bool failed;
};

/* emit_start begins a tree whose top is an object. */
void emit_start(struct emit *e, bool json, FILE *to);

/* emit_done prints JSON, releases everything, and says whether all went
 * well. */
GA_MUST_USE bool emit_done(struct emit *e);

/* emit_open begins a container, emit_close() ends it. */
void emit_open(struct emit *e, const char *key, enum emit_shape shape);
void emit_close(struct emit *e);

/* Plain values.  NULL becomes null, "-" in text. */
void emit_text(struct emit *e, const char *key, const char *value);
void emit_number(struct emit *e, const char *key, int64_t value);
void emit_bool(struct emit *e, const char *key, bool value);
void emit_hex(struct emit *e, const char *key, struct ga_bytes value);
void emit_time(struct emit *e, const char *key, ga_time value);

/* emit_error shows an error as code, text and offset. */
void emit_error(struct emit *e, const char *key, const struct ga_error *err);

#endif
