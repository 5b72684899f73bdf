/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a world: keys, chains, RIMs, reports, answers, in this order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board.h"
#include "sim/out.h"
#include "sim/world.h"

#define DAY  INT64_C(86400)
#define YEAR (365 * DAY)

/* Device certificates begin between 2020 and 2023, and RIM roots live 27 years
 * behind the present. */
#define AT_FIRST INT64_C(1704067200) /* 2024-01-01 */
#define AT_LAST  INT64_C(4102444799) /* 2099-12-31 */

static enum ga_rc
refuse(struct ga_error *err, const char *why)
{
    return ga_fail(err, GA_E_INVAL, "%s", why);
}

enum ga_rc
sim_options_init(struct sim_options *o, ga_time now, struct ga_error *err)
{
    struct sim_options fresh = { .gpus = 1,
                                 .gpu = ga_chip_by_cert("GH100", 5),
                                 .mode = GA_MODE_SPT,
                                 .at = now,
                                 .driver = "580.95.05" };
    enum ga_rc rc = ga_nonce_random(&fresh.nonce, err);

    if (rc == GA_OK)
        *o = fresh;
    return rc;
}

/* Digits of one part of a driver version: as many as the verifier takes. */
#define PART_MAX 6

/* docs/rules.md 12: n.n[.n] */
static bool
driver_ok(const char *v)
{
    unsigned parts = 0;
    size_t digits = 0, len = strlen(v);

    if (len >= sizeof(((struct sim_report_spec *)0)->driver))
        return false;
    for (; *v != '\0'; v++) {
        if (*v >= '0' && *v <= '9' && digits < PART_MAX) {
            digits++;
        } else if (*v == '.' && digits > 0) {
            parts++;
            digits = 0;
        } else {
            return false;
        }
    }
    return digits > 0 && (parts == 1 || parts == 2);
}

static enum ga_rc
check_defects(const struct sim_options *o, struct ga_error *err)
{
    for (size_t i = 0; i < o->defects; i++) {
        const struct sim_defect *d = o->defect[i];

        if (o->gpus < d->gpus || o->switches < d->switches)
            return ga_fail(err, GA_E_INVAL,
                           "defect %s needs %u GPUs and %u switches", d->name,
                           d->gpus, d->switches);
    }
    return GA_OK;
}

enum ga_rc
sim_options_check(const struct sim_options *o, struct ga_error *err)
{
    bool hopper = o->gpu->fwid == GA_FWID_DEVICE_KEY;

    if (o->gpus + o->switches == 0)
        return refuse(err, "no devices");
    if (o->gpus > GA_DEVICES_MAX)
        return ga_fail(err, GA_E_INVAL, "%u GPUs, not 0 to %d", o->gpus,
                       GA_DEVICES_MAX);
    if (o->switches > SIM_BOARD_SWITCHES)
        return ga_fail(err, GA_E_INVAL, "%u switches, not 0 to %d", o->switches,
                       SIM_BOARD_SWITCHES);
    if (o->switches > 0 && o->gpus > SIM_BOARD_GPUS)
        return ga_fail(err, GA_E_INVAL, "%u GPUs on a board, not 0 to %d",
                       o->gpus, SIM_BOARD_GPUS);
    if (o->switches > 0 && !hopper)
        return refuse(err, "switches stand on Hopper boards alone");
    if (o->mode == GA_MODE_PPCIE && !hopper)
        return refuse(err, "mode ppcie is Hopper's");
    if (!driver_ok(o->driver))
        return refuse(err, "driver version is not n.n[.n] with up to 6 digits "
                           "each");
    if (o->at < AT_FIRST || o->at > AT_LAST)
        return refuse(err, "time is not within 2024 to 2099");
    return check_defects(o, err);
}

/* clang-format off */
static const struct {
    enum ga_rim_role role;
    enum ga_kind kind;
    const char *name, *edition;
} rim_rows[] = {
    { GA_RIM_DRIVER, GA_KIND_GPU,    "driver", "GPU" },
    { GA_RIM_VBIOS,  GA_KIND_GPU,    "vbios",  "GPU" },
    { GA_RIM_BIOS,   GA_KIND_SWITCH, "bios",   "SWITCH" },
};
/* clang-format on */

static const struct ga_chip *
switch_chip(const struct sim_options *o)
{
    return o->switches > 0 ? ga_chip_by_cert("LS_10", 5) : NULL;
}

static enum ga_rc
specify_rim(struct sim_world *w, size_t row, const struct ga_chip *chip,
            struct ga_error *err)
{
    struct sim_rim_spec *s = &w->rim[w->rims].spec;
    enum ga_rc rc;

    s->role = rim_rows[row].role;
    s->name = rim_rows[row].name;
    s->edition = rim_rows[row].edition;
    s->product = chip->product[0];
    snprintf(s->version, sizeof(s->version), "%s",
             s->role == GA_RIM_DRIVER ? w->o.driver : sim_board_vbios(chip));
    /* Real signers are valid for two years. */
    s->signer_from = ga_time_plus(w->o.at, -YEAR);
    s->signer_until = ga_time_plus(w->o.at, YEAR);
    rc = sim_derive(&w->forge, s->tag_id, sizeof(s->tag_id), err,
                    "tag id %s %s", s->name, s->version);
    if (rc == GA_OK)
        rc = sim_rim_goldens(&w->forge, s, err);
    w->rims += rc == GA_OK;
    return rc;
}

static enum ga_rc
specify_rims(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < sizeof(rim_rows) / sizeof(rim_rows[0]); i++) {
        bool of_gpu = rim_rows[i].kind == GA_KIND_GPU;

        if (rc == GA_OK && (of_gpu ? w->o.gpus : w->o.switches) > 0)
            rc = specify_rim(w, i, of_gpu ? w->o.gpu : switch_chip(&w->o), err);
    }
    return rc;
}

/* The RIM of a role that has this id, or still none; a report that leads to
 * another id (another chip's) gets a copy there, as an attacker would put it. */
static enum ga_rc
provide_rim(struct sim_world *w, enum ga_rim_role role,
            const char id[GA_RIM_ID_TEXT], struct ga_error *err)
{
    const struct sim_rim *like = NULL;

    for (size_t i = 0; i < w->rims; i++) {
        struct sim_rim *rim = &w->rim[i];

        if (rim->spec.role != role)
            continue;
        if (rim->id[0] == '\0')
            memcpy(rim->id, id, GA_RIM_ID_TEXT);
        if (strcmp(rim->id, id) == 0)
            return GA_OK;
        like = rim;
    }
    if (like == NULL || w->rims == SIM_RIMS_MAX)
        return ga_fail(err, GA_E_INTERNAL, "no RIM to put under %s", id);
    w->rim[w->rims].spec = like->spec;
    memcpy(w->rim[w->rims].id, id, GA_RIM_ID_TEXT);
    w->rims++;
    return GA_OK;
}

static enum ga_rc
provide_rims(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < w->devices; i++)
        for (enum ga_rim_role role = 0; role < GA_RIM_ROLES; role++) {
            const struct sim_device *d = &w->device[i];
            char id[GA_RIM_ID_TEXT] = "";

            if (rc == GA_OK && sim_board_rim_id(&d->spec, d->chip, role, id))
                rc = provide_rim(w, role, id, err);
        }
    return rc;
}

static enum ga_rc
make_rim(struct sim_world *w, struct sim_rim *rim, struct ga_error *err)
{
    bool bios = rim->spec.role == GA_RIM_BIOS;
    const struct sim_ca *l3 =
        &w->pki.ca[bios ? SIM_A_RIM_L3_SWITCH : SIM_A_RIM_L3_GPU];
    const struct sim_cert *const chain[4] = { &rim->signer, &l3->cert,
                                              &w->pki.ca[l3->parent].cert,
                                              &w->pki.ca[SIM_A_RIM_ROOT].cert };
    char label[GA_RIM_ID_TEXT + 8];
    struct sim_cert_spec signer = {
        .place = SIM_RIM_SIGNER,
        .label = label,
        .cn = bios ? "NVIDIA Reference Value L4 LS10" : "HCC RIM L4 Signer",
        .issuer = &l3->cert,
    };
    enum ga_rc rc;

    sim_twist(w, SIM_AT_RIM, rim->spec.name, &rim->spec);
    snprintf(label, sizeof(label), "signer %s", rim->id);
    signer.not_before = rim->spec.signer_from;
    signer.not_after = rim->spec.signer_until;
    rc = sim_cert_make(&w->forge, &signer, &rim->signer, err);
    if (rc == GA_OK && !rim->spec.absent)
        rc = sim_rim_make(&w->forge, &rim->spec, chain, &rim->xml, err);
    return rc == GA_OK ? GA_OK : ga_within(err, rc, "RIM %s", rim->id);
}

static enum ga_rc
make_devices(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    w->device = calloc(w->o.gpus + w->o.switches, sizeof(*w->device));
    if (w->device == NULL)
        return ga_nomem(err);
    for (unsigned i = 0; i < w->o.gpus + w->o.switches && rc == GA_OK; i++) {
        struct sim_device *d = &w->device[i];
        bool gpu = i < w->o.gpus;

        d->chip = gpu ? w->o.gpu : switch_chip(&w->o);
        d->number = gpu ? i : i - w->o.gpus;
        snprintf(d->label, sizeof(d->label), "%s-%u", gpu ? "GPU" : "SWITCH",
                 d->number);
        ga_nonce_text(&w->o.nonce, d->nonce);
        w->devices++;
        rc = sim_identity_make(&w->forge, &w->pki, d->chip, d->label, &d->id,
                               err);
    }
    return rc;
}

/* All PDIs are known: what devices say of each other can be filled in. */
static enum ga_rc
specify_reports(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < w->devices && rc == GA_OK; i++) {
        struct sim_device *d = &w->device[i];

        rc = sim_board_report(w, d, &d->spec, err);
        sim_twist(w, SIM_AT_REPORT, d->label, &d->spec);
    }
    return rc;
}

static enum ga_rc
write_chain(const struct sim_world *w, struct sim_device *d,
            struct ga_error *err)
{
    SIM_AUTO_OUT struct sim_out o = { 0 };
    struct sim_chain_spec chain = {
        .cert = { &d->id.leaf, &d->id.brom,
                  &w->pki.ca[sim_ica_of(d->chip->kind)].cert,
                  &w->pki.ca[SIM_A_IDENTITY].cert,
                  &w->pki.ca[SIM_A_DEVICE_ROOT].cert },
        .count = 5,
    };

    sim_twist(w, SIM_AT_CHAIN, d->label, &chain);
    for (size_t i = 0; i < chain.count; i++) {
        sim_cert_pem(&o, chain.cert[i]);
        sim_put_text(&o, "\n");
    }
    return sim_out_take(&o, &d->chain, err);
}

static enum ga_rc
sign_devices(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < w->devices && rc == GA_OK; i++) {
        struct sim_device *d = &w->device[i];

        rc = write_chain(w, d, err);
        if (rc == GA_OK)
            rc = sim_report_make(&w->forge, &d->spec, &d->id.leaf.key,
                                 &d->report, err);
        sim_twist(w, SIM_AT_ITEM, d->label, d);
    }
    return rc;
}

static enum ga_rc
answer(struct sim_world *w, const struct sim_cert *cert,
       enum sim_authority issuer, const char *name, const char *suffix,
       struct ga_error *err)
{
    struct sim_answer *a;
    enum ga_rc rc;

    if (w->answers == SIM_ANSWERS_MAX)
        return ga_fail(err, GA_E_INTERNAL, "too many OCSP answers");
    a = &w->answer[w->answers];
    snprintf(a->name, sizeof(a->name), "%s%s", name, suffix);
    a->issuer = issuer;
    a->spec = (struct sim_ocsp_spec){
        .name = a->name,
        .cert = cert,
        .issuer = &w->pki.ca[issuer].cert,
        .responder = &w->pki.ca[issuer].responder,
        .produced = w->o.at,
        .this_update = w->o.at,
        .next_update = ga_time_plus(w->o.at, DAY), /* as real ones */
        .revoked_at = ga_time_plus(w->o.at, -DAY),
    };
    sim_twist(w, SIM_AT_OCSP, a->name, &a->spec);
    rc = sim_ocsp_make(&w->forge, &a->spec, &a->der, err);
    w->answers += rc == GA_OK;
    return rc;
}

/* One for every certificate that docs/rules.md 8 asks for: all but device
 * leaves and roots. */
static enum ga_rc
make_answers(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (enum sim_authority a = 0; a < SIM_AUTHORITIES && rc == GA_OK; a++) {
        const struct sim_ca *ca = &w->pki.ca[a];

        if (w->pki.made[a] && ca->parent != a)
            rc = answer(w, &ca->cert, ca->parent, ca->name, "", err);
    }
    for (size_t i = 0; i < w->devices && rc == GA_OK; i++)
        rc = answer(w, &w->device[i].id.brom,
                    sim_ica_of(w->device[i].chip->kind), w->device[i].label,
                    "-brom", err);
    for (size_t i = 0; i < w->rims && rc == GA_OK; i++) {
        const struct sim_rim_spec *s = &w->rim[i].spec;
        char suffix[16] = "-rim-signer";

        /* A second RIM of one role has a signer of its own. */
        for (size_t j = 0; j < i; j++)
            if (w->rim[j].spec.role == s->role)
                snprintf(suffix, sizeof(suffix), "-rim-signer-2");
        rc = answer(w, &w->rim[i].signer,
                    s->role == GA_RIM_BIOS ? SIM_A_RIM_L3_SWITCH
                                           : SIM_A_RIM_L3_GPU,
                    s->name, suffix, err);
    }
    return rc;
}

static enum ga_rc
make_world(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = sim_forge_init(&w->forge, w->o.seed, err);

    if (rc == GA_OK)
        rc = sim_pki_make(&w->forge, w->o.gpu, switch_chip(&w->o), w->o.at,
                          &w->pki, err);
    if (rc == GA_OK)
        rc = specify_rims(w, err);
    if (rc == GA_OK)
        rc = make_devices(w, err);
    if (rc == GA_OK)
        rc = specify_reports(w, err);
    if (rc == GA_OK)
        rc = provide_rims(w, err);
    for (size_t i = 0; i < w->rims && rc == GA_OK; i++)
        rc = make_rim(w, &w->rim[i], err);
    if (rc == GA_OK)
        rc = sign_devices(w, err);
    if (rc == GA_OK)
        rc = make_answers(w, err);
    if (rc == GA_OK)
        sim_twist(w, SIM_AT_SET, "set", w);
    return rc;
}

enum ga_rc
sim_world_make(const struct sim_options *o, struct sim_world **out,
               struct ga_error *err)
{
    enum ga_rc rc = sim_options_check(o, err);
    struct sim_world *w;

    if (rc != GA_OK)
        return rc;
    w = calloc(1, sizeof(*w));
    if (w == NULL)
        return ga_nomem(err);
    w->o = *o;
    rc = make_world(w, err);
    if (rc != GA_OK) {
        sim_world_free(w);
        return rc;
    }
    *out = w;
    return GA_OK;
}

void
sim_world_free(struct sim_world *w)
{
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->devices; i++) {
        sim_identity_done(&w->device[i].id);
        ga_buf_done(&w->device[i].report);
        ga_buf_done(&w->device[i].chain);
    }
    free(w->device);
    for (size_t i = 0; i < w->rims; i++) {
        sim_cert_done(&w->rim[i].signer);
        ga_buf_done(&w->rim[i].xml);
    }
    for (size_t i = 0; i < w->answers; i++)
        ga_buf_done(&w->answer[i].der);
    sim_pki_done(&w->pki);
    sim_forge_done(&w->forge);
    free(w);
}
