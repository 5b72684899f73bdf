/* SPDX-License-Identifier: Apache-2.0 */
/* The table of defects: what an attacker does, and every check that must not
 * pass because of it. */
#include <string.h>

#include "sim/world.h"

#define DAY  INT64_C(86400)
#define YEAR (365 * DAY)

static void
other_nonce(struct sim_report_spec *s)
{
    for (size_t i = 0; i < sizeof(s->nonce); i++)
        s->nonce[i] = (uint8_t)(s->nonce[i] ^ 0xff);
}

static void
spoil_report_signature(struct sim_report_spec *s)
{
    s->spoil_signature = true;
}

static void
other_chip_info(struct sim_report_spec *s)
{
    static const char hopper[] = "GH100", blackwell[] = "GB100";

    memcpy(s->chip_info, s->chip_info[0] == 'G' ? hopper : blackwell,
           sizeof(hopper));
}

static void
other_fwid(struct sim_report_spec *s)
{
    s->has_fwid = true;
    s->fwid[0] ^= 1;
}

static void
flag_without_version(struct sim_report_spec *s)
{
    s->has_flag = true;
    s->has_version = false;
}

static void
other_measurement(struct sim_report_spec *s)
{
    s->block[9][0] ^= 1;
}

/* Another mode than the board's, with fields that agree. */
static void
other_mode(struct sim_report_spec *s)
{
    bool spt = s->ppcie == 0x55 && s->flag == 0;

    s->ppcie = 0x55;
    s->has_version = s->has_flag = s->has_ppcie = true;
    s->flag = spt ? 1 : 0;
}

static void
add_byte(struct sim_report_spec *s)
{
    s->trailing = 1;
}

static void
drop_ica(struct sim_chain_spec *chain)
{
    for (size_t i = 2; i + 1 < chain->count; i++)
        chain->cert[i] = chain->cert[i + 1];
    chain->count--;
}

static void
revoke(struct sim_ocsp_spec *s)
{
    s->status = SIM_REVOKED;
    s->reason = 1; /* keyCompromise */
}

static void
not_known(struct sim_ocsp_spec *s)
{
    s->status = SIM_UNKNOWN;
}

static void
leave_out(struct sim_rim_spec *s)
{
    s->absent = true;
}

static void
hash_without_ns(struct sim_rim_spec *s)
{
    s->hash_without_ns = true;
}

static void
edit_golden(struct sim_rim_spec *s)
{
    s->edit_golden = true;
}

static void
spoil_rim_signature(struct sim_rim_spec *s)
{
    s->spoil_signature = true;
}

/* Its two years ended a day before the world's time. */
static void
expire(struct sim_rim_spec *s)
{
    s->signer_from -= YEAR + DAY;
    s->signer_until -= YEAR + DAY;
}

/* Its last digit is another one. */
static void
other_version(struct sim_rim_spec *s)
{
    char *last = &s->version[strlen(s->version) - 1];

    *last = *last == '1' ? '2' : '1';
}

/* Index 28 is the driver RIM's, and all zero in the device too: nothing else is
 * wrong with it. */
static void
claim_index(struct sim_rim_spec *s)
{
    s->golden[28].active = true;
}

static void
other_file_nonce(struct sim_device *d)
{
    d->nonce[0] = d->nonce[0] == '0' ? '1' : '0';
}

/* The first GPU's report and chain as the second one's. */
static void
copy_first_gpu(struct sim_world *w)
{
    w->device[1].shown = &w->device[0];
}

#define FAILED(where, check, reason)                 \
    {                                                \
        where, check, GA_FAILED, GA_R_##reason, 0, 0 \
    }
#define UNMADE(where, check, reason)                      \
    {                                                     \
        where, check, GA_NOT_CHECKED, GA_R_##reason, 0, 0 \
    }

/* Five checks of a RIM that is not there, and six of one not asked for. */
#define NO_RIM(where, rim)                        \
    UNMADE(where, rim ".schema", DEPENDS),        \
        UNMADE(where, rim ".signature", DEPENDS), \
        UNMADE(where, rim ".chain", DEPENDS),     \
        UNMADE(where, rim ".ocsp", DEPENDS),      \
        UNMADE(where, rim ".version", DEPENDS)
#define NOT_ASKED(where)                                 \
    UNMADE(where, "driver_rim.available", DEPENDS),      \
        NO_RIM(where, "driver_rim"),                     \
        UNMADE(where, "vbios_rim.available", DEPENDS),   \
        NO_RIM(where, "vbios_rim"),                      \
        UNMADE(where, "measurements.conflict", DEPENDS), \
        UNMADE(where, "measurements.match", DEPENDS)
/* One of a GPU's two RIMs cannot be compared with. */
#define ONE_RIM_LESS(where)                          \
    UNMADE(where, "measurements.conflict", DEPENDS), \
        UNMADE(where, "measurements.match", PARTIAL)

/* clang-format off */
static const struct sim_expect
    nonce_other[] = {
        FAILED("GPU-*", "report.nonce", NONCE_OTHER),
        FAILED("SWITCH-*", "report.nonce", NONCE_OTHER),
    },
    report_signature[] = {
        FAILED("GPU-0", "report.signature", BAD_SIGNATURE),
        NOT_ASKED("GPU-0"),
    },
    chip_info_other[] = { FAILED("GPU-0", "report.arch", MISMATCH) },
    fwid_other[] = { FAILED("GPU-0", "report.fwid", MISMATCH) },
    flag_36[] = { FAILED("GPU-0", "report.mode", MISMATCH) },
    missing_ica[] = {
        UNMADE("GPU-0", "report.arch", DEPENDS),
        UNMADE("GPU-0", "report.fwid", DEPENDS),
        FAILED("GPU-0", "device.chain", SHAPE),
        UNMADE("GPU-0", "device.ocsp", DEPENDS),
        NOT_ASKED("GPU-0"),
    },
    ocsp_revoked[] = { FAILED("GPU-0", "device.ocsp", REVOKED) },
    rim_missing[] = {
        FAILED("GPU-*", "driver_rim.available", ABSENT),
        NO_RIM("GPU-*", "driver_rim"),
        ONE_RIM_LESS("GPU-*"),
    },
    rim_hash_no_ns[] = {
        FAILED("GPU-*", "driver_rim.schema", SCHEMA),
        ONE_RIM_LESS("GPU-*"),
    },
    rim_digest[] = {
        FAILED("GPU-*", "driver_rim.signature", BAD_DIGEST),
        ONE_RIM_LESS("GPU-*"),
    },
    rim_expired[] = { FAILED("GPU-*", "driver_rim.chain", EXPIRED) },
    rim_ocsp_unknown[] = { FAILED("GPU-*", "driver_rim.ocsp", UNKNOWN) },
    rim_version_other[] = {
        FAILED("GPU-*", "driver_rim.version", VERSION_OTHER),
        ONE_RIM_LESS("GPU-*"),
    },
    vbios_rim_signature[] = {
        FAILED("GPU-*", "vbios_rim.signature", BAD_SIGNATURE),
        ONE_RIM_LESS("GPU-*"),
    },
    rim_index_conflict[] = {
        FAILED("GPU-*", "measurements.conflict", CONFLICT),
    },
    golden_wrong[] = {
        { "GPU-0", "measurements.match", GA_FAILED, GA_R_INDEX, 9, 0 },
    },
    file_nonce_differs[] = { FAILED("set", "set.nonce", NONCE_OTHER) },
    copied_device[] = { FAILED("set", "set.distinct", SAME_DEVICE) },
    mixed_modes[] = { FAILED("set", "set.mode", MIXED) },
    trailing_byte[] = {
        FAILED("GPU-0", "report.parse", TRAILING),
        UNMADE("GPU-0", "report.nonce", DEPENDS),
        UNMADE("GPU-0", "report.signature", DEPENDS),
        UNMADE("GPU-0", "report.arch", DEPENDS),
        UNMADE("GPU-0", "report.fwid", DEPENDS),
        UNMADE("GPU-0", "report.mode", DEPENDS),
        NOT_ASKED("GPU-0"),
        UNMADE("set", "set.nonce", DEPENDS),
        { "set", "set.distinct", GA_NOT_CHECKED, GA_R_DEPENDS, 0, 2 },
    },
    bios_rim_version[] = {
        FAILED("SWITCH-*", "bios_rim.version", VERSION_OTHER),
        UNMADE("SWITCH-*", "measurements.match", DEPENDS),
    };

#define EXPECT(list) list, sizeof(list) / sizeof((list)[0])

const struct sim_defect sim_defects[] = {
    { "nonce-other", 2, "evidence of another day is shown again",
      SIM_AT_REPORT, "*", { .report = other_nonce }, 0, 0, EXPECT(nonce_other) },
    { "report-signature", 3, "a report that no device made",
      SIM_AT_REPORT, "GPU-0", { .report = spoil_report_signature }, 1, 0, EXPECT(report_signature) },
    { "chip-info-other", 4, "one chip passes for another, with that one's RIM",
      SIM_AT_REPORT, "GPU-0", { .report = other_chip_info }, 1, 0, EXPECT(chip_info_other) },
    { "fwid-other", 5, "a key that belongs to other firmware signs",
      SIM_AT_REPORT, "GPU-0", { .report = other_fwid }, 1, 0, EXPECT(fwid_other) },
    { "flag36-without-34", 6, "a mode is claimed in a field that the firmware does not have",
      SIM_AT_REPORT, "GPU-0", { .report = flag_without_version }, 1, 0, EXPECT(flag_36) },
    { "missing-ica", 7, "a device that nobody provisioned",
      SIM_AT_CHAIN, "GPU-0", { .chain = drop_ica }, 1, 0, EXPECT(missing_ica) },
    { "ocsp-revoked", 8, "a device whose key was stolen",
      SIM_AT_OCSP, "GPU-0-brom", { .ocsp = revoke }, 1, 0, EXPECT(ocsp_revoked) },
    { "rim-missing", 9, "a driver that nobody vouches for",
      SIM_AT_RIM, "driver", { .rim = leave_out }, 1, 0, EXPECT(rim_missing) },
    { "rim-hash-no-ns", 10, "golden values where a lenient reader sees none",
      SIM_AT_RIM, "driver", { .rim = hash_without_ns }, 1, 0, EXPECT(rim_hash_no_ns) },
    { "rim-digest", 10, "golden values of an altered driver in a signed RIM",
      SIM_AT_RIM, "driver", { .rim = edit_golden }, 1, 0, EXPECT(rim_digest) },
    { "rim-expired", 11, "a RIM of a signer who signs no more",
      SIM_AT_RIM, "driver", { .rim = expire }, 1, 0, EXPECT(rim_expired) },
    { "rim-ocsp-unknown", 8, "a RIM of a signer whom nobody knows",
      SIM_AT_OCSP, "driver-rim-signer", { .ocsp = not_known }, 1, 0, EXPECT(rim_ocsp_unknown) },
    { "rim-version-other", 12, "an older driver's RIM under this driver's id",
      SIM_AT_RIM, "driver", { .rim = other_version }, 1, 0, EXPECT(rim_version_other) },
    { "vbios-rim-signature", 10, "golden values that nobody signed",
      SIM_AT_RIM, "vbios", { .rim = spoil_rim_signature }, 1, 0, EXPECT(vbios_rim_signature) },
    { "rim-index-conflict", 13, "two RIMs decide one measurement, the weaker one wins",
      SIM_AT_RIM, "vbios", { .rim = claim_index }, 1, 0, EXPECT(rim_index_conflict) },
    { "golden-wrong", 13, "firmware that no golden value stands for",
      SIM_AT_REPORT, "GPU-0", { .report = other_measurement }, 1, 0, EXPECT(golden_wrong) },
    { "file-nonce-differs", 14, "a verifier takes the nonce from the evidence",
      SIM_AT_ITEM, "GPU-0", { .item = other_file_nonce }, 1, 0, EXPECT(file_nonce_differs) },
    { "copied-device", 14, "one GPU passes for two",
      SIM_AT_SET, "set", { .set = copy_first_gpu }, 2, 0, EXPECT(copied_device) },
    { "mixed-modes", 14, "one GPU whose links are open among others",
      SIM_AT_REPORT, "GPU-1", { .report = other_mode }, 2, 0, EXPECT(mixed_modes) },
    { "trailing-byte", 1, "bytes that no signature covers",
      SIM_AT_REPORT, "GPU-0", { .report = add_byte }, 1, 0, EXPECT(trailing_byte) },
    { "bios-rim-version", 12, "another BIOS's RIM under this switch's id",
      SIM_AT_RIM, "bios", { .rim = other_version }, 0, 1, EXPECT(bios_rim_version) },
};
/* clang-format on */

const size_t sim_defect_count = sizeof(sim_defects) / sizeof(sim_defects[0]);

const struct sim_defect *
sim_defect_find(const char *name)
{
    for (size_t i = 0; i < sim_defect_count; i++)
        if (strcmp(sim_defects[i].name, name) == 0)
            return &sim_defects[i];
    return NULL;
}

static void
apply(const struct sim_defect *d, void *spec)
{
    switch (d->stage) {
    case SIM_AT_CHAIN:
        d->apply.chain(spec);
        break;
    case SIM_AT_REPORT:
        d->apply.report(spec);
        break;
    case SIM_AT_RIM:
        d->apply.rim(spec);
        break;
    case SIM_AT_OCSP:
        d->apply.ocsp(spec);
        break;
    case SIM_AT_ITEM:
        d->apply.item(spec);
        break;
    case SIM_AT_SET:
        d->apply.set(spec);
        break;
    }
}

void
sim_twist(const struct sim_world *w, enum sim_stage stage, const char *name,
          void *spec)
{
    for (size_t i = 0; i < w->o.defects; i++) {
        const struct sim_defect *d = w->o.defect[i];

        if (d->stage == stage &&
            (strcmp(d->on, name) == 0 || strcmp(d->on, "*") == 0))
            apply(d, spec);
    }
}
