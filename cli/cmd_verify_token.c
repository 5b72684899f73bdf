/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest verify-token: a token in, verdict out. */
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "gpuattest/token.h"
#include "verify/context.h"

GA_DEFINE_AUTO_STRUCT(ga_jwks, ga_jwks_free);
GA_DEFINE_AUTO_STRUCT(ga_settings, ga_settings_free);

static enum ga_rc
check_usage(const struct options *o, struct ga_nonce *nonce,
            struct ga_error *err)
{
    enum ga_rc rc;

    if (o->token_file == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--token-file is missing: a file, or -");
    if (o->nonce == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--nonce is missing: the 64 hex digits that you chose");
    rc = check_output("save-jwks", o->save_jwks, err);
    if (rc != GA_OK)
        return rc;
    rc = ga_nonce_parse(o->nonce, nonce, err);
    return ga_within(err, rc, "--nonce");
}

bool
is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 ||
           strncmp(text, "http://", 7) == 0;
}

/* Asks the service that the caller names; never one that the token names. */
enum ga_rc
fetch_jwks(const struct options *o, char **text, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_settings) *set = NULL;
    enum ga_rc rc = ga_settings_copy(o->settings, &set, err);

    if (rc == GA_OK && o->jwks != NULL)
        rc = ga_settings_set(set, "nras-url", o->jwks, err);
    if (rc == GA_OK)
        rc = net_remote(o->net, set, err);
    return rc == GA_OK ? o->net->api.remote_jwks(o->net->remote, text, err)
                       : ga_within(err, rc, "--jwks");
}

static enum ga_rc
read_keys(const struct options *o, const char *issuer, struct ga_jwks **out,
          struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    char *text = NULL;
    enum ga_rc rc;

    if (o->jwks != NULL && !is_url(o->jwks)) {
        rc = ga_file_read(o->jwks, GA_JWKS_MAX, &file, err);
        if (rc == GA_OK && file.len == 0)
            rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", o->jwks);
        if (rc == GA_OK)
            rc = ga_within(err, ga_jwks_parse(file.ptr, file.len, out, err),
                           "%s", o->jwks);
        return rc == GA_OK ? save_jwks(o, (const char *)file.ptr, err) : rc;
    }
    if (o->jwks == NULL && o->settings->bundle != NULL) {
        rc = bundle_jwks(o->settings->bundle, issuer, &file, err);
        if (rc == GA_OK)
            rc = ga_jwks_parse(file.ptr, file.len, out, err);
        return rc == GA_OK ? save_jwks(o, (const char *)file.ptr, err) : rc;
    }
    rc = fetch_jwks(o, &text, err);
    if (rc == GA_OK)
        rc = ga_jwks_parse(text, strlen(text), out, err);
    if (rc == GA_OK)
        rc = save_jwks(o, text, err);
    ga_text_free(text);
    return rc;
}

static enum ga_rc
verify(const struct options *o, const struct ga_nonce *nonce,
       struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_jwks) *jwks = NULL;
    GA_AUTO_BUF struct ga_buf token = { 0 };
    enum ga_rc rc = context_of(o, &ctx, err);

    if (rc == GA_OK)
        rc = ga_file_read(o->token_file, GA_TOKEN_MAX, &token, err);
    if (rc == GA_OK && token.len == 0)
        rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty",
                     o->token_file);
    if (rc == GA_OK)
        rc = read_keys(o, ctx->issuer, &jwks, err);
    return rc == GA_OK ? ga_within(err,
                                   ga_token_verify(ctx, jwks, token.ptr,
                                                   token.len, nonce, out, err),
                                   "%s", o->token_file)
                       : rc;
}

int
cmd_verify_token(const struct options *o)
{
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    struct ga_error err = { 0 };
    struct ga_nonce nonce;
    enum ga_rc rc = check_usage(o, &nonce, &err);

    if (rc == GA_OK)
        rc = verify(o, &nonce, &res, &err);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    return print_result(o, res, "token");
}
