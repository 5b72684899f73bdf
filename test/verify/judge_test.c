/* SPDX-License-Identifier: Apache-2.0 */
/* From checks to a verdict. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "gpuattest/verify.h"
#include "support/doc_table.h"
#include "verify/result.h"

static const struct ga_relax nothing_relaxed;

/* One GPU and one switch whose every check passed. */
static struct ga_result *
all_passed(void)
{
    struct ga_result *r = NULL;

    assert_int_equal(ga_result_new(2, GA_SCOPE_SET, &r, NULL), GA_OK);
    r->device[0].kind = GA_KIND_GPU;
    r->device[1].kind = GA_KIND_SWITCH;
    strcpy(r->device[0].label, "GPU-0");
    strcpy(r->device[1].label, "SWITCH-0");
    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        ga_check_pass(&r->device[0].check[id]);
        ga_check_pass(&r->device[1].check[id]);
        ga_check_pass(&r->check[id]);
    }
    return r;
}

static void
judge(struct ga_result *r, const struct ga_relax *relax)
{
    assert_int_equal(ga_result_judge(r, relax, NULL), GA_OK);
}

static void
all_passed_is_verified(void **state)
{
    struct ga_result *r = all_passed();

    (void)state;
    assert_false(ga_result_verified(r)); /* until judged */
    judge(r, &nothing_relaxed);
    assert_true(ga_result_verified(r));
    assert_string_equal(ga_result_summary(r), "VERIFIED 1 GPU, 1 NVSwitch");
    assert_true(r->device[0].verified && r->device[1].verified);
    ga_result_free(r);
}

/* Each check of each scope turns the verdict alone, failed or not made. */
static void
every_single_check_turns_the_verdict(void **state)
{
    (void)state;
    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        for (int made = 0; made < 2; made++) {
            struct ga_result *r = all_passed();
            unsigned scope = ga_check_rows[id].scope;
            struct ga_check *c =
                (scope & GA_SCOPE_GPU) != 0      ? &r->device[0].check[id]
                : (scope & GA_SCOPE_SWITCH) != 0 ? &r->device[1].check[id]
                                                 : &r->check[id];

            *c = (struct ga_check){ 0 };
            if (made)
                ga_check_fail(c, GA_R_MISMATCH, "broken");
            judge(r, &nothing_relaxed);
            if ((scope & GA_SCOPE_EVIDENCE) == 0) /* not of evidence */
                assert_true(ga_result_verified(r));
            else
                assert_false(ga_result_verified(r));
            ga_result_free(r);
        }
    }
}

static void
a_check_of_the_other_kind_does_not_count(void **state)
{
    struct ga_result *r = all_passed();

    (void)state;
    r->device[0].check[GA_CHECK_BIOS_RIM_CHAIN] = (struct ga_check){ 0 };
    r->device[1].check[GA_CHECK_DRIVER_RIM_CHAIN] = (struct ga_check){ 0 };
    judge(r, &nothing_relaxed);
    assert_true(ga_result_verified(r));
    ga_result_free(r);
}

static void
not_applicable_does_not_turn_it(void **state)
{
    struct ga_result *r = all_passed();
    struct ga_check *c = &r->device[0].check[GA_CHECK_REPORT_MODE];

    (void)state;
    *c = (struct ga_check){ 0 };
    ga_check_none(c, GA_R_NO_FIELD, "none");
    judge(r, &nothing_relaxed);
    assert_true(ga_result_verified(r));
    ga_result_free(r);
}

/* Whatever says that it does not apply: a row says whether it can. */
static void
no_check_is_spared_that_always_applies(void **state)
{
    const uint64_t nothing =
        UINT64_C(1) << GA_R_NO_FIELD | UINT64_C(1) << GA_R_NOT_EXPECTED |
        UINT64_C(1) << GA_R_NO_TOPOLOGY | UINT64_C(1) << GA_R_NOTHING;
    unsigned spared = 0;

    (void)state;
    for (size_t id = 0; id < GA_CHECK_COUNT; id++)
        for (size_t reason = 0; reason < GA_REASON_COUNT; reason++) {
            const struct ga_check_row *row = &ga_check_rows[id];
            struct ga_result *r = all_passed();
            struct ga_check *c =
                (row->scope & GA_SCOPE_GPU) != 0      ? &r->device[0].check[id]
                : (row->scope & GA_SCOPE_SWITCH) != 0 ? &r->device[1].check[id]
                                                      : &r->check[id];

            *c = (struct ga_check){ 0 };
            ga_check_none(c, (enum ga_reason)reason, "none");
            judge(r, &nothing_relaxed);
            if ((row->scope & GA_SCOPE_EVIDENCE) != 0) {
                assert_int_equal(
                    ga_result_verified(r),
                    (row->reasons & nothing & UINT64_C(1) << reason) != 0);
                spared += ga_result_verified(r);
            }
            ga_result_free(r);
        }
    /* FWID, mode, conflict and match, set.count, set.mode; the five of a board
     * that nobody named, two of which can find nothing. */
    assert_int_equal(spared, 6 + 5 + 2);
}

static void
a_profile_can_want_more_than_nothing_to_check(void **state)
{
    const struct ga_relax nvattest = { .profile = ga_profile_find("nvattest") };
    struct ga_result *r = all_passed();
    struct ga_check *c = &r->device[0].check[GA_CHECK_MEASUREMENTS_MATCH];

    (void)state;
    *c = (struct ga_check){ 0 };
    ga_check_none(c, GA_R_NOTHING, "none");
    judge(r, &nothing_relaxed);
    assert_true(ga_result_verified(r));
    judge(r, &nvattest);
    assert_false(ga_result_verified(r));
    assert_string_equal(ga_result_summary(r),
                        "REJECTED GPU-0: measurements.match (nothing)");
    ga_result_free(r);
}

static void
names_the_first_failure_and_counts_the_rest(void **state)
{
    struct ga_result *r = all_passed();

    (void)state;
    r->device[0].check[GA_CHECK_DEVICE_OCSP] = (struct ga_check){ 0 };
    ga_check_fail(&r->device[1].check[GA_CHECK_REPORT_NONCE], GA_R_NONCE_OTHER,
                  "the report is for nonce 00");
    ga_check_fail(&r->check[GA_CHECK_SET_COUNT], GA_R_COUNT_OTHER, "1 GPUs");
    judge(r, &nothing_relaxed);
    assert_string_equal(ga_result_summary(r),
                        "REJECTED SWITCH-0: report.nonce (nonce_other) and 2 "
                        "more");
    assert_false(r->device[0].verified);
    ga_result_free(r);
}

static void
names_the_index_and_its_rim(void **state)
{
    struct ga_result *r = all_passed();

    (void)state;
    ga_check_fail_index(&r->device[0].check[GA_CHECK_MEASUREMENTS_MATCH], 9,
                        "index 9 of the VBIOS RIM: golden 00, runtime 01");
    judge(r, &nothing_relaxed);
    assert_string_equal(ga_result_summary(r),
                        "REJECTED GPU-0: measurements.match (index 9 of the "
                        "VBIOS RIM)");
    ga_result_free(r);
}

static void
a_failure_of_the_set_has_no_label(void **state)
{
    struct ga_result *r = all_passed();

    (void)state;
    ga_check_fail(&r->check[GA_CHECK_SET_COUNT], GA_R_COUNT_OTHER,
                  "1 GPUs, not 8");
    judge(r, &nothing_relaxed);
    assert_string_equal(ga_result_summary(r),
                        "REJECTED set.count (count_other)");
    assert_true(r->device[0].verified);
    ga_result_free(r);
}

struct verdict_row {
    const char *name;
    enum ga_check_id failed; /* GA_CHECK_COUNT: none */
    enum ga_reason failed_reason;
    enum ga_check_id unmade;
    enum ga_reason unmade_reason;
    enum ga_verdict verdict;
};

/* clang-format off */
static struct verdict_row verdict_rows[] = {
    { "report that does not parse", GA_CHECK_REPORT_PARSE, GA_R_TRAILING,
      GA_CHECK_COUNT, GA_R_NONE, GA_VERDICT_MALFORMED },
    { "chain that does not parse", GA_CHECK_DEVICE_CHAIN, GA_R_MALFORMED,
      GA_CHECK_COUNT, GA_R_NONE, GA_VERDICT_MALFORMED },
    { "chain that is broken", GA_CHECK_DEVICE_CHAIN, GA_R_BROKEN,
      GA_CHECK_COUNT, GA_R_NONE, GA_VERDICT_REJECTED },
    { "RIM that does not parse", GA_CHECK_DRIVER_RIM_SCHEMA, GA_R_MALFORMED,
      GA_CHECK_COUNT, GA_R_NONE, GA_VERDICT_REJECTED },
    { "nobody answered", GA_CHECK_COUNT, GA_R_NONE, GA_CHECK_DEVICE_OCSP,
      GA_R_UNREACHABLE, GA_VERDICT_UNREACHABLE },
    { "nobody answered and something failed", GA_CHECK_REPORT_NONCE,
      GA_R_NONCE_OTHER, GA_CHECK_DEVICE_OCSP, GA_R_UNREACHABLE,
      GA_VERDICT_REJECTED },
    { "nobody was asked", GA_CHECK_COUNT, GA_R_NONE, GA_CHECK_DEVICE_OCSP,
      GA_R_NOT_ASKED, GA_VERDICT_REJECTED },
};
/* clang-format on */

static void
tells_the_verdict(void **state)
{
    const struct verdict_row *t = *state;
    struct ga_result *r = all_passed();

    if (t->failed != GA_CHECK_COUNT)
        ga_check_fail(&r->device[0].check[t->failed], t->failed_reason, "x");
    if (t->unmade != GA_CHECK_COUNT) {
        r->device[0].check[t->unmade] = (struct ga_check){ 0 };
        ga_check_unmade(&r->device[0].check[t->unmade], t->unmade_reason, "y");
    }
    judge(r, &nothing_relaxed);
    assert_int_equal(ga_result_verdict(r), t->verdict);
    ga_result_free(r);
}

static void
lists_what_was_relaxed_sorted_and_once(void **state)
{
    struct ga_result *r = all_passed();
    struct ga_relax relax = { 0 };
    struct ga_check_view v;

    (void)state;
    relax.unmade[GA_CHECK_DEVICE_OCSP] = true;
    relax.reasons[GA_CHECK_BIOS_RIM_CHAIN] = UINT64_C(1) << GA_R_EXPIRED;
    relax.reasons[GA_CHECK_REPORT_ARCH] = UINT64_C(1) << GA_R_MISMATCH;
    for (size_t i = 0; i < 2; i++)
        r->device[i].check[GA_CHECK_DEVICE_OCSP] = (struct ga_check){ 0 };
    ga_check_fail(&r->device[1].check[GA_CHECK_BIOS_RIM_CHAIN], GA_R_EXPIRED,
                  "old");
    judge(r, &relax);
    assert_true(ga_result_verified(r));
    assert_string_equal(ga_result_relaxed(r, 0), "bios_rim.chain:expired");
    assert_string_equal(ga_result_relaxed(r, 1), "device.ocsp:not_checked");
    assert_null(ga_result_relaxed(r, 2)); /* report.arch was not needed */
    assert_true(ga_result_check(r, 0, GA_CHECK_DEVICE_OCSP, &v));
    assert_true(v.relaxed);
    assert_int_equal(v.state, GA_NOT_CHECKED);
    ga_result_free(r);
}

static void
every_index_that_was_relaxed_is_named(void **state)
{
    struct ga_result *r = all_passed();
    struct ga_device *d = &r->device[0];
    struct ga_relax relax = { .index = { [9] = true, [200] = true } };

    (void)state;
    relax.reasons[GA_CHECK_MEASUREMENTS_MATCH] = UINT64_C(1) << GA_R_INDEX;
    d->mismatch_count = 2;
    d->mismatch = calloc(2, sizeof(*d->mismatch));
    assert_non_null(d->mismatch);
    d->mismatch[0].index = 9;
    d->mismatch[1].index = 200;
    ga_check_fail_index(&d->check[GA_CHECK_MEASUREMENTS_MATCH], 9, "index 9");
    ga_check_fail_index(&d->check[GA_CHECK_MEASUREMENTS_MATCH], 200, "200");
    judge(r, &relax);
    assert_true(ga_result_verified(r));
    assert_string_equal(ga_result_relaxed(r, 0),
                        "measurements.match:index-200");
    assert_string_equal(ga_result_relaxed(r, 1), "measurements.match:index-9");
    assert_null(ga_result_relaxed(r, 2));
    ga_result_free(r);
}

/* A reason that no check has takes a verdict back, and gives none. */
static void
a_verified_result_can_be_rejected(void **state)
{
    struct ga_result *r = all_passed();

    (void)state;
    judge(r, &nothing_relaxed);
    ga_result_reject(r, "the host changed");
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
    assert_string_equal(ga_result_summary(r), "REJECTED the host changed");
    ga_result_reject(r, "and again");
    assert_string_equal(ga_result_summary(r), "REJECTED the host changed");
    ga_check_fail(&r->device[0].check[GA_CHECK_REPORT_PARSE], GA_R_MALFORMED,
                  "no report");
    judge(r, &nothing_relaxed);
    ga_result_reject(r, "the host changed");
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_MALFORMED);
    assert_string_equal(ga_result_summary(r),
                        "MALFORMED GPU-0: report.parse (malformed)");
    ga_result_free(r);
}

static void
walks_over_what_turned_the_verdict(void **state)
{
    struct ga_result *r = all_passed();
    struct ga_check_view v;
    size_t at = 0, device = 99;

    (void)state;
    ga_check_fail_index(&r->device[0].check[GA_CHECK_MEASUREMENTS_MATCH], 9,
                        "index 9");
    ga_check_fail(&r->check[GA_CHECK_SET_MODE], GA_R_MIXED, "two modes");
    judge(r, &nothing_relaxed);
    assert_true(ga_result_next_failed(r, &at, &device, &v));
    assert_int_equal(device, 0);
    assert_string_equal(v.name, "measurements.match");
    assert_string_equal(v.reason, "index-9");
    assert_true(ga_result_next_failed(r, &at, &device, &v));
    assert_true(device == GA_SET);
    assert_string_equal(v.name, "set.mode");
    assert_string_equal(v.reason, "mixed");
    assert_false(ga_result_next_failed(r, &at, &device, &v));
    ga_result_free(r);
}

static void
null_is_no_verified_result(void **state)
{
    (void)state;
    assert_false(ga_result_verified(NULL));
    assert_int_equal(ga_result_verdict(NULL), GA_VERDICT_REJECTED);
    ga_result_free(NULL);
}

static const char *
relax_word(enum ga_relax_rule rule)
{
    static const char *const words[] = { "never", "expired", "current", "any" };

    return words[rule];
}

static void
the_table_of_checks_is_documented(void **state)
{
    struct doc_row rows[GA_CHECK_COUNT + 1];
    size_t n = doc_table("docs/checks.md", "## The table", rows, COUNT(rows));

    (void)state;
    assert_int_equal(n, GA_CHECK_COUNT);
    for (size_t i = 0; i < n; i++) {
        const struct ga_check_row *row = &ga_check_rows[i];
        unsigned scope = 0;

        scope |= strchr(rows[i].cell[1], 'G') != NULL ? GA_SCOPE_GPU : 0u;
        scope |= strchr(rows[i].cell[1], 'S') != NULL ? GA_SCOPE_SWITCH : 0u;
        scope |= strcmp(rows[i].cell[1], "set") == 0 ? GA_SCOPE_SET : 0u;
        scope |= strcmp(rows[i].cell[1], "rim") == 0 ? GA_SCOPE_RIM : 0u;
        scope |= strchr(rows[i].cell[1], 'T') != NULL ? GA_SCOPE_TOKEN : 0u;
        scope |=
            strchr(rows[i].cell[1], 'D') != NULL ? GA_SCOPE_DEVICE_TOKEN : 0u;
        assert_string_equal(rows[i].cell[0], row->name);
        assert_int_equal(scope, row->scope);
        assert_string_equal(rows[i].cell[2], relax_word(row->relax));
    }
}

static void
the_table_of_reasons_is_documented(void **state)
{
    struct doc_row rows[GA_REASON_COUNT + 1];
    size_t n = doc_table("docs/checks.md", "## Reasons", rows, COUNT(rows));
    uint64_t used = 0;

    (void)state;
    assert_int_equal(n, GA_REASON_COUNT - 1);
    for (size_t i = 0; i < n; i++) {
        const char *name = ga_reason_name((enum ga_reason)(i + 1));

        assert_string_equal(rows[i].cell[0],
                            strcmp(name, "index") == 0 ? "index-N" : name);
    }
    for (size_t id = 0; id < GA_CHECK_COUNT; id++)
        used |= ga_check_rows[id].reasons;
    for (size_t r = 1; r < GA_REASON_COUNT; r++)
        if ((used & UINT64_C(1) << r) == 0)
            fail_msg("no check has the reason %s",
                     ga_reason_name((enum ga_reason)r));
}

static void
names_of_the_table_are_those_of_the_list(void **state)
{
    static const char *const names[] = {
#define X(id, name) name,
        GA_CHECKS(X)
#undef X
    };

    (void)state;
    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        assert_string_equal(ga_check_rows[i].name, names[i]);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(all_passed_is_verified),
        cmocka_unit_test(every_single_check_turns_the_verdict),
        cmocka_unit_test(a_check_of_the_other_kind_does_not_count),
        cmocka_unit_test(not_applicable_does_not_turn_it),
        cmocka_unit_test(no_check_is_spared_that_always_applies),
        cmocka_unit_test(a_profile_can_want_more_than_nothing_to_check),
        cmocka_unit_test(names_the_first_failure_and_counts_the_rest),
        cmocka_unit_test(names_the_index_and_its_rim),
        cmocka_unit_test(a_failure_of_the_set_has_no_label),
        cmocka_unit_test(lists_what_was_relaxed_sorted_and_once),
        cmocka_unit_test(every_index_that_was_relaxed_is_named),
        cmocka_unit_test(a_verified_result_can_be_rejected),
        cmocka_unit_test(walks_over_what_turned_the_verdict),
        cmocka_unit_test(null_is_no_verified_result),
        cmocka_unit_test(the_table_of_checks_is_documented),
        cmocka_unit_test(the_table_of_reasons_is_documented),
        cmocka_unit_test(names_of_the_table_are_those_of_the_list),
    };
    struct CMUnitTest rows[COUNT(verdict_rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct CMUnitTest){ .name = verdict_rows[i].name,
                                       .test_func = tells_the_verdict,
                                       .initial_state = &verdict_rows[i] };
    return cmocka_run_group_tests_name("judge", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("judge rows", rows, NULL, NULL);
}
