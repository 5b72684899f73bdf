/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_ERROR_H
#define GPUATTEST_ERROR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every error that the library can report, once.  Columns: name, class, text.
 * The class picks the exit status of the command.  The values are ABI: append,
 * never reorder.  docs/errors.md is compared with this list by a test.
 */
/* clang-format off */
#define GA_ERRORS(X)                                                       \
    X(OK,          NONE,   "success")                                      \
    X(INVAL,       USAGE,  "invalid argument")                             \
    X(NOMEM,       SYSTEM, "out of memory")                                \
    X(TRUNCATED,   FORMAT, "input ends inside a field")                    \
    X(TRAILING,    FORMAT, "bytes left over after the last field")         \
    X(BAD_VALUE,   FORMAT, "field holds a value that is not allowed")      \
    X(DUPLICATE,   FORMAT, "something that must be unique appears twice")  \
    X(MISSING,     FORMAT, "something that must be there is absent")       \
    X(TOO_LARGE,   FORMAT, "input is above its bound")                     \
    X(SYNTAX,      FORMAT, "input is not well-formed")                     \
    X(FILE,        FORMAT, "file cannot be read")                          \
    X(UNREACHABLE, IO,     "service or device cannot be reached")          \
    X(CANCELLED,   IO,     "cancelled by the caller")                      \
    X(INTERNAL,    SYSTEM, "internal error")
/* clang-format on */

enum ga_rc {
#define X(name, class, text) GA_E_##name,
    GA_ERRORS(X)
#undef X
};
#define GA_OK GA_E_OK

/* What a caller can do about an error; one per row of GA_ERRORS. */
enum ga_class {
    GA_CLASS_NONE,   /* no error */
    GA_CLASS_USAGE,  /* the call was wrong: exit status 2 */
    GA_CLASS_FORMAT, /* the input was wrong: exit status 3 */
    GA_CLASS_IO,     /* somebody else was not there: exit status 4 */
    GA_CLASS_SYSTEM  /* this process cannot go on: exit status 70 */
};

#define GA_NO_OFFSET ((size_t)-1)

/* Bytes of ga_error's text, its final NUL included. */
#define GA_ERROR_TEXT 512

/*
 * ga_error says what failed, and where.  Callers put one on the stack, zeroed,
 * and pass its address last; NULL is allowed everywhere and loses the text.
 * `text` is one line of UTF-8 without control characters, outermost context
 * first:
 *
 *     GPU-3: report: opaque data: VBIOS_VERSION: need 8 bytes at 214, have 3
 */
struct ga_error {
    enum ga_rc code;
    size_t offset; /* byte in the input, or GA_NO_OFFSET */
    char text[GA_ERROR_TEXT];
};

#define GA_MUST_USE __attribute__((warn_unused_result))
#define GA_API      __attribute__((visibility("default")))

/* ga_strerror returns the fixed text of `rc`.  It never returns NULL. */
GA_API const char *ga_strerror(enum ga_rc rc);

/* ga_error_name returns the name of `rc` as it stands in JSON ("TRUNCATED").
 * It never returns NULL. */
GA_API const char *ga_error_name(enum ga_rc rc);

/* ga_error_class returns the class of `rc`; unknown codes are of class
 * GA_CLASS_SYSTEM. */
GA_API enum ga_class ga_error_class(enum ga_rc rc);

/* ga_class_name returns "NONE", "USAGE", "FORMAT", "IO" or "SYSTEM". */
GA_API const char *ga_class_name(enum ga_class c);

#ifdef __cplusplus
}
#endif
#endif
