/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of reports: rules 1 to 6, and what rule 13 compares. */
#include "sim/defect_rows.h"

static void
other_nonce(struct sim_report_spec *s)
{
    for (size_t i = 0; i < sizeof(s->nonce); i++)
        s->nonce[i] = (uint8_t)(s->nonce[i] ^ 0xff);
}

static void
spoil_signature(struct sim_report_spec *s)
{
    s->rs = SIM_RS_SPOILED;
}

static void
r_zero(struct sim_report_spec *s)
{
    s->rs = SIM_RS_R_ZERO;
}

static void
s_not_below_n(struct sim_report_spec *s)
{
    s->rs = SIM_RS_S_N;
}

static void
other_chip_info(struct sim_report_spec *s)
{
    static const char hopper[] = "GH100", blackwell[] = "GB100";

    memcpy(s->chip_info, s->chip_info[0] == 'G' ? hopper : blackwell,
           sizeof(hopper));
}

static void
other_gpu_info(struct sim_report_spec *s)
{
    s->gpu_info ^= 0x0020;
}

static void
other_fwid(struct sim_report_spec *s)
{
    s->has_fwid = true;
    s->fwid[0] ^= 1;
}

static void
drop_fwid(struct sim_report_spec *s)
{
    s->has_fwid = false;
}

static void
flag_without_version(struct sim_report_spec *s)
{
    s->has_flag = true;
    s->has_version = false;
}

static void
flag_against_status(struct sim_report_spec *s)
{
    s->has_version = s->has_flag = s->has_ppcie = true;
    s->flag = s->ppcie == 0xaa ? 0 : 2;
}

static void
unknown_mode(struct sim_report_spec *s)
{
    s->has_version = s->has_flag = true;
    s->flag = 3;
}

static void
other_measurement(struct sim_report_spec *s)
{
    s->block[9][0] ^= 1;
}

/* What measurement 35 is about does not run, as the report says, and it is
 * another one. */
static void
nvdec_absent(struct sim_report_spec *s)
{
    s->nvdec0_absent = true;
    s->block[35][0] ^= 1;
}

static void
nvdec_unknown(struct sim_report_spec *s)
{
    s->nvdec0 = 0x00;
    s->block[35][0] ^= 1;
}

static void
nvdec_two_bytes(struct sim_report_spec *s)
{
    s->nvdec0_len = 2;
}

static void
add_byte(struct sim_report_spec *s)
{
    s->trailing = 1;
}

static void
other_value_type(struct sim_report_spec *s)
{
    s->value_type = 0x81; /* a raw value */
}

static void
leave_a_gap(struct sim_report_spec *s)
{
    s->gap_from = 10;
}

static void
other_slot(struct sim_report_spec *s)
{
    s->slot = 1;
}

static void
stand_twice(struct sim_report_spec *s)
{
    s->twice = true;
}

static void
write_after_nul(struct sim_report_spec *s)
{
    s->after_nul = true;
}

static void
dots_in_driver(struct sim_report_spec *s)
{
    memcpy(s->driver, "580..95", sizeof("580..95"));
}

static void
query_in_driver(struct sim_report_spec *s)
{
    memcpy(s->driver, "580.95?id=1", sizeof("580.95?id=1"));
}

/* Nothing is checked of a report that does not parse. */
#define NO_REPORT(where, reason)                                  \
    FAILED(where, "report.parse", reason),                        \
        UNMADE(where, "report.nonce", DEPENDS),                   \
        UNMADE(where, "report.signature", DEPENDS),               \
        UNMADE(where, "report.arch", DEPENDS),                    \
        UNMADE(where, "report.fwid", DEPENDS),                    \
        UNMADE(where, "report.mode", DEPENDS), NOT_ASKED(where),  \
        UNMADE("set", "set.nonce", DEPENDS),                      \
    {                                                             \
        "set", "set.distinct", GA_NOT_CHECKED, GA_R_DEPENDS, 0, 2 \
    }
#define NO_SIGNATURE(where) \
    FAILED(where, "report.signature", BAD_SIGNATURE), NOT_ASKED(where)

/* clang-format off */
const struct sim_defect sim_defects_report[] = {
    { "trailing-byte", 1, "bytes that no signature covers",
      REPORT("GPU-0", add_byte), 1, 0, EXPECT(NO_REPORT("GPU-0", TRAILING)) },
    { "value-type", 1, "raw values pass for digests of firmware",
      REPORT("GPU-0", other_value_type), 1, 0, EXPECT(NO_REPORT("GPU-0", MALFORMED)) },
    { "block-gap", 1, "a measurement is left out, and the next one stands for it",
      REPORT("GPU-0", leave_a_gap), 1, 0, EXPECT(NO_REPORT("GPU-0", MALFORMED)) },
    { "param2-slot", 1, "a key of another slot signs",
      REPORT("GPU-0", other_slot), 1, 0, EXPECT(NO_REPORT("GPU-0", MALFORMED)) },
    { "nvdec-two-bytes", 1, "a reader takes the byte that it likes",
      REPORT("GPU-0", nvdec_two_bytes), 1, 0, EXPECT(NO_REPORT("GPU-0", MALFORMED)) },
    { "text-after-nul", 1, "two readers see two texts",
      REPORT("GPU-0", write_after_nul), 1, 0, EXPECT(NO_REPORT("GPU-0", MALFORMED)) },
    { "duplicate-field", 1, "one reader takes the first value, another one the last",
      REPORT("GPU-0", stand_twice), 1, 0, EXPECT(NO_REPORT("GPU-0", DUPLICATE)) },
    { "nonce-other", 2, "evidence of another day is shown again",
      REPORT("*", other_nonce), 0, 0, EXPECT(
        FAILED("GPU-*", "report.nonce", NONCE_OTHER),
        FAILED("SWITCH-*", "report.nonce", NONCE_OTHER)) },
    { "report-signature", 3, "a report that no device made",
      REPORT("GPU-0", spoil_signature), 1, 0, EXPECT(NO_SIGNATURE("GPU-0")) },
    { "r-zero", 3, "a signature that a careless verifier takes for any message",
      REPORT("GPU-0", r_zero), 1, 0, EXPECT(NO_SIGNATURE("GPU-0")) },
    { "s-ge-n", 3, "a signature that a careless verifier reduces to zero",
      REPORT("GPU-0", s_not_below_n), 1, 0, EXPECT(NO_SIGNATURE("GPU-0")) },
    { "chip-info-other", 4, "one chip passes for another, with that one's RIM",
      REPORT("GPU-0", other_chip_info), 1, 0, EXPECT(
        FAILED("GPU-0", "report.arch", MISMATCH)) },
    { "gpu-info-other", 4, "one chip passes for another",
      REPORT("GPU-0", other_gpu_info), 1, 0, EXPECT(
        FAILED("GPU-0", "report.arch", MISMATCH),
        FAILED("GPU-0", "driver_rim.available", ABSENT),
        NO_RIM("GPU-0", "driver_rim"), ONE_RIM_LESS("GPU-0")) },
    { "fwid-other", 5, "a key that belongs to other firmware signs",
      REPORT("GPU-0", other_fwid), 1, 0, EXPECT(
        FAILED("GPU-0", "report.fwid", MISMATCH)) },
    { "fwid-dropped", 5, "firmware that does not say which one it is",
      REPORT("GPU-0", drop_fwid), 1, 0, EXPECT(
        FAILED("GPU-0", "report.fwid", ABSENT)) },
    { "flag36-without-34", 6, "a mode is claimed in a field that the firmware does not have",
      REPORT("GPU-0", flag_without_version), 1, 0, EXPECT(
        FAILED("GPU-0", "report.mode", MISMATCH)) },
    { "flag36-against-21", 6, "a GPU whose links are open says in one field that they are not",
      REPORT("GPU-0", flag_against_status), 1, 0, EXPECT(
        FAILED("GPU-0", "report.mode", MISMATCH)) },
    { "mode-unknown", 6, "a mode that nobody has approved",
      REPORT("GPU-0", unknown_mode), 1, 0, EXPECT(
        FAILED("GPU-0", "report.mode", UNKNOWN_VALUE)) },
    { "id-dotdot", 9, "a report leads the verifier out of its folder",
      REPORT("GPU-0", dots_in_driver), 1, 0, EXPECT(
        FAILED("GPU-0", "driver_rim.available", BAD_ID),
        NO_RIM("GPU-0", "driver_rim"), ONE_RIM_LESS("GPU-0")) },
    { "id-query", 9, "a report chooses what a service is asked for",
      REPORT("GPU-0", query_in_driver), 1, 0, EXPECT(
        FAILED("GPU-0", "driver_rim.available", BAD_ID),
        NO_RIM("GPU-0", "driver_rim"), ONE_RIM_LESS("GPU-0")) },
    { "fetch-before-signature", 9, "anybody makes the verifier open files that he names",
      REPORT("GPU-*", spoil_signature), 1, 0, EXPECT(NO_SIGNATURE("GPU-*")) },
    { "golden-wrong", 13, "firmware that no golden value stands for",
      REPORT("GPU-0", other_measurement), 1, 0, EXPECT(WRONG_INDEX("GPU-0", 9)) },
    { "nvdec-absent", 13, "a measurement that differs is not compared",
      REPORT("GPU-0", nvdec_absent), 1, 0, EXPECT(WRONG_INDEX("GPU-0", 35)) },
    { "nvdec-unknown", 13, "a measurement that differs is not compared",
      REPORT("GPU-0", nvdec_unknown), 1, 0, EXPECT(
        FAILED("GPU-0", "measurements.match", UNKNOWN_VALUE)) },
    { .name = NULL },
};
