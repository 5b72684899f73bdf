/* SPDX-License-Identifier: Apache-2.0 */
/* One tree of values, as text or as JSON. */
#include "cli/emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/hex.h"
#include "base/json.h"

void
emit_start(struct emit *e, bool json, FILE *to)
{
    memset(e, 0, sizeof(*e));
    e->to = to;
    if (json) {
        e->root = json_object();
        e->failed = e->root == NULL;
    }
    e->level[0] = (struct emit_level){ EMIT_BLOCK, e->root, true };
}

bool
emit_done(struct emit *e)
{
    GA_AUTO(json_t) *root = e->root;
    GA_AUTO_FREE char *text = NULL;

    e->root = NULL;
    if (e->failed || root == NULL)
        return !e->failed;
    text = ga_json_text(root, true);
    if (text == NULL)
        return false;
    fprintf(e->to, "%s\n", text);
    return true;
}

/* Puts a new value into the container that is open; takes `value`. */
static void
put_json(struct emit *e, const char *key, json_t *value)
{
    const struct emit_level *at = &e->level[e->depth];
    int rc;

    if (value == NULL || at->node == NULL) {
        json_decref(value);
        e->failed = true;
        return;
    }
    rc = at->shape == EMIT_LIST || at->shape == EMIT_VALUES
             ? json_array_append_new(at->node, value)
             : json_object_set_new(at->node, key, value);
    if (rc != 0)
        e->failed = true;
}

/* Prints what stands before a value in text. */
static void
lead_in(struct emit *e, const char *key)
{
    struct emit_level *at = &e->level[e->depth];

    if (at->shape == EMIT_VALUES)
        fputc(' ', e->to);
    else if (at->shape == EMIT_ROW)
        fprintf(e->to, "%s%s ", at->first ? "" : "  ", key);
    else if (at->shape == EMIT_LIST)
        fprintf(e->to, "%*s", (int)(2 * e->depth), "");
    else
        fprintf(e->to, "%*s%s: ", (int)(2 * e->depth), "", key);
    at->first = false;
}

/* Prints what stands behind a value in text. */
static void
lead_out(struct emit *e)
{
    enum emit_shape shape = e->level[e->depth].shape;

    if (shape == EMIT_BLOCK || shape == EMIT_LIST)
        fputc('\n', e->to);
}

static json_t *
json_of_text(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

void
emit_text(struct emit *e, const char *key, const char *value)
{
    size_t len = value != NULL ? strlen(value) : 0;
    /* The longest escape, \u{e0001}, stands for four bytes. */
    GA_AUTO_FREE char *safe = malloc(4 * len + 1);

    if (safe == NULL) {
        e->failed = true;
        return;
    }
    ga_escape(value != NULL ? value : "", len, safe, 4 * len + 1);
    if (e->root != NULL) {
        put_json(e, key, json_of_text(value != NULL ? safe : NULL));
        return;
    }
    lead_in(e, key);
    fputs(value != NULL ? safe : "-", e->to);
    lead_out(e);
}

void
emit_number(struct emit *e, const char *key, int64_t value)
{
    if (e->root != NULL) {
        put_json(e, key, json_integer(value));
        return;
    }
    lead_in(e, key);
    fprintf(e->to, "%lld", (long long)value);
    lead_out(e);
}

void
emit_bool(struct emit *e, const char *key, bool value)
{
    if (e->root != NULL) {
        put_json(e, key, json_boolean(value));
        return;
    }
    lead_in(e, key);
    fputs(value ? "true" : "false", e->to);
    lead_out(e);
}

void
emit_hex(struct emit *e, const char *key, struct ga_bytes value)
{
    GA_AUTO_FREE char *text = malloc(2 * value.len + 1);

    if (text == NULL) {
        e->failed = true;
        return;
    }
    ga_hex(value, text);
    emit_text(e, key, value.len > 0 ? text : "");
}

void
emit_time(struct emit *e, const char *key, ga_time value)
{
    char text[GA_TIME_TEXT];

    if (value != GA_TIME_NONE)
        ga_time_text(value, text);
    emit_text(e, key, value != GA_TIME_NONE ? text : NULL);
}

void
emit_open(struct emit *e, const char *key, enum emit_shape shape)
{
    bool array = shape == EMIT_LIST || shape == EMIT_VALUES;
    json_t *node = NULL;

    if (e->depth + 1 == EMIT_DEPTH_MAX) {
        e->failed = true;
        return;
    }
    if (e->root != NULL) {
        node = array ? json_array() : json_object();
        put_json(e, key, node);
        /* A node that found no place is gone. */
        node = e->failed ? NULL : node;
    } else if (shape == EMIT_BLOCK || shape == EMIT_LIST) {
        fprintf(e->to, "%*s%s:\n", (int)(2 * e->depth), "", key);
    } else if (shape == EMIT_VALUES) {
        fprintf(e->to, "%*s%s:", (int)(2 * e->depth), "", key);
    } else {
        fprintf(e->to, "%*s", (int)(2 * e->depth), "");
    }
    e->depth++;
    e->level[e->depth] = (struct emit_level){ shape, node, true };
}

void
emit_close(struct emit *e)
{
    enum emit_shape shape = e->level[e->depth].shape;

    if (e->depth == 0)
        return;
    e->depth--;
    if (e->root == NULL && (shape == EMIT_ROW || shape == EMIT_VALUES))
        fputc('\n', e->to);
}

void
emit_error(struct emit *e, const char *key, const struct ga_error *err)
{
    emit_open(e, key, EMIT_BLOCK);
    emit_text(e, "code", ga_error_name(err->code));
    emit_text(e, "text", err->text);
    if (err->offset != GA_NO_OFFSET)
        emit_number(e, "offset", (int64_t)err->offset);
    emit_close(e);
}
