/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what services do wrong, and what must come of it. */
#include <stdio.h>
#include <string.h>

#include "sim/trouble.h"

#define FAILED(where, check, reason)                 \
    {                                                \
        where, check, GA_FAILED, GA_R_##reason, 0, 0 \
    }
#define UNMADE(where, check, reason)                      \
    {                                                     \
        where, check, GA_NOT_CHECKED, GA_R_##reason, 0, 0 \
    }

/* A RIM that is not there, and what depends on it. */
#define LOST(rim, outcome, reason)                  \
    outcome("GPU-*", rim ".available", reason),     \
        UNMADE("GPU-*", rim ".schema", DEPENDS),    \
        UNMADE("GPU-*", rim ".signature", DEPENDS), \
        UNMADE("GPU-*", rim ".chain", DEPENDS),     \
        UNMADE("GPU-*", rim ".ocsp", DEPENDS),      \
        UNMADE("GPU-*", rim ".version", DEPENDS)
#define BOTH_LOST(outcome, reason)                                           \
    LOST("driver_rim", outcome, reason), LOST("vbios_rim", outcome, reason), \
        UNMADE("GPU-*", "measurements.conflict", DEPENDS),                   \
        UNMADE("GPU-*", "measurements.match", DEPENDS)

/* Every OCSP check the same. */
#define ALL_OCSP(outcome, reason)                    \
    outcome("GPU-*", "device.ocsp", reason),         \
        outcome("GPU-*", "driver_rim.ocsp", reason), \
        outcome("GPU-*", "vbios_rim.ocsp", reason)

/* clang-format off */
static const struct sim_expect
    rim_unreachable[] = { BOTH_LOST(UNMADE, UNREACHABLE) },
    rim_malformed[] = { BOTH_LOST(FAILED, MALFORMED) },
    rim_absent[] = { BOTH_LOST(FAILED, ABSENT) },
    ocsp_unreachable[] = { ALL_OCSP(UNMADE, UNREACHABLE) },
    ocsp_malformed[] = { ALL_OCSP(FAILED, MALFORMED) },
    ocsp_stale[] = { ALL_OCSP(FAILED, STALE) },
    ocsp_revoked[] = { ALL_OCSP(FAILED, REVOKED) },
    ocsp_hold[] = { ALL_OCSP(FAILED, HOLD) },
    ocsp_unknown[] = { ALL_OCSP(FAILED, UNKNOWN) },
    ocsp_nonce_other[] = { ALL_OCSP(FAILED, NONCE_OTHER) },
    ocsp_nonce_missing[] = { ALL_OCSP(FAILED, NONCE_MISSING) },
    ocsp_signature[] = { ALL_OCSP(FAILED, BAD_SIGNATURE) };

#define EXPECT(list) list, sizeof(list) / sizeof((list)[0])
#define NOTHING NULL, 0

const struct sim_trouble sim_troubles[] = {
    { "service-rim-down", SIM_RIM_SERVICE, SIM_T_DOWN, SIM_ARG_NONE, 0, 4,
      "nobody listens at the RIM service's port", EXPECT(rim_unreachable) },
    { "service-rim-500", SIM_RIM_SERVICE, SIM_T_STATUS, SIM_ARG_COUNT, 0, 4,
      "500 to the first COUNT requests (default: all)", EXPECT(rim_unreachable) },
    { "service-rim-429", SIM_RIM_SERVICE, SIM_T_BUSY, SIM_ARG_SECONDS, 1, 0,
      "429 with Retry-After: SECONDS (default 1) to the first request", NOTHING },
    { "service-rim-slow", SIM_RIM_SERVICE, SIM_T_SLOW, SIM_ARG_MS, 200, 0,
      "every answer comes MS milliseconds late (default 200)", NOTHING },
    { "service-rim-cut", SIM_RIM_SERVICE, SIM_T_CUT, SIM_ARG_COUNT, 0, 4,
      "the first COUNT answers (default: all) end in the middle", EXPECT(rim_unreachable) },
    { "service-rim-garbage", SIM_RIM_SERVICE, SIM_T_GARBAGE, SIM_ARG_COUNT, 0, 1,
      "200 and no JSON, COUNT times (default: always)", EXPECT(rim_malformed) },
    { "service-rim-404", SIM_RIM_SERVICE, SIM_T_ABSENT, SIM_ARG_NONE, 0, 1,
      "the service has no RIM at all", EXPECT(rim_absent) },
    { "service-rim-sha256", SIM_RIM_SERVICE, SIM_T_SHA256, SIM_ARG_NONE, 0, 1,
      "sha256 is that of another RIM", EXPECT(rim_malformed) },
    { "service-ocsp-down", SIM_OCSP_SERVICE, SIM_T_DOWN, SIM_ARG_NONE, 0, 4,
      "nobody listens at the responder's port", EXPECT(ocsp_unreachable) },
    { "service-ocsp-500", SIM_OCSP_SERVICE, SIM_T_STATUS, SIM_ARG_COUNT, 0, 4,
      "500 to the first COUNT requests (default: all)", EXPECT(ocsp_unreachable) },
    { "service-ocsp-429", SIM_OCSP_SERVICE, SIM_T_BUSY, SIM_ARG_SECONDS, 1, 0,
      "429 with Retry-After: SECONDS (default 1) to the first request", NOTHING },
    { "service-ocsp-slow", SIM_OCSP_SERVICE, SIM_T_SLOW, SIM_ARG_MS, 200, 0,
      "every answer comes MS milliseconds late (default 200)", NOTHING },
    { "service-ocsp-cut", SIM_OCSP_SERVICE, SIM_T_CUT, SIM_ARG_COUNT, 0, 4,
      "the first COUNT answers (default: all) end in the middle", EXPECT(ocsp_unreachable) },
    { "service-ocsp-garbage", SIM_OCSP_SERVICE, SIM_T_GARBAGE, SIM_ARG_COUNT, 0, 1,
      "200 and no OCSP answer, COUNT times (default: always)", EXPECT(ocsp_malformed) },
    { "service-ocsp-stale", SIM_OCSP_SERVICE, SIM_T_STALE, SIM_ARG_NONE, 0, 1,
      "answers of a month ago", EXPECT(ocsp_stale) },
    { "service-ocsp-revoked", SIM_OCSP_SERVICE, SIM_T_REVOKED, SIM_ARG_NONE, 0, 1,
      "every certificate is revoked", EXPECT(ocsp_revoked) },
    { "service-ocsp-hold", SIM_OCSP_SERVICE, SIM_T_HOLD, SIM_ARG_NONE, 0, 1,
      "every certificate is on hold", EXPECT(ocsp_hold) },
    { "service-ocsp-unknown", SIM_OCSP_SERVICE, SIM_T_UNKNOWN, SIM_ARG_NONE, 0, 1,
      "no certificate is known", EXPECT(ocsp_unknown) },
    { "service-ocsp-nonce-other", SIM_OCSP_SERVICE, SIM_T_NONCE_OTHER, SIM_ARG_NONE, 0, 1,
      "answers to somebody else, as a cache gives them", EXPECT(ocsp_nonce_other) },
    { "service-ocsp-nonce-missing", SIM_OCSP_SERVICE, SIM_T_NONCE_MISSING, SIM_ARG_NONE, 0, 1,
      "answers without a nonce", EXPECT(ocsp_nonce_missing) },
    { "service-ocsp-signature", SIM_OCSP_SERVICE, SIM_T_SIGNATURE, SIM_ARG_NONE, 0, 1,
      "answers that nobody signed", EXPECT(ocsp_signature) },
};
/* clang-format on */

const size_t sim_trouble_count = sizeof(sim_troubles) / sizeof(sim_troubles[0]);

/* clang-format off */
const struct sim_board_trouble sim_board_troubles[] = {
    { "board-tnvl-off", "setting:pcie_mode=0", 1, "Switch Pre-checks",
      "the switches are not in TNVL mode" },
    { "board-tnvl-unlocked", "setting:pcie_mode=1", 1, "Switch Pre-checks",
      "the switches are in TNVL mode and not locked" },
    { "board-tnvl-failure", "setting:pcie_mode=2", 1, "Switch Pre-checks",
      "the switches failed to enter TNVL mode" },
    { "board-warning", "nscq:attestation_report@SWITCH-1 rc=1", 0, "",
      "a switch answers with a warning, and the call goes on" },
    { "board-switch-vanishes", "nscq:attestation_report@SWITCH-1 gone", 4, "Switch Attestation",
      "a switch that was counted does not answer any more" },
    { "board-gpu-vanishes", "nvml:nvmlDeviceGetConfComputeGpuAttestationReport@GPU-6 gone", 4, "GPU Attestation",
      "a GPU that was counted does not answer any more" },
    { "board-gpu-swapped", "nvml:nvmlDeviceGetUUID@GPU-3#3+ swapped", 1, "",
      "a GPU is another one when the ready state is to be turned on" },
    { "board-gpu-hangs", "nvml:nvmlDeviceGetConfComputeGpuAttestationReport@GPU-5 delay=600000ms", 4, "GPU Attestation",
      "a GPU does not answer for ten minutes" },
    { "board-switch-hangs", "nscq:certificate@SWITCH-2 delay=600000ms", 4, "Switch Attestation",
      "a switch does not answer for ten minutes" },
};
/* clang-format on */

const size_t sim_board_trouble_count =
    sizeof(sim_board_troubles) / sizeof(sim_board_troubles[0]);

/* As many as a test can want. */
#define ARG_MAX_VALUE 600000u

static bool
take_arg(const struct sim_trouble *row, const char *text, unsigned *out)
{
    unsigned v = 0;

    *out = row->initial;
    if (text == NULL)
        return true;
    if (row->arg == SIM_ARG_NONE || *text == '\0')
        return false;
    for (; *text >= '0' && *text <= '9' && v <= ARG_MAX_VALUE; text++)
        v = v * 10 + (unsigned)(*text - '0');
    *out = v;
    return *text == '\0' && v <= ARG_MAX_VALUE;
}

static bool
add_service(struct sim_ailments *a, const char *name, size_t n, const char *arg)
{
    struct sim_ailment made = { 0 };

    for (size_t i = 0; i < sim_trouble_count; i++)
        if (strlen(sim_troubles[i].name) == n &&
            strncmp(sim_troubles[i].name, name, n) == 0)
            made.row = &sim_troubles[i];
    if (made.row == NULL || a->count == SIM_AILMENTS_MAX ||
        sim_ailments_find(a, made.row->service, made.row->kind) != NULL ||
        !take_arg(made.row, arg, &made.arg))
        return false;
    a->item[a->count++] = made;
    return true;
}

/* "nvml:nvmlInit_v2 rc=9" is the line "nvml nvmlInit_v2 rc=9". */
static bool
add_line(struct sim_ailments *a, const char *library, const char *rest)
{
    struct sim_faults parsed;
    size_t len = strlen(a->script);
    int n = snprintf(a->script + len, sizeof(a->script) - len, "%s %s\n",
                     library, rest);
    bool fits = n > 0 && (size_t)n < sizeof(a->script) - len;

    if (fits && strpbrk(rest, "\n\r") == NULL &&
        sim_faults_parse(ga_bytes_of(a->script, strlen(a->script)), &parsed,
                         NULL) == GA_OK)
        return true;
    a->script[len] = '\0';
    return false;
}

static bool
add_setting(struct sim_ailments *a, const char *text)
{
    struct sim_settings s = { 0 };

    if (a->changes == SIM_AILMENTS_MAX ||
        !sim_settings_set(&s, text, strlen(text)))
        return false;
    a->change[a->changes++] = text;
    return true;
}

/* The line that a board's trouble stands for, or the text itself. */
static const char *
spell_out(const char *text)
{
    for (size_t i = 0; i < sim_board_trouble_count; i++)
        if (strcmp(sim_board_troubles[i].name, text) == 0)
            return sim_board_troubles[i].line;
    return text;
}

bool
sim_ailments_add(struct sim_ailments *a, const char *said)
{
    const char *text = spell_out(said);
    const char *colon = strchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : strlen(text);
    const char *arg = colon != NULL ? colon + 1 : NULL;

    if (arg != NULL && n == 4 &&
        (strncmp(text, "nvml", 4) == 0 || strncmp(text, "nscq", 4) == 0))
        return add_line(a, text[1] == 'v' ? "nvml" : "nscq", arg);
    if (a->token == NULL && arg == NULL)
        a->token = sim_token_fault_find(text);
    if (a->token != NULL && strcmp(a->token->name, text) == 0)
        return true;
    if (arg != NULL && n == 7 && strncmp(text, "setting", 7) == 0)
        return add_setting(a, arg);
    return add_service(a, text, n, arg);
}

const struct sim_ailment *
sim_ailments_find(const struct sim_ailments *a, enum sim_service service,
                  enum sim_fault_kind kind)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->item[i].row->service == service && a->item[i].row->kind == kind)
            return &a->item[i];
    return NULL;
}
