/* SPDX-License-Identifier: Apache-2.0 */
/* The script of the simulated libraries' faults. */
#include <stdio.h>
#include <string.h>

#include "device/nscq.h"
#include "device/nvml.h"
#include "sim/faults.h"
#include "sim/report.h"

/* What can be said of a call.  NSCQ's values come by paths, whose last part is
 * the name. */
enum { TAKES_RC = 1, TAKES_SIZE = 2, TAKES_DEVICE = 4, TAKES_INDEX = 8 };
#define REPORT (TAKES_RC | TAKES_SIZE | TAKES_DEVICE | TAKES_INDEX)
/* clang-format off */
static const struct call {
    enum sim_library library;
    const char *name;
    unsigned takes;
} special[] = {
    { SIM_NVML, "nvmlErrorString",      0 },
    { SIM_NVML, "nvmlDeviceGetHandleByIndex_v2", TAKES_RC | TAKES_DEVICE },
    { SIM_NVML, "nvmlDeviceGetUUID",             TAKES_RC | TAKES_DEVICE },
    { SIM_NVML, "nvmlDeviceGetArchitecture",     TAKES_RC | TAKES_DEVICE },
    { SIM_NVML, "nvmlDeviceGetVbiosVersion",     TAKES_RC | TAKES_DEVICE },
    { SIM_NVML, "nvmlDeviceGetBoardId",          TAKES_RC | TAKES_DEVICE },
    { SIM_NVML, "nvmlDeviceGetConfComputeGpuCertificate",
      TAKES_RC | TAKES_SIZE | TAKES_DEVICE },
    { SIM_NVML, "nvmlDeviceGetConfComputeGpuAttestationReport", REPORT },
    { SIM_NSCQ, "nscq_session_destroy", 0 },
    { SIM_NSCQ, "version",              TAKES_RC },
    { SIM_NSCQ, "uuid",                 TAKES_RC | TAKES_DEVICE },
    { SIM_NSCQ, "arch",                 TAKES_RC | TAKES_DEVICE },
    { SIM_NSCQ, "pcie_mode",            TAKES_RC | TAKES_DEVICE },
    { SIM_NSCQ, "attestation_report",   REPORT },
    { SIM_NSCQ, "certificate",          TAKES_RC | TAKES_SIZE | TAKES_DEVICE },
    { SIM_NSCQ, "*",                    TAKES_RC | TAKES_DEVICE },
    { SIM_NVML, "*",                    TAKES_RC | TAKES_DEVICE },
}, others[] = {
#define X(member, symbol, type, required) { SIM_NVML, #symbol, TAKES_RC },
    GA_NVML_SYMBOLS(X)
#undef X
#define X(member, symbol, type, required) { SIM_NSCQ, #symbol, TAKES_RC },
    GA_NSCQ_SYMBOLS(X)
#undef X
};
/* clang-format on */

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct call *
find_in(const struct call *rows, size_t n, const struct sim_fault *f)
{
    for (const struct call *c = rows; c < rows + n; c++)
        if (c->library == f->library && strcmp(c->name, f->call) == 0)
            return c;
    return NULL;
}

static const struct call *
find(const struct sim_fault *f)
{
    const struct call *c = find_in(special, COUNT(special), f);

    return c != NULL ? c : find_in(others, COUNT(others), f);
}

/* A number up to `max` in front of `*p`, which moves behind it. */
static bool
take_number(const char **p, unsigned max, unsigned *out)
{
    const char *s = *p;
    unsigned v = 0;

    for (; *s >= '0' && *s <= '9'; s++) {
        v = v * 10 + (unsigned)(*s - '0');
        if (v > max)
            return false;
    }
    if (s == *p)
        return false;
    *p = s;
    *out = v;
    return true;
}

/* "rc=-8" */
static bool
take_code(const char *value, enum sim_library library, struct sim_act *act)
{
    bool negative = library == SIM_NSCQ && *value == '-';
    unsigned code, max = library == SIM_NVML ? 9999 : negative ? 128 : 127;

    value += negative;
    if (!take_number(&value, max, &code) || *value != '\0')
        return false;
    act->has_rc = true;
    act->rc = negative ? -(int)code : (int)code;
    return true;
}

/* What NVML's and NSCQ's size fields hold is 32 bits. */
static bool
take_size(const char *value, bool *has, unsigned *out)
{
    *has = true;
    return take_number(&value, 400000000u, out) && *value == '\0';
}

static bool
take_action(const char *word, const struct call *call, struct sim_fault *f)
{
    struct sim_act *a = &f->act;
    const char *value = strchr(word, '=');

    if (strcmp(word, "gone") == 0) {
        a->gone = true;
        return (call->takes & TAKES_DEVICE) != 0;
    }
    if (strcmp(word, "swapped") == 0) {
        a->swapped = true;
        return strcmp(call->name, "nvmlDeviceGetUUID") == 0;
    }
    if (value == NULL)
        return false;
    value++;
    if (strncmp(word, "rc=", 3) == 0)
        return (call->takes & TAKES_RC) != 0 && take_code(value, f->library, a);
    if (strncmp(word, "size=", 5) == 0)
        return (call->takes & TAKES_SIZE) != 0 &&
               take_size(value, &a->has_size, &a->size);
    if (strncmp(word, "cut=", 4) == 0)
        return (call->takes & TAKES_SIZE) != 0 &&
               take_size(value, &a->has_cut, &a->cut);
    if (strncmp(word, "measurement=", 12) == 0) {
        a->tampered = true;
        return (call->takes & TAKES_INDEX) != 0 &&
               take_number(&value, SIM_BLOCKS_GPU - 1, &a->measurement) &&
               *value == '\0';
    }
    return strncmp(word, "delay=", 6) == 0 &&
           take_number(&value, SIM_DELAY_MAX, &a->delay_ms) &&
           strcmp(value, "ms") == 0;
}

/* "CALL[@DEVICE][#N[+]]" */
static bool
take_call(const char *word, struct sim_fault *f)
{
    size_t call = strcspn(word, "@#"), device = 0;
    const char *rest = word + call;

    if (*rest == '@')
        device = strcspn(++rest, "@#");
    if (call >= sizeof(f->call) || device >= sizeof(f->device) ||
        (word[call] == '@' && device == 0))
        return false;
    memcpy(f->call, word, call);
    memcpy(f->device, rest, device);
    rest += device;
    f->from = 1;
    f->to = UINT32_MAX;
    if (*rest == '\0')
        return true;
    if (*rest++ != '#' || !take_number(&rest, 1000000, &f->from) ||
        f->from == 0)
        return false;
    if (*rest == '+')
        rest++;
    else
        f->to = f->from;
    return *rest == '\0';
}

/* The next word of `*line`, which is cut out of it; NULL: none. */
static char *
next_word(char **line)
{
    char *word = *line + strspn(*line, " \t");
    size_t n = strcspn(word, " \t");

    if (n == 0)
        return NULL;
    *line = word + n;
    if (**line != '\0')
        *(*line)++ = '\0';
    return word;
}

static bool
take_library(const char *word, enum sim_library *out)
{
    if (strcmp(word, "nvml") != 0 && strcmp(word, "nscq") != 0)
        return false;
    *out = strcmp(word, "nvml") == 0 ? SIM_NVML : SIM_NSCQ;
    return true;
}

/* One line, which is cut up; returns the word that is wrong, or NULL. */
static const char *
take_line(char *line, struct sim_fault *f)
{
    const char *word = next_word(&line);
    const struct call *call;

    if (word == NULL || !take_library(word, &f->library))
        return word != NULL ? word : "";
    word = next_word(&line);
    if (word == NULL || !take_call(word, f))
        return word != NULL ? word : "end of line";
    call = find(f);
    if (call == NULL ||
        (f->device[0] != '\0' && (call->takes & TAKES_DEVICE) == 0))
        return word;
    word = next_word(&line);
    if (word == NULL)
        return "end of line";
    for (; word != NULL; word = next_word(&line))
        if (!take_action(word, call, f))
            return word;
    return NULL;
}

enum ga_rc
sim_faults_parse(struct ga_bytes script, struct sim_faults *out,
                 struct ga_error *err)
{
    struct sim_faults made = { 0 };
    size_t number = 1;

    for (size_t at = 0; at < script.len; number++) {
        char line[256];
        size_t n = 0;
        const char *wrong;

        while (at + n < script.len && script.ptr[at + n] != '\n')
            n++;
        if (n >= sizeof(line))
            return ga_fail(err, GA_E_TOO_LARGE, "line %zu: %zu bytes", number,
                           n);
        memcpy(line, script.ptr + at, n);
        line[n] = '\0';
        at += n + 1;
        if (strlen(line) != n)
            return ga_fail(err, GA_E_SYNTAX, "line %zu: NUL", number);
        if (line[strspn(line, " \t")] == '\0' || line[0] == '#')
            continue;
        if (made.count == SIM_FAULTS_MAX)
            return ga_fail(err, GA_E_TOO_LARGE, "more than %d faults",
                           SIM_FAULTS_MAX);
        wrong = take_line(line, &made.fault[made.count]);
        if (wrong != NULL)
            return ga_fail(err, GA_E_SYNTAX, "line %zu: '%s' is not allowed",
                           number, wrong);
        made.count++;
    }
    *out = made;
    return GA_OK;
}

static bool
fits(const struct sim_fault *f, enum sim_library library, const char *call,
     const char *device)
{
    return f->library == library &&
           (strcmp(f->call, "*") == 0 || strcmp(f->call, call) == 0) &&
           (f->device[0] == '\0' || strcmp(f->device, device) == 0);
}

static void
add(struct sim_act *sum, const struct sim_act *a)
{
    sum->gone = sum->gone || a->gone;
    sum->swapped = sum->swapped || a->swapped;
    if (a->has_rc) {
        sum->has_rc = true;
        sum->rc = a->rc;
    }
    if (a->has_size) {
        sum->has_size = true;
        sum->size = a->size;
    }
    if (a->has_cut) {
        sum->has_cut = true;
        sum->cut = a->cut;
    }
    if (a->tampered) {
        sum->tampered = true;
        sum->measurement = a->measurement;
    }
    if (a->delay_ms > sum->delay_ms)
        sum->delay_ms = a->delay_ms;
}

struct sim_act
sim_faults_meet(struct sim_faults *f, enum sim_library library,
                const char *call, const char *device)
{
    struct sim_act sum = { 0 };

    for (size_t i = 0; i < f->count; i++) {
        struct sim_fault *one = &f->fault[i];

        if (!fits(one, library, call, device))
            continue;
        if (one->met < UINT32_MAX)
            one->met++;
        if (one->met >= one->from && one->met <= one->to)
            add(&sum, &one->act);
    }
    return sum;
}
