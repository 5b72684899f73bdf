/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation service: gpuattest-server's answers, or faulty ones. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim/service.h"

static enum ga_rc
plain(unsigned status, const char *text, struct sim_reply *out,
      struct ga_error *err)
{
    out->status = status;
    out->type = "text/plain";
    snprintf(out->note, sizeof(out->note), "%.200s", text);
    return ga_buf_copy(ga_bytes_of(text, strlen(text)), &out->body, err);
}

enum ga_rc
sim_nras_serve(struct sim_services *s, const struct sim_query *q,
               struct sim_reply *out, struct ga_error *err)
{
    bool jwks = strcmp(q->path, "/.well-known/jwks.json") == 0;
    struct sim_nras_answer answer = { 0 };
    struct ga_error why = { 0 };
    GA_AUTO_FREE char *keys = NULL;
    enum ga_rc rc;

    if (s->nras == NULL)
        return plain(503, "there is no attestation service", out, err);
    out->type = "application/json";
    rc = jwks ? sim_nras_keys(s->nras, &keys, &why) : GA_OK;
    if (keys != NULL) {
        out->status = 200;
        snprintf(out->note, sizeof(out->note), "faulty");
        return ga_buf_copy(ga_bytes_of(keys, strlen(keys)), &out->body, err);
    }
    if (rc == GA_OK)
        rc = sim_nras_ask(s->nras, q->method, q->path, q->body, &answer, &why);
    if (rc == GA_OK && !jwks && answer.status == 200 && q->body.len > 0)
        rc = sim_nras_twist(s->nras, &answer.body, &why);
    if (rc != GA_OK) {
        ga_buf_done(&answer.body);
        return plain(503, why.text, out, err);
    }
    out->status = answer.status;
    out->body = answer.body; /* transferred */
    return GA_OK;
}
