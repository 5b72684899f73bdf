/* SPDX-License-Identifier: Apache-2.0 */
/* A result as a signed token: --eat-key. */
#include "cli/cli.h"
#include "gpuattest/token.h"

GA_DEFINE_AUTO_STRUCT(ga_signer, ga_signer_free);

enum ga_rc
check_eat(const struct options *o, struct ga_error *err)
{
    if (o->eat_key == NULL) {
        if (o->eat_issuer != NULL || o->eat_kid != NULL || o->eat_relaxed)
            return ga_fail(err, GA_E_INVAL,
                           "--eat-key is missing: nothing is signed");
        return GA_OK;
    }
    if (o->eat_issuer == NULL)
        return ga_fail(err, GA_E_INVAL, "--eat-issuer is missing: who signs");
    if (o->format != FORMAT_JSON)
        return ga_fail(err, GA_E_INVAL,
                       "--eat-key: the token is a part of --format json");
    return GA_OK;
}

static enum ga_rc
keep_keys(const struct options *o, const struct ga_signer *signer,
          struct ga_error *err)
{
    char *text = NULL;
    enum ga_rc rc;

    if (o->save_jwks == NULL)
        return GA_OK;
    rc = ga_jwks_make(&signer, 1, &text, err);
    if (rc == GA_OK)
        rc = save_jwks(o, text, err);
    ga_text_free(text);
    return rc;
}

enum ga_rc
sign_result(const struct options *o, const struct ga_result *result, char **eat,
            struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_signer) *signer = NULL;
    const struct ga_eat_options options = {
        .size = sizeof(options),
        .issuer = o->eat_issuer,
        .allow_relaxed = o->eat_relaxed,
        .caller_nonce = true,
    };
    enum ga_rc rc;

    if (o->eat_key == NULL)
        return GA_OK;
    rc = ga_within(err, ga_signer_load(o->eat_key, &signer, err), "--eat-key");
    if (rc == GA_OK && o->eat_kid != NULL)
        rc = ga_within(err, ga_signer_set_kid(signer, o->eat_kid, err),
                       "--eat-kid");
    if (rc == GA_OK)
        rc = keep_keys(o, signer, err);
    if (rc == GA_OK)
        rc = ga_result_eat(result, signer, &options, eat, err);
    if (rc == GA_OK && ga_result_verified(result) &&
        !ga_result_eat_true(result, &options))
        say("the signed result says false: it rests on more than the strictest "
            "rules, see x-gpuattest-relaxed");
    return rc;
}
