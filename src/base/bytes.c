/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed and owned bytes. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

void
ga_buf_done(struct ga_buf *b)
{
    free(b->ptr);
    *b = (struct ga_buf){ 0 };
}

enum ga_rc
ga_buf_copy(struct ga_bytes in, struct ga_buf *out, struct ga_error *err)
{
    uint8_t *p = in.len < SIZE_MAX ? malloc(in.len + 1) : NULL;

    if (p == NULL)
        return ga_nomem(err);
    if (in.len > 0)
        memcpy(p, in.ptr, in.len);
    p[in.len] = '\0';
    *out = (struct ga_buf){ .ptr = p, .len = in.len };
    return GA_OK;
}

bool
ga_bytes_equal(struct ga_bytes a, struct ga_bytes b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool
ga_bytes_zero(struct ga_bytes b)
{
    uint8_t any = 0;

    for (size_t i = 0; i < b.len; i++)
        any |= b.ptr[i];
    return any == 0;
}
