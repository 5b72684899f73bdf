/* SPDX-License-Identifier: Apache-2.0 */
/* Topologies of results, and of bytes that nobody verified. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "gpuattest/gpuattest.h"
#include "support/worlds.h"
#include "verify/result.h"

#define DEVICES (SIM_BOARD_GPUS + SIM_BOARD_SWITCHES)

static struct {
    struct minted m;
    struct ga_result *result;
    const struct ga_board *board;
} scene;

static int
set_up(void **state)
{
    (void)state;
    mint(&scene.m, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, NULL);
    scene.result = minted_verify(&scene.m, NULL);
    scene.board = ga_board_find("hgx-hopper");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ga_result_free(scene.result);
    minted_done(&scene.m);
    return 0;
}

/* The world's devices as bare bytes. */
static void
fill_bare(struct ga_unverified_device out[DEVICES])
{
    for (size_t i = 0; i < DEVICES; i++) {
        const struct sim_device *d = &scene.m.world->device[i];

        out[i] = (struct ga_unverified_device){ d->report.ptr, d->report.len,
                                                d->chain.ptr, d->chain.len };
    }
}

/* Every rule that was asked for has that state; returns how many there are. */
static size_t
rules_are(const struct ga_topology *t, enum ga_state state)
{
    struct ga_check_view v;
    size_t n = 0;

    for (; ga_topology_rule(t, n, &v); n++)
        assert_int_equal(v.state, state);
    return n;
}

static void
same_pdi(const char *text, const uint8_t pdi[GA_PDI_LEN])
{
    uint8_t shown[GA_PDI_LEN];

    assert_true(ga_unhex(text, strlen(text), shown, sizeof(shown)));
    assert_memory_equal(shown, pdi, GA_PDI_LEN);
}

static void
a_verified_board_holds(void **state)
{
    struct ga_topology *t = NULL;
    struct ga_device_view d;
    struct ga_node_view n;
    struct ga_link_view none;

    (void)state;
    assert_true(ga_result_verified(scene.result));
    assert_null(ga_result_topology(scene.result)); /* no setting asked for it */
    assert_int_equal(ga_topology_check(scene.result, scene.board, &t, NULL),
                     GA_OK);
    assert_true(ga_topology_verified(t));
    assert_true(ga_topology_holds(t));
    assert_true(ga_topology_consistent(t));
    assert_int_equal(rules_are(t, GA_PASSED), 5);
    for (size_t i = 0; i < DEVICES; i++) {
        bool gpu = i < SIM_BOARD_GPUS;

        assert_true(gpu ? ga_topology_gpu(t, i, &n)
                        : ga_topology_switch(t, i - SIM_BOARD_GPUS, &n));
        assert_true(ga_result_device(scene.result, i, &d));
        assert_string_equal(n.label, d.label);
        assert_string_equal(n.pdi, d.pdi);
        assert_true(n.attested);
    }
    assert_false(ga_topology_gpu(t, SIM_BOARD_GPUS, &n));
    assert_false(ga_topology_switch(t, SIM_BOARD_SWITCHES, &n));
    for (size_t i = 0; i < SIM_BOARD_GPUS; i++)
        for (size_t k = 0; k < SIM_BOARD_SWITCHES; k++)
            assert_true(ga_topology_link(t, i, k).links > 0 &&
                        ga_topology_link(t, i, k).named_by_switch);
    none = ga_topology_link(t, 0, SIM_BOARD_SWITCHES);
    assert_true(none.links == 0 && !none.named_by_switch);
    none = ga_topology_link(t, SIM_BOARD_GPUS, 0);
    assert_true(none.links == 0 && !none.named_by_switch);
    ga_topology_free(t);
}

/* In two steps, as ppcie-verifier does it: the GPUs say which switches there
 * must be. */
static void
each_kind_is_checked_by_itself(void **state)
{
    struct ga_topology *gpus = NULL, *switches = NULL;
    struct ga_pdi_set set;
    struct ga_node_view n;
    size_t found = 0;

    (void)state;
    assert_int_equal(
        ga_gpu_topology_check(scene.result, scene.board, &gpus, NULL), GA_OK);
    assert_int_equal(rules_are(gpus, GA_PASSED), 1);
    ga_topology_switches(gpus, &set);
    assert_int_equal(set.count, SIM_BOARD_SWITCHES);
    assert_int_equal(ga_switch_topology_check(scene.result, scene.board, &set,
                                              &switches, NULL),
                     GA_OK);
    assert_int_equal(rules_are(switches, GA_PASSED), 1);
    assert_true(ga_topology_holds(switches));
    for (size_t k = 0; ga_topology_switch(switches, k, &n); k++)
        for (size_t i = 0; i < set.count; i++) {
            uint8_t pdi[GA_PDI_LEN];

            assert_true(ga_unhex(n.pdi, strlen(n.pdi), pdi, sizeof(pdi)));
            found += memcmp(pdi, set.pdi[i], GA_PDI_LEN) == 0;
        }
    assert_int_equal(found, SIM_BOARD_SWITCHES);
    ga_topology_free(switches);
    /* One that no GPU named. */
    set.pdi[2][7] ^= 1;
    assert_int_equal(ga_switch_topology_check(scene.result, scene.board, &set,
                                              &switches, NULL),
                     GA_OK);
    assert_int_equal(rules_are(switches, GA_FAILED), 1);
    assert_false(ga_topology_holds(switches));
    ga_topology_free(switches);
    ga_topology_free(gpus);
}

/* What is not signed for the caller's nonce may be of another day. */
static void
a_report_for_another_nonce_takes_no_part(void **state)
{
    static const char *const defects[] = { "board-other-nonce", NULL };
    struct ga_topology *t = NULL;
    struct ga_result *r;
    struct minted m;

    (void)state;
    mint(&m, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, defects);
    r = minted_verify(&m, NULL);
    assert_int_equal(ga_topology_check(r, scene.board, &t, NULL), GA_OK);
    assert_int_equal(rules_are(t, GA_NOT_CHECKED), 5);
    assert_false(ga_topology_holds(t));
    assert_false(ga_topology_consistent(t));
    ga_topology_free(t);
    ga_result_free(r);
    minted_done(&m);
}

/* Who did not sign is missed by the rule of his kind, and by that alone. */
static void
one_kind_does_not_wait_for_the_other(void **state)
{
    struct ga_pdi_set set;

    (void)state;
    for (size_t i = 0; i < DEVICES; i += DEVICES - 1) {
        bool gpu = i < SIM_BOARD_GPUS;
        struct ga_topology *gpus = NULL, *switches = NULL;

        assert_int_equal(
            ga_gpu_topology_check(scene.result, scene.board, &gpus, NULL),
            GA_OK);
        ga_topology_switches(gpus, &set);
        ga_topology_free(gpus);
        scene.result->device[i].set.authentic = false;
        assert_int_equal(
            ga_gpu_topology_check(scene.result, scene.board, &gpus, NULL),
            GA_OK);
        assert_int_equal(ga_switch_topology_check(scene.result, scene.board,
                                                  &set, &switches, NULL),
                         GA_OK);
        assert_int_equal(rules_are(gpus, gpu ? GA_NOT_CHECKED : GA_PASSED), 1);
        assert_int_equal(rules_are(switches, gpu ? GA_PASSED : GA_NOT_CHECKED),
                         1);
        assert_int_equal(ga_topology_holds(gpus), !gpu);
        scene.result->device[i].set.authentic = true;
        ga_topology_free(gpus);
        ga_topology_free(switches);
    }
}

static void
bare_bytes_are_consistent_and_never_hold(void **state)
{
    struct ga_unverified_device d[DEVICES];
    struct ga_topology *t = NULL;
    struct ga_node_view n;

    (void)state;
    fill_bare(d);
    assert_int_equal(
        ga_topology_check_unverified(d, DEVICES, scene.board, &t, NULL), GA_OK);
    assert_int_equal(rules_are(t, GA_PASSED), 5);
    assert_false(ga_topology_verified(t));
    assert_false(ga_topology_holds(t));
    assert_true(ga_topology_consistent(t));
    assert_true(ga_topology_gpu(t, 3, &n));
    assert_string_equal(n.label, "GPU-3");
    assert_false(n.attested);
    assert_true(ga_topology_switch(t, 0, &n));
    assert_string_equal(n.label, "SWITCH-0");
    assert_false(n.attested);
    ga_topology_free(t);
}

/* Then a switch is known by its own word, and a GPU by none. */
static void
reports_alone_leave_identity_unchecked(void **state)
{
    struct ga_unverified_device d[DEVICES];
    struct ga_topology *t = NULL;
    struct ga_device_view v;
    struct ga_check_view c;
    struct ga_node_view n;

    (void)state;
    fill_bare(d);
    for (size_t i = 0; i < DEVICES; i++)
        d[i].chain = NULL;
    assert_int_equal(
        ga_topology_check_unverified(d, DEVICES, scene.board, &t, NULL), GA_OK);
    for (size_t i = 0; ga_topology_rule(t, i, &c); i++)
        if (strcmp(c.name, "topology.identity") == 0) {
            assert_int_equal(c.state, GA_NOT_CHECKED);
            assert_string_equal(c.reason, "depends");
            assert_string_equal(c.text, "SWITCH-3: has no certificates");
        } else {
            assert_int_equal(c.state, GA_PASSED);
        }
    assert_false(ga_topology_holds(t));
    assert_true(ga_topology_consistent(t));
    assert_true(ga_topology_gpu(t, 0, &n));
    assert_null(n.pdi);
    assert_true(ga_topology_switch(t, 1, &n));
    assert_true(ga_result_device(scene.result, SIM_BOARD_GPUS + 1, &v));
    assert_string_equal(n.pdi, v.pdi);
    same_pdi(n.pdi, scene.m.world->device[SIM_BOARD_GPUS + 1].spec.pdi);
    ga_topology_free(t);
}

#define UNVERIFIED "nothing was verified: anybody can have written this"

static void
every_form_says_that_nothing_was_verified(void **state)
{
    static const struct {
        enum ga_topology_form form;
        const char *verified, *bare;
    } forms[] = {
        { GA_TOPOLOGY_MATRIX, NULL, UNVERIFIED "\n" },
        { GA_TOPOLOGY_GRAPHVIZ, NULL, "  label=\"" UNVERIFIED "\";\n" },
        { GA_TOPOLOGY_JSON, "\"verified\": true,\n  \"holds\": true",
          "\"verified\": false,\n  \"holds\": false" },
    };
    struct ga_unverified_device d[DEVICES];
    struct ga_topology *good = NULL, *bare = NULL;

    (void)state;
    fill_bare(d);
    assert_int_equal(
        ga_topology_check_unverified(d, DEVICES, scene.board, &bare, NULL),
        GA_OK);
    assert_int_equal(ga_topology_check(scene.result, scene.board, &good, NULL),
                     GA_OK);
    for (size_t i = 0; i < COUNT(forms); i++) {
        char *text = NULL;

        assert_int_equal(ga_topology_print(bare, forms[i].form, &text, NULL),
                         GA_OK);
        assert_non_null(strstr(text, forms[i].bare));
        ga_text_free(text);
        assert_int_equal(ga_topology_print(good, forms[i].form, &text, NULL),
                         GA_OK);
        assert_null(strstr(text, forms[i].bare));
        if (forms[i].verified != NULL)
            assert_non_null(strstr(text, forms[i].verified));
        ga_text_free(text);
    }
    ga_topology_free(bare);
    ga_topology_free(good);
}

/* An output, and whether it was left alone. */
static struct ga_topology *const before = (struct ga_topology *)&scene;

static void
is_refused(enum ga_rc rc, const struct ga_topology *out,
           const struct ga_error *err, enum ga_rc expected, const char *text)
{
    assert_int_equal(rc, expected);
    assert_int_equal(err->code, expected);
    assert_string_equal(err->text, text);
    assert_ptr_equal(out, before);
}

static void
refuses_what_has_no_topology(void **state)
{
    const struct ga_board none = { "b", 0, 1, NULL, NULL };
    struct ga_pdi_set set = { 0 };
    struct ga_topology *t = before;
    struct ga_error err = { 0 };

    (void)state;
    is_refused(ga_topology_check(NULL, scene.board, &t, &err), t, &err,
               GA_E_INVAL, "topology: NULL");
    is_refused(ga_topology_check(scene.result, scene.board, NULL, &err), t,
               &err, GA_E_INVAL, "topology: NULL");
    is_refused(ga_topology_check(scene.result, NULL, &t, &err), t, &err,
               GA_E_INVAL, "board: NULL");
    is_refused(ga_topology_check(scene.result, &none, &t, &err), t, &err,
               GA_E_BAD_VALUE, "board: gpus: 0, not 1 to 8");
    is_refused(ga_gpu_topology_check(NULL, scene.board, &t, &err), t, &err,
               GA_E_INVAL, "topology: NULL");
    is_refused(
        ga_switch_topology_check(scene.result, scene.board, NULL, &t, &err), t,
        &err, GA_E_INVAL, "topology: NULL");
    set.count = GA_PDI_SET_MAX + 1;
    is_refused(
        ga_switch_topology_check(scene.result, scene.board, &set, &t, &err), t,
        &err, GA_E_INVAL, "topology: a set of 19, not 0 to 18");
    is_refused(ga_topology_print(NULL, GA_TOPOLOGY_JSON, NULL, &err), t, &err,
               GA_E_INVAL, "topology: NULL");
    assert_null(ga_result_topology(NULL));
    assert_false(ga_topology_verified(NULL));
    assert_false(ga_topology_holds(NULL));
    assert_false(ga_topology_consistent(NULL));
}

static void
refuses_bytes_that_are_no_device(void **state)
{
    struct ga_unverified_device d[DEVICES];
    struct ga_topology *t = before;
    struct ga_error err = { 0 };

    (void)state;
    fill_bare(d);
    is_refused(ga_topology_check_unverified(NULL, 1, scene.board, &t, &err), t,
               &err, GA_E_INVAL, "topology: NULL");
    is_refused(ga_topology_check_unverified(d, 0, scene.board, &t, &err), t,
               &err, GA_E_MISSING, "no devices");
    is_refused(ga_topology_check_unverified(d, GA_DEVICES_MAX + 1, scene.board,
                                            &t, &err),
               t, &err, GA_E_TOO_LARGE, "more than 128 devices");
    d[1].report_len = 36;
    is_refused(
        ga_topology_check_unverified(d, DEVICES, scene.board, &t, &err), t,
        &err, GA_E_TRUNCATED,
        "device 2: report: request: SlotIDParam: need 1 bytes at 36, have 0");
    fill_bare(d);
    d[3].chain_len = 27;
    is_refused(ga_topology_check_unverified(d, DEVICES, scene.board, &t, &err),
               t, &err, GA_E_TRUNCATED, "device 4: PEM: no END line before 27");
}

static void
has_no_other_form(void **state)
{
    struct ga_topology *t = NULL;
    struct ga_error err = { 0 };
    char *text = (char *)&scene;

    (void)state;
    assert_int_equal(ga_topology_check(scene.result, scene.board, &t, NULL),
                     GA_OK);
    assert_int_equal(
        ga_topology_print(t, (enum ga_topology_form)3, &text, &err),
        GA_E_INVAL);
    assert_string_equal(err.text, "topology: form 3");
    assert_ptr_equal(text, &scene);
    ga_topology_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verified_board_holds),
        cmocka_unit_test(each_kind_is_checked_by_itself),
        cmocka_unit_test(a_report_for_another_nonce_takes_no_part),
        cmocka_unit_test(one_kind_does_not_wait_for_the_other),
        cmocka_unit_test(bare_bytes_are_consistent_and_never_hold),
        cmocka_unit_test(reports_alone_leave_identity_unchecked),
        cmocka_unit_test(every_form_says_that_nothing_was_verified),
        cmocka_unit_test(refuses_what_has_no_topology),
        cmocka_unit_test(refuses_bytes_that_are_no_device),
        cmocka_unit_test(has_no_other_form),
    };

    return cmocka_run_group_tests_name("boards of results", tests, set_up,
                                       tear_down);
}
