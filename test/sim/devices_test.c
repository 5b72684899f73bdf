/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated driver libraries, loaded as the verifier loads the real ones. */
#define _GNU_SOURCE /* secure_getenv, setenv */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/driver.h"
#include "sim/faults.h"
#include "sim/state.h"
#include "support/runs.h"
#include "support/worlds.h"

struct board {
    struct minted m;
    struct driver d;
    struct ga_nonce nonce;
};

static void
board_options(struct board *b, const struct sim_options *o)
{
    const char *build = secure_getenv("GA_BUILD_DIR");
    struct ga_error err = { 0 };
    char folder[512];
    const char *wrong;

    mint_options(&b->m, o);
    if (sim_state_write(b->m.world, b->m.dir, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_int_equal(setenv(SIM_STATE_ENV, b->m.dir, 1), 0);
    snprintf(folder, sizeof(folder), "%s/sim/lib",
             build != NULL ? build : "build/dev");
    wrong = driver_load(&b->d, folder);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(ga_nonce_random(&b->nonce, NULL), GA_OK);
}

static void
board_up(struct board *b, unsigned gpus, unsigned switches, const char *defect)
{
    struct sim_options o;

    assert_int_equal(sim_options_init(&o, INT64_C(1781524800), NULL), GA_OK);
    o.gpus = gpus;
    o.switches = switches;
    o.mode = switches > 0 ? GA_MODE_PPCIE : GA_MODE_SPT;
    o.seed = "devices";
    if (defect != NULL) {
        o.defect[o.defects] = sim_defect_find(defect);
        assert_non_null(o.defect[o.defects++]);
    }
    board_options(b, &o);
}

static void
board_down(struct board *b)
{
    driver_unload(&b->d);
    minted_done(&b->m);
}

static void
script(const struct board *b, const char *text)
{
    assert_int_equal(sim_state_put(b->m.dir, SIM_FAULTS_FILE,
                                   ga_bytes_of(text, strlen(text)), NULL),
                     GA_OK);
}

static struct ga_evidence *
list(void)
{
    struct ga_evidence *e = NULL;

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    return e;
}

/* Verifies what the libraries say now against the board's nonce. */
static struct ga_result *
attest(struct board *b)
{
    struct ga_settings *set = minted_settings(&b->m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *e = list();
    struct ga_result *r = NULL;
    const char *wrong = driver_collect(&b->d, &b->nonce, e);

    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_verify(ctx, e, &b->nonce, &r, NULL), GA_OK);
    ga_evidence_free(e);
    ga_context_free(ctx);
    ga_settings_free(set);
    return r;
}

static void
a_board_verifies_over_a_fresh_nonce(void **state)
{
    struct ga_result *r;
    struct board b;

    (void)state;
    board_up(&b, 8, 4, NULL);
    r = attest(&b);
    expect_failed(r, "");
    assert_string_equal(ga_result_summary(r), "VERIFIED 8 GPUs, 4 NVSwitches");
    ga_result_free(r);
    board_down(&b);
}

/* Chains have to fit into 0x1400 bytes, whatever their random parts. */
static void
blackwell_verifies_from_any_seed(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct sim_options o;
        struct ga_result *r;
        struct board b;

        assert_int_equal(sim_options_init(&o, INT64_C(1781524800), NULL),
                         GA_OK);
        o.gpus = 4;
        o.gpu = ga_chip_by_cert("GB100", 5);
        o.mode = GA_MODE_MPT;
        board_options(&b, &o);
        r = attest(&b);
        expect_failed(r, "");
        ga_result_free(r);
        board_down(&b);
    }
}

/* Defects of devices are in what the libraries say too. */
static struct defect_row {
    const char *name, *failed;
} defect_rows[] = {
    { "nonce-other", "GPU-0 report.nonce:nonce_other,"
                     "GPU-1 report.nonce:nonce_other" },
    { "copied-device", "set.distinct:same_device" },
    { "golden-wrong", "GPU-0 measurements.match:index-9" },
    { "mixed-modes", "set.mode:mixed" },
};

static void
defects_of_devices_come_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(defect_rows); i++) {
        struct ga_result *r;
        struct board b;

        board_up(&b, 2, 0, defect_rows[i].name);
        r = attest(&b);
        expect_failed(r, defect_rows[i].failed);
        ga_result_free(r);
        board_down(&b);
    }
}

static void
reports(struct board *b, const struct ga_nonce *nonce,
        struct ga_nvml_report *out)
{
    ga_nvml_device device;

    memset(out, 0, sizeof(*out));
    assert_int_equal(b->d.nvml.init(), 0);
    assert_int_equal(b->d.nvml.device_handle(0, &device), 0);
    memcpy(out->nonce, nonce->bytes, sizeof(out->nonce));
    assert_int_equal(b->d.nvml.report(device, out), 0);
    assert_int_equal(b->d.nvml.shutdown(), 0);
}

/* The nonces of both halves change, and with them the signature, alone. */
static void
another_nonce_is_another_report(void **state)
{
    struct ga_nvml_report *r = calloc(3, sizeof(*r));
    struct ga_nonce other;
    struct board b;

    (void)state;
    assert_non_null(r);
    board_up(&b, 1, 0, NULL);
    other = b.nonce;
    other.bytes[31] ^= 1;
    reports(&b, &b.nonce, &r[0]);
    reports(&b, &b.nonce, &r[1]);
    reports(&b, &other, &r[2]);
    assert_memory_equal(&r[0], &r[1], sizeof(*r));
    assert_int_equal(r[0].size, r[2].size);
    assert_memory_equal(r[0].report + 4, b.nonce.bytes, 32);
    assert_memory_equal(r[2].report + 4, other.bytes, 32);
    assert_memory_equal(r[0].report + 36, r[2].report + 36, 9 + 64 * 55);
    assert_memory_not_equal(r[0].report + 45 + 64 * 55,
                            r[2].report + 45 + 64 * 55, 32);
    assert_memory_equal(r[0].report + 45 + 64 * 55 + 32,
                        r[2].report + 45 + 64 * 55 + 32,
                        r[0].size - (45 + 64 * 55 + 32) - 96);
    assert_memory_not_equal(r[0].report + r[0].size - 96,
                            r[2].report + r[2].size - 96, 96);
    free(r);
    board_down(&b);
}

static void
the_driver_says_what_stands_in_the_files(void **state)
{
    struct ga_nvml_cc_settings s = { .version = GA_NVML_CC_SETTINGS_V1 };
    struct ga_nvml_cc_state cc;
    ga_nvml_device device, second;
    char text[96];
    unsigned n;
    struct board b;

    (void)state;
    board_up(&b, 2, 1, NULL);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(b.d.nvml.device_count(&n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(b.d.nvml.device_handle(0, &device), 0);
    assert_int_equal(b.d.nvml.device_handle(1, &second), 0);
    assert_int_equal(b.d.nvml.device_handle(2, &second), 2);
    assert_int_equal(b.d.nvml.device_arch(device, &n), 0);
    assert_int_equal(n, 9);
    assert_int_equal(b.d.nvml.driver(text, sizeof(text)), 0);
    assert_string_equal(text, "580.95.05");
    assert_int_equal(b.d.nvml.driver(text, 9), 7);
    assert_int_equal(b.d.nvml.driver(text, 10), 0);
    assert_int_equal(b.d.nvml.device_vbios(device, text, sizeof(text)), 0);
    assert_string_equal(text, "96.00.CF.00.02");
    assert_int_equal(b.d.nvml.device_uuid(device, text, sizeof(text)), 0);
    assert_int_equal(strlen(text), 40);
    assert_memory_equal(text, "GPU-", 4);
    assert_int_equal(b.d.nvml.device_board(device, &n), 0);
    assert_int_equal(b.d.nvml.cc_state(&cc), 0);
    assert_int_equal(cc.environment, 1);
    assert_int_equal(cc.cc_feature, 1);
    assert_int_equal(cc.dev_tools_mode, 0);
    assert_int_equal(b.d.nvml.cc_settings(&s), 0);
    assert_int_equal(s.multi_gpu_mode, 1);
    s.version--;
    assert_int_equal(b.d.nvml.cc_settings(&s), 25);
    assert_string_equal(b.d.nvml.error_string(15), "GPU is lost");
    assert_string_equal(b.d.nvml.error_string(12345), "Unknown Error");
    assert_int_equal(b.d.nvml.shutdown(), 0);
    board_down(&b);
}

static void
the_ready_state_is_kept(void **state)
{
    unsigned ready = 9;
    struct stat st;
    char path[128];
    bool on;
    struct board b;

    (void)state;
    board_up(&b, 1, 0, NULL);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(b.d.nvml.get_ready(&ready), 0);
    assert_int_equal(ready, 0);
    assert_int_equal(b.d.nvml.set_ready(2), 2);
    assert_int_equal(b.d.nvml.set_ready(1), 0);
    assert_int_equal(b.d.nvml.shutdown(), 0);
    assert_int_equal(sim_ready_read(b.m.dir, &on, NULL), GA_OK);
    assert_true(on);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(b.d.nvml.get_ready(&ready), 0);
    assert_int_equal(ready, 1);
    assert_int_equal(b.d.nvml.shutdown(), 0);
    minted_path(&b.m, "devices.json", path, sizeof(path));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    board_down(&b);
}

static void
nothing_works_before_the_start_or_with_a_foreign_handle(void **state)
{
    struct ga_nvml_report *report = calloc(1, sizeof(*report));
    unsigned n;
    struct board b;

    (void)state;
    assert_non_null(report);
    board_up(&b, 1, 1, NULL);
    assert_int_equal(b.d.nvml.device_count(&n), 1);
    assert_int_equal(b.d.nvml.shutdown(), 1);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(b.d.nvml.report(NULL, report), 2);
    assert_int_equal(b.d.nvml.report((ga_nvml_device)(void *)&n, report), 2);
    assert_int_equal(b.d.nvml.device_count(NULL), 2);
    assert_int_equal(b.d.nvml.shutdown(), 0);
    assert_int_equal(b.d.nvml.device_count(&n), 0);
    assert_int_equal(b.d.nvml.shutdown(), 0);
    assert_int_equal(b.d.nvml.device_count(&n), 1);
    free(report);
    board_down(&b);
}

static void
a_folder_that_is_absent_is_a_driver_that_is_not_loaded(void **state)
{
    struct ga_nscq_session_result made;
    struct board b;

    (void)state;
    board_up(&b, 1, 1, NULL);
    assert_int_equal(setenv(SIM_STATE_ENV, "/nowhere", 1), 0);
    assert_int_equal(b.d.nvml.init(), 999);
    made = b.d.nscq.session_create(1);
    assert_true(made.rc < 0);
    assert_null(made.session);
    assert_int_equal(setenv(SIM_STATE_ENV, b.m.dir, 1), 0);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(b.d.nvml.shutdown(), 0);
    board_down(&b);
}

/* What a script does to one collection, and to the next; NULL: nothing. */
static struct fault_row {
    const char *script, *first, *second;
} fault_rows[] = {
    { "", NULL, NULL },
    { "# all is well\n\n", NULL, NULL },
    { "nvml nvmlInit_v2 rc=9\n", "nvmlInit_v2: 9", "nvmlInit_v2: 9" },
    { "nvml nvmlInit_v2#1 rc=9\n", "nvmlInit_v2: 9", NULL },
    { "nvml nvmlInit_v2#2 rc=9\n", NULL, "nvmlInit_v2: 9" },
    { "nvml nvmlDeviceGetCount_v2 rc=999\n", "count: 999", "count: 999" },
    { "nvml nvmlDeviceGetHandleByIndex_v2@GPU-1#2+ rc=15", NULL, "handle: 15" },
    { "nvml nvmlDeviceGetConfComputeGpuAttestationReport@GPU-1#1 rc=10\n",
      "report: 10", NULL },
    /* handle, certificate, report: the fourth call of GPU-1 is the next
     * collection's */
    { "nvml *@GPU-1#4+ gone\n", NULL, "handle: 15" },
    { "nvml *@GPU-1#3+ gone\n", "report: 15", "handle: 15" },
    { "nvml nvmlDeviceGetConfComputeGpuAttestationReport size=8193\n",
      "size: 8193", "size: 8193" },
    { "nvml nvmlDeviceGetConfComputeGpuAttestationReport cut=0\n", "evidence",
      "evidence" },
    { "nvml nvmlDeviceGetConfComputeGpuCertificate size=0\n", "evidence",
      "evidence" },
    { "nscq nscq_session_create rc=-6\n", "nscq_session_create: -6",
      "nscq_session_create: -6" },
    { "nscq nscq_session_create rc=1\n", NULL, NULL },
    { "nscq nscq_session_path_observe#4 rc=-8\n", NULL, "uuid: -8" },
    { "nscq attestation_report@SWITCH-0 rc=-7\n", "attestation_report: -7",
      "attestation_report: -7" },
    { "nscq certificate#1 gone\n", "answers: 0", NULL },
    { "nscq uuid gone\n", NULL, NULL }, /* no switch, nothing to ask */
    { "nscq attestation_report#1 size=8193\n", "size: 8193", NULL },
    { "nscq attestation_report#1 size=8193\n"
      "nscq attestation_report#2 cut=0\n",
      "size: 8193", "evidence" },
    { "nvml nvmlInit_v2 what=1\n", "nvmlInit_v2: 999", "nvmlInit_v2: 999" },
};

static void
expect_said(const char *want, const char *got, const char *line)
{
    if ((want == NULL) != (got == NULL) ||
        (want != NULL && strcmp(want, got) != 0))
        fail_msg("%s: %s, not %s", line, got != NULL ? got : "nothing",
                 want != NULL ? want : "nothing");
}

static void
a_script_makes_calls_fail(void **state)
{
    struct board b;

    (void)state;
    board_up(&b, 2, 1, NULL);
    for (size_t i = 0; i < COUNT(fault_rows); i++) {
        const struct fault_row *row = &fault_rows[i];
        struct ga_evidence *e = list();

        script(&b, "");
        expect_said(NULL, driver_collect(&b.d, &b.nonce, e), row->script);
        script(&b, row->script);
        expect_said(row->first, driver_collect(&b.d, &b.nonce, e), row->script);
        expect_said(row->second, driver_collect(&b.d, &b.nonce, e),
                    row->script);
        ga_evidence_free(e);
    }
    board_down(&b);
}

static void
count_number(const struct ga_nscq_uuid *device, ga_nscq_rc rc, int8_t number,
             void *user)
{
    int *sum = user;

    assert_non_null(device);
    assert_int_equal(rc, 0);
    *sum += number;
}

static void
take_label(const struct ga_nscq_uuid *device, ga_nscq_rc rc,
           struct ga_nscq_label label, void *user)
{
    assert_null(device);
    assert_int_equal(rc, 0);
    memcpy(user, label.data, sizeof(label.data));
}

static int
sum_of(struct board *b, ga_nscq_session s, const char *path, int want_rc)
{
    int sum = 0;

    assert_int_equal(
        b->d.nscq.path_observe(s, path, (ga_nscq_fn)count_number, &sum, 0),
        want_rc);
    return sum;
}

static void
nscq_answers_for_all_and_for_one(void **state)
{
    struct ga_nscq_session_result made, bare;
    struct ga_nscq_uuid nobody = { { 0 } };
    struct ga_nscq_label label;
    char version[64] = "";
    uint8_t input[33] = { 0 };
    struct board b;

    (void)state;
    board_up(&b, 1, 3, NULL);
    made = b.d.nscq.session_create(GA_NSCQ_SESSION_MOUNT_DEVICES);
    bare = b.d.nscq.session_create(0);
    assert_int_equal(made.rc, 0);
    assert_int_equal(sum_of(&b, made.session, "/{nvswitch}/id/arch", 0), 6);
    assert_int_equal(
        sum_of(&b, made.session, "/{nvswitch}/config/pcie_mode", 0), 9);
    assert_int_equal(sum_of(&b, bare.session, "/{nvswitch}/id/arch", -3), 0);
    assert_int_equal(sum_of(&b, made.session, "/SWX-0/id/arch", -2), 0);
    assert_int_equal(sum_of(&b, made.session, "/{nvswitch}/id/arc", -1), 0);
    assert_int_equal(sum_of(&b, made.session, "/x/drv/nvswitch/version", -1),
                     0);
    assert_int_equal(sum_of(&b, made.session, "/drv/nvswitch/versio", -1), 0);
    assert_int_equal(sum_of(&b, NULL, "/{nvswitch}/id/arch", -5), 0);
    assert_int_equal(b.d.nscq.path_observe(made.session,
                                           "/drv/nvswitch/version",
                                           (ga_nscq_fn)take_label, version, 0),
                     0);
    assert_string_equal(version, "580.95.05");
    assert_int_equal(b.d.nscq.uuid_to_label(&nobody, &label, 0), -2);
    assert_int_equal(b.d.nscq.set_input(made.session, 0, input, 33), -5);
    assert_int_equal(b.d.nscq.set_input(made.session, 0, input, 31), -5);
    assert_int_equal(b.d.nscq.set_input(made.session, 0, input, 32), 0);
    b.d.nscq.session_destroy(bare.session);
    b.d.nscq.session_destroy(made.session);
    board_down(&b);
}

static void
first_uuid(const struct ga_nscq_uuid *device, ga_nscq_rc rc,
           const struct ga_nscq_uuid *uuid, void *user)
{
    struct ga_nscq_uuid *first = user;
    static const struct ga_nscq_uuid none;

    assert_non_null(device);
    assert_int_equal(rc, 0);
    if (memcmp(first, &none, sizeof(none)) == 0)
        *first = *uuid;
}

static void
nscq_observers_stay_until_they_are_deregistered(void **state)
{
    static const char path[] = "/{nvswitch}/config/pcie_mode";
    struct ga_nscq_session_result made;
    struct ga_nscq_observer_result one, two, none;
    struct ga_nscq_uuid uuid = { { 0 } }, nobody = { { 0 } };
    struct board b;
    int sum = 0;

    (void)state;
    board_up(&b, 1, 3, NULL);
    made = b.d.nscq.session_create(GA_NSCQ_SESSION_MOUNT_DEVICES);
    one = b.d.nscq.register_observer(made.session, path,
                                     (ga_nscq_fn)count_number, &sum, 0);
    two = b.d.nscq.register_observer(made.session, path,
                                     (ga_nscq_fn)count_number, &sum, 0);
    assert_int_equal(one.rc, 0);
    assert_int_equal(two.rc, 0);
    none = b.d.nscq.register_observer(made.session, "/{nvswitch}/nothing",
                                      (ga_nscq_fn)count_number, &sum, 0);
    assert_int_equal(none.rc, -1);
    assert_null(none.observer);
    assert_int_equal(sum, 0);
    assert_int_equal(b.d.nscq.observer_observe(one.observer, 0), 0);
    assert_int_equal(sum, 9);
    assert_int_equal(b.d.nscq.session_observe(made.session, 0), 0);
    assert_int_equal(sum, 27);
    b.d.nscq.observer_deregister(one.observer);
    assert_int_equal(b.d.nscq.session_observe(made.session, 0), 0);
    assert_int_equal(sum, 36);

    /* A switch that is not mounted does not answer. */
    assert_int_equal(b.d.nscq.path_observe(made.session,
                                           "/drv/nvswitch/{device}/uuid",
                                           (ga_nscq_fn)first_uuid, &uuid, 0),
                     0);
    b.d.nscq.session_unmount(made.session, &uuid);
    assert_int_equal(sum_of(&b, made.session, path, 0), 6);
    assert_int_equal(b.d.nscq.session_mount(made.session, &nobody, 0), -2);
    assert_int_equal(b.d.nscq.session_mount(made.session, &uuid, 0), 0);
    assert_int_equal(sum_of(&b, made.session, path, 0), 9);
    b.d.nscq.session_destroy(made.session); /* and the second observer */
    board_down(&b);
}

static void
settings_can_be_changed_meanwhile(void **state)
{
    struct sim_settings s;
    struct ga_nvml_cc_state cc;
    struct board b;

    (void)state;
    board_up(&b, 1, 0, NULL);
    assert_int_equal(b.d.nvml.init(), 0);
    assert_int_equal(sim_settings_read(b.m.dir, &s, NULL), GA_OK);
    assert_true(sim_settings_set(&s, "dev_tools_mode=1", 16));
    assert_true(sim_settings_set(&s, "pcie_mode=-1", 12));
    assert_int_equal(sim_settings_write(b.m.dir, &s, NULL), GA_OK);
    assert_int_equal(b.d.nvml.cc_state(&cc), 0);
    assert_int_equal(cc.dev_tools_mode, 1);
    assert_int_equal(sim_settings_read(b.m.dir, &s, NULL), GA_OK);
    assert_int_equal(s.pcie_mode, -1);
    for (const char *const *bad =
             (const char *const[]){
                 "", "=", "pcie_mode", "pcie_mode=", "pcie_mode=-",
                 "pcie_mode=100", "pcie_mode=1 ", "pcie=1", NULL };
         *bad != NULL; bad++)
        assert_false(sim_settings_set(&s, *bad, strlen(*bad)));
    assert_int_equal(
        sim_state_put(b.m.dir, "settings", ga_bytes_of("x\n", 2), NULL), GA_OK);
    assert_int_equal(b.d.nvml.cc_state(&cc), 999);
    assert_int_equal(b.d.nvml.shutdown(), 0);
    board_down(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_verifies_over_a_fresh_nonce),
        cmocka_unit_test(blackwell_verifies_from_any_seed),
        cmocka_unit_test(defects_of_devices_come_through),
        cmocka_unit_test(another_nonce_is_another_report),
        cmocka_unit_test(the_driver_says_what_stands_in_the_files),
        cmocka_unit_test(the_ready_state_is_kept),
        cmocka_unit_test(
            nothing_works_before_the_start_or_with_a_foreign_handle),
        cmocka_unit_test(
            a_folder_that_is_absent_is_a_driver_that_is_not_loaded),
        cmocka_unit_test(a_script_makes_calls_fail),
        cmocka_unit_test(nscq_answers_for_all_and_for_one),
        cmocka_unit_test(nscq_observers_stay_until_they_are_deregistered),
        cmocka_unit_test(settings_can_be_changed_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
