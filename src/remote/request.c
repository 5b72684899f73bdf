/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent to an attestation service.  Source: spec-protocol, 5. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "gpuattest/token.h"
#include "remote/remote.h"

void
ga_remote_request_done(struct ga_remote_request *request)
{
    free(request->body);
    free(request->url);
    *request = (struct ga_remote_request){ 0 };
}

/* The report, and the PEM text of its chain, both as base64. */
static json_t *
item_of(const struct ga_evidence_view *v)
{
    GA_AUTO_FREE char *report =
        ga_base64_encode(ga_bytes_of(v->report, v->report_len), 0);
    GA_AUTO_FREE char *chain =
        ga_base64_encode(ga_bytes_of(v->chain, v->chain_len), 0);

    if (report == NULL || chain == NULL)
        return NULL;
    return json_pack("{s:s,s:s}", "evidence", report, "certificate", chain);
}

/* A request is about one architecture. */
static enum ga_rc
same_arch(struct ga_remote_request *r, const char *arch,
          const struct ga_evidence_view *v, struct ga_error *err)
{
    if (r->arch != NULL && strcmp(r->arch, arch) != 0)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "%s: %s, beside %s: the service is asked about one "
                       "architecture at a time",
                       v->source, arch, r->arch);
    r->arch = arch;
    return GA_OK;
}

static enum ga_rc
add_device(const struct ga_evidence *evidence, size_t i,
           struct ga_remote_request request[GA_REMOTE_KINDS],
           json_t *list[GA_REMOTE_KINDS], struct ga_error *err)
{
    struct ga_evidence_view v;
    struct ga_nonce theirs;
    const char *arch = NULL;
    bool is_switch = false;
    enum ga_remote_kind kind;
    enum ga_rc rc = ga_evidence_get(evidence, i, &v, err);

    if (rc == GA_OK && v.nonce != NULL &&
        ga_nonce_parse(v.nonce, &theirs, NULL) != GA_OK)
        rc = ga_fail(err, GA_E_BAD_VALUE, "%s: nonce: not 64 hex digits",
                     v.source);
    if (rc == GA_OK)
        rc = ga_evidence_arch(evidence, i, &arch, &is_switch, err);
    if (rc != GA_OK)
        return rc;
    kind = is_switch ? GA_REMOTE_SWITCH : GA_REMOTE_GPU;
    rc = same_arch(&request[kind], arch, &v, err);
    if (rc != GA_OK)
        return rc;
    if (json_array_append_new(list[kind], item_of(&v)) != 0)
        return ga_nomem(err);
    request[kind].devices++;
    return GA_OK;
}

static enum ga_rc
print_body(const struct ga_remote *remote, const struct ga_nonce *nonce,
           const json_t *list, enum ga_remote_kind kind,
           struct ga_remote_request *r, struct ga_error *err)
{
    static const char *const names[] = {
        [GA_REMOTE_GPU] = "gpu", [GA_REMOTE_SWITCH] = "switch"
    };
    GA_AUTO(json_t) *body = NULL;
    char hex[2 * GA_NONCE_LEN + 1], path[32];

    ga_nonce_text(nonce, hex);
    body = json_pack("{s:s,s:s,s:s,s:O}", "nonce", hex, "arch", r->arch,
                     "claims_version", remote->claims, "evidence_list", list);
    snprintf(path, sizeof(path), "/v%d/attest/%s", remote->version,
             names[kind]);
    r->body = body != NULL ? ga_json_text(body, false) : NULL;
    r->url = ga_url_below(&remote->base, path);
    return r->body != NULL && r->url != NULL ? GA_OK : ga_nomem(err);
}

enum ga_rc
ga_remote_requests(const struct ga_remote *remote,
                   const struct ga_evidence *evidence,
                   const struct ga_nonce *nonce,
                   struct ga_remote_request request[GA_REMOTE_KINDS],
                   struct ga_error *err)
{
    GA_AUTO(json_t) *gpus = json_array();
    GA_AUTO(json_t) *switches = json_array();
    json_t *list[GA_REMOTE_KINDS] = { gpus, switches };
    enum ga_rc rc = GA_OK;

    if (gpus == NULL || switches == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < ga_evidence_count(evidence) && rc == GA_OK; i++)
        rc = add_device(evidence, i, request, list, err);
    for (int k = 0; k < GA_REMOTE_KINDS && rc == GA_OK; k++)
        if (request[k].devices > 0)
            rc = print_body(remote, nonce, list[k], (enum ga_remote_kind)k,
                            &request[k], err);
    return rc;
}
