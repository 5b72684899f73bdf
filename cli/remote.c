/* SPDX-License-Identifier: Apache-2.0 */
/* Who verifies: this machine, or the attestation service. */
#define _GNU_SOURCE /* asprintf */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"

/* The key is the first line of its file. */
static enum ga_rc
take_key(const struct options *o, struct ga_error *err)
{
    struct ga_buf file = { 0 };
    enum ga_rc rc = ga_file_read_secret(o->key_file, GA_VALUE_MAX, &file, err);

    if (rc == GA_OK) {
        file.ptr[strcspn((const char *)file.ptr, "\r\n")] = '\0';
        rc = ga_within(err,
                       ga_settings_set(o->settings, "service-key",
                                       (const char *)file.ptr, err),
                       "%s", o->key_file);
        OPENSSL_cleanse(file.ptr, file.len);
    }
    ga_buf_done(&file);
    return rc;
}

enum ga_rc
check_service(const struct options *o, struct ga_error *err)
{
    bool remote = o->verifier == VERIFIER_REMOTE;

    if (remote && o->settings->offline)
        return ga_fail(err, GA_E_INVAL,
                       "--verifier remote asks a service, --offline none");
    if (remote && o->settings->at != GA_TIME_NONE)
        return ga_fail(err, GA_E_INVAL,
                       "--at: the service verifies as of the present");
    if (remote && o->settings->rim_signed_after != GA_TIME_NONE)
        return ga_fail(err, GA_E_INVAL,
                       "--rim-signed-after: the service chooses the RIMs");
    if (remote && o->eat_key != NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--eat-key: what the service signed is its own");
    if (!remote && o->eat_key == NULL && o->save_jwks != NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--save-jwks: nothing is signed, and no service asked");
    if (check_output("save-jwks", o->save_jwks, err) != GA_OK)
        return GA_E_INVAL;
    return o->key_file != NULL ? take_key(o, err) : GA_OK;
}

enum ga_rc
check_board(const struct options *o, struct ga_error *err)
{
    if (o->verifier == VERIFIER_REMOTE && o->settings->topology != NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--topology: a service judges devices, and not their "
                       "board; ppcie --verifier remote judges both");
    return GA_OK;
}

enum ga_rc
save_jwks(const struct options *o, const char *text, struct ga_error *err)
{
    GA_AUTO_FREE char *line = NULL;
    int len;

    if (o->save_jwks == NULL)
        return GA_OK;
    len = asprintf(&line, "%s\n", text);
    if (len < 0) {
        line = NULL;
        return ga_nomem(err);
    }
    return ga_within(err,
                     file_write(o->save_jwks,
                                ga_bytes_of((const uint8_t *)line, (size_t)len),
                                err),
                     "--save-jwks");
}

static enum ga_rc
keep_keys(const struct options *o, struct ga_error *err)
{
    char *text = NULL;
    enum ga_rc rc;

    if (o->save_jwks == NULL)
        return GA_OK;
    rc = o->net->api.remote_jwks(o->net->remote, &text, err);
    if (rc == GA_OK)
        rc = save_jwks(o, text, err);
    ga_text_free(text);
    return rc;
}

enum ga_rc
verify_evidence(const struct options *o, struct ga_context *ctx,
                const struct ga_evidence *evidence,
                const struct ga_nonce *nonce, struct ga_result **out,
                struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    enum ga_rc rc;

    if (o->verifier != VERIFIER_REMOTE)
        return ga_verify(ctx, evidence, nonce, out, err);
    rc = net_remote(o->net, o->settings, err);
    if (rc == GA_OK)
        rc = o->net->api.remote_verify(o->net->remote, ctx, evidence, nonce,
                                       &res, err);
    if (rc == GA_OK)
        rc = keep_keys(o, err);
    if (rc == GA_OK)
        *out = GA_TAKE(res);
    return rc;
}
