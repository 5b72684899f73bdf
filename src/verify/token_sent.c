/* SPDX-License-Identifier: Apache-2.0 */
/* Whose evidence was sent, and whether a token speaks of it. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "gpuattest/token.h"
#include "verify/run.h"
#include "verify/token_sent.h"

GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);
GA_DEFINE_AUTO_STRUCT(ga_chain, ga_chain_free);

void
ga_sent_done(struct ga_sent *sent)
{
    for (size_t i = 0; sent->item != NULL && i < sent->count; i++)
        ga_device_done(&sent->item[i].device);
    free(sent->item);
    *sent = (struct ga_sent){ 0 };
}

static enum ga_rc
read_one(struct ga_context *ctx, const struct ga_evidence *evidence,
         const struct ga_nonce *nonce, size_t i, struct ga_device *out,
         struct ga_error *err)
{
    struct ga_run parse = { .ctx = ctx, .nonce = nonce };
    struct ga_subject s = { .device = out };
    struct ga_check said = { 0 }; /* nobody asks for it here */
    enum ga_rc rc = ga_evidence_get(evidence, i, &s.item, err);

    if (rc == GA_OK)
        rc = ga_verify_parse(&parse, &s, err);
    if (rc == GA_OK && s.report != NULL)
        out->mode = ga_report_mode(s.report, &said);
    if (rc == GA_OK) {
        ga_verify_arch(&parse, &s);
        rc = ga_verify_set_facts(&parse, &s, err);
    }
    ga_report_free(s.report);
    ga_chain_free(s.chain);
    return rc;
}

enum ga_rc
ga_sent_read(struct ga_context *ctx, const struct ga_evidence *evidence,
             const struct ga_nonce *nonce, struct ga_sent *out,
             struct ga_error *err)
{
    unsigned count[GA_KIND_SWITCH + 1] = { 0 };
    enum ga_rc rc = GA_OK;

    out->count = ga_evidence_count(evidence);
    out->item = calloc(out->count + 1, sizeof(*out->item));
    if (out->item == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < out->count && rc == GA_OK; i++) {
        rc = read_one(ctx, evidence, nonce, i, &out->item[i].device, err);
        if (rc == GA_OK)
            out->item[i].number = count[out->item[i].device.kind]++;
    }
    return rc;
}

const struct ga_device *
ga_sent_for(const struct ga_sent *sent, const struct ga_submod *token)
{
    for (size_t i = 0; token->label[0] != '\0' && i < sent->count; i++)
        if (sent->item[i].device.kind == token->kind &&
            sent->item[i].number == token->number)
            return &sent->item[i].device;
    return NULL;
}

static void
same(const struct ga_submod *s, const char *name, const char *ours,
     struct ga_check *c)
{
    const char *theirs =
        json_string_value(json_object_get(s->jws.claims, name));

    if (theirs == NULL)
        ga_check_fail(c, GA_R_ABSENT, "%s is absent", name);
    else if (strcmp(theirs, ours) != 0)
        ga_check_fail(c, GA_R_MISMATCH,
                      "%s is \"%.60s\", the evidence's is \"%.60s\"", name,
                      theirs, ours);
}

void
ga_sent_check(const struct ga_sent *sent, const struct ga_submod *token,
              struct ga_check *check)
{
    const struct ga_device *d = ga_sent_for(sent, token);

    if (d == NULL) {
        ga_check_fail(check, GA_R_ABSENT, "no evidence was sent for it");
        return;
    }
    if (d->check[GA_CHECK_REPORT_ARCH].state == GA_FAILED)
        ga_check_fail(check, GA_R_MISMATCH, "%s",
                      d->check[GA_CHECK_REPORT_ARCH].text);
    same(token, "ueid", d->ueid, check);
    same(token, "hwmodel", d->hwmodel, check);
    if (d->kind == GA_KIND_SWITCH) {
        same(token, "x-nvidia-switch-bios-version", d->vbios, check);
        return;
    }
    same(token, "x-nvidia-gpu-driver-version", d->driver, check);
    same(token, "x-nvidia-gpu-vbios-version", d->vbios, check);
}

void
ga_sent_check_nonces(const struct ga_sent *sent, struct ga_check *check)
{
    for (size_t i = 0; i < sent->count; i++) {
        const struct ga_check *file = &sent->item[i].device.set.file_nonce;

        if (file->state == GA_FAILED)
            ga_check_fail(check, file->reason, "%s", file->text);
    }
}

enum ga_rc
ga_evidence_arch(const struct ga_evidence *evidence, size_t i,
                 const char **arch, bool *is_switch, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_report) *report = NULL;
    GA_AUTO_STRUCT(ga_chain) *chain = NULL;
    struct ga_evidence_view item;
    enum ga_rc rc;

    if (arch == NULL || is_switch == NULL)
        return ga_fail(err, GA_E_INVAL, "evidence: NULL");
    rc = ga_evidence_get(evidence, i, &item, err);
    if (rc != GA_OK)
        return rc;
    rc = ga_report_parse(item.report, item.report_len, &report, err);
    if (rc == GA_OK)
        rc = ga_chain_parse(item.chain, item.chain_len, &chain, err);
    if (rc == GA_OK && chain->chip == NULL)
        rc = ga_fail(err, GA_E_BAD_VALUE, "the chain names no known chip");
    if (rc == GA_E_NOMEM)
        return rc;
    if (rc != GA_OK) {
        if (err != NULL)
            err->code = GA_E_BAD_VALUE;
        return ga_within(err, GA_E_BAD_VALUE, "%s", item.source);
    }
    *arch = chain->chip->arch;
    *is_switch = report->kind == GA_KIND_SWITCH;
    return GA_OK;
}
