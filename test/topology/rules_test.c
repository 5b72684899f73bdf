/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule of a board: what holds, and each way in which it does not. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpuattest/verify.h"
#include "topology/topology.h"

#define GPUS     8
#define SWITCHES 4

/* A small world: GPU g has the PDI A0..A0+g, switch s B0..B0+s, in their last
 * byte. */
struct world {
    struct ga_board board;
    struct ga_topology_device d[GPUS + SWITCHES];
    size_t count;
    bool bare;
};

static void
pdi_of(uint8_t out[GA_PDI_LEN], uint8_t last)
{
    memset(out, 0x11, GA_PDI_LEN);
    out[GA_PDI_LEN - 1] = last;
}

static uint8_t *
gpu_place(struct world *w, size_t sw, size_t place)
{
    return w->d[GPUS + sw].says.pdi[place];
}

static void
make(struct world *w)
{
    static const char *const labels[] = { "GPU-0",    "GPU-1",    "GPU-2",
                                          "GPU-3",    "GPU-4",    "GPU-5",
                                          "GPU-6",    "GPU-7",    "SWITCH-0",
                                          "SWITCH-1", "SWITCH-2", "SWITCH-3" };

    memset(w, 0, sizeof(*w));
    w->board = *ga_board_find("hgx-hopper");
    w->count = GPUS + SWITCHES;
    for (size_t i = 0; i < w->count; i++) {
        struct ga_topology_device *d = &w->d[i];
        bool gpu = i < GPUS;

        d->label = labels[i];
        d->arch = gpu ? "HOPPER" : "LS10";
        d->mode = gpu ? GA_MODE_PPCIE : GA_MODE_UNKNOWN;
        d->verified = d->has_identity = true;
        pdi_of(d->identity, (uint8_t)(gpu ? 0xa0 + i : 0xb0 + i - GPUS));
        d->says.kind = gpu ? GA_KIND_GPU : GA_KIND_SWITCH;
        d->says.has_field = true;
        d->says.count = gpu ? 18 : 8;
        for (size_t k = 0; k < d->says.count; k++)
            pdi_of(d->says.pdi[k], (uint8_t)(gpu ? 0xb0 + (k + i) % SWITCHES
                                                 : 0xa0 + (k + i) % GPUS));
        d->says.has_own = !gpu;
        if (!gpu)
            memcpy(d->says.own, d->identity, GA_PDI_LEN);
        d->says.has_lock = !gpu;
        d->says.lock = 1;
    }
}

static struct ga_topology *
topology_of(const struct world *w)
{
    struct ga_topology_input in = { .board = &w->board,
                                    .device = w->d,
                                    .count = w->count,
                                    .bare = w->bare,
                                    .rules = GA_TOPOLOGY_ALL };
    struct ga_topology *t = NULL;
    struct ga_error err = { 0 };

    if (ga_topology_make(&in, &t, &err) != GA_OK)
        fail_msg("%s", err.text);
    return t;
}

/* The rules that do not pass, as "gpu:mixed switch:absent". */
static void
rules_of(const struct ga_topology *t, char out[256])
{
    struct ga_check_view v;
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; ga_topology_rule(t, i, &v); i++)
        if (v.state != GA_PASSED)
            used += (size_t)snprintf(out + used, 256 - used, "%s%s:%s",
                                     used > 0 ? " " : "",
                                     v.name + strlen("topology."), v.reason);
}

static const char *
text_of_rule(const struct ga_topology *t, const char *rule)
{
    static struct ga_check_view v;

    for (size_t i = 0; ga_topology_rule(t, i, &v); i++)
        if (strcmp(v.name + strlen("topology."), rule) == 0)
            return v.text != NULL ? v.text : "";
    return "";
}

static void
without_a_defect_every_rule_passes(void **state)
{
    struct ga_topology *t;
    struct world w;
    char rules[256];

    (void)state;
    make(&w);
    t = topology_of(&w);
    rules_of(t, rules);
    assert_string_equal(rules, "");
    assert_true(ga_topology_holds(t));
    assert_true(ga_topology_consistent(t));
    ga_topology_free(t);
}

static void
leave_out_a_gpu(struct world *w)
{
    memmove(&w->d[7], &w->d[8], SWITCHES * sizeof(w->d[0]));
    w->count--;
}

static void
leave_out_a_switch(struct world *w)
{
    w->count--;
}

static void
other_arch(struct world *w)
{
    w->d[2].arch = "BLACKWELL";
}

static void
unknown_arch(struct world *w)
{
    w->d[9].arch = NULL;
}

static void
gpu_without_field(struct world *w)
{
    w->d[3].says.has_field = false;
    w->d[3].says.count = 0;
}

static void
gpu_names_three(struct world *w)
{
    for (size_t k = 0; k < 18; k++)
        if (w->d[5].says.pdi[k][7] == 0xb3)
            w->d[5].says.pdi[k][7] = 0xb2;
}

static void
gpu_names_a_fifth(struct world *w)
{
    w->d[5].says.pdi[17][7] = 0xbf;
}

static void
gpu_names_another(struct world *w)
{
    for (size_t k = 0; k < 18; k++)
        if (w->d[0].says.pdi[k][7] == 0xb3)
            w->d[0].says.pdi[k][7] = 0xbf;
}

static void
half_of_the_gpus_name_another(struct world *w)
{
    for (size_t g = 0; g < GPUS / 2; g++)
        for (size_t k = 0; k < 18; k++)
            if (w->d[g].says.pdi[k][7] == 0xb3)
                w->d[g].says.pdi[k][7] = 0xbf;
}

static void
gpu_names_ff(struct world *w)
{
    memset(w->d[4].says.pdi[3], 0xff, GA_PDI_LEN);
}

static void
switch_without_own(struct world *w)
{
    w->d[GPUS + 1].says.has_own = false;
}

static void
switch_is_ff(struct world *w)
{
    memset(w->d[GPUS + 1].says.own, 0xff, GA_PDI_LEN);
}

static void
switch_is_zero(struct world *w)
{
    memset(w->d[GPUS + 1].says.own, 0x00, GA_PDI_LEN);
}

static void
switch_is_another(struct world *w)
{
    w->d[GPUS + 1].says.own[7] = 0xbf;
}

static void
two_switches_are_one(struct world *w)
{
    w->d[GPUS + 2].says.own[7] = 0xb1;
}

static void
switch_without_gpus(struct world *w)
{
    w->d[GPUS].says.has_field = false;
    w->d[GPUS].says.count = 0;
}

static void
switch_names_a_gpu_twice(struct world *w)
{
    gpu_place(w, 3, 0)[7] = gpu_place(w, 3, 1)[7];
}

static void
switch_names_ff(struct world *w)
{
    memset(gpu_place(w, 3, 0), 0xff, GA_PDI_LEN);
}

static void
switch_names_a_stranger(struct world *w)
{
    gpu_place(w, 0, 0)[7] = 0xaf;
}

static void
all_switches_name_a_stranger(struct world *w)
{
    for (size_t s = 0; s < SWITCHES; s++)
        for (size_t k = 0; k < 8; k++)
            if (gpu_place(w, s, k)[7] == 0xa6)
                gpu_place(w, s, k)[7] = 0xaf;
}

static void
gpu_without_identity(struct world *w)
{
    w->d[6].has_identity = false;
}

static void
gpu_identity_is_ff(struct world *w)
{
    memset(w->d[6].identity, 0xff, GA_PDI_LEN);
}

static void
two_gpus_are_one(struct world *w)
{
    w->d[7].identity[7] = 0xa6;
}

static void
a_mode_is_spt(struct world *w)
{
    w->d[7].mode = GA_MODE_SPT;
}

static void
a_mode_is_unknown(struct world *w)
{
    w->d[0].mode = GA_MODE_UNKNOWN;
}

static void
unlocked(struct world *w)
{
    w->d[GPUS + 3].says.lock = 0;
}

static void
odd_lock(struct world *w)
{
    w->d[GPUS + 3].says.lock = 0x0101;
}

static void
no_lock(struct world *w)
{
    w->d[GPUS + 3].says.has_lock = false;
}

static void
one_is_not_verified(struct world *w)
{
    w->d[GPUS].verified = false;
    w->d[0].says.pdi[0][7] = 0xbf;
}

static void
no_gpu(struct world *w)
{
    memmove(&w->d[0], &w->d[GPUS], SWITCHES * sizeof(w->d[0]));
    w->count = SWITCHES;
}

static void
no_switch(struct world *w)
{
    w->count = GPUS;
}

#define P(n) "11111111111111" n

static const struct {
    void (*spoil)(struct world *w);
    const char *rules; /* that do not pass */
    const char *rule;  /* whose text is */
    const char *text;
} rows[] = {
    { leave_out_a_gpu, "board:count_other identity:mismatch", "board",
      "7 GPUs, and hgx-hopper has 8" },
    { leave_out_a_gpu, "board:count_other identity:mismatch", "identity",
      "SWITCH-0 names " P("A7") ", which is no attested GPU" },
    { leave_out_a_switch, "board:count_other identity:mismatch", "board",
      "3 NVSwitches, and hgx-hopper has 4" },
    { leave_out_a_switch, "board:count_other identity:mismatch", "identity",
      "GPU-0 names " P("B3") ", which is no attested NVSwitch" },
    { other_arch, "board:mismatch", "board",
      "GPU-2 is BLACKWELL, and hgx-hopper has HOPPER" },
    { unknown_arch, "board:mismatch", "board",
      "SWITCH-1 is unknown, and hgx-hopper has LS10" },
    { gpu_without_field, "gpu:absent identity:mismatch", "gpu",
      "GPU-3: the report names no NVSwitch" },
    { gpu_names_three, "gpu:count_other identity:mismatch", "gpu",
      "GPU-5: names 3 NVSwitches, not 4" },
    { gpu_names_three, "gpu:count_other identity:mismatch", "identity",
      "SWITCH-3 is not named by GPU-5" },
    { gpu_names_a_fifth, "gpu:count_other identity:mismatch", "gpu",
      "GPU-5: names 5 NVSwitches, not 4" },
    { gpu_names_another, "gpu:mixed identity:mismatch", "gpu",
      "GPU-0: names " P("BF") " among its NVSwitches, where the others name " P(
          "B3") },
    { half_of_the_gpus_name_another,
      "gpu:mixed switch:mismatch "
      "identity:mismatch",
      "gpu", "GPU-0 and GPU-4 do not name the same NVSwitches" },
    { gpu_names_ff, "gpu:unknown_value", "gpu",
      "GPU-4: names FFFFFFFFFFFFFFFF, which is no PDI" },
    { switch_without_own, "switch:absent", "switch",
      "SWITCH-1: the report has no PDI of its own" },
    { switch_is_ff, "switch:unknown_value identity:mismatch", "switch",
      "SWITCH-1: says it is FFFFFFFFFFFFFFFF, which is no PDI" },
    { switch_is_zero, "switch:unknown_value identity:mismatch", "switch",
      "SWITCH-1: says it is 0000000000000000, which is no PDI" },
    { switch_is_another, "switch:mismatch identity:mismatch", "switch",
      "SWITCH-1: says it is " P("BF") ", which the GPUs do not name" },
    { switch_is_another, "switch:mismatch identity:mismatch", "identity",
      "SWITCH-1: says it is " P("BF") ", its certificate says " P("B1") },
    { two_switches_are_one, "switch:same_device identity:mismatch", "switch",
      "SWITCH-1 and SWITCH-2 both say they are " P("B1") },
    { switch_without_gpus, "switch:absent identity:mismatch", "switch",
      "SWITCH-0: the report names no GPU" },
    { switch_names_a_gpu_twice, "switch:duplicate identity:mismatch", "switch",
      "SWITCH-3: names GPU " P("A4") " twice" },
    { switch_names_ff, "switch:count_other identity:mismatch", "switch",
      "SWITCH-3: names 7 GPUs, not 8" },
    { switch_names_a_stranger, "switch:mixed identity:mismatch", "switch",
      "SWITCH-0: names " P("AF") " among its GPUs, where the others name " P(
          "A0") },
    { all_switches_name_a_stranger, "identity:mismatch", "identity",
      "GPU-6 is named by no NVSwitch; SWITCH-0 names " P(
          "AF") ", which is no attested GPU" },
    { gpu_without_identity, "identity:absent", "identity",
      "GPU-6: its BROM certificate's serial number has no PDI; SWITCH-0 "
      "names " P("A6") ", which is no attested GPU" },
    { gpu_identity_is_ff, "identity:absent", "identity",
      "GPU-6: its BROM certificate's serial number has no PDI; SWITCH-0 "
      "names " P("A6") ", which is no attested GPU" },
    { two_gpus_are_one, "identity:same_device", "identity",
      "GPU-6 and GPU-7 are both " P("A6") "; SWITCH-0 names " P(
          "A7") ", which is no attested GPU" },
    { a_mode_is_spt, "lock:mode_other", "lock",
      "GPU-7: its signed mode is spt, not ppcie" },
    { a_mode_is_unknown, "lock:mode_other", "lock",
      "GPU-0: its signed mode is unknown, not ppcie" },
    { unlocked, "lock:unlocked", "lock",
      "SWITCH-3: is not locked: it can still be configured" },
    { odd_lock, "lock:unknown_value", "lock",
      "SWITCH-3: its lock status is 0x0101, not 0 or 1" },
    { no_lock, "lock:absent", "lock",
      "SWITCH-3: the report has no lock status" },
    { one_is_not_verified,
      "board:depends gpu:depends switch:depends identity:depends lock:depends",
      "gpu", "SWITCH-0: its report is not verified" },
    { no_gpu,
      "board:count_other gpu:nothing switch:mismatch "
      "identity:mismatch",
      "gpu", "there is no GPU" },
    { no_switch, "board:count_other switch:nothing identity:mismatch", "switch",
      "there is no NVSwitch" },
};

static void
each_defect_fails_its_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_topology *t;
        struct world w;
        char rules[256];

        make(&w);
        rows[i].spoil(&w);
        t = topology_of(&w);
        rules_of(t, rules);
        if (strcmp(rules, rows[i].rules) != 0)
            fail_msg("row %zu: %s, not %s", i, rules, rows[i].rules);
        if (strncmp(text_of_rule(t, rows[i].rule), rows[i].text,
                    strlen(rows[i].text)) != 0)
            fail_msg("row %zu: \"%s\", not \"%s\"", i,
                     text_of_rule(t, rows[i].rule), rows[i].text);
        assert_false(ga_topology_holds(t));
        assert_false(ga_topology_consistent(t));
        ga_topology_free(t);
    }
}

static void
a_smaller_board_leaves_places_empty(void **state)
{
    struct ga_topology *t;
    struct world w;
    char rules[256];

    (void)state;
    make(&w);
    w.board.gpus = 6;
    memmove(&w.d[6], &w.d[8], SWITCHES * sizeof(w.d[0]));
    w.count = 6 + SWITCHES;
    for (size_t s = 6; s < w.count; s++) {
        struct ga_neighbours *says = &w.d[s].says;

        says->count = 0;
        for (size_t k = 0; k < 6; k++)
            pdi_of(says->pdi[says->count++], (uint8_t)(0xa0 + k));
    }
    t = topology_of(&w);
    rules_of(t, rules);
    assert_string_equal(rules, "");
    ga_topology_free(t);
}

static void
bounds_the_devices_of_a_kind(void **state)
{
    static const size_t counts[] = { GA_DEVICES_MAX, GA_DEVICES_MAX + 1 };
    struct ga_topology_device *d = calloc(2 * counts[1], sizeof(*d));
    struct ga_topology_input in = { .board = ga_board_find("hgx-hopper"),
                                    .device = d,
                                    .rules = GA_TOPOLOGY_ALL };

    (void)state;
    assert_non_null(d);
    for (size_t few = 0; few < 2; few++)
        for (size_t i = 0; i < COUNT(counts); i++) {
            struct ga_topology *before = (struct ga_topology *)d, *t = before;
            struct ga_error err = { 0 };
            bool fits = counts[i] <= GA_DEVICES_MAX;

            /* `counts[i]` of one kind, and as many of the other as fit. */
            in.count = counts[i] + GA_DEVICES_MAX;
            for (size_t k = 0; k < in.count; k++)
                d[k] = (struct ga_topology_device){
                    .label = "x",
                    .verified = true,
                    .says.kind = (k < counts[i]) == (few == 0) ? GA_KIND_GPU
                                                               : GA_KIND_SWITCH,
                };
            assert_int_equal(ga_topology_make(&in, &t, &err),
                             fits ? GA_OK : GA_E_TOO_LARGE);
            assert_true((t == before) == !fits);
            if (fits)
                ga_topology_free(t);
            else
                assert_string_equal(err.text, "topology: more than 128 "
                                              "devices of a kind");
        }
    free(d);
}

static void
prints_the_matrix(void **state)
{
    struct ga_topology *t;
    struct world w;
    char *text = NULL;

    (void)state;
    make(&w);
    gpu_names_three(&w);
    switch_names_a_stranger(&w);
    t = topology_of(&w);
    assert_int_equal(ga_topology_print(t, GA_TOPOLOGY_MATRIX, &text, NULL),
                     GA_OK);
    assert_string_equal(
        text,
        "                               SWITCH-0    SWITCH-1    SWITCH-2    "
        "SWITCH-3\n"
        "GPU-0    11111111111111A0           5 <           5           4       "
        "    4\n"
        "GPU-1    11111111111111A1             4           5           5       "
        "    4\n"
        "GPU-2    11111111111111A2             4           4           5       "
        "    5\n"
        "GPU-3    11111111111111A3             5           4           4       "
        "    5\n"
        "GPU-4    11111111111111A4             5           5           4       "
        "    4\n"
        "GPU-5    11111111111111A5             4           5           9       "
        "  > 0\n"
        "GPU-6    11111111111111A6             4           4           5       "
        "    5\n"
        "GPU-7    11111111111111A7             5           4           4       "
        "    5\n"
        "?        11111111111111AF           > 0           -           -       "
        "    -\n"
        "SWITCH-0   11111111111111B0\n"
        "SWITCH-1   11111111111111B1\n"
        "SWITCH-2   11111111111111B2\n"
        "SWITCH-3   11111111111111B3\n");
    ga_text_free(text);
    ga_topology_free(t);
}

static void
prints_a_graph(void **state)
{
    struct ga_topology *t;
    struct world w;
    char *text = NULL;

    (void)state;
    make(&w);
    t = topology_of(&w);
    assert_int_equal(ga_topology_print(t, GA_TOPOLOGY_GRAPHVIZ, &text, NULL),
                     GA_OK);
    assert_non_null(strstr(text, "graph topology {\n"));
    assert_non_null(
        strstr(text, "  g0 [label=\"GPU-0\\n11111111111111A0\"];\n"));
    assert_non_null(strstr(
        text, "  s3 [label=\"SWITCH-3\\n11111111111111B3\", shape=box];\n"));
    assert_non_null(strstr(text, "  g7 -- s3 [label=\"5\"];\n}\n"));
    assert_null(strstr(text, "nothing was verified"));
    ga_text_free(text);
    ga_topology_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_defect_every_rule_passes),
        cmocka_unit_test(each_defect_fails_its_rules),
        cmocka_unit_test(a_smaller_board_leaves_places_empty),
        cmocka_unit_test(bounds_the_devices_of_a_kind),
        cmocka_unit_test(prints_the_matrix),
        cmocka_unit_test(prints_a_graph),
    };

    return cmocka_run_group_tests_name("rules of a board", tests, NULL, NULL);
}
