/* SPDX-License-Identifier: Apache-2.0 */
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

unsigned memory_countdown;

static bool
counts_down(void)
{
    return memory_countdown > 0 && --memory_countdown == 0;
}

bool (*memory_fails)(void) = counts_down;

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *
__wrap_malloc(size_t n)
{
    return memory_fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return memory_fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
    return memory_fails() ? NULL : __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
    return memory_fails() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
    return memory_fails() ? NULL : __real_strndup(s, n);
}
