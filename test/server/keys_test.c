/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* asprintf, memmem */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/keys.h"
#include "support/fixtures.h"

#define NOW  INT64_C(1795000000)
#define LIFE INT64_C(3600)

struct scene {
    char dir[64];
};

static int
set_up(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    bool made = false;

    assert_non_null(s);
    snprintf(s->dir, sizeof(s->dir), "/tmp/gpuattest-keys-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(server_keys_prepare(s->dir, NOW, &made, NULL), GA_OK);
    assert_true(made);
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    struct scene *s = *state;
    char line[128];

    snprintf(line, sizeof(line), "rm -rf '%s'", s->dir);
    assert_int_equal(system(line), 0);
    free(s);
    return 0;
}

static char *
path_of(const struct scene *s, const char *name)
{
    char *path = NULL;

    assert_true(asprintf(&path, "%s/%s", s->dir, name) > 0);
    return path;
}

static void
add_key(const struct scene *s, ga_time from)
{
    const struct server_key_life life = { .now = NOW,
                                          .from = from,
                                          .life = 30 * 86400 };
    char *file = NULL;

    assert_int_equal(server_keys_add(s->dir, &life, &file, NULL), GA_OK);
    free(file);
}

/* The number of keys that are published. */
static size_t
published(const struct server_keys *keys, ga_time now)
{
    char *text = NULL;
    json_t *v;
    size_t n;

    assert_int_equal(server_keys_jwks(keys, now, LIFE, &text, NULL), GA_OK);
    v = json_loads(text, 0, NULL);
    n = json_array_size(json_object_get(v, "keys"));
    json_decref(v);
    free(text);
    return n;
}

static void
makes_an_authority_and_a_key_once(void **state)
{
    const struct scene *s = *state;
    struct server_keys keys = { 0 };
    char *authority = path_of(s, "authority.pem");
    char *first = path_of(s, "signer-1.pem");
    struct stat st;
    bool made = true;

    assert_int_equal(stat(authority, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(first, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(server_keys_prepare(s->dir, NOW, &made, NULL), GA_OK);
    assert_false(made);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, NULL),
                     GA_OK);
    assert_int_equal(keys.files, 1);
    assert_int_equal(published(&keys, NOW), 1);
    assert_ptr_equal(server_keys_signer(&keys, NOW), keys.key[0]);
    assert_null(server_keys_signer(&keys, NOW - 301));
    assert_null(server_keys_signer(&keys, keys.key[0]->not_after));
    server_keys_done(&keys);
    free(authority);
    free(first);
}

static void
signs_with_the_newest_key_that_has_begun(void **state)
{
    const struct scene *s = *state;
    struct server_keys keys = { 0 };

    add_key(s, NOW + 100);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, NULL),
                     GA_OK);
    assert_int_equal(keys.files, 2);
    assert_true(keys.key[0]->not_before == NOW + 100);
    assert_ptr_equal(server_keys_signer(&keys, NOW + 99), keys.key[1]);
    assert_ptr_equal(server_keys_signer(&keys, NOW + 100), keys.key[0]);
    /* Published before it signs, so that nobody meets an unknown one. */
    assert_int_equal(published(&keys, NOW), 2);
    server_keys_done(&keys);
}

static void
keeps_a_key_whose_file_is_gone_for_its_tokens(void **state)
{
    const struct scene *s = *state;
    struct server_keys before = { 0 }, after = { 0 }, later = { 0 };
    char *first = path_of(s, "signer-1.pem");
    ga_time end = NOW + LIFE + SERVER_KEY_LEEWAY;

    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &before, NULL),
                     GA_OK);
    atomic_store(&before.key[0]->last_used, NOW);
    add_key(s, NOW);
    assert_int_equal(unlink(first), 0);
    assert_int_equal(server_keys_load(s->dir, &before, NOW, LIFE, &after, NULL),
                     GA_OK);
    server_keys_done(&before);
    assert_int_equal(after.files, 1);
    assert_int_equal(after.count, 2);
    assert_ptr_equal(server_keys_signer(&after, NOW), after.key[0]);
    assert_int_equal(published(&after, end), 2);
    assert_int_equal(published(&after, end + 1), 1);
    assert_int_equal(
        server_keys_load(s->dir, &after, end + 1, LIFE, &later, NULL), GA_OK);
    assert_int_equal(later.count, 1);
    server_keys_done(&after);
    server_keys_done(&later);
    free(first);
}

static void
forgets_a_key_that_never_signed(void **state)
{
    const struct scene *s = *state;
    struct server_keys before = { 0 }, after = { 0 };
    char *first = path_of(s, "signer-1.pem");

    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &before, NULL),
                     GA_OK);
    add_key(s, NOW);
    assert_int_equal(unlink(first), 0);
    assert_int_equal(server_keys_load(s->dir, &before, NOW, LIFE, &after, NULL),
                     GA_OK);
    assert_int_equal(after.count, 1);
    server_keys_done(&before);
    server_keys_done(&after);
    free(first);
}

static void
goes_on_with_a_key_that_is_loaded_again(void **state)
{
    const struct scene *s = *state;
    struct server_keys before = { 0 }, after = { 0 };

    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &before, NULL),
                     GA_OK);
    assert_int_equal(server_keys_load(s->dir, &before, NOW, LIFE, &after, NULL),
                     GA_OK);
    assert_ptr_equal(before.key[0], after.key[0]);
    server_keys_done(&before);
    server_keys_done(&after);
}

static void
refuses_keys_that_others_can_read(void **state)
{
    const struct scene *s = *state;
    struct server_keys keys = { 0 };
    struct ga_error err = { 0 };
    char *first = path_of(s, "signer-1.pem");

    assert_int_equal(chmod(first, 0640), 0);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, &err),
                     GA_E_FILE);
    assert_non_null(strstr(err.text, "signing-key: "));
    assert_non_null(strstr(err.text, first));
    assert_int_equal(chmod(first, 0600), 0);
    assert_int_equal(chmod(s->dir, 0770), 0);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, &err),
                     GA_E_FILE);
    assert_non_null(strstr(err.text, "others can put keys there (mode 770)"));
    assert_int_equal(chmod(s->dir, 0700), 0);
    free(first);
}

static void
refuses_one_key_in_two_files(void **state)
{
    const struct scene *s = *state;
    struct server_keys keys = { 0 };
    struct ga_error err = { 0 };
    char *first = path_of(s, "signer-1.pem"), *again = path_of(s, "z.pem");

    assert_int_equal(link(first, again), 0);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, &err),
                     GA_E_DUPLICATE);
    assert_int_equal(unlink(again), 0);
    assert_int_equal(unlink(first), 0);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, &err),
                     GA_E_MISSING);
    assert_int_equal(keys.count, 0);
    free(first);
    free(again);
}

static void
refuses_a_key_without_a_certificate(void **state)
{
    const struct scene *s = *state;
    struct server_keys keys = { 0 };
    struct ga_error err = { 0 };
    char *first = path_of(s, "signer-1.pem");
    struct ga_buf file = read_file(first);
    const char *end = memmem(file.ptr, file.len, "-----BEGIN CERT", 15);
    FILE *to = fopen(first, "w");

    assert_non_null(to);
    assert_non_null(end);
    fwrite(file.ptr, 1, (size_t)(end - (const char *)file.ptr), to);
    fclose(to);
    assert_int_equal(server_keys_load(s->dir, NULL, NOW, LIFE, &keys, &err),
                     GA_E_BAD_VALUE);
    assert_non_null(strstr(err.text, "no certificate"));
    ga_buf_done(&file);
    free(first);
}

static void
prints_the_authority_of_all_keys_once(void **state)
{
    const struct scene *s = *state;
    char *one = NULL, *two = NULL, *file = NULL;
    char *first = path_of(s, "signer-1.pem");

    assert_int_equal(server_keys_anchor(s->dir, &one, NULL), GA_OK);
    add_key(s, NOW);
    assert_int_equal(server_keys_anchor(s->dir, &two, NULL), GA_OK);
    assert_int_equal(server_keys_anchor(first, &file, NULL), GA_OK);
    assert_string_equal(one, two);
    assert_string_equal(one, file);
    assert_null(strstr(one, "PRIVATE"));
    assert_int_equal(strncmp(one, "-----BEGIN CERTIFICATE-----", 27), 0);
    free(one);
    free(two);
    free(file);
    free(first);
}

static void
says_why_there_can_be_no_keys(void **state)
{
    const struct scene *s = *state;
    char *absent = path_of(s, "absent/keys"), *want = NULL;
    struct ga_error err = { 0 };
    bool made = true;

    assert_int_equal(server_keys_prepare(absent, NOW, &made, &err), GA_E_FILE);
    assert_true(asprintf(&want,
                         "signing-key: %s: cannot be made: No such file or "
                         "directory",
                         absent) > 0);
    assert_string_equal(err.text, want);
    assert_false(made);
    free(want);
    free(absent);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(makes_an_authority_and_a_key_once),
        TEST(signs_with_the_newest_key_that_has_begun),
        TEST(keeps_a_key_whose_file_is_gone_for_its_tokens),
        TEST(forgets_a_key_that_never_signed),
        TEST(goes_on_with_a_key_that_is_loaded_again),
        TEST(refuses_keys_that_others_can_read),
        TEST(refuses_one_key_in_two_files),
        TEST(refuses_a_key_without_a_certificate),
        TEST(prints_the_authority_of_all_keys_once),
        TEST(says_why_there_can_be_no_keys),
    };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
