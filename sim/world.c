/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a world: keys, chains, RIMs, reports, answers, in this order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board.h"
#include "sim/cleanup.h"
#include "sim/out.h"
#include "sim/world.h"

#define DAY  INT64_C(86400)
#define YEAR (365 * DAY)

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

/* The attacker's authorities, which have the names of ours. */
static enum ga_rc
need_foreign(struct sim_world *w, struct ga_error *err)
{
    struct sim_forge *f = &w->foreign_forge;
    uint8_t secret[sizeof(f->secret)];
    enum ga_rc rc;

    if (w->foreign.made[SIM_A_DEVICE_ROOT])
        return GA_OK;
    rc = sim_derive(&w->forge, secret, sizeof(secret), err, "attacker");
    if (rc == GA_OK)
        rc = sim_forge_init(f, "", err);
    if (rc != GA_OK)
        return rc;
    memcpy(f->secret, secret, sizeof(secret));
    return sim_pki_make(f, w->o.gpu, switch_chip(&w->o), w->o.at, &w->foreign,
                        err);
}

static enum ga_rc
sign_rim(struct sim_world *w, struct sim_rim *rim, struct ga_error *err)
{
    bool bios = rim->spec.role == GA_RIM_BIOS;
    const struct sim_pki *pki = rim->spec.foreign ? &w->foreign : &w->pki;
    const struct sim_ca *l3 =
        &pki->ca[bios ? SIM_A_RIM_L3_SWITCH : SIM_A_RIM_L3_GPU];
    const struct sim_cert *const chain[4] = { &rim->signer, &l3->cert,
                                              &pki->ca[l3->parent].cert,
                                              &pki->ca[SIM_A_RIM_ROOT].cert };
    char name[64], label[GA_RIM_ID_TEXT + 16];
    struct sim_cert_spec signer = {
        .place = SIM_RIM_SIGNER,
        .label = label,
        .name = name,
        .cn = bios ? "NVIDIA Reference Value L4 LS10" : "HCC RIM L4 Signer",
        .issuer = &l3->cert,
    };
    enum ga_rc rc;

    snprintf(name, sizeof(name), "%s-rim-signer", rim->spec.name);
    snprintf(label, sizeof(label), "signer%s %s", rim->again ? " 2" : "",
             rim->id);
    signer.not_before = rim->spec.signer_from;
    signer.not_after = rim->spec.signer_until;
    rc = sim_cert_make(&w->forge, &signer, &rim->signer, err);
    if (rc == GA_OK && !rim->spec.absent)
        rc = sim_rim_make(&w->forge, &rim->spec, chain, &rim->xml, err);
    return rc == GA_OK ? GA_OK : ga_within(err, rc, "RIM %s", rim->id);
}

static enum ga_rc
make_rim(struct sim_world *w, struct sim_rim *rim, struct ga_error *err)
{
    struct sim_rim_spec plain = rim->spec;
    enum ga_rc rc = GA_OK;

    if (!rim->again)
        sim_twist(w, SIM_AT_RIM, rim->spec.name, &rim->spec);
    if (rim->spec.foreign)
        rc = need_foreign(w, err);
    if (rc == GA_OK)
        rc = sign_rim(w, rim, err);
    if (rc != GA_OK || rim->spec.also == NULL)
        return rc;
    if (w->rims == SIM_RIMS_MAX)
        return ga_fail(err, GA_E_INTERNAL, "too many RIMs");
    w->rim[w->rims].spec = plain;
    rim->spec.also(&w->rim[w->rims].spec);
    memcpy(w->rim[w->rims].id, rim->id, GA_RIM_ID_TEXT);
    w->rim[w->rims++].again = true;
    return GA_OK;
}

/* Authorities of another chip under the same roots. */
static enum ga_rc
need_strange(struct sim_world *w, const struct ga_chip *chip,
             struct ga_error *err)
{
    bool gpu = chip->kind == GA_KIND_GPU;

    if (w->strange.made[SIM_A_DEVICE_ROOT])
        return GA_OK;
    return sim_pki_make(&w->forge, gpu ? chip : w->o.gpu, gpu ? NULL : chip,
                        w->o.at, &w->strange, err);
}

static enum ga_rc
identify(struct sim_world *w, struct sim_device *d, struct ga_error *err)
{
    struct sim_device_spec spec = { 0 };
    struct sim_forge *f = &w->forge;
    enum ga_rc rc = GA_OK;

    d->pki = &w->pki;
    d->chain_chip = d->chip;
    sim_twist(w, SIM_AT_DEVICE, d->label, &spec);
    if (spec.foreign) {
        rc = need_foreign(w, err);
        d->pki = &w->foreign;
        f = &w->foreign_forge;
    } else if (spec.chain_chip != NULL) {
        d->chain_chip =
            ga_chip_by_cert(spec.chain_chip, strlen(spec.chain_chip));
        rc = need_strange(w, d->chain_chip, err);
        d->pki = &w->strange;
    }
    if (rc != GA_OK)
        return rc;
    return sim_identity_make(f, d->pki, d->chain_chip, d->label,
                             spec.first_brom ? "GPU-0" : d->label, &d->id, err);
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
        rc = identify(w, d, err);
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
add_leaf(struct sim_world *w, const struct sim_device *d,
         struct sim_chain_spec *chain, struct sim_cert *out,
         struct ga_error *err)
{
    char label[32];
    struct sim_cert_spec spec = {
        .place =
            d->chain_chip->fwid == GA_FWID_TCB_INFO ? SIM_LEAF_TCB : SIM_LEAF,
        .label = label,
        .cn = "GH100 A01 GSP FMC LF",
        .issuer = &d->id.leaf,
        .not_before = ga_time_plus(w->o.at, -YEAR),
        .not_after = GA_TIME_MAX,
        .udi = "SIMULATOR",
        .fwid = d->id.fwid,
    };
    enum ga_rc rc;

    snprintf(label, sizeof(label), "%s second leaf", d->label);
    rc = sim_cert_make(&w->forge, &spec, out, err);
    if (rc != GA_OK)
        return rc;
    memmove(&chain->cert[1], &chain->cert[0],
            chain->count * sizeof(chain->cert[0]));
    chain->cert[0] = out;
    chain->count++;
    chain->signer = &out->key;
    return GA_OK;
}

static enum ga_rc
remake_root(struct sim_world *w, struct sim_chain_spec *chain,
            struct sim_cert *out, struct ga_error *err)
{
    struct sim_cert_spec spec = {
        .place = SIM_DEVICE_ROOT,
        .label = "device-root",
        .cn = "NVIDIA Device Identity CA",
        .not_before = ga_time_plus(w->o.at, -YEAR),
        .not_after = GA_TIME_MAX,
        .spki = chain->root,
    };
    enum ga_rc rc = sim_cert_make(&w->forge, &spec, out, err);

    if (rc == GA_OK)
        chain->cert[chain->count - 1] = out;
    return rc;
}

static enum ga_rc
put_chain(const struct sim_chain_spec *chain, struct ga_buf *out,
          struct ga_error *err)
{
    static const struct sim_pem plain;
    SIM_AUTO_OUT struct sim_out o = { 0 };

    for (size_t i = 0; i < chain->count; i++) {
        sim_cert_pem_as(&o, chain->cert[i], i == 0 ? &chain->pem : &plain);
        sim_put_text(&o, "\n");
        if (chain->between != NULL && i + 1 < chain->count)
            sim_put_text(&o, chain->between);
    }
    return sim_out_take(&o, out, err);
}

/* The chain, and the report, which one of its keys signs. */
static enum ga_rc
sign_device(struct sim_world *w, struct sim_device *d, struct ga_error *err)
{
    const struct sim_pki *pki = d->pki;
    struct sim_chain_spec chain = {
        .cert = { &d->id.leaf, &d->id.brom,
                  &pki->ca[sim_ica_of(d->chain_chip->kind)].cert,
                  &pki->ca[SIM_A_IDENTITY].cert,
                  &pki->ca[SIM_A_DEVICE_ROOT].cert },
        .count = 5,
        .pki = pki,
        .signer = &d->id.leaf.key,
    };
    enum ga_rc rc = GA_OK;

    sim_twist(w, SIM_AT_CHAIN, d->label, &chain);
    if (chain.leaf_issues)
        rc = add_leaf(w, d, &chain, &d->more_leaf, err);
    if (rc == GA_OK && chain.root != SIM_SPKI_NAMED)
        rc = remake_root(w, &chain, &d->more_root, err);
    if (rc == GA_OK)
        rc = put_chain(&chain, &d->chain, err);
    d->signer = chain.signer;
    if (rc == GA_OK)
        rc = sim_report_make(&w->forge, &d->spec, d->signer, &d->report, err);
    return rc;
}

static enum ga_rc
sign_devices(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < w->devices && rc == GA_OK; i++) {
        struct sim_device *d = &w->device[i];

        rc = sign_device(w, d, err);
        sim_twist(w, SIM_AT_ITEM, d->label, d);
    }
    return rc;
}

static enum ga_rc
write_answer(struct sim_world *w, const struct sim_ocsp_spec *spec,
             struct ga_error *err)
{
    struct sim_answer *a = &w->answer[w->answers];
    enum ga_rc rc = sim_ocsp_make(&w->forge, spec, &a->der, err);

    a->spec = *spec;
    w->answers += rc == GA_OK;
    return rc;
}

static enum ga_rc
answer(struct sim_world *w, const struct sim_pki *pki,
       const struct sim_cert *cert, enum sim_authority issuer, const char *name,
       const char *suffix, struct ga_error *err)
{
    struct sim_answer *a;
    struct sim_ocsp_spec plain, spec = {
        .cert = cert,
        .issuer = &pki->ca[issuer].cert,
        .responder = &pki->ca[issuer].responder,
        .pki = pki,
        .produced = w->o.at,
        .this_update = w->o.at,
        .next_update = ga_time_plus(w->o.at, DAY), /* as real ones */
        .revoked_at = ga_time_plus(w->o.at, -DAY),
    };
    enum ga_rc rc;

    if (w->answers + 2 > SIM_ANSWERS_MAX)
        return ga_fail(err, GA_E_INTERNAL, "too many OCSP answers");
    a = &w->answer[w->answers];
    spec.name = a->name;
    snprintf(a->name, sizeof(a->name), "%s%s", name, suffix);
    plain = spec;
    sim_twist(w, SIM_AT_OCSP, a->name, &spec);
    rc = write_answer(w, &spec, err);
    if (rc != GA_OK || spec.also == NULL)
        return rc;
    snprintf(a[1].name, sizeof(a[1].name), "%s%s-2", name, suffix);
    plain.name = a[1].name;
    spec.also(&plain);
    return write_answer(w, &plain, err);
}

static enum ga_rc
answer_authorities(struct sim_world *w, const struct sim_pki *pki,
                   const char *suffix, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (enum sim_authority a = 0; a < SIM_AUTHORITIES && rc == GA_OK; a++) {
        const struct sim_ca *ca = &pki->ca[a];

        if (pki->made[a] && ca->parent != a)
            rc = answer(w, pki, &ca->cert, ca->parent, ca->name, suffix, err);
    }
    return rc;
}

/* One for every certificate that docs/rules.md 8 asks for: all but device
 * leaves and roots. */
static enum ga_rc
make_answers(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = answer_authorities(w, &w->pki, "", err);

    if (rc == GA_OK)
        rc = answer_authorities(w, &w->foreign, "-foreign", err);
    if (rc == GA_OK)
        rc = answer_authorities(w, &w->strange, "-strange", err);
    for (size_t i = 0; i < w->devices && rc == GA_OK; i++) {
        const struct sim_device *d = &w->device[i];

        rc = answer(w, d->pki, &d->id.brom, sim_ica_of(d->chain_chip->kind),
                    d->label, "-brom", err);
    }
    for (size_t i = 0; i < w->rims && rc == GA_OK; i++) {
        const struct sim_rim_spec *s = &w->rim[i].spec;
        char suffix[16] = "-rim-signer";

        /* A second RIM of one role has a signer of its own. */
        for (size_t j = 0; j < i; j++)
            if (w->rim[j].spec.role == s->role)
                snprintf(suffix, sizeof(suffix), "-rim-signer-2");
        rc = answer(w, s->foreign ? &w->foreign : &w->pki, &w->rim[i].signer,
                    s->role == GA_RIM_BIOS ? SIM_A_RIM_L3_SWITCH
                                           : SIM_A_RIM_L3_GPU,
                    s->name, suffix, err);
    }
    return rc;
}

static void
twist_cert(const void *world, const char *name, void *spec)
{
    sim_twist(world, SIM_AT_CERT, name, spec);
}

/* A device's own copy of what it shows of another one. */
static enum ga_rc
show_other_s(struct sim_world *w, struct sim_device *d, struct ga_error *err)
{
    const struct sim_device *shown = d->shown;
    enum ga_rc rc;

    ga_buf_done(&d->report);
    ga_buf_done(&d->chain);
    d->shown = NULL;
    d->spec = shown->spec;
    d->spec.rs = SIM_RS_OTHER_S;
    d->signer = shown->signer;
    rc = ga_buf_copy(ga_view(&shown->chain), &d->chain, err);
    if (rc == GA_OK)
        rc = sim_report_make(&w->forge, &d->spec, d->signer, &d->report, err);
    return rc;
}

static enum ga_rc
make_world(struct sim_world *w, struct ga_error *err)
{
    enum ga_rc rc = sim_forge_init(&w->forge, w->o.seed, err);

    w->forge.twist = twist_cert;
    w->forge.twist_user = w;
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
    for (size_t i = 0; i < w->devices && rc == GA_OK; i++)
        if (w->device[i].other_s)
            rc = show_other_s(w, &w->device[i], err);
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
        sim_cert_done(&w->device[i].more_leaf);
        sim_cert_done(&w->device[i].more_root);
    }
    free(w->device);
    for (size_t i = 0; i < w->rims; i++) {
        sim_cert_done(&w->rim[i].signer);
        ga_buf_done(&w->rim[i].xml);
    }
    for (size_t i = 0; i < w->answers; i++)
        ga_buf_done(&w->answer[i].der);
    sim_pki_done(&w->pki);
    sim_pki_done(&w->foreign);
    sim_pki_done(&w->strange);
    sim_forge_done(&w->foreign_forge);
    sim_forge_done(&w->forge);
    free(w);
}
