/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in rules as tables, and the order of versions. */
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "policy/version.h"
#include "support/test.h"

static void
profiles_are_tables(void **state)
{
    const struct ga_profile *strict = ga_profile_find("strict");
    const struct ga_profile *nvattest = ga_profile_find("nvattest");
    const struct ga_profile *offline = ga_profile_find("offline");
    struct ga_error err = { 0 };
    char *text = NULL;

    (void)state;
    assert_non_null(strict);
    assert_non_null(nvattest);
    assert_non_null(offline);
    assert_null(ga_profile_find("lenient"));
    for (enum ga_check_id id = 0; id < GA_CHECK_COUNT; id++) {
        assert_true(ga_profile_holds(strict, id, GA_PASSED));
        assert_true(ga_profile_holds(strict, id, GA_NOT_APPLICABLE));
        assert_false(ga_profile_holds(strict, id, GA_NOT_CHECKED));
        assert_false(ga_profile_holds(strict, id, GA_FAILED));
        assert_false(ga_profile_holds(nvattest, id, GA_NOT_CHECKED));
        assert_false(ga_profile_holds(offline, id, GA_FAILED));
    }
    assert_false(ga_profile_holds(nvattest, GA_CHECK_MEASUREMENTS_MATCH,
                                  GA_NOT_APPLICABLE));
    assert_true(
        ga_profile_holds(offline, GA_CHECK_DEVICE_OCSP, GA_NOT_CHECKED));
    assert_null(ga_profile_relax(strict, 0));
    for (size_t i = 0; ga_profile_relax(offline, i) != NULL; i++)
        assert_non_null(strstr(ga_profile_relax(offline, i), ".ocsp"));
    assert_string_equal(ga_profile_relax(offline, 0), "device.ocsp");
    assert_string_equal(ga_profile_relax(offline, 3), "bios_rim.ocsp");
    assert_string_equal(ga_profile_relax(offline, 4), "rim.ocsp");
    assert_null(ga_profile_relax(offline, 5));
    assert_int_equal(ga_policy_show("lenient", &text, &err), GA_E_INVAL);
    assert_int_equal(ga_policy_show("offline", &text, &err), GA_OK);
    assert_non_null(
        strstr(text, "\ndevice.ocsp             passed, not applicable, or not "
                     "checked  all but revoked and hold\n"));
    assert_non_null(strstr(text, "\ntopology.lock"));
    assert_null(strstr(text, "\nrim.chain"));
    free(text);
}

static void
versions_are_ordered_by_numbers(void **state)
{
    static const struct {
        const char *a, *b;
        int order; /* 2: one is no version */
    } rows[] = {
        { "550.90.07", "550.90.7", 0 },
        { "99", "580", -1 },
        { "96.00.5E", "96.00.60", -1 },
        { "96.00.5e", "96.00.5E", 0 },
        { "1.0", "1", 0 },
        { "1.0.1", "1", 1 },
        { "2", "1.9.9", 1 },
        { "0010", "9", 1 },
        { "123456789012345678901234567890", "2", 1 },
        { "", "1", 2 },
        { "1.", "1", 2 },
        { ".1", "1", 2 },
        { "1..2", "1", 2 },
        { "1", "1-2", 2 },
        { "1", "1g", 2 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int order = 7;
        bool ok = ga_version_order(rows[i].a, strlen(rows[i].a), rows[i].b,
                                   strlen(rows[i].b), &order);

        assert_int_equal(ok, rows[i].order != 2);
        assert_int_equal(order, ok ? rows[i].order : 7);
        if (!ok)
            continue;
        assert_true(ga_version_order(rows[i].b, strlen(rows[i].b), rows[i].a,
                                     strlen(rows[i].a), &order));
        assert_int_equal(order, -rows[i].order);
    }
}

/* A device of which nothing was found out. */
static void
devices_are_asked_by_their_claims(void **state)
{
    static const char rego[] =
        "package policy\nnv_match { input[0].measres == \"success\" }";
    static const char rules[] =
        "{\"version\":\"4.0\",\"authorization-rules\":{\"overall-claims\":"
        "{\"x-nvidia-ver\":\"2.0\",\"x-nvidia-overall-att-result\":true}}}";
    const struct ga_device device = { .kind = GA_KIND_GPU };
    const struct ga_nonce nonce = { 0 };
    struct ga_policy_subject subject = { .devices = &device,
                                         .count = 1,
                                         .nonce = &nonce,
                                         .version = GA_CLAIMS_3_0,
                                         .verified = true };
    struct ga_policy *policy = NULL;
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_policy_load("p", rego, strlen(rego), &policy, &err),
                     GA_OK);
    assert_int_equal(ga_policy_eval(policy, &subject, NULL, &answer, &err),
                     GA_OK);
    assert_false(answer.passed);
    assert_non_null(strstr(answer.why, "input[0][\"measres\"] is \"fail\""));
    subject.count = 0;
    assert_int_equal(ga_policy_eval(policy, &subject, NULL, &answer, &err),
                     GA_E_MISSING);
    ga_policy_free(policy);

    subject.count = 1;
    assert_int_equal(ga_policy_load("p", rules, strlen(rules), &policy, &err),
                     GA_OK);
    assert_int_equal(ga_policy_eval(policy, &subject, NULL, &answer, &err),
                     GA_OK);
    assert_true(answer.passed);
    subject.verified = false;
    assert_int_equal(ga_policy_eval(policy, &subject, NULL, &answer, &err),
                     GA_OK);
    assert_string_equal(
        answer.why,
        "overall claims: x-nvidia-overall-att-result is false, not true");
    ga_policy_free(policy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_are_tables),
        cmocka_unit_test(devices_are_asked_by_their_claims),
        cmocka_unit_test(versions_are_ordered_by_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
