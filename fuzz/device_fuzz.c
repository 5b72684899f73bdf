/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_device_collect, ga_device_host, ga_device_list, ga_nscq_ask, the
 * functions of gpuattest/nscq.h, and ga_verify of what came.  The input is the
 * script of an NVML and an NSCQ that return anything: every call takes its next
 * bytes for the code, and some for what it writes. */
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "device/nscq_handler.h"
#include "fuzz/require.h"
#include "gpuattest/gpuattest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The driver's functions take no user data. */
static const uint8_t *script;
static size_t left;
static int started, sessions;

/* 0 once the script has ended: everything works. */
static uint8_t
next(void)
{
    if (left == 0)
        return 0;
    left--;
    return *script++;
}

/* Mostly success, so that scripts get further than the first call. */
static int
next_code(void)
{
    uint8_t b = next();

    return b < 0xe0 ? 0 : b == 0xe0 ? 1 : -(b - 0xe0);
}

/* Writes 0 to `n` bytes of the script's, or the fitting text. */
static void
write_text(char *out, size_t n, char kind, unsigned i)
{
    uint8_t b = next();

    memset(out, 'x', n);
    if (b < 0xf0) {
        out[0] = kind;
        out[1] = (char)('a' + i % 26);
        out[2] = (char)('a' + i / 26);
        out[3] = '\0';
        return;
    }
    if (b == 0xf0)
        return;
    for (size_t j = 0; j < b - 0xf0u; j++)
        out[j] = (char)next();
    out[b - 0xf0u] = '\0';
}

/* The size that fits, or any. */
static uint32_t
next_size(uint32_t cap)
{
    uint8_t b = next();

    if (b < 0x80)
        return 1 + b;
    if (b < 0xc0)
        return cap + (b - 0xa0u);
    return (uint32_t)next() << 24 | (uint32_t)next() << 8 | next();
}

struct ga_nvml_device_opaque {
    char unused;
};
static struct ga_nvml_device_opaque gpus[256];
struct ga_nscq_session_st {
    char unused;
};
static struct ga_nscq_session_st one_session;

static int
nvml_init(void)
{
    int code = next_code();

    started += code == 0;
    return code;
}

static int
nvml_shutdown(void)
{
    started--;
    return next_code();
}

static const char *
nvml_error_string(int code)
{
    static const char *const texts[] = { "text", "", "\x1b[2J", NULL };

    return texts[(unsigned)code % 4];
}

static int
nvml_count(unsigned *out)
{
    uint8_t b = next();

    *out = b < 0xf0 ? b % 6 : b == 0xff ? UINT32_MAX : b;
    return next_code();
}

static int
nvml_handle(unsigned i, ga_nvml_device *out)
{
    *out = next() == 0xff ? NULL : &gpus[i];
    return next_code();
}

static int
nvml_uuid(ga_nvml_device device, char *out, unsigned n)
{
    write_text(out, n, 'G', (unsigned)(device - gpus));
    return next_code();
}

static int
nvml_arch(ga_nvml_device device, unsigned *out)
{
    (void)device;
    *out = 9 + next() / 100;
    return next_code();
}

static int
nvml_driver(char *out, unsigned n)
{
    write_text(out, n, '5', 0);
    return next_code();
}

static int
nvml_state(struct ga_nvml_cc_state *out)
{
    out->cc_feature = next();
    out->dev_tools_mode = next();
    return next_code();
}

static int
nvml_settings(struct ga_nvml_cc_settings *out)
{
    out->multi_gpu_mode = next();
    return next_code();
}

static int
nvml_get_ready(unsigned *out)
{
    *out = next() / 100;
    return next_code();
}

static int
nvml_certificate(ga_nvml_device device, struct ga_nvml_certificate *out)
{
    (void)device;
    out->attestation_chain_size = next_size(sizeof(out->attestation_chain));
    memset(out->attestation_chain, next(), sizeof(out->attestation_chain));
    return next_code();
}

static int
nvml_report(ga_nvml_device device, struct ga_nvml_report *out)
{
    (void)device;
    out->size = next_size(sizeof(out->report));
    return next_code();
}

static struct ga_nscq_session_result
nscq_create(uint32_t flags)
{
    struct ga_nscq_session_result out = { 0 };

    (void)flags;
    out.rc = (ga_nscq_rc)next_code();
    if (next() != 0xff) {
        out.session = &one_session;
        sessions += out.rc >= 0;
    }
    return out;
}

static void
nscq_destroy(ga_nscq_session session)
{
    require(session == &one_session);
    sessions--;
}

static ga_nscq_rc
nscq_label(const struct ga_nscq_uuid *uuid, struct ga_nscq_label *out,
           uint32_t flags)
{
    (void)flags;
    write_text(out->data, sizeof(out->data), 'S', uuid->bytes[0]);
    return (ga_nscq_rc)next_code();
}

static ga_nscq_rc
nscq_input(ga_nscq_session session, uint32_t flags, void *data, uint32_t n)
{
    require(session == &one_session && flags == 0 && data != NULL && n == 32);
    return (ga_nscq_rc)next_code();
}

typedef void on_uuid(const struct ga_nscq_uuid *, ga_nscq_rc,
                     const struct ga_nscq_uuid *, void *);
typedef void on_label(const struct ga_nscq_uuid *, ga_nscq_rc,
                      struct ga_nscq_label, void *);
typedef void on_number(const struct ga_nscq_uuid *, ga_nscq_rc, int8_t, void *);
typedef void on_report(const struct ga_nscq_uuid *, ga_nscq_rc,
                       const struct ga_nscq_report, void *);
typedef void on_chain(const struct ga_nscq_uuid *, ga_nscq_rc,
                      const struct ga_nscq_certificate, void *);

static void
answer(const char *path, const struct ga_nscq_uuid *uuid, ga_nscq_fn fn,
       void *user)
{
    ga_nscq_rc rc = (ga_nscq_rc)next_code();
    struct ga_nscq_report report = { 0 };
    struct ga_nscq_certificate chain = { 0 };

    if (strstr(path, "/version") != NULL) {
        struct ga_nscq_label label = { { 0 } };

        write_text(label.data, sizeof(label.data), '5', 0);
        ((on_label *)fn)(uuid, rc, label, user);
    } else if (strstr(path, "/uuid") != NULL) {
        ((on_uuid *)fn)(uuid, rc, uuid, user);
    } else if (strstr(path, "/attestation_report") != NULL) {
        report.report_size = next_size(sizeof(report.report));
        ((on_report *)fn)(uuid, rc, report, user);
    } else if (strstr(path, "/certificate") != NULL) {
        chain.cert_chain_size = next_size(sizeof(chain.cert_chain));
        memset(chain.cert_chain, next(), sizeof(chain.cert_chain));
        ((on_chain *)fn)(uuid, rc, chain, user);
    } else {
        ((on_number *)fn)(uuid, rc, (int8_t)(2 + next() / 100), user);
    }
}

/* The switch that the path names: labels begin with 'S' and a letter. */
static ga_nscq_rc
nscq_observe(ga_nscq_session session, const char *path, ga_nscq_fn fn,
             void *user, uint32_t flags)
{
    uint8_t count = next();
    bool all = strchr(path, '{') != NULL;
    unsigned calls = count < 0xe0 ? (all ? count % 5 : 1) : count - 0xe0u;

    require(session == &one_session && flags == 0 && path[0] == '/');
    for (unsigned i = 0; i < calls; i++) {
        struct ga_nscq_uuid uuid = { { 0 } };
        uint8_t odd = next();

        uuid.bytes[0] = (uint8_t)(all ? i : (unsigned)path[2] - 'a');
        if (odd >= 0xf0)
            uuid.bytes[0] = odd;
        answer(path, odd == 0xff ? NULL : &uuid, fn, odd == 0xfe ? NULL : user);
    }
    return (ga_nscq_rc)next_code();
}

static void
fill(struct ga_device_libraries *l)
{
    l->nvml = (struct ga_nvml_api){
        .init = nvml_init,
        .shutdown = nvml_shutdown,
        .error_string = nvml_error_string,
        .device_count = nvml_count,
        .device_handle = nvml_handle,
        .device_uuid = nvml_uuid,
        .device_arch = nvml_arch,
        .driver = nvml_driver,
    };
    if (next() != 0xff) {
        l->nvml.cc_state = nvml_state;
        l->nvml.certificate = nvml_certificate;
        l->nvml.report = nvml_report;
    }
    if (next() != 0xff) {
        l->nvml.cc_settings = nvml_settings;
        l->nvml.get_ready = nvml_get_ready;
    }
    l->nscq = (struct ga_nscq_api){ .session_create = nscq_create,
                                    .session_destroy = nscq_destroy,
                                    .path_observe = nscq_observe,
                                    .set_input = nscq_input,
                                    .uuid_to_label = nscq_label,
                                    .file = "library" };
}

static void
says_why(enum ga_rc rc, const struct ga_error *err)
{
    require(rc == GA_OK || (err->code == rc && err->text[0] != '\0'));
    for (const char *c = err->text; *c != '\0'; c++)
        require(*c >= 0x20 && *c != 0x7f);
}

/* Made once: what it remembers are facts, and no script signs anything. */
static struct ga_context *
context(void)
{
    static struct ga_context *ctx;

    if (ctx == NULL)
        require(ga_context_new(NULL, NULL, &ctx, NULL) == GA_OK);
    return ctx;
}

/* Whatever libraries say, nobody who has no key is believed. */
static void
accepts_nothing(const struct ga_evidence *e, const struct ga_nonce *nonce)
{
    struct ga_host host = { .gpus = 1, .cc_on = true };
    struct ga_result *r = NULL;

    require(ga_verify_live(context(), e, nonce, GA_DEVICES_GPU, &host, &r,
                           NULL) == GA_OK);
    require(!ga_result_verified(r));
    ga_result_free(r);
}

static void
collect(struct ga_device_libraries *l)
{
    const struct ga_nonce nonce = { { 1 } };
    struct ga_evidence *e = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc;

    require(ga_evidence_new(&e, NULL) == GA_OK);
    require(ga_evidence_add(e, "r", 1, "c", 1, NULL) == GA_OK);
    rc = ga_device_collect(l, &nonce, e, &err);
    says_why(rc, &err);
    require(rc == GA_OK ? ga_evidence_count(e) > 1 : ga_evidence_count(e) == 1);
    for (size_t i = 1; i < ga_evidence_count(e); i++) {
        struct ga_evidence_view v;

        require(ga_evidence_get(e, i, &v, NULL) == GA_OK);
        require(v.report_len >= 1 && v.report_len <= 0x2000);
        require(v.chain_len >= 1 && v.chain_len <= 0x1400);
        require(((const char *)v.chain)[v.chain_len - 1] != '\0');
        require(v.arch != NULL && v.nonce != NULL && v.source != NULL);
    }
    accepts_nothing(e, &nonce);
    ga_evidence_free(e);
}

static void
ask_all(struct ga_nscq *nscq)
{
    struct ga_nscq_switches list = { 0 };
    struct ga_nscq_answer answers[GA_DEVICES_MAX] = { { 0 } };
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_nscq_list(nscq, &list, &err);

    says_why(rc, &err);
    if (rc != GA_OK)
        return;
    rc = ga_nscq_ask(nscq, (enum ga_nscq_question)(next() % 4), list.item,
                     list.count, answers, &err);
    says_why(rc, &err);
    for (size_t i = 0; i < GA_DEVICES_MAX; i++)
        require(answers[i].given == (rc == GA_OK && i < list.count));
    ga_nscq_answers_done(answers, list.count);
}

static void
answers(struct ga_nscq_handler *h, const char *label)
{
    const struct ga_nonce nonce = { { 1 } };
    struct ga_nscq_answers *a = NULL;
    struct ga_error err = { 0 };
    const char *of = NULL;
    size_t len = 0;
    enum ga_rc rc = next() < 0x80 ? ga_nscq_chains(h, label, &a, &err)
                                  : ga_nscq_reports(h, label, &nonce, &a, &err);

    says_why(rc, &err);
    require((rc == GA_OK) == (a != NULL));
    for (size_t i = 0; i < ga_nscq_answers_count(a); i++) {
        require(ga_nscq_answer(a, i, &len, &of) != NULL);
        require(len >= 1 && len <= 0x2000 && of[0] != '\0');
        require(label == NULL || strcmp(of, label) == 0);
    }
    ga_nscq_answers_free(a);
}

/* The same library by gpuattest/nscq.h. */
static void
handle(const struct ga_nscq_api *api)
{
    struct ga_nscq_handler *h = NULL;
    char labels[4][GA_NSCQ_LABEL], version[GA_NSCQ_LABEL];
    struct ga_error err = { 0 };
    size_t count = 0;
    int number = 0;
    bool yes = false;
    enum ga_rc rc = ga_nscq_handler_start(api, &h, &err);

    says_why(rc, &err);
    if (rc != GA_OK)
        return;
    rc = ga_nscq_uuids(h, labels, 4, &count, &err);
    says_why(rc, &err);
    answers(h, NULL);
    if (rc == GA_OK && count > 0) {
        answers(h, labels[0]);
        says_why(ga_nscq_architecture(h, labels[0], &number, &err), &err);
        rc = ga_nscq_is_locked(h, labels[0], &yes, &err);
        says_why(rc, &err);
        require(rc == GA_OK || !yes);
    }
    says_why(ga_nscq_driver(h, version, &err), &err);
    for (const char *c = ga_nscq_warning(h); *c != '\0'; c++)
        require(*c >= 0x20 && *c != 0x7f);
    ga_nscq_close(h);
}

static void
list(struct ga_device_libraries *l)
{
    struct ga_host_devices devices = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_device_list(l, &devices, &err);

    says_why(rc, &err);
    require(devices.count <= GA_HOST_DEVICES_MAX);
    for (size_t i = 0; i < devices.count; i++)
        require(devices.item[i].uuid[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ga_device_seams seams = { 0 };
    struct ga_device_libraries l = { .seams = &seams, .threads = 1 };
    struct ga_host host = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc;

    script = data;
    left = size;
    started = sessions = 0;
    l.devices = next() % 4;
    if (l.devices == 0)
        l.devices = GA_DEVICES_ALL;
    fill(&l);
    if (ga_nvml_start(&l.nvml, NULL) != GA_OK)
        l.nvml = (struct ga_nvml_api){ 0 };
    else if (ga_nscq_start(&l.session, &l.nscq, &seams, &err) == GA_OK) {
        collect(&l);
        rc = ga_device_host(&l, &host, &err);
        says_why(rc, &err);
        require(host.gpus <= GA_DEVICES_MAX && host.switches <= GA_DEVICES_MAX);
        ask_all(&l.session);
        list(&l);
        handle(&l.nscq);
    }
    ga_device_close(&l);
    require(started == 0 && sessions == 0);
    return 0;
}
