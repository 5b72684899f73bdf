/* SPDX-License-Identifier: Apache-2.0 */
/* What was made, as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "sim/board.h"
#include "sim/describe.h"
#include "sim/out.h"

static json_t *
base64_of(const struct ga_buf *b)
{
    GA_AUTO_FREE char *text = ga_base64_encode(ga_view(b), GA_BASE64_STRICT);

    return text != NULL ? json_string(text) : NULL;
}

static json_t *
hex_of(const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[2 * 20 + 1];
    size_t len = 0;

    for (size_t i = 0; i < n && len + 2 < sizeof(text); i++) {
        text[len++] = digits[bytes[i] >> 4];
        text[len++] = digits[bytes[i] & 0xf];
    }
    text[len] = '\0';
    return json_string(text);
}

json_t *
sim_describe_evidence(const struct sim_world *w, enum ga_kind kind)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < w->devices; i++) {
        const struct sim_device *d = &w->device[i];
        const struct sim_device *shown = d->shown != NULL ? d->shown : d;

        if (d->withheld || (kind != GA_KIND_UNKNOWN && d->chip->kind != kind))
            continue;
        if (json_array_append_new(
                list, json_pack("{s:s, s:s, s:o, s:o}", "arch", d->chip->arch,
                                "nonce", d->nonce, "evidence",
                                base64_of(&shown->report), "certificate",
                                base64_of(&shown->chain))) != 0)
            return NULL;
    }
    return GA_TAKE(list);
}

static json_t *
describe_devices(const struct sim_world *w)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < w->devices; i++) {
        const struct sim_device *d = &w->device[i];
        const struct sim_cert *brom = &d->id.brom;

        if (json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:o, s:o}", "label", d->label, "arch",
                          d->chip->arch, "pdi",
                          hex_of(d->id.pdi, sizeof(d->id.pdi)), "device_id",
                          hex_of(brom->serial, brom->serial_len))) != 0)
            return NULL;
    }
    return GA_TAKE(list);
}

static json_t *
describe_rims(const struct sim_world *w)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < w->rims; i++)
        if (json_array_append_new(list, json_string(w->rim[i].id)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static bool
add_expect(json_t *list, const char *where, const struct sim_expect *e)
{
    char reason[40];

    if (e->reason == GA_R_INDEX)
        snprintf(reason, sizeof(reason), "index-%u", e->index);
    else
        snprintf(reason, sizeof(reason), "%s", ga_reason_name(e->reason));
    return json_array_append_new(
               list, json_pack("{s:s, s:s, s:s, s:s}", "where", where, "check",
                               e->check, "state", ga_state_name(e->state),
                               "reason", reason)) == 0;
}

/* "GPU-*" stands for every label that begins so. */
static bool
means(const char *where, const char *label)
{
    size_t n = strlen(where);

    if (n > 0 && where[n - 1] == '*')
        return strncmp(where, label, n - 1) == 0;
    return strcmp(where, label) == 0;
}

json_t *
sim_describe_defect(const struct sim_world *w, const struct sim_defect *d)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < d->expects; i++) {
        const struct sim_expect *e = &d->expect[i];

        if (w->devices < e->devices)
            continue;
        if (means(e->where, "set") && !add_expect(list, "set", e))
            return NULL;
        for (size_t k = 0; k < w->devices; k++)
            if (means(e->where, w->device[k].label) &&
                !add_expect(list, w->device[k].label, e))
                return NULL;
    }
    return json_pack("{s:s, s:i, s:s, s:o}", "name", d->name, "rule",
                     (int)d->rule, "gain", d->gain, "expect", GA_TAKE(list));
}

static json_t *
describe_defects(const struct sim_world *w)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < w->o.defects; i++)
        if (json_array_append_new(list,
                                  sim_describe_defect(w, w->o.defect[i])) != 0)
            return NULL;
    return GA_TAKE(list);
}

/* docs/exit-status.md: a report, chain or nonce that does not parse is
 * malformed input. */
static bool
is_malformed(const struct sim_expect *e)
{
    bool shape = e->reason == GA_R_MALFORMED || e->reason == GA_R_TRAILING;

    return strcmp(e->check, "report.parse") == 0 ||
           (shape && (strcmp(e->check, "device.chain") == 0 ||
                      strcmp(e->check, "set.nonce") == 0));
}

static int
exit_status(const struct sim_world *w)
{
    int status = w->o.defects > 0 ? 1 : 0;

    for (size_t i = 0; i < w->o.defects; i++) {
        const struct sim_defect *d = w->o.defect[i];

        if (d->expects == 0)
            return 2; /* nothing is verified */
        for (size_t k = 0; k < d->expects; k++)
            if (is_malformed(&d->expect[k]))
                status = 3;
    }
    return status;
}

static bool
says(const struct sim_world *w, const char *name,
     const struct sim_setting **out)
{
    bool found = false;

    for (size_t i = 0; i < w->o.defects; i++)
        for (const struct sim_setting *s = w->o.defect[i]->settings;
             s != NULL && s->name != NULL; s++)
            if (strcmp(s->name, name) == 0) {
                *out = s;
                found = true;
            }
    return found;
}

static bool
add_option(json_t *list, const char *name, const char *value)
{
    char option[40];

    snprintf(option, sizeof(option), "--%s", name);
    return json_array_append_new(list, json_string(option)) == 0 &&
           (strcmp(value, "true") == 0 ||
            json_array_append_new(list, json_string(value)) == 0);
}

/* What the defects ask for on top. */
static bool
add_settings(json_t *list, const struct sim_world *w)
{
    for (size_t i = 0; i < w->o.defects; i++)
        for (const struct sim_setting *s = w->o.defect[i]->settings;
             s != NULL && s->name != NULL; s++)
            if (s->value != NULL && !add_option(list, s->name, s->value))
                return false;
    return true;
}

json_t *
sim_describe_options(const struct sim_world *w)
{
    char nonce[2 * GA_NONCE_LEN + 1], at[GA_TIME_TEXT];
    const struct sim_setting usual[] = {
        { "nonce", nonce },
        { "device-anchor", "anchors/device.pem" },
        { "rim-anchor", "anchors/rim.pem" },
        { "rim-dir", "rims" },
        { "ocsp-dir", "ocsp" },
        { "ocsp-nonce", "accept-missing" },
        { "at", at },
    };
    GA_AUTO(json_t) *list = json_array();
    const struct sim_setting *said = NULL;

    ga_nonce_text(&w->o.nonce, nonce);
    ga_time_text(w->o.at, at);
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (!says(w, usual[i].name, &said) &&
            !add_option(list, usual[i].name, usual[i].value))
            return NULL;
    if (!add_settings(list, w) ||
        json_array_append_new(list, json_string("evidence.json")) != 0)
        return NULL;
    return GA_TAKE(list);
}

json_t *
sim_describe_world(const struct sim_world *w)
{
    char nonce[2 * GA_NONCE_LEN + 1], at[GA_TIME_TEXT];

    ga_nonce_text(&w->o.nonce, nonce);
    ga_time_text(w->o.at, at);
    return json_pack(
        "{s:s, s:s?, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, "
        "s:o, s:i}",
        "made_by", "gpuattest-sim", "seed", w->o.seed, "at", at, "nonce", nonce,
        "arch", w->o.gpu->arch, "mode", ga_mode_name(w->o.mode), "driver",
        w->o.driver, "vbios", sim_board_vbios(w->o.gpu), "gpus", (int)w->o.gpus,
        "switches", (int)w->o.switches, "devices", describe_devices(w), "rims",
        describe_rims(w), "defects", describe_defects(w), "verify",
        sim_describe_options(w), "exit_status", exit_status(w));
}
