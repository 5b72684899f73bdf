/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"

static struct ga_settings *
fresh(void)
{
    struct ga_settings *set = NULL;

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    return set;
}

static void
starts_with_the_strictest(void **state)
{
    struct ga_settings *set = fresh();

    (void)state;
    assert_int_equal(set->rim_dir.count, 0);
    assert_int_equal(set->ocsp_dir.count, 0);
    assert_null(set->bundle);
    assert_false(set->offline);
    assert_true(set->rim_signed_after == GA_TIME_NONE);
    assert_true(set->at == GA_TIME_NONE);
    assert_int_equal(set->ocsp_grace, 0);
    assert_int_equal(set->ocsp_max_age, 7 * 86400);
    assert_int_equal(set->ocsp_skew, 300);
    assert_int_equal(set->rim_grace, 0);
    assert_int_equal(set->ocsp_nonce, 0);
    assert_false(set->allow_hold);
    assert_false(set->no_ocsp);
    assert_null(set->arch);
    assert_int_equal(set->relax.count, 0);
    assert_int_equal(set->expect_gpus, -1);
    assert_int_equal(set->expect_switches, -1);
    assert_int_equal(set->device_anchor.count, 0);
    assert_int_equal(set->rim_anchor.count, 0);
    assert_int_equal(set->policy.count, 0);
    assert_int_equal(set->policy_input, 0);
    assert_false(set->allow_policy_relax);
    assert_null(set->min_driver);
    assert_null(set->min_vbios);
    assert_int_equal(set->expect_ueid.count, 0);
    assert_false(set->allow_custom_anchors);
    assert_int_equal(set->claims_version, 1);
    assert_null(set->rim_url); /* nobody is asked but when nothing is at hand */
    assert_null(set->ocsp_url);
    assert_int_equal(set->timeout, 30);
    assert_int_equal(set->rim_store, GA_RIM_SOURCE_REMOTE);
    assert_null(set->cache_dir);
    assert_false(set->no_cache);
    assert_int_equal(set->ocsp_cache_age, 3600);
    assert_int_equal(set->ocsp_cert_id_hash, 0);
    assert_null(set->tls_ca_cert);
    assert_null(set->tls_ca_path);
    ga_settings_free(set);
    ga_settings_free(NULL);
}

/* A value other than the default for every row, as bytes of the member. */
static const struct {
    const char *name, *value;
} values[] = {
    { "rim-dir", "a" },
    { "ocsp-dir", "b" },
    { "bundle", "h" },
    { "offline", "true" },
    { "rim-signed-after", "2025-10-24T12:00:00Z" },
    { "rim-url", "https://rim.example" },
    { "ocsp-url", "https://ocsp.example" },
    { "nras-url", "https://n" },
    { "service-key", "key" },
    { "issuer", "https://i" },
    { "clock-skew-leeway-seconds", "5" },
    { "timeout", "1s" },
    { "rim-store", "dir" },
    { "cache-dir", "e" },
    { "no-cache", "true" },
    { "ocsp-cache-age", "2h" },
    { "ocsp-cert-id-hash", "sha384" },
    { "tls-ca-cert", "f" },
    { "tls-ca-path", "g" },
    { "at", "2025-10-24T12:00:00Z" },
    { "ocsp-grace", "65d" },
    { "ocsp-max-age", "1d" },
    { "ocsp-skew", "1s" },
    { "rim-grace", "2h" },
    { "ocsp-nonce", "ignore" },
    { "allow-hold", "true" },
    { "no-ocsp", "true" },
    { "arch", "HOPPER" },
    { "relax", "device.ocsp:stale" },
    { "profile", "offline" },
    { "expect-gpus", "8" },
    { "expect-switches", "0" },
    { "policy", "p.rego" },
    { "policy-input", "result" },
    { "allow-policy-relax", "true" },
    { "min-driver", "550.90.07" },
    { "min-vbios", "96.00.9F.00.01" },
    { "expect-ueid", "1,2" },
    { "topology", "hgx-hopper" },
    { "device-anchor", "c" },
    { "rim-anchor", "d" },
    { "token-anchor", "e" },
    { "allow-custom-anchors", "true" },
    { "threads", "1" },
    { "claims-version", "2.0" },
};

static const void *
member(const struct ga_settings *set, const struct ga_setting *row)
{
    return (const char *)set + row->member;
}

/* Texts are compared as texts, all other members byte by byte. */
static bool
same(const struct ga_settings *a, const struct ga_settings *b)
{
    struct ga_settings x = *a, y = *b;
    bool equal = true;

    for (size_t i = 0; i < ga_setting_count; i++) {
        const struct ga_setting *row = &ga_setting_rows[i];
        const char *s, *t;

        if (row->type != GA_SETTING_TEXT)
            continue;
        s = *(char *const *)member(a, row);
        t = *(char *const *)member(b, row);
        equal =
            equal && (s == NULL ? t == NULL : t != NULL && strcmp(s, t) == 0);
        memset((unsigned char *)&x + row->member, 0, sizeof(s));
        memset((unsigned char *)&y + row->member, 0, sizeof(t));
    }
    return equal && memcmp(&x, &y, sizeof(x)) == 0;
}

/* Where a text with a default lies differently in any two settings. */
static bool
is_other_text(size_t at, const char *name)
{
    for (size_t i = 0; i < ga_setting_count; i++) {
        const struct ga_setting *row = &ga_setting_rows[i];

        if (row->type == GA_SETTING_TEXT && row->initial != NULL &&
            at >= row->member && at < row->member + sizeof(char *))
            return strcmp(row->name, name) != 0;
    }
    return false;
}

/* Each row writes its own member: what one changes, no other changes. */
static void
has_one_member_per_row(void **state)
{
    unsigned char touched[sizeof(struct ga_settings)] = { 0 };

    (void)state;
    assert_int_equal(COUNT(values), ga_setting_count);
    for (size_t i = 0; i < COUNT(values); i++) {
        struct ga_settings *set = fresh(), *plain = fresh();
        const unsigned char *a = (const unsigned char *)set;
        const unsigned char *b = (const unsigned char *)plain;
        size_t changed = 0;

        assert_int_equal(
            ga_settings_set(set, values[i].name, values[i].value, NULL), GA_OK);
        for (size_t k = 0; k < sizeof(*set); k++)
            if (a[k] != b[k] && !is_other_text(k, values[i].name)) {
                assert_int_equal(touched[k], 0);
                touched[k] = 1;
                changed++;
            }
        assert_true(changed > 0);
        ga_settings_free(set);
        ga_settings_free(plain);
    }
}

static void
has_rows_that_can_be_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < ga_setting_count; i++) {
        const struct ga_setting *row = &ga_setting_rows[i];

        assert_ptr_equal(ga_setting_find(row->name), row);
        assert_true(strspn(row->name, "abcdefghijklmnopqrstuvwxyz-") ==
                    strlen(row->name));
        assert_true(strlen(row->help) > 5);
        assert_true(row->help[strlen(row->help) - 1] != '.');
        assert_int_equal(row->arg == NULL, row->type == GA_SETTING_FLAG);
        assert_int_equal(row->words != NULL, row->type == GA_SETTING_CHOICE);
    }
    assert_null(ga_setting_find("rim_dir"));
    assert_null(ga_setting_find(""));
}

static void
takes_values(void **state)
{
    struct ga_settings *set = fresh();

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        assert_int_equal(
            ga_settings_set(set, values[i].name, values[i].value, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "rim-dir", "a,b", NULL), GA_OK);
    assert_int_equal(set->rim_dir.count, 2);
    assert_string_equal(set->rim_dir.item[0], "a");
    assert_string_equal(set->rim_dir.item[1], "a,b");
    assert_int_equal(ga_settings_set(set, "relax", "x,y:z", NULL), GA_OK);
    assert_int_equal(set->relax.count, 3);
    assert_string_equal(set->relax.item[0], "device.ocsp:stale");
    assert_string_equal(set->relax.item[1], "x");
    assert_string_equal(set->relax.item[2], "y:z");
    assert_int_equal(set->ocsp_nonce, 2);
    assert_int_equal(ga_settings_set(set, "ocsp-nonce", "accept-missing", NULL),
                     GA_OK);
    assert_int_equal(set->ocsp_nonce, 1);
    assert_int_equal(ga_settings_set(set, "offline", "false", NULL), GA_OK);
    assert_false(set->offline);
    assert_int_equal(set->at, 1761307200);
    assert_int_equal(set->ocsp_grace, 65 * 86400);
    assert_int_equal(set->expect_gpus, 8);
    assert_int_equal(ga_settings_set(set, "expect-gpus", "128", NULL), GA_OK);
    assert_int_equal(set->expect_gpus, 128);
    assert_int_equal(ga_settings_set(set, "arch", "LS10", NULL), GA_OK);
    assert_string_equal(set->arch, "LS10");
    assert_int_equal(set->claims_version, 0);
    ga_settings_free(set);
}

struct bad {
    const char *name, *value, *expect;
};

static struct bad bads[] = {
    { "rim_dir", "x", "no setting is called \"rim_dir\"" },
    { "--rim-dir", "x", "no setting is called \"--rim-dir\"" },
    { "", "x", "no setting is called \"\"" },
    { NULL, "x", "settings: nothing to set" },
    { "offline", NULL, "offline: no value" },
    { "offline", "", "offline: no value" },
    { "rim-dir", "", "rim-dir: no value" },
    { "offline", "yes", "offline: \"yes\" is none of false, true" },
    { "offline", "TRUE", "offline: \"TRUE\" is none of false, true" },
    { "offline", "tru", "offline: \"tru\" is none of false, true" },
    { "offline", "true|false",
      "offline: \"true|false\" is none of false, true" },
    { "ocsp-nonce", "maybe",
      "ocsp-nonce: \"maybe\" is none of require, accept-missing, ignore" },
    { "ocsp-nonce", "requir",
      "ocsp-nonce: \"requir\" is none of require, accept-missing, ignore" },
    { "claims-version", "5.0",
      "claims-version: \"5.0\" is none of 2.0, 3.0, 4.0" },
    { "clock-skew-leeway-seconds", "3601",
      "clock-skew-leeway-seconds: \"3601\" is no number from 0 to 3600" },
    { "clock-skew-leeway-seconds", "-1",
      "clock-skew-leeway-seconds: \"-1\" is no number from 0 to 3600" },
    { "clock-skew-leeway-seconds", "60s",
      "clock-skew-leeway-seconds: \"60s\" is no number from 0 to 3600" },
    { "at", "today", "at: \"today\" is no time like 2025-10-24T12:00:00Z" },
    { "ocsp-grace", "65",
      "ocsp-grace: \"65\" is no duration like 90s, 15m, 2h or 65d" },
    { "expect-gpus", "129", "expect-gpus: \"129\" is no number from 0 to 128" },
    { "expect-gpus", "-1", "expect-gpus: \"-1\" is no number from 0 to 128" },
    { "expect-gpus", "8x", "expect-gpus: \"8x\" is no number from 0 to 128" },
    { "expect-gpus", " 8", "expect-gpus: \" 8\" is no number from 0 to 128" },
    { "expect-gpus", "99999999999999999999",
      "expect-gpus: \"99999999999999999999\" is no number from 0 to 128" },
    { "relax", "a,,b", "relax: \"a,,b\" has an empty item" },
    { "relax", ",a", "relax: \",a\" has an empty item" },
    { "relax", "a,", "relax: \"a,\" has an empty item" },
    { "relax", ",", "relax: \",\" has an empty item" },
};

static void
refuses_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bads); i++) {
        struct ga_settings *set = fresh(), *before = fresh();
        struct ga_error err = { 0 };

        assert_int_equal(
            ga_settings_set(set, bads[i].name, bads[i].value, &err),
            GA_E_INVAL);
        assert_string_equal(err.text, bads[i].expect);
        assert_true(same(set, before));
        ga_settings_free(set);
        ga_settings_free(before);
    }
    assert_int_equal(ga_settings_set(NULL, "at", "x", NULL), GA_E_INVAL);
}

static void
bounds_lists_and_values(void **state)
{
    struct ga_settings *set = fresh();
    struct ga_error err = { 0 };
    char text[GA_VALUE_MAX + 2];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[GA_VALUE_MAX + 1] = '\0';
    assert_int_equal(ga_settings_set(set, "rim-dir", text, &err), GA_E_INVAL);
    assert_string_equal(err.text, "rim-dir: 4097 bytes, not 1 to 4096");
    text[GA_VALUE_MAX] = '\0';
    for (size_t i = 0; i < GA_LIST_MAX; i++)
        assert_int_equal(ga_settings_set(set, "rim-dir", text, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "rim-dir", "y", &err), GA_E_INVAL);
    assert_string_equal(err.text, "rim-dir: more than 64 values");
    assert_int_equal(set->rim_dir.count, GA_LIST_MAX);
    /* The second of two does not fit: neither stays. */
    for (size_t i = 0; i < GA_LIST_MAX - 1; i++)
        assert_int_equal(ga_settings_set(set, "relax", "x", NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "relax", "y,z", &err), GA_E_INVAL);
    assert_string_equal(err.text, "relax: more than 64 values");
    assert_int_equal(set->relax.count, GA_LIST_MAX - 1);
    assert_null(set->relax.item[GA_LIST_MAX - 1]);
    ga_settings_free(set);
}

static void
copies_everything(void **state)
{
    struct ga_settings *set = fresh(), *copy = NULL, *empty = NULL;

    (void)state;
    assert_int_equal(ga_settings_copy(set, &empty, NULL), GA_OK);
    assert_true(same(set, empty));
    ga_settings_free(empty);
    for (size_t i = 0; i < COUNT(values); i++)
        assert_int_equal(
            ga_settings_set(set, values[i].name, values[i].value, NULL), GA_OK);
    assert_int_equal(ga_settings_copy(set, &copy, NULL), GA_OK);
    assert_string_equal(copy->rim_dir.item[0], "a");
    assert_ptr_not_equal(copy->rim_dir.item[0], set->rim_dir.item[0]);
    assert_string_equal(copy->relax.item[0], "device.ocsp:stale");
    assert_string_equal(copy->arch, "HOPPER");
    assert_string_equal(copy->rim_url, "https://rim.example");
    assert_ptr_not_equal(copy->rim_url, set->rim_url);
    assert_string_equal(copy->tls_ca_path, "g");
    assert_int_equal(copy->rim_dir.count, 1);
    assert_int_equal(copy->ocsp_dir.count, 1);
    assert_int_equal(copy->device_anchor.count, 1);
    assert_int_equal(copy->rim_anchor.count, 1);
    assert_true(copy->offline && copy->allow_hold && copy->no_ocsp &&
                copy->allow_custom_anchors);
    assert_int_equal(copy->at, set->at);
    assert_int_equal(copy->rim_signed_after, set->rim_signed_after);
    assert_int_equal(copy->ocsp_grace, set->ocsp_grace);
    assert_int_equal(copy->ocsp_max_age, 86400);
    assert_int_equal(copy->ocsp_skew, 1);
    assert_int_equal(copy->rim_grace, 7200);
    assert_int_equal(copy->ocsp_nonce, 2);
    assert_int_equal(copy->expect_gpus, 8);
    assert_int_equal(copy->expect_switches, 0);
    assert_int_equal(copy->claims_version, 0);
    ga_settings_free(set);
    ga_settings_free(copy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_with_the_strictest),
        cmocka_unit_test(has_one_member_per_row),
        cmocka_unit_test(has_rows_that_can_be_shown),
        cmocka_unit_test(takes_values),
        cmocka_unit_test(refuses_and_changes_nothing),
        cmocka_unit_test(bounds_lists_and_values),
        cmocka_unit_test(copies_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
