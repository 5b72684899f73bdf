/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_jwks_parse, ga_eats_add, ga_token_verify.  What stands before the
 * first NUL is a JWKS, what stands behind it a token; without one, both. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "gpuattest/token.h"
#include "token/eat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The nonce that the seeds have. */
static const char nonce[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* As of the time of the seeds, for their issuer. */
static struct ga_context *
make_context(void)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;

    require(ga_settings_new(&set, NULL) == GA_OK);
    require(ga_settings_set(set, "at", "2026-11-24T13:10:00Z", NULL) == GA_OK);
    require(ga_settings_set(set, "issuer", "https://a", NULL) == GA_OK);
    require(ga_context_new(set, NULL, &ctx, NULL) == GA_OK);
    ga_settings_free(set);
    return ctx;
}

static void
check_tokens(struct ga_bytes in)
{
    struct ga_eats eats = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_eats_add(in, &eats, &err);

    require(rc == GA_OK || (err.code == rc && err.text[0] != '\0'));
    require(eats.count <= GA_EATS_MAX && eats.submods <= GA_DEVICES_MAX);
    for (size_t i = 0; i < eats.submods; i++) {
        const struct ga_jws *j = &eats.submod[i].jws;

        require(j->flaw.state == GA_PASSED || j->flaw.state == GA_FAILED);
        /* A token without a flaw is whole, and has one text alone. */
        if (j->flaw.state == GA_PASSED)
            require(j->claims != NULL && j->kid != NULL && j->signature_ok &&
                    j->signed_part.len < j->text.len);
    }
    ga_eats_done(&eats);
}

/* Nobody signed the input under a pinned key: nothing verifies. */
static void
check_verdict(const struct ga_jwks *jwks, struct ga_bytes token)
{
    static struct ga_context *ctx; /* made once: it is a megabyte */
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    struct ga_nonce n;
    char *json = NULL;
    enum ga_rc rc;

    if (ctx == NULL)
        ctx = make_context();
    require(ga_nonce_parse(nonce, &n, NULL) == GA_OK);
    rc = ga_token_verify(ctx, jwks, token.ptr, token.len, &n, &result, &err);
    if (rc == GA_OK) {
        require(!ga_result_verified(result));
        require(ga_result_json(result, &json, NULL) == GA_OK);
        ga_text_free(json);
    } else {
        require(result == NULL && err.code == rc && err.text[0] != '\0');
    }
    ga_result_free(result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    struct ga_bytes keys = ga_bytes_of(data, size), token = keys;
    struct ga_jwks *jwks = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc;

    if (size == 0)
        return 0;
    if (nul != NULL) {
        size_t n = (size_t)(nul - data);

        keys = ga_bytes_of(data, n);
        token = ga_bytes_of(data + n + 1, size - n - 1);
    }
    rc = ga_jwks_parse(keys.ptr, keys.len, &jwks, &err);
    require(rc == GA_OK || (jwks == NULL && err.code == rc));
    check_tokens(token);
    if (jwks == NULL)
        require(ga_jwks_parse("{\"keys\":[]}", 11, &jwks, NULL) == GA_OK);
    check_verdict(jwks, token);
    ga_jwks_free(jwks);
    return 0;
}
