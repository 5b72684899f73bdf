/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest/nscq.h over a scripted library, and the rest of the session. */
#include "support/test.h"

#include <string.h>

#include "device/fake.h"
#include "device/nscq_handler.h"
#include "device/nscq_observer.h"

#define LIB  "libnvidia-nscq.so.2: "
#define OBS  LIB "nscq_session_path_observe "
#define LIST "/drv/nvswitch/{device}/uuid"

static struct ga_nscq_handler *
open_with(const struct fake_script *script)
{
    struct ga_nscq_handler *h = NULL;
    struct ga_nscq_api api;

    fake_play(script);
    fake_nscq(&api);
    assert_int_equal(ga_nscq_handler_start(&api, &h, NULL), GA_OK);
    return h;
}

static void
close_it(struct ga_nscq_handler *h)
{
    ga_nscq_close(h);
    assert_int_equal(fake_calls[CALL_CREATE], 1);
    assert_int_equal(fake_calls[CALL_DESTROY], 1);
}

static void
asks_a_board_everything(void **state)
{
    const struct fake_script script = { .switches = 3 };
    const struct ga_nonce nonce = { { 7 } };
    struct ga_nscq_handler *h = open_with(&script);
    char labels[2][GA_NSCQ_LABEL];
    struct ga_nscq_answers *answers = NULL;
    const char *label = NULL;
    size_t count = 0, len = 0;
    int number = -9;
    bool yes = true;

    (void)state;
    assert_int_equal(ga_nscq_uuids(h, labels, 2, &count, NULL), GA_OK);
    assert_int_equal(count, 3);
    assert_string_equal(labels[1], "SWX-0001");
    assert_int_equal(ga_nscq_architecture(h, labels[0], &number, NULL), GA_OK);
    assert_int_equal(number, GA_NSCQ_LS10);
    assert_int_equal(ga_nscq_tnvl_status(h, labels[0], &number, NULL), GA_OK);
    assert_int_equal(number, GA_NSCQ_TNVL_LOCKED);
    assert_int_equal(ga_nscq_is_locked(h, labels[0], &yes, NULL), GA_OK);
    assert_true(yes);
    assert_int_equal(ga_nscq_is_tnvl(h, labels[0], &yes, NULL), GA_OK);
    assert_true(yes);
    assert_int_equal(ga_nscq_chains(h, NULL, &answers, NULL), GA_OK);
    assert_int_equal(ga_nscq_answers_count(answers), 3);
    assert_non_null(ga_nscq_answer(answers, 2, &len, &label));
    assert_string_equal(label, "SWX-0002");
    assert_true(len > 0);
    assert_null(ga_nscq_answer(answers, 3, &len, &label));
    ga_nscq_answers_free(answers);
    answers = NULL;
    assert_int_equal(ga_nscq_reports(h, labels[1], &nonce, &answers, NULL),
                     GA_OK);
    assert_int_equal(ga_nscq_answers_count(answers), 1);
    assert_non_null(ga_nscq_answer(answers, 0, &len, &label));
    assert_string_equal(label, "SWX-0001");
    assert_int_equal(fake_calls[CALL_INPUT], 1);
    assert_string_equal(ga_nscq_warning(h), "");
    ga_nscq_answers_free(answers);
    close_it(h);
}

static void
names_what_is_missing(void **state)
{
    static const struct fake_script silent = { .quirk = { [CALL_SWITCH_CHAIN] =
                                                              QUIRK_SILENT } };
    static const struct fake_script none = { .switches = NONE };
    struct ga_nscq_answers *answers = NULL;
    struct ga_nscq_handler *h = open_with(&silent);
    struct ga_error err = { 0 };
    size_t count = 77;
    int number = 77;

    (void)state;
    assert_int_equal(ga_nscq_tnvl_status(h, "SWX-0009", &number, &err),
                     GA_E_MISSING);
    assert_string_equal(err.text, LIB "there is no switch SWX-0009");
    assert_int_equal(number, 77);
    assert_int_equal(ga_nscq_chains(h, "SWX-0001", &answers, &err),
                     GA_E_UNREACHABLE);
    assert_string_equal(err.text,
                        OBS "/SWX-0001/config/certificate: no answer of "
                            "SWX-0001");
    assert_int_equal(ga_nscq_chains(h, NULL, &answers, &err), GA_E_UNREACHABLE);
    assert_string_equal(err.text,
                        OBS "/{nvswitch}/config/certificate: no answer of "
                            "SWX-0000");
    assert_null(answers);
    close_it(h);
    h = open_with(&none);
    assert_int_equal(ga_nscq_uuids(h, NULL, 0, &count, &err), GA_E_MISSING);
    assert_string_equal(err.text, OBS LIST ": no switch");
    assert_int_equal(count, 77);
    close_it(h);
}

static void
refuses_sizes_beyond_buffers(void **state)
{
    static const struct fake_script report = { .switch_report_size = 0x2001 };
    static const struct fake_script chain = { .switch_chain_size = 0x1401 };
    const struct ga_nonce nonce = { { 7 } };
    struct ga_nscq_answers *answers = NULL;
    struct ga_nscq_handler *h = open_with(&report);
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_nscq_reports(h, NULL, &nonce, &answers, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text,
                        OBS "/{nvswitch}/config/attestation_report: report of "
                            "8193 bytes, not 1 to 8192");
    close_it(h);
    h = open_with(&chain);
    assert_int_equal(ga_nscq_chains(h, "SWX-0000", &answers, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text, OBS "/SWX-0000/config/certificate: chain of "
                                      "5121 bytes, not 1 to 5120");
    assert_null(answers);
    close_it(h);
}

static void
keeps_the_last_warning(void **state)
{
    static const struct fake_script script = { .code = { [CALL_LIST] = 1 } };
    struct ga_nscq_handler *h = open_with(&script);
    size_t count = 0;

    (void)state;
    assert_int_equal(ga_nscq_uuids(h, NULL, 0, &count, NULL), GA_OK);
    assert_int_equal(count, 2);
    assert_string_equal(ga_nscq_warning(h),
                        OBS LIST ": NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)");
    close_it(h);
}

static void
says_no_to_nothing(void **state)
{
    static const struct fake_script script = { 0 };
    struct ga_nscq_handler *h = open_with(&script);
    struct ga_nscq_answers *answers = NULL;
    size_t count;
    int number;
    bool yes;

    (void)state;
    assert_int_equal(ga_nscq_open(NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_nscq_uuids(NULL, NULL, 0, &count, NULL), GA_E_INVAL);
    assert_int_equal(ga_nscq_uuids(h, NULL, 1, &count, NULL), GA_E_INVAL);
    assert_int_equal(ga_nscq_tnvl_status(h, NULL, &number, NULL), GA_E_INVAL);
    assert_int_equal(ga_nscq_is_tnvl(h, "SWX-0000", NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_nscq_is_locked(NULL, "SWX-0000", &yes, NULL),
                     GA_E_INVAL);
    assert_int_equal(ga_nscq_reports(h, NULL, NULL, &answers, NULL),
                     GA_E_INVAL);
    assert_int_equal(ga_nscq_driver(NULL, NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_nscq_answers_count(NULL), 0);
    ga_nscq_answers_free(NULL);
    ga_nscq_close(NULL);
    close_it(h);
}

static void
every_number_has_a_name(void **state)
{
    char text[GA_NSCQ_CODE_TEXT];

    (void)state;
    for (int code = INT8_MIN; code <= INT8_MAX; code++) {
        ga_nscq_code_text((int8_t)code, text);
        assert_non_null(strchr(text, '('));
    }
    ga_nscq_code_text(42, text);
    assert_string_equal(text, "unknown code (42)");
    assert_string_equal(ga_nscq_arch_name(GA_NSCQ_LS10), "LS10");
    assert_string_equal(ga_nscq_arch_name(-1), "unknown");
    assert_string_equal(ga_nscq_arch_name(3), "unknown");
    assert_string_equal(ga_nscq_tnvl_name(GA_NSCQ_TNVL_LOCKED), "locked");
    assert_string_equal(ga_nscq_tnvl_name(-1), "unknown");
    assert_string_equal(ga_nscq_tnvl_name(4), "unknown");
}

/* A path of no switch. */
static unsigned version_calls;
static int8_t version_code;
static const char *version_text;

static ga_nscq_rc
observe_version(ga_nscq_session session, const char *path, ga_nscq_fn fn,
                void *user, uint32_t flags)
{
    struct ga_nscq_label label = { { 0 } };

    (void)session;
    (void)flags;
    assert_string_equal(path, "/drv/nvswitch/version");
    memcpy(label.data, version_text, strlen(version_text));
    for (unsigned i = 0; i < version_calls; i++)
        ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc,
                   struct ga_nscq_label, void *))fn)(NULL, version_code, label,
                                                     user);
    return 0;
}

static void
reads_the_drivers_version(void **state)
{
    static const struct {
        unsigned calls;
        int8_t code;
        const char *text;
        enum ga_rc rc;
        const char *why;
    } rows[] = {
        { 1, 0, "580.95.05", GA_OK, "" },
        { 0, 0, "", GA_E_UNREACHABLE, LIB "/drv/nvswitch/version: no answer" },
        { 2, 0, "580.95.05", GA_E_DUPLICATE,
          LIB "/drv/nvswitch/version: two answers" },
        { 1, -8, "", GA_E_UNREACHABLE,
          "/drv/nvswitch/version: NSCQ_RC_ERROR_TIMEOUT (-8)" },
        { 1, 0, "\x1b[2J", GA_E_BAD_VALUE, NULL },
    };
    static const struct fake_script script = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_nscq_handler *h = open_with(&script);
        char out[GA_NSCQ_LABEL] = "untouched";
        struct ga_error err = { 0 };

        h->api.path_observe = observe_version;
        version_calls = rows[i].calls;
        version_code = rows[i].code;
        version_text = rows[i].text;
        assert_int_equal(ga_nscq_driver(h, out, &err), rows[i].rc);
        assert_string_equal(out,
                            rows[i].rc == GA_OK ? rows[i].text : "untouched");
        if (rows[i].why != NULL)
            assert_string_equal(err.text, rows[i].why);
        close_it(h);
    }
}

/* The part of the library that older ones have not. */
static int8_t rest_code;
static unsigned registered, deregistered, observed, unmounted;
static ga_nscq_observer const an_observer = (ga_nscq_observer)&registered;

static ga_nscq_rc
rest_mount(ga_nscq_session session, const struct ga_nscq_uuid *uuid,
           uint32_t flags)
{
    (void)session;
    assert_non_null(uuid);
    assert_int_equal(flags, 0);
    return rest_code;
}

static void
rest_unmount(ga_nscq_session session, const struct ga_nscq_uuid *uuid)
{
    (void)session;
    (void)uuid;
    unmounted++;
}

static struct ga_nscq_observer_result
rest_register(ga_nscq_session session, const char *path, ga_nscq_fn fn,
              void *user, uint32_t flags)
{
    (void)session;
    (void)path;
    (void)fn;
    (void)user;
    (void)flags;
    registered++;
    return (struct ga_nscq_observer_result){ rest_code, rest_code == 2
                                                            ? NULL
                                                            : an_observer };
}

static void
rest_deregister(ga_nscq_observer observer)
{
    assert_ptr_equal(observer, an_observer);
    deregistered++;
}

static ga_nscq_rc
rest_observe(ga_nscq_observer observer, uint32_t flags)
{
    (void)flags;
    assert_ptr_equal(observer, an_observer);
    observed++;
    return rest_code;
}

static ga_nscq_rc
rest_observe_all(ga_nscq_session session, uint32_t flags)
{
    (void)session;
    (void)flags;
    observed += 10;
    return rest_code;
}

static void
the_rest_of_the_session_is_there_where_the_library_has_it(void **state)
{
    static const struct fake_script script = { 0 };
    struct ga_nscq_handler *h = open_with(&script);
    struct ga_nscq_uuid uuid = fake_uuid(0);
    ga_nscq_observer o = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_nscq_mount(&h->session, &uuid, &err), GA_E_UNREACHABLE);
    assert_non_null(strstr(err.text, "nscq_session_mount"));
    assert_int_equal(ga_nscq_unmount(&h->session, &uuid, &err),
                     GA_E_UNREACHABLE);
    assert_int_equal(ga_nscq_register(&h->session, "/p", NULL, NULL, &o, &err),
                     GA_E_UNREACHABLE);
    assert_int_equal(ga_nscq_observe(&h->session, NULL, &err),
                     GA_E_UNREACHABLE);
    assert_non_null(strstr(err.text, "nscq_session_observe"));
    h->api.session_mount = rest_mount;
    h->api.session_unmount = rest_unmount;
    h->api.register_observer = rest_register;
    h->api.observer_deregister = rest_deregister;
    h->api.observer_observe = rest_observe;
    h->api.session_observe = rest_observe_all;
    rest_code = 0;
    assert_int_equal(ga_nscq_mount(&h->session, &uuid, &err), GA_OK);
    assert_int_equal(ga_nscq_register(&h->session, "/p", NULL, NULL, &o, &err),
                     GA_OK);
    assert_int_equal(ga_nscq_observe(&h->session, o, &err), GA_OK);
    assert_int_equal(ga_nscq_observe(&h->session, NULL, &err), GA_OK);
    assert_int_equal(observed, 11);
    ga_nscq_deregister(&h->session, o);
    ga_nscq_deregister(&h->session, NULL);
    assert_int_equal(deregistered, 1);
    assert_int_equal(ga_nscq_unmount(&h->session, &uuid, &err), GA_OK);
    assert_int_equal(unmounted, 1);
    rest_code = -3;
    assert_int_equal(ga_nscq_mount(&h->session, &uuid, &err), GA_E_UNREACHABLE);
    assert_string_equal(err.text, LIB "nscq_session_mount: "
                                      "NSCQ_RC_ERROR_RESOURCE_NOT_MOUNTABLE "
                                      "(-3)");
    rest_code = 2;
    assert_int_equal(ga_nscq_register(&h->session, "/p", NULL, NULL, &o, &err),
                     GA_E_BAD_VALUE);
    close_it(h);
}

static void
a_failed_start_leaves_nothing(void **state)
{
    static const struct fake_script script = { .code = { [CALL_CREATE] = -7 } };
    struct ga_nscq_handler *h = NULL;
    struct ga_error err = { 0 };
    struct ga_nscq_api api;

    (void)state;
    fake_play(&script);
    fake_nscq(&api);
    assert_int_equal(ga_nscq_handler_start(&api, &h, &err), GA_E_UNREACHABLE);
    assert_string_equal(err.text,
                        LIB "nscq_session_create: NSCQ_RC_ERROR_DRV (-7)");
    assert_null(h);
    assert_int_equal(fake_calls[CALL_DESTROY], 0);
}

static void
lists_the_devices_of_the_host(void **state)
{
    static const struct fake_script script = { .switches = 2, .gpus = 2 };
    struct ga_device_libraries l = { 0 };
    struct ga_host_devices list = { 0 };

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&l, GA_DEVICES_ALL, NULL), GA_OK);
    assert_int_equal(ga_device_list(&l, &list, NULL), GA_OK);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.item[0].kind, GA_DEVICES_GPU);
    assert_int_equal(list.item[3].kind, GA_DEVICES_SWITCH);
    assert_string_equal(list.item[3].uuid, "SWX-0001");
    assert_int_equal(list.item[3].tnvl, GA_NSCQ_TNVL_LOCKED);
    ga_device_close(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_a_board_everything),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(refuses_sizes_beyond_buffers),
        cmocka_unit_test(keeps_the_last_warning),
        cmocka_unit_test(says_no_to_nothing),
        cmocka_unit_test(every_number_has_a_name),
        cmocka_unit_test(reads_the_drivers_version),
        cmocka_unit_test(
            the_rest_of_the_session_is_there_where_the_library_has_it),
        cmocka_unit_test(a_failed_start_leaves_nothing),
        cmocka_unit_test(lists_the_devices_of_the_host),
    };

    return cmocka_run_group_tests_name("NSCQ handlers", tests, NULL, NULL);
}
