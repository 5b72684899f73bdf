/* SPDX-License-Identifier: Apache-2.0 */
/* The list itself: adding, showing, writing, and all or nothing. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "gpuattest/evidence.h"
#include "support/fixtures.h"

/* 11 e0 01 ff, and PEM that is none. */
#define REPORT "EeAB/w=="
#define PEM    "-----BEGIN CERTIFICATE-----\n"
#define CHAIN  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
#define ITEM   "{\"evidence\":\"" REPORT "\",\"certificate\":\"" CHAIN "\"}"

static struct ga_evidence *
fresh(void)
{
    struct ga_evidence *e = NULL;

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_count(e), 0);
    return e;
}

static struct ga_evidence_view
view(const struct ga_evidence *e, size_t i)
{
    struct ga_evidence_view v = { 0 };

    assert_int_equal(ga_evidence_get(e, i, &v, NULL), GA_OK);
    return v;
}

static void
has_minimal(const struct ga_evidence *e, size_t i)
{
    struct ga_evidence_view v = view(e, i);

    assert_int_equal(v.report_len, 4);
    assert_memory_equal(v.report, "\x11\xe0\x01\xff", 4);
    assert_int_equal(v.chain_len, strlen(PEM));
    assert_memory_equal(v.chain, PEM, v.chain_len);
}

static void
copies_what_is_added(void **state)
{
    struct ga_evidence *e = fresh();
    char report[] = "\x11\xe0\x01\xff", chain[] = PEM;
    struct ga_evidence_view v;

    (void)state;
    assert_int_equal(ga_evidence_add(e, report, 4, chain, strlen(chain), NULL),
                     GA_OK);
    memset(report, 0, sizeof(report));
    memset(chain, 0, sizeof(chain));
    assert_int_equal(ga_evidence_add_base64(e, "EeAB_w", CHAIN, NULL), GA_OK);
    assert_int_equal(ga_evidence_add_base64(e, REPORT, PEM, NULL), GA_OK);
    assert_int_equal(ga_evidence_add_base64(e, "11e001FF", CHAIN, NULL), GA_OK);
    assert_int_equal(ga_evidence_count(e), 4);
    for (size_t i = 0; i < 4; i++)
        has_minimal(e, i);
    v = view(e, 1);
    assert_null(v.arch);
    assert_null(v.nonce);
    assert_string_equal(v.source, "added item 2");
    ga_evidence_free(e);
    ga_evidence_free(NULL);
}

static void
refuses_bad_additions(void **state)
{
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };
    char *big = calloc(1, GA_CHAIN_MAX + 1);

    (void)state;
    assert_int_equal(ga_evidence_add(NULL, "x", 1, "x", 1, &err), GA_E_INVAL);
    assert_string_equal(err.text, "evidence: nothing given");
    assert_int_equal(ga_evidence_add(e, NULL, 1, "x", 1, &err), GA_E_INVAL);
    assert_string_equal(err.text, "report: nothing given");
    assert_int_equal(ga_evidence_add(e, "x", 0, "x", 1, &err), GA_E_INVAL);
    assert_string_equal(err.text, "report: nothing given");
    assert_int_equal(ga_evidence_add(e, "x", 1, NULL, 1, &err), GA_E_INVAL);
    assert_string_equal(err.text, "chain: nothing given");
    assert_int_equal(ga_evidence_add(e, big, GA_REPORT_MAX + 1, "x", 1, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "report: 8193 bytes, not 1 to 8192");
    assert_int_equal(ga_evidence_add(e, "x", 1, big, GA_CHAIN_MAX + 1, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "chain: 65537 bytes, not 1 to 65536");
    assert_int_equal(ga_evidence_add_base64(NULL, "x", "x", &err), GA_E_INVAL);
    assert_int_equal(ga_evidence_add_base64(e, "", CHAIN, &err), GA_E_INVAL);
    assert_string_equal(err.text, "report: nothing given");
    assert_int_equal(ga_evidence_add_base64(e, REPORT, NULL, &err), GA_E_INVAL);
    assert_string_equal(err.text, "certificate: nothing given");
    assert_int_equal(ga_evidence_add_base64(e, "EeA*", CHAIN, &err),
                     GA_E_SYNTAX);
    assert_string_equal(err.text, "report: byte 0x2a at 3 is no base64");
    assert_int_equal(err.code, GA_E_SYNTAX);
    assert_int_equal(err.offset, 3);
    assert_int_equal(ga_evidence_count(e), 0);
    assert_int_equal(
        ga_evidence_add(e, big, GA_REPORT_MAX, big, GA_CHAIN_MAX, NULL), GA_OK);
    ga_evidence_free(e);
    free(big);
}

static void
shows_no_device_that_is_not_there(void **state)
{
    struct ga_evidence *e = fresh();
    struct ga_evidence_view v = { .arch = "untouched" };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_evidence_get(e, 0, &v, &err), GA_E_INVAL);
    assert_string_equal(err.text, "evidence: no device 0");
    assert_int_equal(ga_evidence_get(NULL, 3, &v, &err), GA_E_INVAL);
    assert_string_equal(err.text, "evidence: no device 3");
    assert_int_equal(ga_evidence_get(e, 0, NULL, &err), GA_E_INVAL);
    assert_string_equal(v.arch, "untouched");
    assert_int_equal(ga_evidence_count(NULL), 0);
    assert_int_equal(ga_evidence_new(NULL, NULL), GA_E_INVAL);
    ga_evidence_free(e);
}

/* A list whose last item is bad leaves what was there, and only that. */
static void
appends_all_or_nothing(void **state)
{
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };
    const char good[] = "[" ITEM "," ITEM "]", bad[] = "[" ITEM ",{}]";

    (void)state;
    assert_int_equal(ga_evidence_parse(e, good, strlen(good), NULL), GA_OK);
    assert_int_equal(ga_evidence_parse(e, bad, strlen(bad), &err),
                     GA_E_MISSING);
    assert_string_equal(err.text, "evidence: item 2: no evidence");
    assert_int_equal(ga_evidence_count(e), 2);
    assert_int_equal(ga_evidence_parse(e, good, strlen(good), NULL), GA_OK);
    assert_int_equal(ga_evidence_count(e), 4);
    assert_string_equal(view(e, 3).source, "evidence item 2");
    ga_evidence_free(e);
}

/* "[ITEM,ITEM,...]" with `n` items; the caller frees it. */
static char *
list_of(size_t n)
{
    size_t each = strlen(ITEM) + 1;
    char *text = malloc(n * each + 2);

    assert_non_null(text);
    text[0] = '[';
    for (size_t i = 0; i < n; i++)
        memcpy(text + 1 + i * each, ITEM ",", each);
    memcpy(text + n * each, "]", 2);
    return text;
}

static void
bounds_the_devices(void **state)
{
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };
    char *full = list_of(GA_DEVICES_MAX), *more = list_of(GA_DEVICES_MAX + 1);

    (void)state;
    assert_int_equal(ga_evidence_parse(e, more, strlen(more), &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "evidence: 129 devices, not 1 to 128");
    assert_int_equal(ga_evidence_count(e), 0);
    assert_int_equal(ga_evidence_parse(e, full, strlen(full), NULL), GA_OK);
    assert_int_equal(ga_evidence_count(e), GA_DEVICES_MAX);
    has_minimal(e, GA_DEVICES_MAX - 1);
    assert_int_equal(ga_evidence_parse(e, ITEM, strlen(ITEM), &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "evidence: more than 128 devices");
    assert_int_equal(ga_evidence_add_base64(e, REPORT, CHAIN, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 128 devices");
    assert_int_equal(ga_evidence_count(e), GA_DEVICES_MAX);
    ga_evidence_free(e);
    free(full);
    free(more);
}

static void
bounds_the_input(void **state)
{
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };
    char *text = malloc(GA_EVIDENCE_MAX + 1);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', GA_EVIDENCE_MAX + 1);
    memcpy(text, ITEM, strlen(ITEM));
    assert_int_equal(ga_evidence_parse(e, text, GA_EVIDENCE_MAX + 1, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "evidence: 1048577 bytes, not 1 to 1048576");
    assert_int_equal(ga_evidence_parse(e, text, GA_EVIDENCE_MAX, NULL), GA_OK);
    memset(text, '[', GA_EVIDENCE_MAX);
    assert_int_equal(ga_evidence_parse(e, text, GA_EVIDENCE_MAX, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text,
                        "evidence: JSON: more than 32 levels at byte 32");
    assert_int_equal(err.offset, 32);
    memset(text, ',', GA_EVIDENCE_MAX);
    text[0] = '[';
    assert_int_equal(ga_evidence_parse(e, text, GA_EVIDENCE_MAX, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text,
                        "evidence: JSON: more than 20000 values at byte 19999");
    assert_int_equal(ga_evidence_parse(NULL, text, 1, &err), GA_E_INVAL);
    assert_int_equal(ga_evidence_parse(e, NULL, 1, &err), GA_E_INVAL);
    assert_string_equal(err.text, "evidence: nothing given");
    assert_int_equal(ga_evidence_count(e), 1);
    ga_evidence_free(e);
    free(text);
}

static void
names_the_file(void **state)
{
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };
    char path[] = "/tmp/gpuattest-\x1b-XXXXXX", expect[256];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "[" ITEM "]", strlen(ITEM) + 2),
                     strlen(ITEM) + 2);
    assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
    snprintf(expect, sizeof(expect), "/tmp/gpuattest-\\x1b-%s item 1",
             path + strlen(path) - 6);
    assert_string_equal(view(e, 0).source, expect);
    assert_int_equal(ftruncate(fd, (off_t)strlen(ITEM)), 0);
    assert_int_equal(ga_evidence_load(e, path, &err), GA_E_SYNTAX);
    snprintf(expect, sizeof(expect),
             "/tmp/gpuattest-\\x1b-%s: JSON: ',' or '}' expected "
             "at byte 80",
             path + strlen(path) - 6);
    assert_string_equal(err.text, expect);
    close(fd);
    unlink(path);
    assert_int_equal(ga_evidence_load(e, path, &err), GA_E_FILE);
    assert_int_equal(ga_evidence_load(e, "/nowhere/gpu.json", &err), GA_E_FILE);
    assert_string_equal(err.text,
                        "/nowhere/gpu.json: No such file or directory");
    assert_int_equal(ga_evidence_load(NULL, path, &err), GA_E_INVAL);
    assert_int_equal(ga_evidence_load(e, NULL, &err), GA_E_INVAL);
    assert_int_equal(ga_evidence_count(e), 1);
    ga_evidence_free(e);
}

static void
writes_the_list_form(void **state)
{
    struct ga_evidence *e = fresh(), *again = fresh();
    const char in[] = "[{\"certificate\":\"" CHAIN "\",\"nonce\":\"0xAb\","
                      "\"arch\":9,\"evidence\":\"" REPORT "\"}," ITEM "]";
    char *text = NULL;

    (void)state;
    assert_int_equal(ga_evidence_parse(e, in, strlen(in), NULL), GA_OK);
    assert_int_equal(ga_evidence_json(e, &text, NULL), GA_OK);
    assert_string_equal(text, "[\n  {\n    \"arch\": \"9\",\n"
                              "    \"nonce\": \"0xAb\",\n"
                              "    \"evidence\": \"" REPORT "\",\n"
                              "    \"certificate\": \"" CHAIN "\"\n  },\n"
                              "  {\n    \"evidence\": \"" REPORT "\",\n"
                              "    \"certificate\": \"" CHAIN "\"\n  }\n]");
    assert_int_equal(ga_evidence_parse(again, text, strlen(text), NULL), GA_OK);
    assert_int_equal(ga_evidence_count(again), 2);
    assert_string_equal(view(again, 0).nonce, "0xAb");
    assert_string_equal(view(again, 0).arch, "9");
    has_minimal(again, 1);
    free(text);
    assert_int_equal(ga_evidence_json(NULL, &text, NULL), GA_OK);
    assert_string_equal(text, "[]");
    free(text);
    assert_int_equal(ga_evidence_json(e, NULL, NULL), GA_E_INVAL);
    ga_evidence_free(e);
    ga_evidence_free(again);
}

/* No prefix of a list is a list. */
static void
refuses_every_prefix(void **state)
{
    const char whole[] = "[" ITEM "," ITEM "]";
    struct ga_evidence *e = fresh();

    (void)state;
    for (size_t n = 0; n < strlen(whole); n++) {
        char *copy = malloc(n > 0 ? n : 1);
        struct ga_error err = { 0 };

        assert_non_null(copy);
        memcpy(copy, whole, n);
        assert_int_equal(ga_evidence_parse(e, copy, n, &err), GA_E_SYNTAX);
        assert_true(err.offset <= n);
        assert_int_equal(ga_evidence_count(e), 0);
        free(copy);
    }
    ga_evidence_free(e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_what_is_added),
        cmocka_unit_test(refuses_bad_additions),
        cmocka_unit_test(shows_no_device_that_is_not_there),
        cmocka_unit_test(appends_all_or_nothing),
        cmocka_unit_test(bounds_the_devices),
        cmocka_unit_test(bounds_the_input),
        cmocka_unit_test(names_the_file),
        cmocka_unit_test(writes_the_list_form),
        cmocka_unit_test(refuses_every_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
