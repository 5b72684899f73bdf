/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_LIBRARY_H
#define GA_DEVICE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"

/* One symbol of a library: where its address goes in the table of functions,
 * and whether the table is of no use without it. */
struct ga_symbol {
    size_t member;
    const char *name;
    bool required;
};

/* ga_library_open loads `file`, or fails with GA_E_UNREACHABLE and the loader's
 * message; the handle is released with dlclose(). */
GA_MUST_USE enum ga_rc ga_library_open(const char *file, void **out,
                                       struct ga_error *err);

/* ga_library_symbols fills the members of the table `api` that the `count` rows
 * name; those that are absent and not required become NULL. */
GA_MUST_USE enum ga_rc ga_library_symbols(void *handle, const char *file,
                                          const struct ga_symbol *rows,
                                          size_t count, void *api,
                                          struct ga_error *err);

/* ga_library_absent is the error of a symbol that is needed now. */
enum ga_rc ga_library_absent(const char *file, const char *symbol,
                             struct ga_error *err);

/*
 * ga_library_text checks what a library wrote to a buffer of `cap` bytes as
 * text: at least one character, printable ASCII, with a NUL inside the buffer;
 * else GA_E_BAD_VALUE.
 */
GA_MUST_USE enum ga_rc ga_library_text(const char *file, const char *symbol,
                                       const char *text, size_t cap,
                                       struct ga_error *err);

#endif
