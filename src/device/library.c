/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same for every library that is loaded when it is needed. */
#include <dlfcn.h>
#include <string.h>

#include "device/library.h"

enum ga_rc
ga_library_open(const char *file, void **out, struct ga_error *err)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    const char *why;

    if (handle != NULL) {
        *out = handle;
        return GA_OK;
    }
    why = dlerror();
    return ga_fail(err, GA_E_UNREACHABLE, "%s: cannot be loaded (%.200s)", file,
                   why != NULL ? why : "no reason given");
}

enum ga_rc
ga_library_absent(const char *file, const char *symbol, struct ga_error *err)
{
    return ga_fail(err, GA_E_UNREACHABLE, "%s: no symbol %s", file, symbol);
}

enum ga_rc
ga_library_symbols(void *handle, const char *file, const struct ga_symbol *rows,
                   size_t count, void *api, struct ga_error *err)
{
    for (size_t i = 0; i < count; i++) {
        void *symbol = dlsym(handle, rows[i].name);

        if (symbol == NULL && rows[i].required)
            return ga_library_absent(file, rows[i].name, err);
        /* POSIX allows it; ISO C has no cast from void * to a function. */
        memcpy((char *)api + rows[i].member, &symbol, sizeof(symbol));
    }
    return GA_OK;
}

enum ga_rc
ga_library_text(const char *file, const char *symbol, const char *text,
                size_t cap, struct ga_error *err)
{
    size_t n = strnlen(text, cap);

    if (n == cap)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %s: no NUL in %zu bytes", file,
                       symbol, cap);
    if (n == 0)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %s: no text", file, symbol);
    for (size_t i = 0; i < n; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            return ga_fail(err, GA_E_BAD_VALUE,
                           "%s: %s: byte 0x%02x at %zu is not printable", file,
                           symbol, (unsigned char)text[i], i);
    return GA_OK;
}
