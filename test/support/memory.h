/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_MEMORY_H
#define TEST_SUPPORT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Allocations of ours that fail.  The linker puts the functions of memory.c in
 * front of libc's (ga_memory_test() in test/CMakeLists.txt); what libraries
 * allocate for themselves does not fail.
 */

/* Allocations until the one that fails; 0: none does. */
extern unsigned memory_countdown;

/* Says whether this one fails; counts down, unless a test has its own. */
extern bool (*memory_fails)(void);

/* What the linker calls libc's own. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);

#endif
