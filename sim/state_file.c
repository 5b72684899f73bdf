/* SPDX-License-Identifier: Apache-2.0 */
/* devices.json: what the simulated libraries know of the devices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "device/nvml.h"
#include "sim/board.h"
#include "sim/faults.h"
#include "sim/out.h"
#include "sim/state.h"

#define DEVICES_FILE "devices.json"
/* 128 devices of 12 KiB. */
#define DEVICES_MAX (4 * 1024 * 1024)

void
sim_state_done(struct sim_state *s)
{
    for (size_t i = 0; i < s->units; i++) {
        OPENSSL_cleanse(s->unit[i].key, sizeof(s->unit[i].key));
        ga_buf_done(&s->unit[i].message);
        ga_buf_done(&s->unit[i].chain);
    }
    free(s->unit);
    *s = (struct sim_state){ 0 };
}

static json_t *
hex_of(const uint8_t *bytes, size_t n)
{
    char text[2 * GA_P384_LEN + 1];

    ga_hex(ga_bytes_of(bytes, n), text);
    return json_string(text);
}

static json_t *
base64_of(const struct ga_buf *b)
{
    GA_AUTO_FREE char *text = ga_base64_encode(ga_view(b), GA_BASE64_STRICT);

    return text != NULL ? json_string(text) : NULL;
}

/* What a copied device shows is the other one's, and signed with its key. */
static enum ga_rc
describe(const struct sim_world *w, const struct sim_device *d, json_t **out,
         struct ga_error *err)
{
    const struct sim_device *shown = d->shown != NULL ? d->shown : d;
    struct sim_report_spec spec = shown->spec;
    GA_AUTO_BUF struct ga_buf message = { 0 };
    uint8_t uuid[SIM_UUID_LEN], key[GA_P384_LEN];
    enum ga_rc rc =
        sim_derive(&w->forge, uuid, sizeof(uuid), err, "uuid %s", d->label);

    /* A defect of the nonce is what differs from the one asked for. */
    for (size_t i = 0; i < sizeof(spec.nonce); i++)
        spec.nonce[i] ^= w->o.nonce.bytes[i];
    if (rc == GA_OK)
        rc = sim_report_message(&spec, &message, err);
    if (rc == GA_OK &&
        (shown->report.len > GA_REPORT_MAX ||
         shown->chain.len >
             sizeof(((struct ga_nvml_certificate *)0)->attestation_chain)))
        rc = ga_fail(err, GA_E_INVAL, "%s: report or chain is too long",
                     d->label);
    if (rc == GA_OK &&
        BN_bn2binpad(shown->signer->d, key, sizeof(key)) != sizeof(key))
        rc = ga_fail(err, GA_E_INTERNAL, "libcrypto: a key failed");
    if (rc != GA_OK)
        return rc;
    *out = json_pack(
        "{s:s, s:b, s:i, s:o, s:i, s:s, s:o, s:o, s:i, s:i, s:i, s:o}", "label",
        d->label, "gpu", d->chip->kind == GA_KIND_GPU, "number", (int)d->number,
        "uuid", hex_of(uuid, sizeof(uuid)), "nvml_arch",
        (int)d->chip->nvml_arch, "vbios", sim_board_vbios(d->chip), "key",
        hex_of(key, sizeof(key)), "message", base64_of(&message), "nonce_at",
        (int)sim_report_nonce_at(&spec), "rs", (int)spec.rs, "trailing",
        (int)spec.trailing, "chain", base64_of(&shown->chain));
    OPENSSL_cleanse(key, sizeof(key));
    return *out != NULL ? GA_OK : ga_nomem(err);
}

static enum ga_rc
write_devices(const struct sim_world *w, const char *dir, struct ga_error *err)
{
    GA_AUTO(json_t) *list = json_array();
    GA_AUTO(json_t) *all = NULL;
    GA_AUTO_FREE char *text = NULL;

    for (size_t i = 0; i < w->devices; i++) {
        json_t *one = NULL;
        enum ga_rc rc;

        if (w->device[i].withheld)
            continue;
        rc = describe(w, &w->device[i], &one, err);
        if (rc != GA_OK)
            return rc;
        if (json_array_append_new(list, one) != 0)
            return ga_nomem(err);
    }
    all = json_pack("{s:s, s:o}", "driver", w->o.driver, "devices",
                    GA_TAKE(list));
    text = all != NULL ? ga_json_text(all, true) : NULL;
    if (text == NULL)
        return ga_nomem(err);
    return sim_state_put(dir, DEVICES_FILE, ga_bytes_of(text, strlen(text)),
                         err);
}

/* NVML's number for several GPUs.  Source: spec-protocol, 6 */
static int
multi_gpu_mode(enum ga_mode mode)
{
    return mode == GA_MODE_PPCIE ? 1 : mode == GA_MODE_MPT ? 2 : 0;
}

enum ga_rc
sim_state_write(const struct sim_world *w, const char *dir,
                struct ga_error *err)
{
    const struct sim_settings settings = {
        .environment = 1, /* what NVML calls a simulation */
        .cc_feature = 1,
        .multi_gpu_mode = multi_gpu_mode(w->o.mode),
        .pcie_mode = w->o.mode == GA_MODE_PPCIE ? 3 : 0,
    };
    enum ga_rc rc = write_devices(w, dir, err);

    if (rc == GA_OK)
        rc = sim_settings_write(dir, &settings, err);
    if (rc == GA_OK)
        rc = sim_state_put(dir, SIM_FAULTS_FILE, ga_bytes_of("", 0), err);
    return rc == GA_OK ? sim_ready_write(dir, false, err) : rc;
}

static bool
take_text(const json_t *o, const char *name, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(o, name));
    int n = text != NULL ? snprintf(out, cap, "%s", text) : -1;

    return n >= 0 && (size_t)n < cap;
}

static bool
take_hex(const json_t *o, const char *name, uint8_t *out, size_t n)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text != NULL && ga_unhex(text, strlen(text), out, n);
}

static bool
take_base64(const json_t *o, const char *name, struct ga_buf *out)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text != NULL &&
           ga_base64_decode(text, strlen(text), GA_BASE64_STRICT, out, NULL) ==
               GA_OK;
}

static bool
take_unsigned(const json_t *o, const char *name, unsigned *out)
{
    json_t *v = json_object_get(o, name);
    json_int_t n = json_integer_value(v);

    if (!json_is_integer(v) || n < 0 || n > GA_REPORT_MAX)
        return false;
    *out = (unsigned)n;
    return true;
}

/* "GPU-01234567-89ab-cdef-0123-456789abcdef", as NVML prints one. */
static void
name_uuid(struct sim_unit *u)
{
    char hex[2 * SIM_UUID_LEN + 1];

    ga_hex(ga_bytes_of(u->uuid, sizeof(u->uuid)), hex);
    snprintf(u->uuid_text, sizeof(u->uuid_text), "%s-%.8s-%.4s-%.4s-%.4s-%.12s",
             u->kind == GA_KIND_GPU ? "GPU" : "SWX", hex, hex + 8, hex + 12,
             hex + 16, hex + 20);
}

static bool
take_unit(const json_t *o, struct sim_unit *u)
{
    unsigned nonce_at, trailing, rs;

    if (!take_text(o, "label", u->label, sizeof(u->label)) ||
        !json_is_boolean(json_object_get(o, "gpu")) ||
        !take_unsigned(o, "number", &u->number) ||
        !take_hex(o, "uuid", u->uuid, sizeof(u->uuid)) ||
        !take_unsigned(o, "nvml_arch", &u->nvml_arch) ||
        !take_text(o, "vbios", u->vbios, sizeof(u->vbios)) ||
        !take_hex(o, "key", u->key, sizeof(u->key)) ||
        !take_base64(o, "message", &u->message) ||
        !take_unsigned(o, "nonce_at", &nonce_at) ||
        !take_unsigned(o, "rs", &rs) || rs >= SIM_RS_KINDS ||
        !take_unsigned(o, "trailing", &trailing) ||
        !take_base64(o, "chain", &u->chain))
        return false;
    u->kind =
        json_is_true(json_object_get(o, "gpu")) ? GA_KIND_GPU : GA_KIND_SWITCH;
    u->rs = (enum sim_rs)rs;
    u->nonce_at = nonce_at;
    u->trailing = trailing;
    name_uuid(u);
    return u->message.len >= SIM_REQUEST_LEN &&
           u->nonce_at <= u->message.len - GA_NONCE_LEN;
}

enum ga_rc
sim_state_read(const char *dir, struct sim_state *out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf text = { 0 };
    GA_AUTO(json_t) *all = NULL;
    const json_t *list;
    struct sim_state s = { 0 };
    size_t count;
    bool ok;
    enum ga_rc rc = sim_state_get(dir, DEVICES_FILE, DEVICES_MAX, &text, err);

    if (rc == GA_OK)
        rc = ga_json_parse(ga_view(&text), &all, err);
    if (rc != GA_OK)
        return ga_within(err, rc, DEVICES_FILE);
    list = json_object_get(all, "devices");
    count = json_array_size(list);
    ok = take_text(all, "driver", s.driver, sizeof(s.driver)) && count > 0 &&
         count <= GA_DEVICES_MAX;
    s.unit = calloc(ok ? count : 1, sizeof(*s.unit));
    if (s.unit == NULL)
        return ga_nomem(err);
    for (; ok && s.units < count; s.units++)
        ok = take_unit(json_array_get(list, s.units), &s.unit[s.units]);
    if (!ok) {
        sim_state_done(&s);
        return ga_fail(err, GA_E_SYNTAX, DEVICES_FILE ": device %zu is none",
                       s.units);
    }
    *out = s;
    return GA_OK;
}
