/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted libraries.  The driver's functions take no user data, so that
 * the script is a variable. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "device/fake.h"

struct fake_script fake;
atomic_uint fake_calls[CALLS];
atomic_uint fake_most;
unsigned fake_set_to;
uint32_t fake_settings_version;
char fake_log[GA_ERROR_TEXT];
atomic_uint fake_logged;
unsigned fake_cancel_after;
const struct ga_nonce fake_nonce = { { 0xa0, 1, 2, 3, [31] = 0x5b } };

static atomic_uint in_flight;
static const uint8_t *input; /* read when a report is asked for */

/* Handles are one more than the index. */
struct ga_nvml_device_opaque {
    char unused;
};
static struct ga_nvml_device_opaque gpus[GA_DEVICES_MAX];
struct ga_nscq_session_st {
    char unused;
};
static struct ga_nscq_session_st one_session;

static unsigned
index_of(ga_nvml_device device)
{
    return (unsigned)(device - gpus);
}

static int
code_of(enum fake_call call, unsigned device)
{
    atomic_fetch_add(&fake_calls[call], 1);
    return fake.on[call] == 0 || fake.on[call] == device + 1 ? fake.code[call]
                                                             : 0;
}

static unsigned
number_or(int64_t n, unsigned otherwise)
{
    return n == NONE ? 0 : n == 0 ? otherwise : (unsigned)n;
}

static int
fake_init(void)
{
    return code_of(CALL_INIT, 0);
}

static int
fake_shutdown(void)
{
    return code_of(CALL_SHUTDOWN, 0);
}

static const char *
fake_error_string(int code)
{
    if (fake.no_message)
        return NULL;
    if (fake.message != NULL)
        return fake.message;
    return code == 15 ? "GPU is lost" : "Driver Not Loaded";
}

static int
fake_count(unsigned *out)
{
    *out = number_or(fake.gpus, 2);
    return code_of(CALL_COUNT, 0);
}

static int
fake_handle(unsigned i, ga_nvml_device *out)
{
    *out = fake.no_handle ? NULL : &gpus[i];
    return code_of(CALL_HANDLE, i);
}

static int
fake_gpu_uuid(ga_nvml_device device, char *out, unsigned size)
{
    memset(out, 'x', size);
    if (!fake.uuid_without_nul && fake.uuid != NULL)
        snprintf(out, size, "%s", fake.uuid);
    else if (!fake.uuid_without_nul)
        snprintf(out, size, "GPU-%04u", index_of(device));
    return code_of(CALL_UUID, index_of(device));
}

static int
fake_arch(ga_nvml_device device, unsigned *out)
{
    *out = number_or(fake.arch, 9);
    return code_of(CALL_ARCH, index_of(device));
}

static int
fake_driver(char *out, unsigned size)
{
    memset(out, 'x', size);
    if (!fake.driver_without_nul)
        snprintf(out, size, "%s",
                 fake.driver != NULL ? fake.driver : "550.90.07");
    return code_of(CALL_DRIVER, 0);
}

static int
fake_state(struct ga_nvml_cc_state *out)
{
    *out = fake.state;
    return code_of(CALL_STATE, 0);
}

static int
fake_settings(struct ga_nvml_cc_settings *out)
{
    fake_settings_version = out->version;
    *out = fake.settings;
    return code_of(CALL_SETTINGS, 0);
}

static int
fake_get_ready(unsigned *out)
{
    *out = fake.ready;
    return code_of(CALL_GET_READY, 0);
}

static int
fake_set_ready(unsigned ready)
{
    fake_set_to = ready;
    return code_of(CALL_SET_READY, 0);
}

/* "-----BEGIN GPU-0-----" and three NULs. */
static unsigned
write_chain(uint8_t *out, size_t cap, const char *kind, unsigned i)
{
    memset(out, 0, cap);
    if (fake.chain_of_nuls)
        return 24;
    return (unsigned)snprintf((char *)out, cap, "-----BEGIN %s-%u-----", kind,
                              i) +
           3;
}

static int
fake_certificate(ga_nvml_device device, struct ga_nvml_certificate *out)
{
    unsigned n =
        write_chain(out->attestation_chain, sizeof(out->attestation_chain),
                    "GPU", index_of(device));

    out->attestation_chain_size = number_or(fake.chain_size, n);
    memset(out->chain, 'c', sizeof(out->chain));
    out->chain_size = sizeof(out->chain);
    return code_of(CALL_CERTIFICATE, index_of(device));
}

/* 11 e0 01 ff, the nonce, the index. */
static unsigned
write_report(uint8_t *out, const uint8_t *nonce, unsigned i)
{
    memcpy(out, "\x11\xe0\x01\xff", 4);
    memcpy(out + 4, nonce, GA_NONCE_LEN);
    out[36] = (uint8_t)i;
    return 37;
}

static int
fake_report(ga_nvml_device device, struct ga_nvml_report *out)
{
    const struct timespec delay = { 0, (long)fake.delay_ms * 1000000 };
    unsigned now = atomic_fetch_add(&in_flight, 1) + 1;
    unsigned most = atomic_load(&fake_most);

    while (now > most && !atomic_compare_exchange_weak(&fake_most, &most, now))
        continue;
    if (fake.delay_ms > 0)
        nanosleep(&delay, NULL);
    out->size =
        number_or(fake.report_size,
                  write_report(out->report, out->nonce, index_of(device)));
    atomic_fetch_sub(&in_flight, 1);
    return code_of(CALL_REPORT, index_of(device));
}

void
fake_nvml(struct ga_nvml_api *out)
{
    *out = (struct ga_nvml_api){
        .init = fake_init,
        .shutdown = fake_shutdown,
        .error_string = fake_error_string,
        .device_count = fake_count,
        .device_handle = fake_handle,
        .device_uuid = fake_gpu_uuid,
        .device_arch = fake_arch,
        .driver = fake_driver,
    };
#define OPTIONAL(member, call, function) \
    out->member = fake.absent[call] ? NULL : (function)
    OPTIONAL(cc_state, CALL_STATE, fake_state);
    OPTIONAL(cc_settings, CALL_SETTINGS, fake_settings);
    OPTIONAL(get_ready, CALL_GET_READY, fake_get_ready);
    OPTIONAL(set_ready, CALL_SET_READY, fake_set_ready);
    OPTIONAL(certificate, CALL_CERTIFICATE, fake_certificate);
    OPTIONAL(report, CALL_REPORT, fake_report);
}

struct ga_nscq_uuid
fake_uuid(unsigned i)
{
    struct ga_nscq_uuid uuid = { { 0x50, 0x51 } };

    uuid.bytes[14] = (uint8_t)(i >> 8);
    uuid.bytes[15] = (uint8_t)i;
    return uuid;
}

static struct ga_nscq_session_result
fake_create(uint32_t flags)
{
    struct ga_nscq_session_result out = { 0 };

    out.rc = (ga_nscq_rc)code_of(CALL_CREATE, 0);
    if (!fake.no_session && flags == GA_NSCQ_SESSION_MOUNT_DEVICES)
        out.session = &one_session;
    return out;
}

static void
fake_destroy(ga_nscq_session session)
{
    if (session == &one_session)
        code_of(CALL_DESTROY, 0);
}

static ga_nscq_rc
fake_label(const struct ga_nscq_uuid *uuid, struct ga_nscq_label *out,
           uint32_t flags)
{
    unsigned i = (unsigned)uuid->bytes[14] << 8 | uuid->bytes[15];

    (void)flags;
    memset(out->data, 'x', sizeof(out->data));
    if (!fake.label_without_nul && fake.label != NULL)
        snprintf(out->data, sizeof(out->data), "%s", fake.label);
    else if (!fake.label_without_nul)
        snprintf(out->data, sizeof(out->data), "SWX-%04u", i);
    return (ga_nscq_rc)code_of(CALL_LABEL, i);
}

static ga_nscq_rc
fake_input(ga_nscq_session session, uint32_t flags, void *data, uint32_t size)
{
    (void)session;
    input = size == GA_NONCE_LEN && flags == 0 ? data : NULL;
    return (ga_nscq_rc)code_of(CALL_INPUT, 0);
}

/* Each kind of value has a callback of its own. */
typedef void on_uuid(const struct ga_nscq_uuid *, ga_nscq_rc,
                     const struct ga_nscq_uuid *, void *);
typedef void on_number(const struct ga_nscq_uuid *, ga_nscq_rc, int8_t, void *);
typedef void on_report(const struct ga_nscq_uuid *, ga_nscq_rc,
                       const struct ga_nscq_report, void *);
typedef void on_chain(const struct ga_nscq_uuid *, ga_nscq_rc,
                      const struct ga_nscq_certificate, void *);

static void
answer_report(const struct ga_nscq_uuid *device, unsigned i, ga_nscq_rc rc,
              ga_nscq_fn fn, void *user)
{
    static const uint8_t no_nonce[GA_NONCE_LEN];
    struct ga_nscq_report report = { 0 };
    unsigned n =
        write_report(report.report, input != NULL ? input : no_nonce, 0x80 + i);

    report.report_size = number_or(fake.switch_report_size, n);
    ((on_report *)fn)(device, rc, report, user);
}

static void
answer_chain(const struct ga_nscq_uuid *device, unsigned i, ga_nscq_rc rc,
             ga_nscq_fn fn, void *user)
{
    struct ga_nscq_certificate chain = { 0 };
    unsigned n =
        write_chain(chain.cert_chain, sizeof(chain.cert_chain), "SWITCH", i);

    chain.cert_chain_size = number_or(fake.switch_chain_size, n);
    ((on_chain *)fn)(device, rc, chain, user);
}

static void
answer(enum fake_call call, unsigned i, ga_nscq_fn fn, void *user)
{
    bool odd = fake.on[call] == 0 || fake.on[call] == i + 1;
    ga_nscq_rc rc = odd ? fake.callback_code[call] : 0;
    struct ga_nscq_uuid uuid =
        fake_uuid(fake.quirk[call] == QUIRK_ALL_THE_SAME ? 0 : i);
    const struct ga_nscq_uuid *device =
        fake.quirk[call] == QUIRK_NO_DEVICE ? NULL : &uuid;

    if (fake.quirk[call] == QUIRK_NO_USER)
        user = NULL;
    if (call == CALL_LIST)
        ((on_uuid *)fn)(device, rc, device, user);
    else if (call == CALL_SWITCH_ARCH)
        ((on_number *)fn)(device, rc,
                          (int8_t)number_or(fake.switch_arch, GA_NSCQ_LS10),
                          user);
    else if (call == CALL_PCIE_MODE)
        ((on_number *)fn)(device, rc, GA_NSCQ_TNVL_LOCKED, user);
    else if (call == CALL_SWITCH_REPORT)
        answer_report(device, i, rc, fn, user);
    else
        answer_chain(device, i, rc, fn, user);
}

static enum fake_call
call_of(const char *path)
{
    static const struct {
        const char *end;
        enum fake_call call;
    } ends[] = {
        { "/drv/nvswitch/{device}/uuid", CALL_LIST },
        { "/id/arch", CALL_SWITCH_ARCH },
        { "/config/pcie_mode", CALL_PCIE_MODE },
        { "/config/attestation_report", CALL_SWITCH_REPORT },
        { "/config/certificate", CALL_SWITCH_CHAIN },
    };

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t n = strlen(path), end = strlen(ends[i].end);

        if (n >= end && strcmp(path + n - end, ends[i].end) == 0)
            return ends[i].call;
    }
    return CALLS;
}

/* Whether a path speaks of the switch `i`. */
static bool
names(const char *path, unsigned i)
{
    char label[32];

    snprintf(label, sizeof(label), "/SWX-%04u/", i);
    return strchr(path, '{') != NULL ||
           strncmp(path, label, strlen(label)) == 0;
}

static ga_nscq_rc
fake_observe(ga_nscq_session session, const char *path, ga_nscq_fn fn,
             void *user, uint32_t flags)
{
    enum fake_call call = call_of(path);
    unsigned count = number_or(fake.switches, 2), last = 0;
    enum fake_quirk quirk;

    if (call == CALLS || session != &one_session || flags != 0)
        return -5;
    quirk = fake.quirk[call];
    for (unsigned i = 0; i < count && quirk != QUIRK_SILENT; i++) {
        if (!names(path, i) || (quirk == QUIRK_ONE_SILENT && i == 1))
            continue;
        answer(call, i, fn, user);
        last = i;
    }
    if (quirk == QUIRK_TWICE)
        answer(call, 0, fn, user);
    if (quirk == QUIRK_FOREIGN)
        answer(call, 300, fn, user);
    return (ga_nscq_rc)code_of(call, last);
}

void
fake_nscq(struct ga_nscq_api *out)
{
    *out = (struct ga_nscq_api){ .session_create = fake_create,
                                 .session_destroy = fake_destroy,
                                 .path_observe = fake_observe,
                                 .set_input = fake_input,
                                 .uuid_to_label = fake_label,
                                 .file = "libnvidia-nscq.so.2" };
}

static bool
cancelled(void *user)
{
    (void)user;
    return fake_cancel_after > 0 &&
           atomic_load(&fake_calls[CALL_REPORT]) +
                   atomic_load(&fake_calls[CALL_SWITCH_REPORT]) >=
               fake_cancel_after;
}

static void
log_line(void *user, enum ga_log_level level, const char *line)
{
    (void)user;
    snprintf(fake_log, sizeof(fake_log), "%d %s", level, line);
    atomic_fetch_add(&fake_logged, 1);
}

const struct ga_device_seams fake_seams = { NULL, cancelled, log_line };

void
fake_play(const struct fake_script *script)
{
    fake = *script;
    for (size_t i = 0; i < CALLS; i++)
        atomic_store(&fake_calls[i], 0);
    atomic_store(&fake_most, 0);
    atomic_store(&fake_logged, 0);
    fake_log[0] = '\0';
    fake_cancel_after = 0;
    fake_set_to = 99;
    input = NULL;
}

enum ga_rc
fake_open(struct ga_device_libraries *libraries, unsigned devices,
          struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    *libraries = (struct ga_device_libraries){ .devices = devices,
                                               .seams = &fake_seams };
    if (devices & GA_DEVICES_GPU) {
        fake_nvml(&libraries->nvml);
        rc = ga_nvml_start(&libraries->nvml, err);
        if (rc != GA_OK)
            libraries->nvml = (struct ga_nvml_api){ 0 };
    }
    if (rc == GA_OK && (devices & GA_DEVICES_SWITCH)) {
        fake_nscq(&libraries->nscq);
        rc = ga_nscq_start(&libraries->session, &libraries->nscq, &fake_seams,
                           err);
    }
    if (rc != GA_OK)
        ga_device_close(libraries);
    return rc;
}

struct ga_evidence *
fake_evidence(void)
{
    struct ga_evidence *e = NULL;

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    return e;
}

/* Every library that was started was stopped, and none twice. */
static void
balanced(unsigned devices, const struct fake_script *script)
{
    bool nvml = (devices & GA_DEVICES_GPU) && script->code[CALL_INIT] == 0;
    bool session = fake_calls[CALL_CREATE] > 0 &&
                   script->code[CALL_CREATE] >= 0 && !script->no_session;

    assert_int_equal(fake_calls[CALL_SHUTDOWN], nvml ? 1 : 0);
    assert_int_equal(fake_calls[CALL_DESTROY], session ? 1 : 0);
}

enum ga_rc
fake_collect(const struct fake_script *script, unsigned devices,
             struct ga_evidence *evidence, struct ga_error *err)
{
    struct ga_device_libraries libraries = { 0 };
    unsigned cancel_after = fake_cancel_after;
    enum ga_rc rc;

    fake_play(script);
    fake_cancel_after = cancel_after;
    rc = fake_open(&libraries, devices, err);
    if (rc == GA_OK)
        rc = ga_device_collect(&libraries, &fake_nonce, evidence, err);
    ga_device_close(&libraries);
    balanced(devices, script);
    return rc;
}
