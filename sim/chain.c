/* SPDX-License-Identifier: Apache-2.0 */
/* The authorities of both chains, and a device's own two certificates. */
#include <stdio.h>
#include <string.h>

#include "sim/chain.h"

#define DAY  INT64_C(86400)
#define YEAR (365 * DAY)
/* Names of real chains have up to 46 characters. */
#define CN_MAX 72

/* Fixed dates of device certificates, as on real ones; day precision. */
#define D2020_10_17 INT64_C(1602892800)
#define D2021_11_05 INT64_C(1636070400)
#define D2022_01_12 INT64_C(1641945600)
#define D2022_03_01 INT64_C(1646092800)
#define D2023_01_01 INT64_C(1672531200)
#define D2023_06_20 INT64_C(1687219200)

/* Which of the chip's names stands in a common name. */
enum named { NAMED_NOT, NAMED_CHIP, NAMED_IDENTITY, NAMED_PRODUCT };

/* Source: spec-protocol.  Dates: fixed for devices, to 9999; `years` from before `at` to after it for
 * RIM authorities, by the length of real ones. */
/* clang-format off */
static const struct authority {
    const char *name;
    enum sim_authority parent;
    enum ga_kind kind;
    enum sim_place place, responder;
    enum named named;
    const char *cn, *responder_cn; /* %s: the chip's name */
    ga_time since;
    int before, after;
} authorities[SIM_AUTHORITIES] = {
    [SIM_A_DEVICE_ROOT] = { "device-root", SIM_A_DEVICE_ROOT, GA_KIND_UNKNOWN,
        SIM_DEVICE_ROOT, SIM_RESPONDER_LAX, NAMED_NOT,
        "NVIDIA Device Identity CA", "NVIDIA OCSP Responder L1-A 02",
        D2021_11_05, 0, 0 },
    [SIM_A_IDENTITY] = { "identity", SIM_A_DEVICE_ROOT, GA_KIND_UNKNOWN,
        SIM_IDENTITY, SIM_RESPONDER, NAMED_IDENTITY,
        "NVIDIA %s Identity", "NVIDIA OCSP Responder L2 %s Identity",
        D2022_01_12, 0, 0 },
    [SIM_A_ICA_GPU] = { "ica-gpu", SIM_A_IDENTITY, GA_KIND_GPU,
        SIM_ICA, SIM_RESPONDER, NAMED_CHIP,
        "NVIDIA %s Provisioner ICA 1",
        "NVIDIA OCSP Responder L3 %s ICA1 Identity", D2022_03_01, 0, 0 },
    [SIM_A_ICA_SWITCH] = { "ica-switch", SIM_A_IDENTITY, GA_KIND_SWITCH,
        SIM_ICA, SIM_RESPONDER, NAMED_CHIP,
        "NVIDIA %s Provisioner ICA 1",
        "NVIDIA OCSP Responder L3 %s ICA1 Identity", D2022_03_01, 0, 0 },
    [SIM_A_RIM_ROOT] = { "rim-root", SIM_A_RIM_ROOT, GA_KIND_UNKNOWN,
        SIM_RIM_ROOT, SIM_RESPONDER_NO_CHECK, NAMED_NOT,
        "NVIDIA CoRIM signing Root CA",
        "NVIDIA OCSP Responder L1 CoRIM Root", GA_TIME_NONE, 3, 27 },
    [SIM_A_RIM_CA_GPU] = { "rim-ca-gpu", SIM_A_RIM_ROOT, GA_KIND_GPU,
        SIM_RIM_CA, SIM_RESPONDER_NO_CHECK, NAMED_PRODUCT,
        "NVIDIA Reference Value %s CA",
        "NVIDIA OCSP Responder L2 Reference Value %s", GA_TIME_NONE, 3, 7 },
    [SIM_A_RIM_CA_SWITCH] = { "rim-ca-switch", SIM_A_RIM_ROOT, GA_KIND_SWITCH,
        SIM_RIM_CA, SIM_RESPONDER_NO_CHECK, NAMED_PRODUCT,
        "NVIDIA Reference Value %s CA",
        "NVIDIA OCSP Responder L2 Reference Value %s", GA_TIME_NONE, 3, 7 },
    [SIM_A_RIM_L3_GPU] = { "rim-l3-gpu", SIM_A_RIM_CA_GPU, GA_KIND_GPU,
        SIM_RIM_L3, SIM_RESPONDER_NO_CHECK, NAMED_PRODUCT,
        "NVIDIA Reference Value L3 %s 001",
        "NVIDIA OCSP Responder L3 %s 001", GA_TIME_NONE, 2, 2 },
    [SIM_A_RIM_L3_SWITCH] = { "rim-l3-switch", SIM_A_RIM_CA_SWITCH,
        GA_KIND_SWITCH, SIM_RIM_L3, SIM_RESPONDER_NO_CHECK, NAMED_PRODUCT,
        "NVIDIA Reference Value L3 %s 001",
        "NVIDIA OCSP Responder L3 %s 001", GA_TIME_NONE, 2, 2 },
};

/* Blackwell's authorities are younger, and its ICAs are numbered otherwise. */
static const struct {
    enum sim_authority of;
    ga_time since;
    const char *cn, *responder_cn;
} blackwell[] = {
    { SIM_A_IDENTITY, D2023_01_01, "NVIDIA %s Identity",
      "NVIDIA OCSP Responder L2 %s Identity" },
    { SIM_A_ICA_GPU, D2023_06_20, "NVIDIA %s Provisioner ICA 00000",
      "NVIDIA OCSP Responder L3 %s ICA00000 Identity" },
};
/* clang-format on */

static struct authority
row_of(enum sim_authority a, const struct ga_chip *gpu)
{
    struct authority row = authorities[a];

    for (size_t i = 0; i < sizeof(blackwell) / sizeof(blackwell[0]); i++)
        if (blackwell[i].of == a && gpu != NULL &&
            gpu->fwid == GA_FWID_TCB_INFO) {
            row.since = blackwell[i].since;
            row.cn = blackwell[i].cn;
            row.responder_cn = blackwell[i].responder_cn;
        }
    return row;
}

static ga_time
midnight(ga_time t)
{
    return t - t % DAY;
}

/* `format` has at most one %s; it is from the table above. */
static void
name(char out[CN_MAX], const char *format, const char *chip)
{
    const char *at = strstr(format, "%s");

    if (at == NULL)
        snprintf(out, CN_MAX, "%s", format);
    else
        snprintf(out, CN_MAX, "%.*s%s%s", (int)(at - format), format, chip,
                 at + 2);
}

static const char *
chip_name(enum named named, const struct ga_chip *chip)
{
    switch (named) {
    case NAMED_CHIP:
        return chip->name;
    case NAMED_IDENTITY:
        return chip->identity;
    case NAMED_PRODUCT:
        return chip->product[0];
    case NAMED_NOT:
    default:
        return "";
    }
}

static enum ga_rc
make_authority(struct sim_forge *f, struct sim_pki *pki, enum sim_authority a,
               const struct authority *row, const struct ga_chip *chip,
               ga_time at, struct ga_error *err)
{
    struct sim_ca *ca = &pki->ca[a];
    char cn[CN_MAX], responder_cn[CN_MAX], label[64];
    bool fixed = row->since != GA_TIME_NONE;
    struct sim_cert_spec own = {
        .place = row->place,
        .label = row->name,
        .cn = cn,
        .issuer = row->parent == a ? NULL : &pki->ca[row->parent].cert,
        .not_before = fixed ? row->since
                            : midnight(ga_time_plus(at, -row->before * YEAR)),
        .not_after = fixed ? GA_TIME_MAX
                           : midnight(ga_time_plus(at, row->after * YEAR)) - 1,
    };
    /* Real responders live three years. */
    struct sim_cert_spec responder = {
        .place = row->responder,
        .label = label,
        .cn = responder_cn,
        .issuer = &ca->cert,
        .not_before = midnight(ga_time_plus(at, -YEAR)),
        .not_after = midnight(ga_time_plus(at, 2 * YEAR)) - 1,
    };
    enum ga_rc rc;

    name(cn, row->cn, chip_name(row->named, chip));
    name(responder_cn, row->responder_cn, chip_name(row->named, chip));
    snprintf(label, sizeof(label), "%s responder", row->name);
    ca->name = authorities[a].name;
    ca->parent = row->parent;
    pki->made[a] = true;
    rc = sim_cert_make(f, &own, &ca->cert, err);
    return rc == GA_OK ? sim_cert_make(f, &responder, &ca->responder, err) : rc;
}

enum ga_rc
sim_pki_make(struct sim_forge *f, const struct ga_chip *gpu,
             const struct ga_chip *nvswitch, ga_time at, struct sim_pki *out,
             struct ga_error *err)
{
    struct sim_pki pki = { 0 };
    enum ga_rc rc = GA_OK;

    for (enum sim_authority a = 0; a < SIM_AUTHORITIES && rc == GA_OK; a++) {
        struct authority row = row_of(a, gpu);
        const struct ga_chip *chip =
            row.kind == GA_KIND_SWITCH ? nvswitch : gpu;

        if (chip != NULL)
            rc = make_authority(f, &pki, a, &row, chip, at, err);
    }
    if (rc != GA_OK) {
        sim_pki_done(&pki);
        return rc;
    }
    *out = pki;
    return GA_OK;
}

void
sim_pki_done(struct sim_pki *pki)
{
    for (size_t i = 0; i < SIM_AUTHORITIES; i++) {
        sim_cert_done(&pki->ca[i].cert);
        sim_cert_done(&pki->ca[i].responder);
    }
    *pki = (struct sim_pki){ 0 };
}

enum sim_authority
sim_ica_of(enum ga_kind kind)
{
    return kind == GA_KIND_SWITCH ? SIM_A_ICA_SWITCH : SIM_A_ICA_GPU;
}

static enum ga_rc
make_brom(struct sim_forge *f, const struct sim_pki *pki,
          const struct ga_chip *chip, const char *label,
          struct sim_identity *id, struct ga_error *err)
{
    bool tcb = chip->fwid == GA_FWID_TCB_INFO;
    uint8_t serial[1 + GA_PDI_LEN];
    char key[32], cn[CN_MAX];
    struct sim_cert_spec spec = {
        .place = tcb ? SIM_BROM_AIA : SIM_BROM,
        .label = key,
        .cn = cn,
        .issuer = &pki->ca[sim_ica_of(chip->kind)].cert,
        .not_before = tcb ? D2023_06_20 : D2020_10_17,
        .not_after = GA_TIME_MAX,
        .serial = serial,
        .serial_len = sizeof(serial),
    };

    /* What stands before the PDI tells GPUs from switches.
     * Source: spec-protocol, 2. */
    serial[0] = chip->kind == GA_KIND_SWITCH ? 0x50 : 0x41;
    memcpy(serial + 1, id->pdi, sizeof(id->pdi));
    snprintf(key, sizeof(key), "%s brom", label);
    snprintf(cn, sizeof(cn), "%s A01 %s BROM", chip->name, chip->processor);
    return sim_cert_make(f, &spec, &id->brom, err);
}

static enum ga_rc
make_leaf(struct sim_forge *f, const struct ga_chip *chip, const char *label,
          struct sim_identity *id, struct ga_error *err)
{
    bool tcb = chip->fwid == GA_FWID_TCB_INFO;
    char key[32], cn[CN_MAX], udi[64];
    uint8_t unit[8];
    struct sim_cert_spec spec = {
        .place = tcb ? SIM_LEAF_TCB : SIM_LEAF,
        .label = key,
        .cn = cn,
        .issuer = &id->brom,
        .not_before = tcb ? D2023_06_20 : D2020_10_17,
        .not_after = GA_TIME_MAX,
        .udi = udi,
        .fwid = id->fwid,
    };
    enum ga_rc rc = sim_derive(f, unit, sizeof(unit), err, "unit %s", label);

    if (rc != GA_OK)
        return rc;
    snprintf(key, sizeof(key), "%s leaf", label);
    snprintf(cn, sizeof(cn), "%s A01 %s FMC LF", chip->name, chip->processor);
    snprintf(udi, sizeof(udi), "SIM:%s:%02X%02X%02X%02X%02X%02X%02X%02X",
             chip->name, unit[0], unit[1], unit[2], unit[3], unit[4], unit[5],
             unit[6], unit[7]);
    return sim_cert_make(f, &spec, &id->leaf, err);
}

enum ga_rc
sim_identity_make(struct sim_forge *f, const struct sim_pki *pki,
                  const struct ga_chip *chip, const char *label,
                  const char *brom, struct sim_identity *out,
                  struct ga_error *err)
{
    struct sim_identity id = { 0 };
    enum ga_rc rc = sim_derive(f, id.pdi, sizeof(id.pdi), err, "pdi %s", brom);

    /* One firmware for all devices of a chip. */
    if (rc == GA_OK)
        rc =
            sim_derive(f, id.fwid, sizeof(id.fwid), err, "fwid %s", chip->name);
    if (rc == GA_OK)
        rc = make_brom(f, pki, chip, brom, &id, err);
    if (rc == GA_OK)
        rc = make_leaf(f, chip, label, &id, err);
    if (rc != GA_OK) {
        sim_identity_done(&id);
        return rc;
    }
    *out = id;
    return GA_OK;
}

void
sim_identity_done(struct sim_identity *id)
{
    sim_cert_done(&id->brom);
    sim_cert_done(&id->leaf);
    *id = (struct sim_identity){ 0 };
}
