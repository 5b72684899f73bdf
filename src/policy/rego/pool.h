/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_POOL_H
#define GA_POLICY_REGO_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/*
 * A pool is the memory and the patience of one load or one evaluation: bytes
 * and steps are counted down, and what was allocated goes in one go.  The
 * first failure stays; after it every allocation and every charge fails, so
 * that callers need to look once, at the end of what they do.
 */
struct rego_chunk;

struct rego_pool {
    struct rego_chunk *chunks;
    uint8_t *next;         /* first free byte of the first chunk */
    size_t left;           /* free bytes of the first chunk */
    size_t bytes;          /* that may still be taken from malloc() */
    size_t steps;          /* that may still be made */
    bool unsupported;      /* the failure is about what we do not have */
    struct ga_error error; /* code GA_OK: nothing failed */
};

void rego_pool_init(struct rego_pool *pool, size_t bytes, size_t steps);
void rego_pool_done(struct rego_pool *pool);

static inline bool
rego_failed(const struct rego_pool *pool)
{
    return pool->error.code != GA_OK;
}

/* rego_fail keeps the first failure and returns false. */
bool rego_fail(struct rego_pool *pool, enum ga_rc rc, const char *fmt, ...)
    GA_PRINTF(3, 4);

/* rego_lacking does the same, and says that it is about something that is not
 * supported; with constants, a policy is refused for it when it is loaded. */
bool rego_lacking(struct rego_pool *pool, const char *fmt, ...) GA_PRINTF(2, 3);

/* rego_charge counts `n` steps; false when there are no more. */
bool rego_charge(struct rego_pool *pool, size_t n);

/* rego_alloc returns zeroed memory for `count` things of `size` bytes, or NULL
 * after a failure.  It is a step. */
void *rego_alloc(struct rego_pool *pool, size_t count, size_t size);

/* rego_text copies `len` bytes and puts a NUL behind them. */
char *rego_text(struct rego_pool *pool, const char *text, size_t len);

/* A growing list of pointers; zeroed memory is an empty one. */
struct rego_list {
    void **item;
    size_t n, cap;
};

bool rego_push(struct rego_pool *pool, struct rego_list *list, void *item);

/* Growing text; zeroed memory is an empty one. */
struct rego_buffer {
    char *text;
    size_t n, cap;
};

bool rego_put(struct rego_pool *pool, struct rego_buffer *b, const char *text,
              size_t len);
bool rego_puts(struct rego_pool *pool, struct rego_buffer *b, const char *text);

#endif
