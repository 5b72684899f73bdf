/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpuattest/nonce.h"

#define DIGITS \
    "0123456789abcdefABCDEF9876543210ffeeddccbbaa99887766554433221100"
#define LOWER "0123456789abcdefabcdef9876543210ffeeddccbbaa99887766554433221100"

static void
reads_digits_with_and_without_prefix(void **state)
{
    static const char *const good[] = { DIGITS, "0x" DIGITS, "0X" DIGITS };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct ga_nonce n;
        char text[2 * GA_NONCE_LEN + 1];

        assert_int_equal(ga_nonce_parse(good[i], &n, NULL), GA_OK);
        ga_nonce_text(&n, text);
        assert_string_equal(text, LOWER);
    }
}

static void
refuses_everything_else(void **state)
{
    static const struct {
        const char *text, *expect;
    } bad[] = {
        { NULL, "nonce: none given" },
        { "", "nonce: \"\" is not 64 hex digits" },
        { "0x", "nonce: \"0x\" is not 64 hex digits" },
        { DIGITS "0", "nonce: \"" DIGITS "0\" is not 64 hex digits" },
        { " " DIGITS, "nonce: \" " DIGITS "\" is not 64 hex digits" },
        { DIGITS "\n", "nonce: \"" DIGITS "\\x0a\" is not 64 hex digits" },
        { "x" DIGITS, "nonce: \"x" DIGITS "\" is not 64 hex digits" },
        { "0x0x" DIGITS, "nonce: \"0x0x" DIGITS "\" is not 64 hex digits" },
        { "0xnonce", "nonce: \"0xnonce\" is not 64 hex digits" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_nonce n, before;
        struct ga_error err = { 0 };

        memset(&n, 0xa5, sizeof(n));
        before = n;
        assert_int_equal(ga_nonce_parse(bad[i].text, &n, &err), GA_E_INVAL);
        assert_string_equal(err.text, bad[i].expect);
        assert_memory_equal(&n, &before, sizeof(n));
    }
    assert_int_equal(ga_nonce_parse(DIGITS, NULL, NULL), GA_E_INVAL);
}

static void
refuses_every_prefix(void **state)
{
    (void)state;
    for (size_t n = 0; n < strlen(DIGITS); n++) {
        char *text = strndup(DIGITS, n);
        struct ga_nonce out;

        assert_int_equal(ga_nonce_parse(text, &out, NULL), GA_E_INVAL);
        free(text);
    }
}

static void
makes_another_one_each_time(void **state)
{
    struct ga_nonce a = { { 0 } }, b = { { 0 } };

    (void)state;
    assert_int_equal(ga_nonce_random(&a, NULL), GA_OK);
    assert_int_equal(ga_nonce_random(&b, NULL), GA_OK);
    assert_memory_not_equal(&a, &b, sizeof(a));
    assert_int_equal(ga_nonce_random(NULL, NULL), GA_E_INVAL);
}

/* Digest: printf 'gpuattest nonce bind v1\0firmware\n' | sha256sum. */
static void
binds_what_a_file_holds(void **state)
{
    char path[] = "/tmp/gpuattest-nonce-XXXXXX";
    int fd = mkstemp(path);
    char text[2 * GA_NONCE_LEN + 1];
    struct ga_nonce n;

    (void)state;
    assert_int_equal(write(fd, "firmware\n", 9), 9);
    assert_int_equal(ga_nonce_bind(path, &n, NULL), GA_OK);
    ga_nonce_text(&n, text);
    assert_string_equal(
        text,
        "1b5317bdd10fe38ad1406835731a7b98572ee853396e60cb60b996e0686fd3d6");
    close(fd);
    unlink(path);
}

static void
binds_nothing_to_no_file(void **state)
{
    static const struct {
        const char *path;
        enum ga_rc rc;
        const char *text;
    } bad[] = {
        { NULL, GA_E_INVAL, "nonce: nothing to bind" },
        { "/nowhere/x", GA_E_FILE, "/nowhere/x: No such file or directory" },
        { "/", GA_E_FILE, "/: Is a directory" },
        { "/dev/null", GA_E_TRUNCATED, "/dev/null: the file is empty" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_nonce n, before;
        struct ga_error err = { 0 };

        memset(&n, 0xa5, sizeof(n));
        before = n;
        assert_int_equal(ga_nonce_bind(bad[i].path, &n, &err), bad[i].rc);
        assert_string_equal(err.text, bad[i].text);
        assert_memory_equal(&n, &before, sizeof(n));
    }
    assert_int_equal(ga_nonce_bind("/dev/null", NULL, NULL), GA_E_INVAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_digits_with_and_without_prefix),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(makes_another_one_each_time),
        cmocka_unit_test(binds_what_a_file_holds),
        cmocka_unit_test(binds_nothing_to_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
