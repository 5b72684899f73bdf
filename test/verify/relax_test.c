/* SPDX-License-Identifier: Apache-2.0 */
/* What a verdict may be turned by, and what never. */
#include "support/test.h"

#include <string.h>

#include "base/settings.h"
#include "verify/relax.h"

static enum ga_rc
relaxed(const char *value, bool no_ocsp, struct ga_relax *out,
        struct ga_error *err)
{
    struct ga_settings *set = NULL;
    enum ga_rc rc;

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    if (value != NULL)
        assert_int_equal(ga_settings_set(set, "relax", value, NULL), GA_OK);
    if (no_ocsp)
        assert_int_equal(ga_settings_set(set, "no-ocsp", "true", NULL), GA_OK);
    rc = ga_relax_parse(set, out, err);
    ga_settings_free(set);
    return rc;
}

struct refused {
    const char *name; /* what --relax gets */
    const char *text;
};

/* clang-format off */
static struct refused refused_rows[] = {
    { "report.parse", "relax: \"report.parse\": may not be relaxed" },
    { "report.parse:malformed", "relax: \"report.parse:malformed\": may not be relaxed" },
    { "report.nonce", "relax: \"report.nonce\": may not be relaxed" },
    { "report.nonce:nonce_other", "relax: \"report.nonce:nonce_other\": may not be relaxed" },
    { "report.signature", "relax: \"report.signature\": may not be relaxed" },
    { "report.signature:bad_signature", "relax: \"report.signature:bad_signature\": may not be relaxed" },
    { "device.chain", "relax: \"device.chain\": may not be relaxed" },
    { "device.chain:untrusted", "relax: \"device.chain:untrusted\": may not be relaxed" },
    { "device.chain:not_yet_valid", "relax: \"device.chain:not_yet_valid\": may not be relaxed" },
    { "driver_rim.chain", "relax: \"driver_rim.chain\": may not be relaxed" },
    { "*_rim.chain:untrusted", "relax: \"*_rim.chain:untrusted\": may not be relaxed" },
    { "vbios_rim.signature", "relax: \"vbios_rim.signature\": may not be relaxed" },
    { "bios_rim.signature:bad_digest", "relax: \"bios_rim.signature:bad_digest\": may not be relaxed" },
    { "rim.signature", "relax: \"rim.signature\": may not be relaxed" },
    { "device.ocsp:revoked", "relax: \"device.ocsp:revoked\": may not be relaxed" },
    { "device.ocsp:hold", "relax: \"device.ocsp:hold\": may not be relaxed" },
    { "*_rim.ocsp:revoked", "relax: \"*_rim.ocsp:revoked\": may not be relaxed" },
    { "set.nonce", "relax: \"set.nonce\": may not be relaxed" },
    { "set.distinct:same_device", "relax: \"set.distinct:same_device\": may not be relaxed" },
    { "report.sig", "relax: \"report.sig\": no such check" },
    { "*", "relax: \"*\": no such check" },
    { "*.ocsp", "relax: \"*.ocsp\": no such check" },
    { "", "relax: \"\": no such check" },
    { "report.arch:never", "relax: \"report.arch:never\": no such reason" },
    { "report.arch:", "relax: \"report.arch:\": no such reason" },
    { "report.arch:index", "relax: \"report.arch:index\": no such reason" },
    { "report.arch:index-", "relax: \"report.arch:index-\": no such reason" },
    { "measurements.match:index-09", "relax: \"measurements.match:index-09\": no such reason" },
    { "measurements.match:index-256", "relax: \"measurements.match:index-256\": no such reason" },
    { "report.arch:index-9", "relax: \"report.arch:index-9\": report.arch has no such reason" },
    { "device.ocsp:absent", "relax: \"device.ocsp:absent\": the reason says why it was not checked, which \"device.ocsp:not_checked\" covers" },
    { "*_rim.ocsp:unreachable", "relax: \"*_rim.ocsp:unreachable\": the reason says why it was not checked, which \"*_rim.ocsp:not_checked\" covers" },
    { "driver_rim.available:not_asked", "relax: \"driver_rim.available:not_asked\": the reason says why it was not checked, which \"driver_rim.available:not_checked\" covers" },
    { "topology.gpu:depends", "relax: \"topology.gpu:depends\": the reason says why it was not checked, which \"topology.gpu:not_checked\" covers" },
    { "measurements.match:partial", "relax: \"measurements.match:partial\": the reason says why it was not checked, which \"measurements.match:not_checked\" covers" },
    { "report.arch:expired", "relax: \"report.arch:expired\": report.arch has no such reason" },
};
/* clang-format on */

static void
refuses(void **state)
{
    const struct refused *t = *state;
    struct ga_settings set = { 0 };
    struct ga_relax relax, before;
    struct ga_error err = { 0 };
    char item[64];

    memset(&relax, 0xa5, sizeof(relax));
    before = relax;
    strncpy(item, t->name, sizeof(item) - 1);
    item[sizeof(item) - 1] = '\0';
    set.relax.count = 1;
    set.relax.item[0] = item;
    assert_int_equal(ga_relax_parse(&set, &relax, &err), GA_E_INVAL);
    assert_string_equal(err.text, t->text);
    assert_memory_equal(&relax, &before, sizeof(relax));
}

/* No bit of what may never be relaxed, whatever is asked for. */
static void
never_means_never_for_every_reason(void **state)
{
    (void)state;
    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        const char *name = ga_check_rows[id].name;
        bool chain = strstr(name, ".chain") != NULL;
        bool never = strcmp(name, "report.parse") == 0 ||
                     strcmp(name, "report.nonce") == 0 ||
                     strcmp(name, "set.nonce") == 0 ||
                     strcmp(name, "set.distinct") == 0 ||
                     strstr(name, ".signature") != NULL;

        for (size_t r = 0; r < GA_REASON_COUNT; r++) {
            bool may =
                ga_check_relaxable((enum ga_check_id)id, (enum ga_reason)r);

            if (never)
                assert_false(may);
            if (chain && r != GA_R_EXPIRED)
                assert_false(may);
            if (r == GA_R_REVOKED || r == GA_R_HOLD)
                assert_false(may);
        }
    }
}

static void
a_bare_name_covers_not_checked_alone(void **state)
{
    struct ga_check unmade = { .reason = GA_R_ABSENT };
    struct ga_check failed = { 0 };
    struct ga_relax relax;

    (void)state;
    ga_check_fail(&failed, GA_R_STALE, "old");
    assert_int_equal(relaxed("device.ocsp", false, &relax, NULL), GA_OK);
    assert_true(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &unmade, NULL));
    assert_false(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &failed, NULL));
    assert_false(
        ga_relax_covers(&relax, GA_CHECK_DRIVER_RIM_OCSP, &unmade, NULL));
}

static void
one_reason_does_not_hide_another(void **state)
{
    struct ga_check c = { 0 };
    struct ga_relax relax;

    (void)state;
    assert_int_equal(relaxed("device.ocsp:stale", false, &relax, NULL), GA_OK);
    ga_check_fail(&c, GA_R_STALE, "old");
    assert_true(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &c, NULL));
    ga_check_fail(&c, GA_R_UNKNOWN, "and unknown");
    assert_false(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &c, NULL));
}

static void
a_failure_does_not_hide_what_was_not_made(void **state)
{
    struct ga_check before = { 0 }, after = { 0 };
    struct ga_relax relax;

    (void)state;
    ga_check_unmade(&before, GA_R_ABSENT, "no answer");
    ga_check_fail(&before, GA_R_STALE, "old");
    ga_check_fail(&after, GA_R_STALE, "old");
    ga_check_unmade(&after, GA_R_ABSENT, "no answer");
    assert_int_equal(relaxed("device.ocsp:stale", false, &relax, NULL), GA_OK);
    assert_false(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &before, NULL));
    assert_false(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &after, NULL));
    assert_int_equal(
        relaxed("device.ocsp:stale,device.ocsp", false, &relax, NULL), GA_OK);
    assert_true(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &before, NULL));
    assert_true(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &after, NULL));
}

static void
every_index_that_differs_must_be_named(void **state)
{
    struct ga_mismatch_record m[2] = { { .index = 9 }, { .index = 12 } };
    struct ga_device d = { .mismatch = m, .mismatch_count = 1 };
    struct ga_check c = { 0 };
    struct ga_relax relax;

    (void)state;
    assert_int_equal(relaxed("measurements.match:index-9", false, &relax, NULL),
                     GA_OK);
    ga_check_fail_index(&c, 9, "index 9");
    assert_true(ga_relax_covers(&relax, GA_CHECK_MEASUREMENTS_MATCH, &c, &d));
    assert_false(
        ga_relax_covers(&relax, GA_CHECK_MEASUREMENTS_MATCH, &c, NULL));
    d.mismatch_count = 2;
    assert_false(ga_relax_covers(&relax, GA_CHECK_MEASUREMENTS_MATCH, &c, &d));
    d.mismatch_count = 0; /* a failure that no record explains */
    assert_false(ga_relax_covers(&relax, GA_CHECK_MEASUREMENTS_MATCH, &c, &d));
}

/* A RIM that is absent has failed; an answer that is absent was not there to
 * be checked. */
static void
an_absent_rim_is_relaxed_by_its_reason(void **state)
{
    const struct ga_check failed = { .state = GA_FAILED,
                                     .reason = GA_R_ABSENT,
                                     .all = UINT64_C(1) << GA_R_ABSENT };
    struct ga_relax relax;

    (void)state;
    assert_int_equal(relaxed("*_rim.available:absent", false, &relax, NULL),
                     GA_OK);
    assert_true(
        ga_relax_covers(&relax, GA_CHECK_VBIOS_RIM_AVAILABLE, &failed, NULL));
}

static void
no_ocsp_relaxes_what_was_not_asked(void **state)
{
    struct ga_check unmade = { .reason = GA_R_NOT_ASKED }, failed = { 0 };
    struct ga_relax relax;
    static const enum ga_check_id ids[] = {
        GA_CHECK_DEVICE_OCSP, GA_CHECK_DRIVER_RIM_OCSP, GA_CHECK_VBIOS_RIM_OCSP,
        GA_CHECK_BIOS_RIM_OCSP, GA_CHECK_RIM_OCSP
    };

    (void)state;
    ga_check_fail(&failed, GA_R_STALE, "old");
    assert_int_equal(relaxed(NULL, true, &relax, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_true(ga_relax_covers(&relax, ids[i], &unmade, NULL));
        assert_false(ga_relax_covers(&relax, ids[i], &failed, NULL));
    }
    assert_false(ga_relax_covers(&relax, GA_CHECK_DEVICE_CHAIN, &unmade, NULL));
}

static void
an_expired_rim_chain_may_be_relaxed_and_no_other_fault(void **state)
{
    struct ga_check c = { 0 };
    struct ga_relax relax;

    (void)state;
    assert_int_equal(relaxed("*_rim.chain:expired", false, &relax, NULL),
                     GA_OK);
    ga_check_fail(&c, GA_R_EXPIRED, "old");
    assert_true(ga_relax_covers(&relax, GA_CHECK_VBIOS_RIM_CHAIN, &c, NULL));
    ga_check_fail(&c, GA_R_UNTRUSTED, "foreign");
    assert_int_equal(c.reason, GA_R_UNTRUSTED);
    assert_false(ga_relax_covers(&relax, GA_CHECK_VBIOS_RIM_CHAIN, &c, NULL));
}

static void
a_failure_without_a_reason_is_never_covered(void **state)
{
    struct ga_check c = { .state = GA_FAILED };
    struct ga_relax relax;

    (void)state;
    memset(&relax, 0xff, sizeof(relax));
    assert_false(ga_relax_covers(&relax, GA_CHECK_DEVICE_OCSP, &c, NULL));
}

static void
a_profile_can_forbid_it(void **state)
{
    struct ga_settings *set = NULL;
    struct ga_relax relax;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "profile", "nvattest", NULL), GA_OK);
    assert_int_equal(
        ga_settings_set(set, "relax", "driver_rim.chain:expired", NULL), GA_OK);
    assert_int_equal(ga_relax_parse(set, &relax, &err), GA_E_INVAL);
    assert_string_equal(err.text,
                        "relax: \"driver_rim.chain:expired\": profile "
                        "nvattest wants it passed");
    ga_settings_free(set);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(never_means_never_for_every_reason),
        cmocka_unit_test(a_bare_name_covers_not_checked_alone),
        cmocka_unit_test(one_reason_does_not_hide_another),
        cmocka_unit_test(a_failure_does_not_hide_what_was_not_made),
        cmocka_unit_test(every_index_that_differs_must_be_named),
        cmocka_unit_test(an_absent_rim_is_relaxed_by_its_reason),
        cmocka_unit_test(no_ocsp_relaxes_what_was_not_asked),
        cmocka_unit_test(
            an_expired_rim_chain_may_be_relaxed_and_no_other_fault),
        cmocka_unit_test(a_failure_without_a_reason_is_never_covered),
        cmocka_unit_test(a_profile_can_forbid_it),
    };
    struct CMUnitTest rows[COUNT(refused_rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct CMUnitTest){ .name = refused_rows[i].name,
                                       .test_func = refuses,
                                       .initial_state = &refused_rows[i] };
    return cmocka_run_group_tests_name("relax", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("relax refuses", rows, NULL, NULL);
}
