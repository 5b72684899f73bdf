/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_CLEANUP_H
#define GA_BASE_CLEANUP_H

#include <stdlib.h>

/*
 * GA_AUTO(type) declares a pointer that is released when it leaves scope:
 *
 *     GA_AUTO(X509) *cert = NULL;
 *
 * GA_TAKE(p) hands the pointer on and disarms the release:
 *
 *     *out = GA_TAKE(cert);
 *
 * Rules: initialise where you declare; never goto past a declaration; a
 * function that owns nothing uses neither.
 */
#define GA_AUTO(type) __attribute__((cleanup(ga_auto_##type))) type

#define GA_DEFINE_AUTO(type, release)           \
    static inline void ga_auto_##type(type **p) \
    {                                           \
        release(*p);                            \
        *p = NULL;                              \
    }                                           \
    struct ga_auto_semicolon

/* The same for our own structs, which have tags:
 *
 *     GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);
 *     GA_AUTO_STRUCT(ga_report) *report = NULL;
 */
#define GA_AUTO_STRUCT(tag) \
    __attribute__((cleanup(ga_auto_struct_##tag))) struct tag

#define GA_DEFINE_AUTO_STRUCT(tag, release)                 \
    static inline void ga_auto_struct_##tag(struct tag **p) \
    {                                                       \
        release(*p);                                        \
        *p = NULL;                                          \
    }                                                       \
    struct ga_auto_semicolon

/* GA_AUTO_FREE char *text = NULL: the same for memory from malloc(). */
#define GA_AUTO_FREE __attribute__((cleanup(ga_auto_free)))
static inline void
ga_auto_free(void *p)
{
    free(*(void **)p);
}

#define GA_TAKE(p)                  \
    __extension__({                 \
        __typeof__(p) taken_ = (p); \
        (p) = NULL;                 \
        taken_;                     \
    })

#endif
