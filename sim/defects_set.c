/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of a set of devices, and of what a verification is asked to pass
 * over: rule 14, and the verdict. */
#include "sim/defect_rows.h"

static void
other_file_nonce(struct sim_device *d)
{
    d->nonce[0] = d->nonce[0] == '0' ? '1' : '0';
}

/* The right nonce, and a byte behind it. */
static void
long_file_nonce(struct sim_device *d)
{
    memcpy(d->nonce + 2 * GA_NONCE_LEN, "00", sizeof("00"));
}

/* The first GPU's report and chain as the second one's. */
static void
copy_first_gpu(struct sim_world *w)
{
    w->device[1].shown = &w->device[0];
}

static void
copy_with_other_s(struct sim_world *w)
{
    w->device[1].shown = &w->device[0];
    w->device[1].other_s = true;
}

static void
boot_other_firmware(struct sim_device_spec *s)
{
    s->first_brom = true;
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
revoke(struct sim_ocsp_spec *s)
{
    s->status = SIM_REVOKED;
    s->reason = 1; /* keyCompromise */
}

static void
leave_out(struct sim_rim_spec *s)
{
    s->absent = true;
}

static void
sign_as_foreigner(struct sim_rim_spec *s)
{
    s->foreign = true;
}

#define SETTINGS(...)                        \
    .settings = (const struct sim_setting[]) \
    {                                        \
        __VA_ARGS__,                         \
        {                                    \
            NULL, NULL                       \
        }                                    \
    }
#define REFUSED(...)                        \
    .refused = (const struct sim_setting[]) \
    {                                       \
        __VA_ARGS__,                        \
        {                                   \
            NULL, NULL                      \
        }                                   \
    }

#define OF_FILES .files_only = "devices sign the caller's nonce and bring none"

/* clang-format off */
const struct sim_defect sim_defects_set[] = {
    { "file-nonce-differs", 14, "a verifier takes the nonce from the evidence",
      ITEM("GPU-0", other_file_nonce), 1, 0, EXPECT(
        FAILED("set", "set.nonce", NONCE_OTHER)), OF_FILES },
    { "file-nonce-only", 14, "a verifier that was given no nonce takes the evidence's",
      VERIFY, 1, 0, SETTINGS({ "nonce", NULL }), OF_FILES },
    { "nonce-33", 14, "a nonce that one reader cuts off equals the caller's",
      ITEM("GPU-0", long_file_nonce), 1, 0, EXPECT(
        FAILED("set", "set.nonce", MALFORMED)), OF_FILES },
    { "copied-device", 14, "one GPU passes for two",
      SET(copy_first_gpu), 2, 0, EXPECT(
        FAILED("set", "set.distinct", SAME_DEVICE)) },
    { "same-report-other-s", 14, "one report passes for two, its signature written in the other form",
      SET(copy_with_other_s), 2, 0, EXPECT(
        FAILED("set", "set.distinct", SAME_DEVICE)) },
    { "same-device-two-firmwares", 14, "one board that boots twice passes for two",
      DEVICE("GPU-1", boot_other_firmware), 2, 0, EXPECT(
        FAILED("set", "set.distinct", SAME_DEVICE)) },
    { "mixed-modes", 14, "one GPU whose links are open among others",
      REPORT("GPU-1", other_mode), 2, 0, EXPECT(
        FAILED("set", "set.mode", MIXED)),
      .named = "set.mode:mixed" },
    { "count-mixed", 14, "a switch passes for the third GPU",
      VERIFY, 1, 1, EXPECT(FAILED("set", "set.count", COUNT_OTHER)),
      SETTINGS({ "expect-gpus", "3" }, { "expect-switches", "0" }),
      .named = "set.count:count_other" },
    { "sim-evidence-builtin-anchors", 7, "evidence of the simulator passes for a device's",
      VERIFY, 1, 1, EXPECT(
        FAILED("GPU-*", "device.chain", UNTRUSTED),
        FAILED("GPU-*", "device.ocsp", SIMULATOR), NOT_ASKED("GPU-*"),
        FAILED("SWITCH-*", "device.chain", UNTRUSTED),
        FAILED("SWITCH-*", "device.ocsp", SIMULATOR),
        UNMADE("SWITCH-*", "bios_rim.available", DEPENDS),
        NO_RIM("SWITCH-*", "bios_rim"),
        UNMADE("SWITCH-*", "measurements.match", DEPENDS)),
      SETTINGS({ "device-anchor", NULL }, { "rim-anchor", NULL }) },
    { "relax-foreign-rim", 11, "what lets an expired signer pass lets any signer pass",
      RIM("driver", sign_as_foreigner), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", UNTRUSTED),
        FAILED("GPU-*", "driver_rim.ocsp", SIMULATOR), ONE_RIM_LESS("GPU-*")),
      SETTINGS({ "relax", "*_rim.chain:expired,*_rim.ocsp,measurements.conflict,measurements.match" },
               { "rim-grace", "36500d" }),
      REFUSED({ "relax", "driver_rim.chain:untrusted" }, { "relax", "*_rim.chain" },
              { "relax", "*_rim.signature:bad_signature" }) },
    { "relax-revoked", 8, "what lets a missing answer pass lets a revocation pass",
      OCSP("GPU-0-brom", revoke), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", REVOKED)),
      SETTINGS({ "relax", "device.ocsp,device.ocsp:stale,device.ocsp:unknown" },
               { "ocsp-grace", "36500d" }, { "ocsp-nonce", "ignore" }, { "allow-hold", "true" }),
      REFUSED({ "relax", "device.ocsp:revoked" }, { "relax", "device.ocsp:hold" },
              { "relax", "*_rim.ocsp:revoked" }),
      .named = "no-ocsp" },
    { "relax-half-measured", 13, "what lets a RIM be absent lets half of the firmware be unknown",
      RIM("driver", leave_out), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.available", ABSENT),
        NO_RIM("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")),
      SETTINGS({ "relax", "driver_rim.available:absent,driver_rim.schema,driver_rim.ocsp,driver_rim.version,"
                          "measurements.conflict,measurements.match:index-9" }),
      REFUSED({ "relax", "driver_rim.signature" }, { "relax", "driver_rim.chain" }) },
    { .name = NULL },
};
