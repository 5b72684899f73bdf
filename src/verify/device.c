/* SPDX-License-Identifier: Apache-2.0 */
/* One device's report and chain: rules 1 to 7. */
#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "verify/run.h"

static struct ga_check *
check_of(struct ga_subject *s, enum ga_check_id id)
{
    return &s->device->check[id];
}

/* Who a device is, as far as its certificates say. */
static void
name_device(struct ga_subject *s)
{
    struct ga_device *d = s->device;
    const char *hwmodel;

    if (s->chain == NULL)
        return;
    d->chip = s->chain->chip;
    memcpy(d->ueid, s->chain->ueid, sizeof(d->ueid));
    memcpy(d->device_id, s->chain->device_id, sizeof(d->device_id));
    memcpy(d->pdi, s->chain->pdi, sizeof(d->pdi));
    hwmodel = ga_chain_hwmodel(s->chain);
    snprintf(d->hwmodel, sizeof(d->hwmodel), "%s",
             hwmodel != NULL ? hwmodel : "");
}

static void
name_report(struct ga_subject *s)
{
    struct ga_device *d = s->device;

    if (s->report == NULL)
        return;
    memcpy(d->driver, s->report->driver, sizeof(d->driver));
    memcpy(d->vbios, s->report->vbios, sizeof(d->vbios));
    d->pdi_count = ga_report_pdis(s->report, d->pdis,
                                  sizeof(d->pdis) / sizeof(d->pdis[0]));
    d->has_own_pdi = ga_report_own_pdi(s->report, d->own_pdi);
}

/* The report says what it is of; where there is none, its chain does. */
static enum ga_kind
kind_of(const struct ga_subject *s)
{
    if (s->report != NULL)
        return s->report->kind;
    if (s->chain != NULL && s->chain->chip != NULL)
        return s->chain->chip->kind;
    return GA_KIND_GPU;
}

/* The first input that does not parse is an error beside the result. */
static void
keep_error(struct ga_subject *s, const struct ga_error *why)
{
    struct ga_error *e = &s->problem;

    if (e->code != GA_OK)
        return;
    *e = *why;
    ga_within(e, e->code, "%s", s->item.source);
}

enum ga_rc
ga_verify_parse(struct ga_run *run, struct ga_subject *s, struct ga_error *err)
{
    struct ga_check *parse = check_of(s, GA_CHECK_REPORT_PARSE);
    struct ga_error why = { 0 };
    enum ga_rc rc;

    rc = ga_report_parse(s->item.report, s->item.report_len, &s->report, &why);
    if (ga_error_class(rc) == GA_CLASS_SYSTEM)
        return ga_nomem(err);
    if (rc == GA_OK) {
        ga_check_pass(parse);
    } else {
        ga_check_error(parse, &why);
        keep_error(s, &why);
    }
    if (s->report != NULL && s->report->zeros_dropped > 0)
        ga_check_note(parse, GA_R_NONE, "%zu zero bytes behind it",
                      s->report->zeros_dropped);

    rc = ga_chain_read(ga_bytes_of(s->item.chain, s->item.chain_len),
                       run->ctx->certs, &s->chain, &why);
    if (ga_error_class(rc) == GA_CLASS_SYSTEM)
        return ga_nomem(err);
    if (rc != GA_OK) {
        ga_check_fail(check_of(s, GA_CHECK_DEVICE_CHAIN),
                      rc == GA_E_TRAILING ? GA_R_TRAILING : GA_R_MALFORMED,
                      "%s", why.text);
        keep_error(s, &why);
    }
    s->device->kind = kind_of(s);
    name_device(s);
    name_report(s);
    return GA_OK;
}

static void
check_nonce(struct ga_run *run, struct ga_subject *s)
{
    struct ga_check *c = check_of(s, GA_CHECK_REPORT_NONCE);
    struct ga_nonce theirs;
    char hex[2 * GA_NONCE_LEN + 1];

    if (run->nonce == NULL) {
        ga_check_unmade(c, GA_R_DEPENDS,
                        "no nonce was asked for: nothing is verified but what "
                        "a bundle is made of");
        return;
    }
    memcpy(theirs.bytes, s->report->nonce.ptr, GA_NONCE_LEN);
    ga_nonce_text(&theirs, hex);
    if (ga_bytes_equal(s->report->nonce,
                       ga_bytes_of(run->nonce->bytes, GA_NONCE_LEN)))
        ga_check_pass(c);
    else
        ga_check_fail(c, GA_R_NONCE_OTHER, "the report is for nonce %s", hex);
}

/* With the presented leaf's key, whatever the chain's state: the verdict needs
 * both. */
static void
check_signature(struct ga_run *run, struct ga_subject *s)
{
    struct ga_check *c = check_of(s, GA_CHECK_REPORT_SIGNATURE);
    const struct ga_cert *leaf;
    struct ga_signature sig;

    if (s->chain == NULL || s->chain->certs.count == 0) {
        ga_check_unmade(c, GA_R_NO_KEY, "the chain has no certificate");
        return;
    }
    leaf = s->chain->certs.cert[0];
    if (leaf->key == NULL)
        ga_check_fail(c, GA_R_NO_KEY, "the leaf's key is not a P-384 key");
    else if (!ga_signature_raw(s->report->signature, &sig) ||
             !ga_facts_signed_once(run->ctx->facts, leaf->key,
                                   s->report->signed_part, &sig))
        ga_check_fail(c, GA_R_BAD_SIGNATURE,
                      "the key of %s did not sign this report",
                      leaf->subject_text);
    else
        ga_check_pass(c);
}

/* Drivers before 550 do not report the FWID; what cannot be read as a number
 * is not before it. */
static bool
driver_before_550(const char *driver)
{
    unsigned v = 0;
    const char *p = driver;

    for (; *p >= '0' && *p <= '9' && v < 10000; p++)
        v = v * 10 + (unsigned)(*p - '0');
    return p != driver && *p == '.' && v < 550;
}

static void
check_fwid(struct ga_subject *s)
{
    struct ga_check *c = check_of(s, GA_CHECK_REPORT_FWID);
    const struct ga_opaque_field *f = ga_report_find(s->report, GA_FIELD_FWID);
    struct ga_error why = { 0 };
    struct ga_bytes fwid;

    if (s->chain == NULL) {
        ga_check_unmade(c, GA_R_DEPENDS, "the chain does not parse");
        return;
    }
    if (ga_chain_fwid(s->chain, &fwid, &why) != GA_OK) {
        if (why.code == GA_E_MISSING && s->chain->chip == NULL)
            ga_check_unmade(c, GA_R_DEPENDS, "%s", why.text);
        else if (why.code == GA_E_MISSING)
            ga_check_fail(c, GA_R_ABSENT, "%s", why.text);
        else
            ga_check_error(c, &why);
        return;
    }
    if (f == NULL && (s->report->kind == GA_KIND_SWITCH ||
                      driver_before_550(s->report->driver)))
        ga_check_none(c, GA_R_NO_FIELD,
                      "reports of NVSwitches and of drivers before 550 have no "
                      "FWID");
    else if (f == NULL)
        ga_check_fail(c, GA_R_ABSENT, "the report has no FWID, driver %s has",
                      s->report->driver);
    else if (!ga_bytes_equal(f->value, fwid))
        ga_check_fail(c, GA_R_MISMATCH,
                      "the report's FWID is not the leaf certificate's");
    else
        ga_check_pass(c);
}

static void
check_chain(struct ga_run *run, struct ga_subject *s)
{
    struct ga_chain_rules rules = ga_run_chain_rules(run->ctx, run->at, 0);
    struct ga_device *d = s->device;

    if (s->chain == NULL)
        return;
    ga_device_chain_check(s->chain, &rules, check_of(s, GA_CHECK_DEVICE_CHAIN),
                          &s->facts);
    d->chain.not_after = s->facts.not_after;
}

void
ga_verify_device(struct ga_run *run, struct ga_subject *s)
{
    static const enum ga_check_id of_report[] = { GA_CHECK_REPORT_NONCE,
                                                  GA_CHECK_REPORT_SIGNATURE,
                                                  GA_CHECK_REPORT_FWID,
                                                  GA_CHECK_REPORT_MODE };

    s->device->chain.not_after = GA_TIME_NONE;
    check_chain(run, s);
    if (s->report == NULL) {
        for (size_t i = 0; i < sizeof(of_report) / sizeof(of_report[0]); i++)
            ga_check_unmade(check_of(s, of_report[i]), GA_R_DEPENDS,
                            "the report does not parse");
        return;
    }
    check_nonce(run, s);
    check_signature(run, s);
    check_fwid(s);
    s->device->mode =
        ga_report_mode(s->report, check_of(s, GA_CHECK_REPORT_MODE));
}

/* Rule 4: what else names the chip, and must name this one; RIMs are held
 * against it in *_rim.version. */

static bool
listed(const char *const *list, const char *text)
{
    for (; *list != NULL; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

static void
check_gpu_info(const struct ga_report *r, const struct ga_chip *chip,
               struct ga_check *c)
{
    const struct ga_opaque_field *f = ga_report_find(r, GA_FIELD_GPU_INFO);
    struct ga_reader v;
    uint16_t info;

    if (chip->gpu_info == 0)
        return; /* switches have none that is known */
    if (f == NULL) {
        ga_check_fail(c, GA_R_MISMATCH, "the report has no GPU_INFO");
        return;
    }
    v = ga_reader_of(f->value);
    if (!ga_read_u16le(&v, "GPU_INFO", &info) || info != chip->gpu_info)
        ga_check_fail(c, GA_R_MISMATCH, "GPU_INFO is not 0x%04x, that of %s",
                      chip->gpu_info, chip->name);
}

static void
check_names(struct ga_run *run, struct ga_subject *s, struct ga_check *c)
{
    const struct ga_chip *chip = s->chain->chip;
    const char *const says[] = { s->item.arch, run->ctx->set->arch };
    char info[80];

    if (ga_report_text(s->report, GA_FIELD_CHIP_INFO, info, sizeof(info)) &&
        !listed(chip->chip_info, info))
        ga_check_fail(c, GA_R_MISMATCH, "CHIP_INFO is %s, certificates say %s",
                      info, chip->name);
    for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++)
        if (says[i] != NULL && !ga_chip_is_arch(chip, says[i]))
            ga_check_fail(c, GA_R_MISMATCH, "%s says %s, certificates say %s",
                          i == 0 ? "the evidence" : "the caller", says[i],
                          chip->arch);
}

void
ga_verify_arch(struct ga_run *run, struct ga_subject *s)
{
    struct ga_check *c = check_of(s, GA_CHECK_REPORT_ARCH);

    if (s->report == NULL || s->chain == NULL) {
        ga_check_unmade(c, GA_R_DEPENDS, "the %s does not parse",
                        s->report == NULL ? "report" : "chain");
        return;
    }
    if (s->chain->chip == NULL) {
        /* device.chain has failed for the same names. */
        ga_check_unmade(c, GA_R_DEPENDS,
                        "the certificates' names are those of no chip that is "
                        "known, or of two");
        return;
    }
    if (s->report->kind != s->chain->chip->kind)
        ga_check_fail(c, GA_R_MISMATCH,
                      "the report is a %s's, the chain a %s's",
                      s->report->kind == GA_KIND_GPU ? "GPU" : "switch",
                      s->chain->chip->kind == GA_KIND_GPU ? "GPU" : "switch");
    else
        check_gpu_info(s->report, s->chain->chip, c);
    check_names(run, s, c);
    ga_check_pass(c);
}
