/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies a token with kept keys:
 * token NONCE TOKEN JWKS [SETTING VALUE]... */
#include <gpuattest/gpuattest.h>
#include <stdio.h>

#define ROOM (1024 * 1024)

/* Returns the number of bytes, 0 where there is none or no room. */
static size_t
read_all(const char *path, char *out)
{
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(out, 1, ROOM, f) : 0;

    if (f != NULL)
        fclose(f);
    return n < ROOM ? n : 0;
}

int
main(int argc, char **argv)
{
    static char token[ROOM], keys[ROOM];
    size_t token_len = argc > 3 ? read_all(argv[2], token) : 0;
    size_t keys_len = argc > 3 ? read_all(argv[3], keys) : 0;
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_jwks *jwks = NULL;
    struct ga_result *result = NULL;
    struct ga_nonce nonce;
    struct ga_error err = { .text = "usage: token NONCE TOKEN JWKS" };
    int status = 2;
    enum ga_rc rc = GA_E_INVAL;

    if (argc > 3)
        rc = ga_settings_new(&set, &err);
    for (int i = 4; i + 1 < argc && rc == GA_OK; i += 2)
        rc = ga_settings_set(set, argv[i], argv[i + 1], &err);
    if (rc == GA_OK && ga_nonce_parse(argv[1], &nonce, &err) == GA_OK &&
        ga_context_new(set, NULL, &ctx, &err) == GA_OK &&
        ga_jwks_parse(keys, keys_len, &jwks, &err) == GA_OK &&
        ga_token_verify(ctx, jwks, token, token_len, &nonce, &result, &err) ==
            GA_OK) {
        puts(ga_result_summary(result));
        status = ga_result_verified(result) ? 0 : 1;
    } else {
        fprintf(stderr, "no verdict: %s\n", err.text);
    }
    ga_result_free(result);
    ga_jwks_free(jwks);
    ga_context_free(ctx);
    ga_settings_free(set);
    return status;
}
