/* SPDX-License-Identifier: Apache-2.0 */
/* A real HGX board: its topology holds, and no byte of a PDI can be changed. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpuattest/topology.h"
#include "spdm/report.h"
#include "support/fixtures.h"
#include "support/runs.h"

#define NONCE    "1234567890123456789012345678901234567890123456789012345678901234"
#define GPUS     8
#define SWITCHES 4
#define BOARD    (GPUS + SWITCHES)

static const struct ga_board *
hgx(void)
{
    const struct ga_board *b = ga_board_find("hgx-hopper");

    assert_non_null(b);
    return b;
}

/* The two files of the board as one set. */
static struct ga_evidence *
board_evidence(void)
{
    static const char *const files[] = { "ppcie/hgx-h100-gpu.json",
                                         "ppcie/hgx-h100-switch.json" };
    struct ga_evidence *e = NULL;

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(files); i++) {
        char *path = fixture_path(files[i]);

        assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
        free(path);
    }
    assert_int_equal(ga_evidence_count(e), BOARD);
    return e;
}

static struct ga_result *
verified(const struct ga_evidence *e, const char *nonce, const char *topology)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_result *r = NULL;
    struct ga_nonce n;

    assert_int_equal(ga_nonce_parse(nonce, &n, NULL), GA_OK);
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "no-ocsp", "true", NULL), GA_OK);
    if (topology != NULL)
        assert_int_equal(ga_settings_set(set, "topology", topology, NULL),
                         GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_verify(ctx, e, &n, &r, NULL), GA_OK);
    ga_context_free(ctx);
    ga_settings_free(set);
    return r;
}

static void
every_rule_passes(const struct ga_topology *t, size_t count)
{
    struct ga_check_view v;
    size_t n = 0;

    for (; ga_topology_rule(t, n, &v); n++)
        if (v.state != GA_PASSED)
            fail_msg("%s: %s (%s)", v.name, v.reason, v.text);
    assert_int_equal(n, count);
}

static void
the_matrix_is_8_by_4_and_full(const struct ga_topology *t)
{
    struct ga_node_view node;
    unsigned links;

    assert_true(ga_topology_gpu(t, GPUS - 1, &node));
    assert_string_equal(node.label, "GPU-7");
    assert_true(node.attested);
    assert_false(ga_topology_gpu(t, GPUS, &node));
    assert_true(ga_topology_switch(t, SWITCHES - 1, &node));
    assert_string_equal(node.label, "SWITCH-3");
    assert_string_equal(node.pdi, "9FC9768CE6436F2B");
    assert_false(ga_topology_switch(t, SWITCHES, &node));
    for (size_t g = 0; g < GPUS; g++) {
        links = 0;
        for (size_t s = 0; s < SWITCHES; s++) {
            struct ga_link_view link = ga_topology_link(t, g, s);

            assert_in_range(link.links, 4, 5);
            assert_true(link.named_by_switch);
            links += link.links;
        }
        assert_int_equal(links, 18);
    }
    assert_int_equal(ga_topology_link(t, GPUS, 0).links, 0);
}

static void
the_topology_of_a_real_board_holds(void **state)
{
    struct ga_evidence *e;
    struct ga_result *r;
    const struct ga_topology *t;

    (void)state;
    need_fixtures();
    e = board_evidence();
    r = verified(e, NONCE, "hgx-hopper");
    t = ga_result_topology(r);
    assert_non_null(t);
    every_rule_passes(t, 5);
    assert_true(ga_topology_verified(t));
    assert_true(ga_topology_holds(t));
    the_matrix_is_8_by_4_and_full(t);
    assert_string_equal(text_of(r, GA_SET, "topology.identity"), "");
    ga_result_free(r);
    ga_evidence_free(e);
}

static void
the_two_checks_of_the_seed_hold_one_after_the_other(void **state)
{
    struct ga_evidence *e;
    struct ga_result *r;
    struct ga_topology *gpus = NULL, *switches = NULL;
    struct ga_pdi_set set, other;

    (void)state;
    need_fixtures();
    e = board_evidence();
    r = verified(e, NONCE, NULL);
    assert_null(ga_result_topology(r));
    assert_int_equal(ga_gpu_topology_check(r, hgx(), &gpus, NULL), GA_OK);
    every_rule_passes(gpus, 1);
    ga_topology_switches(gpus, &set);
    assert_int_equal(set.count, SWITCHES);
    assert_int_equal(set.pdi[0][0], 0x7a); /* in ascending order */
    assert_int_equal(ga_switch_topology_check(r, hgx(), &set, &switches, NULL),
                     GA_OK);
    every_rule_passes(switches, 1);
    assert_true(ga_topology_holds(switches));
    ga_topology_free(switches);
    switches = NULL;
    other = set;
    other.pdi[0][0] ^= 1;
    assert_int_equal(
        ga_switch_topology_check(r, hgx(), &other, &switches, NULL), GA_OK);
    assert_false(ga_topology_holds(switches));
    ga_topology_free(switches);
    ga_topology_free(gpus);
    ga_result_free(r);
    ga_evidence_free(e);
}

static void
reports_for_another_nonce_take_no_part(void **state)
{
    static const char other[] =
        "00000000000000000000000000000000000000000000000000000000000000ff";
    struct ga_evidence *e;
    struct ga_result *r;
    struct ga_check_view v;
    const struct ga_topology *t;

    (void)state;
    need_fixtures();
    e = board_evidence();
    r = verified(e, other, "hgx-hopper");
    t = ga_result_topology(r);
    assert_false(ga_topology_holds(t));
    assert_false(ga_topology_consistent(t));
    for (size_t i = 0; i < 5; i++) {
        assert_true(ga_topology_rule(t, i, &v));
        assert_int_equal(v.state, GA_NOT_CHECKED);
        assert_string_equal(v.reason, "depends");
    }
    assert_int_equal(ga_topology_link(t, 0, 0).links, 0);
    ga_result_free(r);
    ga_evidence_free(e);
}

/* The board as bytes that nobody verified, each in memory of its own. */
struct bare {
    struct ga_unverified_device device[BOARD];
    uint8_t *report[BOARD];
};

static void
bare_of(const struct ga_evidence *e, bool chains, struct bare *out)
{
    struct ga_evidence_view v;

    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < BOARD; i++) {
        assert_int_equal(ga_evidence_get(e, i, &v, NULL), GA_OK);
        out->report[i] = malloc(v.report_len);
        assert_non_null(out->report[i]);
        memcpy(out->report[i], v.report, v.report_len);
        out->device[i] =
            (struct ga_unverified_device){ out->report[i], v.report_len,
                                           chains ? v.chain : NULL,
                                           chains ? v.chain_len : 0 };
    }
}

static void
bare_done(struct bare *b)
{
    for (size_t i = 0; i < BOARD; i++)
        free(b->report[i]);
}

static void
bare_bytes_are_consistent_and_never_verified(void **state)
{
    struct ga_evidence *e;
    struct ga_topology *t = NULL;
    struct bare b;

    (void)state;
    need_fixtures();
    e = board_evidence();
    for (int chains = 0; chains <= 1; chains++) {
        struct ga_check_view v;
        char *text = NULL;

        bare_of(e, chains == 1, &b);
        assert_int_equal(
            ga_topology_check_unverified(b.device, BOARD, hgx(), &t, NULL),
            GA_OK);
        assert_false(ga_topology_verified(t));
        assert_false(ga_topology_holds(t));
        assert_true(ga_topology_consistent(t));
        assert_true(ga_topology_rule(t, 3, &v));
        assert_string_equal(v.name, "topology.identity");
        assert_int_equal(v.state, chains == 1 ? GA_PASSED : GA_NOT_CHECKED);
        for (int form = GA_TOPOLOGY_MATRIX; form <= GA_TOPOLOGY_GRAPHVIZ;
             form++) {
            assert_int_equal(
                ga_topology_print(t, (enum ga_topology_form)form, &text, NULL),
                GA_OK);
            assert_non_null(strstr(text, "nothing was verified"));
            ga_text_free(text);
        }
        if (chains == 1)
            assert_false(ga_topology_gpu(t, GPUS, &(struct ga_node_view){ 0 }));
        ga_topology_free(t);
        bare_done(&b);
    }
    ga_evidence_free(e);
}

/* Where a report has PDIs, which rule stands against a change there. */
struct place {
    uint16_t field;
    size_t bytes;
    const char *rule;
};
static const struct place gpu_places[] = {
    { GA_FIELD_PDI, 18 * GA_PDI_LEN, "topology.gpu" },
};
static const struct place switch_places[] = {
    { GA_FIELD_PDI, GA_PDI_LEN, "topology.switch" },
    { GA_FIELD_SWITCH_GPU_PDIS, 8 * GA_PDI_LEN, "topology.switch" },
};

/* Exactly the rule fails, and its text begins with the device. */
static void
refuses(const struct bare *b, const char *rule, const char *label)
{
    struct ga_topology *t = NULL;
    struct ga_check_view v;
    size_t n = strlen(label);

    assert_int_equal(
        ga_topology_check_unverified(b->device, BOARD, hgx(), &t, NULL), GA_OK);
    assert_false(ga_topology_consistent(t));
    for (size_t i = 0; ga_topology_rule(t, i, &v); i++) {
        bool here = strcmp(v.name, rule) == 0;

        if ((v.state == GA_FAILED) != here)
            fail_msg("%s, changed: %s is in state %d", label, v.name,
                     (int)v.state);
        if (here && (strncmp(v.text, label, n) != 0 || v.text[n] != ':'))
            fail_msg("%s, changed: %s: %s", label, v.name, v.text);
        if (here && strstr(v.text, "; ") != NULL)
            fail_msg("%s, changed: more than one is blamed: %s", label, v.text);
    }
    ga_topology_free(t);
}

static size_t
offset_of(const struct bare *b, size_t i, uint16_t field)
{
    struct ga_report *r = NULL;
    size_t at = 0;

    assert_int_equal(
        ga_report_parse(b->report[i], b->device[i].report_len, &r, NULL),
        GA_OK);
    for (size_t k = 0; k < r->field_count; k++)
        if (r->field[k].type == field)
            at = r->field[k].offset;
    assert_int_not_equal(at, 0);
    ga_report_free(r);
    return at;
}

static void
no_byte_of_a_pdi_can_be_changed(void **state)
{
    static const uint8_t turned[] = { 0x01, 0x02, 0x10, 0x40,
                                      0x80, 0xff, 0x5a, 0x33 };
    struct ga_evidence *e;
    size_t refused = 0;
    struct bare b;

    (void)state;
    need_fixtures();
    e = board_evidence();
    bare_of(e, false, &b);
    for (size_t i = 0; i < BOARD; i++) {
        bool gpu = i < GPUS;
        const struct place *places = gpu ? gpu_places : switch_places;
        size_t count = gpu ? COUNT(gpu_places) : COUNT(switch_places);
        char label[16];

        snprintf(label, sizeof(label), gpu ? "GPU-%zu" : "SWITCH-%zu",
                 gpu ? i : i - GPUS);
        for (size_t p = 0; p < count; p++) {
            size_t at = offset_of(&b, i, places[p].field);

            for (size_t n = 0; n < places[p].bytes * COUNT(turned); n++) {
                size_t byte = at + n / COUNT(turned);
                uint8_t with = turned[n % COUNT(turned)];

                b.report[i][byte] ^= with;
                refuses(&b, places[p].rule, label);
                b.report[i][byte] ^= with;
                refused++;
            }
        }
    }
    assert_int_equal(refused, (8 * 144 + 4 * 72) * COUNT(turned));
    bare_done(&b);
    ga_evidence_free(e);
}

static void
one_switch_four_times_is_refused(void **state)
{
    static const char *const settings[] = { "no-ocsp", "true", "topology",
                                            "hgx-hopper", NULL };
    struct ga_device_view d;
    struct run run;
    char nonce[65] = "";
    const struct ga_topology *t;
    struct ga_evidence_view v;

    (void)state;
    need_fixtures();
    run_file(&run, "evidence/switch-list-4.json", NONCE, settings);
    assert_int_equal(ga_evidence_get(run.evidence, 0, &v, NULL), GA_OK);
    snprintf(nonce, sizeof(nonce), "%s", v.nonce);
    run_done(&run);
    run_file(&run, "evidence/switch-list-4.json", nonce, settings);
    t = ga_result_topology(run.result);
    assert_false(ga_topology_holds(t));
    assert_true(ga_result_device(run.result, 0, &d));
    assert_non_null(
        strstr(text_of(run.result, GA_SET, "topology.switch"), "twice"));
    assert_string_equal(text_of(run.result, GA_SET, "topology.gpu"),
                        "there is no GPU");
    assert_non_null(strstr(text_of(run.result, GA_SET, "topology.identity"),
                           "SWITCH-0 and SWITCH-1 are both "));
    assert_non_null(strstr(text_of(run.result, GA_SET, "set.distinct"),
                           "SWITCH-0 and SWITCH-1 have one"));
    run_done(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_topology_of_a_real_board_holds),
        cmocka_unit_test(the_two_checks_of_the_seed_hold_one_after_the_other),
        cmocka_unit_test(reports_for_another_nonce_take_no_part),
        cmocka_unit_test(bare_bytes_are_consistent_and_never_verified),
        cmocka_unit_test(no_byte_of_a_pdi_can_be_changed),
        cmocka_unit_test(one_switch_four_times_is_refused),
    };

    return cmocka_run_group_tests_name("topology of real boards", tests, NULL,
                                       NULL);
}
