/* SPDX-License-Identifier: Apache-2.0 */
/* NSCQ's sessions: all switches at once, every code as text, every size. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "device/fake.h"

#define OBS "libnvidia-nscq.so.2: nscq_session_path_observe "

struct opened {
    struct ga_device_libraries libraries;
    struct ga_nscq_switches switches;
};

static void
open_board(struct opened *o, const struct fake_script *script)
{
    fake_play(script);
    *o = (struct opened){ 0 };
    assert_int_equal(fake_open(&o->libraries, GA_DEVICES_SWITCH, NULL), GA_OK);
    assert_int_equal(ga_nscq_list(&o->libraries.session, &o->switches, NULL),
                     GA_OK);
}

static void
close_board(struct opened *o)
{
    ga_device_close(&o->libraries);
    assert_int_equal(fake_calls[CALL_DESTROY], 1);
}

static void
lists_switches_with_their_labels(void **state)
{
    const struct fake_script script = { .switches = 3 };
    struct opened o;

    (void)state;
    open_board(&o, &script);
    assert_int_equal(o.switches.count, 3);
    for (unsigned i = 0; i < 3; i++) {
        struct ga_nscq_uuid uuid = fake_uuid(i);
        char label[16];

        snprintf(label, sizeof(label), "SWX-%04u", i);
        assert_memory_equal(&o.switches.item[i].uuid, &uuid, sizeof(uuid));
        assert_string_equal(o.switches.item[i].label, label);
    }
    close_board(&o);
}

static void
asks_all_switches_at_once(void **state)
{
    const struct fake_script script = { .switches = 4 };
    const struct ga_nonce nonce = { { 7 } };
    struct ga_nscq_answer answers[4] = { { 0 } };
    struct opened o;

    (void)state;
    open_board(&o, &script);
    assert_int_equal(ga_nscq_ask(&o.libraries.session, GA_NSCQ_PCIE_MODE,
                                 o.switches.item, 4, answers, NULL),
                     GA_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(answers[i].number, GA_NSCQ_TNVL_LOCKED);
    ga_nscq_answers_done(answers, 4);
    assert_int_equal(ga_nscq_input(&o.libraries.session, &nonce, NULL), GA_OK);
    assert_int_equal(ga_nscq_ask(&o.libraries.session, GA_NSCQ_REPORT,
                                 o.switches.item, 4, answers, NULL),
                     GA_OK);
    assert_int_equal(fake_calls[CALL_SWITCH_REPORT], 1);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(answers[i].bytes.len, 37);
        assert_int_equal(answers[i].bytes.ptr[4], 7);
        assert_int_equal(answers[i].bytes.ptr[36], 0x80 + i);
    }
    ga_nscq_answers_done(answers, 4);
    close_board(&o);
}

/* What one switch gets wrong fails the whole question, and nothing of the
 * others is left. */
static struct bad {
    const char *name;
    struct fake_script script;
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { "switch that is not there any more",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_ONE_SILENT },
      GA_E_UNREACHABLE,
      "no answer of SWX-0001" },
    { "path that nobody answers",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_SILENT },
      GA_E_UNREACHABLE,
      "no answer of SWX-0000" },
    { "switch that answers twice",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_TWICE },
      GA_E_DUPLICATE,
      "SWX-0000 answered twice" },
    { "switch that is new",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_FOREIGN },
      GA_E_BAD_VALUE,
      "answer of a switch that was not asked, "
      "5051000000000000000000000000012c" },
    { "error of one switch",
      { .callback_code[CALL_SWITCH_REPORT] = -8, .on[CALL_SWITCH_REPORT] = 3 },
      GA_E_UNREACHABLE,
      "SWX-0002: NSCQ_RC_ERROR_TIMEOUT (-8)" },
    { "error of the first switch, before good answers",
      { .callback_code[CALL_SWITCH_REPORT] = -8, .on[CALL_SWITCH_REPORT] = 1 },
      GA_E_UNREACHABLE,
      "SWX-0000: NSCQ_RC_ERROR_TIMEOUT (-8)" },
    { "error of the call after all answers",
      { .code[CALL_SWITCH_REPORT] = -5 },
      GA_E_UNREACHABLE,
      "NSCQ_RC_ERROR_UNEXPECTED_VALUE (-5)" },
    { "size of one byte too many",
      { .switch_report_size = 0x2001 },
      GA_E_BAD_VALUE,
      "report of 8193 bytes, not 1 to 8192" },
};

static void
fails_as_a_whole(void **state)
{
    const struct bad *row = *state;
    struct fake_script script = row->script;
    struct ga_nscq_answer answers[3] = { { 0 } }, before[3] = { { 0 } };
    struct ga_error err = { 0 };
    char text[GA_ERROR_TEXT];
    struct opened o;

    script.switches = 3;
    open_board(&o, &script);
    assert_int_equal(ga_nscq_ask(&o.libraries.session, GA_NSCQ_REPORT,
                                 o.switches.item, 3, answers, &err),
                     row->rc);
    snprintf(text, sizeof(text), "%s/{nvswitch}/config/attestation_report: %s",
             OBS, row->text);
    assert_string_equal(err.text, text);
    assert_int_equal(err.code, row->rc);
    assert_memory_equal(answers, before, sizeof(answers));
    close_board(&o);
}

static void
leaves_the_list_alone_when_it_fails(void **state)
{
    struct fake_script script = { 0 };
    struct ga_nscq_switches before;
    struct opened o;

    (void)state;
    open_board(&o, &script);
    before = o.switches;
    fake.label = "same";
    assert_int_equal(ga_nscq_list(&o.libraries.session, &o.switches, NULL),
                     GA_E_DUPLICATE);
    assert_memory_equal(&before, &o.switches, sizeof(before));
    close_board(&o);
}

static void
takes_exactly_the_sizes_that_fit(void **state)
{
    static const int64_t sizes[] = {
        NONE,      1,      2,       36,        0x1fff,
        0x2000,    0x2001, 0x10000, INT32_MAX, (int64_t)1 << 31,
        UINT32_MAX
    };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const struct fake_script script = { .switches = 1,
                                            .switch_report_size = sizes[i],
                                            .switch_chain_size = sizes[i] };
        struct ga_nscq_answer report = { 0 }, chain = { 0 };
        bool fits = sizes[i] >= 1 && sizes[i] <= 0x2000;
        struct opened o;

        open_board(&o, &script);
        assert_int_equal(ga_nscq_ask(&o.libraries.session, GA_NSCQ_REPORT,
                                     o.switches.item, 1, &report, NULL),
                         fits ? GA_OK : GA_E_BAD_VALUE);
        assert_int_equal(report.bytes.len, fits ? sizes[i] : 0);
        fits = sizes[i] >= 1 && sizes[i] <= 0x1400;
        assert_int_equal(ga_nscq_ask(&o.libraries.session, GA_NSCQ_CHAIN,
                                     o.switches.item, 1, &chain, NULL),
                         fits ? GA_OK : GA_E_BAD_VALUE);
        assert_int_equal(chain.given, fits);
        ga_nscq_answers_done(&report, 1);
        ga_nscq_answers_done(&chain, 1);
        close_board(&o);
    }
}

/* Positive codes are warnings and negative ones errors, known or not. */
static void
knows_an_error_from_a_warning_by_the_sign(void **state)
{
    (void)state;
    for (int code = -128; code <= 127; code++) {
        struct fake_script script = { .switches = 1 };
        struct ga_nscq_answer answer = { 0 };
        struct ga_error err = { 0 };
        char text[GA_NSCQ_CODE_TEXT], line[GA_ERROR_TEXT];
        struct opened o;

        ga_nscq_code_text((ga_nscq_rc)code, text);
        snprintf(line, sizeof(line), OBS "/SWX-0000/id/arch: SWX-0000: %s",
                 text);
        script.callback_code[CALL_SWITCH_ARCH] = (ga_nscq_rc)code;
        open_board(&o, &script);
        assert_int_equal(ga_nscq_ask(&o.libraries.session, GA_NSCQ_ARCH,
                                     o.switches.item, 1, &answer, &err),
                         code < 0 ? GA_E_UNREACHABLE : GA_OK);
        assert_string_equal(err.text, code < 0 ? line : "");
        assert_string_equal(o.libraries.session.warning, code > 0 ? line : "");
        assert_int_equal(answer.given, code >= 0);
        assert_int_equal(answer.number, code >= 0 ? GA_NSCQ_LS10 : 0);
        close_board(&o);
    }
}

static void
names_every_code(void **state)
{
    static const struct {
        int code;
        const char *text;
    } rows[] = {
        { 0, "NSCQ_RC_SUCCESS (0)" },
        { 1, "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)" },
        { 2, "unknown code (2)" },
        { 127, "unknown code (127)" },
        { -1, "NSCQ_RC_ERROR_NOT_IMPLEMENTED (-1)" },
        { -2, "NSCQ_RC_ERROR_INVALID_UUID (-2)" },
        { -3, "NSCQ_RC_ERROR_RESOURCE_NOT_MOUNTABLE (-3)" },
        { -4, "NSCQ_RC_ERROR_OVERFLOW (-4)" },
        { -5, "NSCQ_RC_ERROR_UNEXPECTED_VALUE (-5)" },
        { -6, "NSCQ_RC_ERROR_UNSUPPORTED_DRV (-6)" },
        { -7, "NSCQ_RC_ERROR_DRV (-7)" },
        { -8, "NSCQ_RC_ERROR_TIMEOUT (-8)" },
        { -9, "unknown code (-9)" },
        { -126, "unknown code (-126)" },
        { -127, "NSCQ_RC_ERROR_EXT (-127)" },
        { -128, "NSCQ_RC_ERROR_UNSPECIFIED (-128)" },
    };
    char text[GA_NSCQ_CODE_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ga_nscq_code_text((ga_nscq_rc)rows[i].code, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void
closes_what_was_never_open(void **state)
{
    struct ga_device_libraries nothing = { 0 };

    (void)state;
    ga_device_close(&nothing);
    ga_device_close(&nothing);
}

/* A second start works where the first one failed. */
static void
starts_again_after_a_failure(void **state)
{
    const struct fake_script broken = { .code[CALL_CREATE] = -7 };
    const struct fake_script whole = { 0 };
    struct ga_device_libraries libraries = { 0 };

    (void)state;
    fake_play(&broken);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_ALL, NULL),
                     GA_E_UNREACHABLE);
    assert_int_equal(fake_calls[CALL_SHUTDOWN], 1);
    fake_play(&whole);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_ALL, NULL), GA_OK);
    ga_device_close(&libraries);
    assert_int_equal(fake_calls[CALL_SHUTDOWN], 1);
    assert_int_equal(fake_calls[CALL_DESTROY], 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_switches_with_their_labels),
        cmocka_unit_test(asks_all_switches_at_once),
        cmocka_unit_test(leaves_the_list_alone_when_it_fails),
        cmocka_unit_test(takes_exactly_the_sizes_that_fit),
        cmocka_unit_test(knows_an_error_from_a_warning_by_the_sign),
        cmocka_unit_test(names_every_code),
        cmocka_unit_test(closes_what_was_never_open),
        cmocka_unit_test(starts_again_after_a_failure),
    };
    struct CMUnitTest rows[COUNT(bad)];

    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct CMUnitTest){ .name = bad[i].name,
                                       .test_func = fails_as_a_whole,
                                       .initial_state = &bad[i] };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL) +
           cmocka_run_group_tests_name("session rows", rows, NULL, NULL);
}
