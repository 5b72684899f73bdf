/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: an OCSP answer. */
#include "base/cleanup.h"
#include "cli/inspect.h"
#include "x509/ocsp.h"

GA_DEFINE_AUTO_STRUCT(ga_ocsp_answer, ga_ocsp_free);

static const char *
status_name(enum ga_cert_status status)
{
    switch (status) {
    case GA_CERT_GOOD:
        return "good";
    case GA_CERT_REVOKED:
        return "revoked";
    case GA_CERT_UNKNOWN:
        return "unknown";
    case GA_CERT_STATUS_NONE:
        break;
    }
    return NULL;
}

static void
show_single(struct emit *e, const struct ga_ocsp_single *s)
{
    emit_open(e, "answer", EMIT_BLOCK);
    emit_hex(e, "serial", s->serial);
    emit_text(e, "status", status_name(s->status));
    if (s->status == GA_CERT_REVOKED) {
        emit_time(e, "revoked_at", s->revoked_at);
        emit_text(e, "reason", ga_revocation_reason_text(s->revocation_reason));
    }
    emit_time(e, "this_update", s->this_update);
    emit_time(e, "next_update", s->next_update);
    emit_text(e, "hash", s->hash);
    emit_hex(e, "issuer_name_hash", s->issuer_name_hash);
    emit_hex(e, "issuer_key_hash", s->issuer_key_hash);
    emit_close(e);
}

enum ga_rc
inspect_ocsp(struct emit *e, const char *key, struct ga_bytes in,
             struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_ocsp_answer) *answer = NULL;
    struct ga_ocsp_view view;
    struct ga_ocsp_single single;
    enum ga_rc rc = ga_ocsp_parse(in, &answer, err);

    emit_open(e, key, EMIT_BLOCK);
    if (rc != GA_OK) {
        emit_error(e, "error", err);
        emit_close(e);
        return rc;
    }
    ga_ocsp_view(answer, &view);
    emit_time(e, "produced_at", view.produced_at);
    if (view.nonce.len > 0)
        emit_hex(e, "nonce", view.nonce);
    else
        emit_text(e, "nonce", NULL);
    if (view.responder_key_hash.len > 0)
        emit_hex(e, "responder_key_hash", view.responder_key_hash);
    else
        emit_text(e, "responder_key_hash", NULL);
    emit_open(e, "answers", EMIT_LIST);
    for (size_t i = 0; i < view.singles; i++)
        if (ga_ocsp_single(answer, i, &single))
            show_single(e, &single);
    emit_close(e);
    inspect_certs(e, "certificates", view.certs);
    emit_close(e);
    return GA_OK;
}
