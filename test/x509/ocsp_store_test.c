/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP answers from directories. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/ocsp_maker.h"
#include "x509/ocsp_store.h"

static struct made issuer, leaf;

/* A directory of its own for each test. */
static char dir[64];
static struct ga_ocsp_store *store;

static int
make_world(void **state)
{
    struct cert_plan a = { .name = "issuer", .ca = true };
    struct cert_plan b = { .name = "leaf" };

    (void)state;
    issuer = make_cert(&a, NULL);
    leaf = make_cert(&b, &issuer);
    return 0;
}

static int
end_world(void **state)
{
    (void)state;
    made_done(&issuer);
    made_done(&leaf);
    return 0;
}

static int
make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "ocsp-store-XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(ga_ocsp_store_new(&store, NULL), GA_OK);
    return 0;
}

static const char *const names[] = { "a.der", "b.der",   "c.txt",
                                     "big",   ".hidden", "sub" };

static int
end_dir(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        remove(path);
    }
    assert_int_equal(rmdir(dir), 0);
    ga_ocsp_store_free(store);
    return 0;
}

static void
put(const char *name, const void *ptr, size_t len)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(ptr, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void
put_answer(const char *name)
{
    struct answer_plan plan = {
        .responder = &issuer,
        .singles = 1,
        .single = { { .cert = &leaf, .issuer = &issuer } },
    };
    struct ga_buf der = make_answer(&plan);

    put(name, der.ptr, der.len);
    ga_buf_done(&der);
}

static void
reads_every_file_of_a_directory(void **state)
{
    (void)state;
    put_answer("b.der");
    put_answer("a.der");
    put("c.txt", "x", 1);
    put(".hidden", "x", 1);
    assert_int_equal(ga_ocsp_store_add_dir(store, dir, NULL), GA_OK);
    assert_int_equal(store->count, 2);
    assert_string_equal(store->entry[0].source, "a.der");
    assert_string_equal(store->entry[1].source, "b.der");
    assert_int_equal(store->malformed.count, 1);
    assert_string_equal(store->malformed.source, "c.txt");
    assert_string_equal(store->malformed.error.text,
                        "OCSP answer: OCSPResponse: need 1 bytes at 1, have 0");
    assert_int_equal(store->refused.count, 0);
}

static void
keeps_the_first_of_what_is_no_answer(void **state)
{
    (void)state;
    put("a.der", "\x30\x03\x0a\x01\x03", 5);
    put("b.der", "\x30\x03\x0a\x01\x06", 5);
    put("c.txt", "", 0);
    put("big", "\x30\x00", 2);
    assert_int_equal(ga_ocsp_store_add_dir(store, dir, NULL), GA_OK);
    assert_int_equal(store->count, 0);
    assert_int_equal(store->refused.count, 2);
    assert_string_equal(store->refused.source, "a.der");
    assert_string_equal(store->refused.error.text,
                        "OCSP answer: the responder says tryLater (3)");
    assert_int_equal(store->malformed.count, 2);
    assert_string_equal(store->malformed.source, "big");
}

static void
names_a_file_that_is_too_large(void **state)
{
    char *big = calloc(1, GA_OCSP_MAX + 1);

    (void)state;
    put("big", big, GA_OCSP_MAX + 1);
    free(big);
    put_answer("a.der");
    assert_int_equal(ga_ocsp_store_add_dir(store, dir, NULL), GA_OK);
    assert_int_equal(store->count, 1);
    assert_int_equal(store->malformed.count, 1);
    assert_string_equal(store->malformed.source, "big");
    assert_int_equal(store->malformed.error.code, GA_E_TOO_LARGE);
}

static void
refuses_a_directory_that_is_none(void **state)
{
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_ocsp_store_add_dir(store, "no-such-directory", &err),
                     GA_E_FILE);
    assert_non_null(strstr(err.text, "no-such-directory"));
    assert_int_equal(store->count, 0);
}

/* The directory can be opened under this name of 4,090 characters, and its
 * files cannot. */
static void
refuses_a_file_that_cannot_be_read(void **state)
{
    char longer[4091] = "";
    struct ga_error err = { 0 };
    size_t n = sizeof(longer) - 1 - strlen(dir);

    (void)state;
    put_answer("a.der");
    for (size_t i = 0; i < n; i++)
        longer[i] = i == n - 1 || i % 2 ? '/' : '.';
    memcpy(longer + n, dir, strlen(dir) + 1);
    assert_int_equal(ga_ocsp_store_add_dir(store, longer, &err), GA_E_FILE);
    assert_int_equal(err.code, GA_E_FILE);
    assert_int_equal(store->count, 0);
}

static void
grows(void **state)
{
    struct answer_plan plan = {
        .responder = &issuer,
        .singles = 1,
        .single = { { .cert = &leaf, .issuer = &issuer } },
    };
    struct ga_buf der = make_answer(&plan);

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        char name[16];

        snprintf(name, sizeof(name), "%zu", i);
        assert_int_equal(ga_ocsp_store_add(store, ga_view(&der), name, NULL),
                         GA_OK);
    }
    assert_int_equal(store->count, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(atoi(store->entry[i].source), i);
    ga_buf_done(&der);
}

static void
is_bounded_in_all(void **state)
{
    struct ga_error err = { 0 };
    uint8_t *big = calloc(1, GA_OCSP_MAX);
    size_t most = GA_OCSP_DIR_BYTES_MAX / GA_OCSP_MAX;

    (void)state;
    for (size_t i = 0; i < most; i++)
        assert_int_equal(
            ga_ocsp_store_add(store, ga_bytes_of(big, GA_OCSP_MAX), "x", &err),
            GA_OK);
    assert_int_equal(ga_ocsp_store_add(store, ga_bytes_of(big, 1), "x", &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text,
                        "OCSP answers: more than 16777216 bytes in all");
    assert_int_equal(store->malformed.count, most);
    free(big);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, end_dir)
    const struct CMUnitTest tests[] = {
        TEST(reads_every_file_of_a_directory),
        TEST(keeps_the_first_of_what_is_no_answer),
        TEST(names_a_file_that_is_too_large),
        TEST(refuses_a_directory_that_is_none),
        TEST(refuses_a_file_that_cannot_be_read),
        TEST(grows),
        TEST(is_bounded_in_all),
    };

    ga_ocsp_store_free(NULL);
    return cmocka_run_group_tests(tests, make_world, end_world);
}
