/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces: made, read and written. */
#include <openssl/rand.h>
#include <string.h>

#include "base/fail.h"
#include "base/hex.h"
#include "gpuattest/nonce.h"

enum ga_rc
ga_nonce_random(struct ga_nonce *out, struct ga_error *err)
{
    struct ga_nonce nonce;

    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "nonce: nowhere to put it");
    if (RAND_bytes(nonce.bytes, sizeof(nonce.bytes)) != 1)
        return ga_fail(err, GA_E_INTERNAL,
                       "nonce: the system has no random bytes");
    *out = nonce;
    return GA_OK;
}

enum ga_rc
ga_nonce_parse(const char *text, struct ga_nonce *out, struct ga_error *err)
{
    const char *digits = text;

    if (text == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nonce: none given");
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        digits += 2;
    if (!ga_unhex(digits, strlen(digits), out->bytes, sizeof(out->bytes)))
        return ga_fail(err, GA_E_INVAL, "nonce: \"%s\" is not 64 hex digits",
                       text);
    return GA_OK;
}

void
ga_nonce_text(const struct ga_nonce *nonce, char out[2 * GA_NONCE_LEN + 1])
{
    ga_hex(ga_bytes_of(nonce->bytes, sizeof(nonce->bytes)), out);
}
