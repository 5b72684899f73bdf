/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded memory and steps of one load or evaluation. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/rego/pool.h"

/* Small policies fit into one; large requests get a chunk of their own. */
#define CHUNK (16 * 1024)
#define ALIGN 16

struct rego_chunk {
    struct rego_chunk *next;
    size_t size; /* keeps the bytes behind it aligned, too */
};

void
rego_pool_init(struct rego_pool *pool, size_t bytes, size_t steps)
{
    memset(pool, 0, sizeof(*pool));
    pool->bytes = bytes;
    pool->steps = steps;
}

void
rego_pool_done(struct rego_pool *pool)
{
    while (pool->chunks != NULL) {
        struct rego_chunk *next = pool->chunks->next;

        free(pool->chunks);
        pool->chunks = next;
    }
    pool->next = NULL;
    pool->left = 0;
}

bool
rego_fail(struct rego_pool *pool, enum ga_rc rc, const char *fmt, ...)
{
    char text[GA_ERROR_TEXT];
    va_list ap;

    if (rego_failed(pool))
        return false;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    ga_fail(&pool->error, rc, "%s", text);
    return false;
}

bool
rego_lacking(struct rego_pool *pool, const char *fmt, ...)
{
    char text[GA_ERROR_TEXT];
    va_list ap;

    if (rego_failed(pool))
        return false;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    pool->unsupported = true;
    return rego_fail(pool, GA_E_BAD_VALUE, "not supported: %s", text);
}

bool
rego_charge(struct rego_pool *pool, size_t n)
{
    if (rego_failed(pool))
        return false;
    if (n > pool->steps) {
        pool->steps = 0;
        return rego_fail(pool, GA_E_TOO_LARGE, "more steps than the bound");
    }
    pool->steps -= n;
    return true;
}

static bool
grow(struct rego_pool *pool, size_t need)
{
    size_t size = need > CHUNK ? need : CHUNK;
    struct rego_chunk *chunk;

    if (size > pool->bytes)
        return rego_fail(pool, GA_E_TOO_LARGE, "more memory than the bound");
    chunk = malloc(sizeof(*chunk) + size);
    if (chunk == NULL)
        return rego_fail(pool, GA_E_NOMEM, "%s", ga_strerror(GA_E_NOMEM));
    pool->bytes -= size;
    chunk->next = pool->chunks;
    chunk->size = size;
    pool->chunks = chunk;
    pool->next = (uint8_t *)(chunk + 1);
    pool->left = size;
    return true;
}

void *
rego_alloc(struct rego_pool *pool, size_t count, size_t size)
{
    size_t n;
    void *p;

    if (!rego_charge(pool, 1))
        return NULL;
    if (count > (SIZE_MAX - ALIGN) / size) {
        rego_fail(pool, GA_E_TOO_LARGE, "more memory than the bound");
        return NULL;
    }
    n = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    if (n > pool->left && !grow(pool, n))
        return NULL;
    p = pool->next;
    pool->next += n;
    pool->left -= n;
    memset(p, 0, n);
    return p;
}

char *
rego_text(struct rego_pool *pool, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? rego_alloc(pool, len + 1, 1) : NULL;

    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

bool
rego_push(struct rego_pool *pool, struct rego_list *list, void *item)
{
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 8 : list->cap * 2;
        void **more = rego_alloc(pool, cap, sizeof(*more));

        if (more == NULL)
            return false;
        if (list->n > 0)
            memcpy(more, list->item, list->n * sizeof(*more));
        list->item = more;
        list->cap = cap;
    }
    list->item[list->n++] = item;
    return true;
}

bool
rego_put(struct rego_pool *pool, struct rego_buffer *b, const char *text,
         size_t len)
{
    if (rego_failed(pool))
        return false;
    if (len >= SIZE_MAX / 2 - b->n)
        return rego_fail(pool, GA_E_TOO_LARGE, "more memory than the bound");
    if (b->n + len + 1 > b->cap) {
        size_t cap = 2 * (b->n + len) + 32;
        char *more = rego_alloc(pool, cap, 1);

        if (more == NULL)
            return false;
        if (b->n > 0)
            memcpy(more, b->text, b->n);
        b->text = more;
        b->cap = cap;
    }
    if (len > 0)
        memcpy(b->text + b->n, text, len);
    b->n += len;
    b->text[b->n] = '\0';
    return true;
}

bool
rego_puts(struct rego_pool *pool, struct rego_buffer *b, const char *text)
{
    return rego_put(pool, b, text, strlen(text));
}
