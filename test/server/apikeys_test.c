/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/apikeys.h"
#include "support/fixtures.h"

/* SHA-256 of "secret", from FIPS 180-4's own function: openssl dgst. */
#define SECRET \
    "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

static enum ga_rc
parse(const char *text, struct server_apikeys *out, struct ga_error *err)
{
    return server_apikeys_parse("keys", ga_bytes_of(text, strlen(text)), out,
                                err);
}

static void
finds_who_has_the_key(void **state)
{
    struct server_apikeys keys = { 0 };

    (void)state;
    assert_int_equal(parse("# clients\n\nalice " SECRET "\nbob "
                           "0000000000000000000000000000000000000000000000000"
                           "000000000000000",
                           &keys, NULL),
                     GA_OK);
    assert_int_equal(keys.count, 2);
    assert_string_equal(server_apikeys_find(&keys, "Bearer secret"), "alice");
    assert_string_equal(server_apikeys_find(&keys, "bearer secret"), "alice");
    assert_null(server_apikeys_find(&keys, "Bearer secrets"));
    assert_null(server_apikeys_find(&keys, "Bearer  secret"));
    assert_null(server_apikeys_find(&keys, "Bearer "));
    assert_null(server_apikeys_find(&keys, "Basic secret"));
    assert_null(server_apikeys_find(&keys, "secret"));
    assert_null(server_apikeys_find(&keys, SECRET));
    assert_null(server_apikeys_find(&keys, "Bearer " SECRET));
    assert_null(server_apikeys_find(&keys, NULL));
    server_apikeys_done(&keys);
}

static void
lets_nobody_in_where_there_are_no_keys(void **state)
{
    struct server_apikeys keys = { 0 };

    (void)state;
    assert_int_equal(parse("", &keys, NULL), GA_OK);
    assert_null(server_apikeys_find(&keys, "Bearer secret"));
    server_apikeys_done(&keys);
}

static const struct {
    const char *text;
    enum ga_rc rc;
    const char *why;
} bad[] = {
    { "alice", GA_E_SYNTAX, "keys: line 1: no name and SHA-256 in hex" },
    { "alice 00", GA_E_SYNTAX, "keys: line 1: no name and SHA-256 in hex" },
    { "# x\nal/ice " SECRET, GA_E_SYNTAX,
      "keys: line 2: no name and SHA-256 in hex" },
    { " " SECRET, GA_E_SYNTAX, "keys: line 1: no name and SHA-256 in hex" },
    { "alice " SECRET " x", GA_E_SYNTAX,
      "keys: line 1: no name and SHA-256 in hex" },
    { "alice " SECRET "\r\n", GA_E_SYNTAX,
      "keys: line 1: no name and SHA-256 in hex" },
    { "alice " SECRET "\nalice " SECRET, GA_E_DUPLICATE,
      "keys: line 2: alice again" },
};

static void
refuses_what_is_no_list_of_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct server_apikeys keys = { 0 };
        struct ga_error err = { 0 };

        assert_int_equal(parse(bad[i].text, &keys, &err), bad[i].rc);
        assert_string_equal(err.text, bad[i].why);
        assert_null(keys.key);
    }
}

static void
adds_keys_that_it_finds_again(void **state)
{
    char dir[] = "/tmp/gpuattest-apikeys-XXXXXX", path[64];
    char first[SERVER_APIKEY_TEXT], second[SERVER_APIKEY_TEXT];
    char bearer[SERVER_APIKEY_TEXT + 8];
    struct server_apikeys keys = { 0 };
    struct ga_error err = { 0 };
    struct ga_buf file;
    struct stat st;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/keys", dir);
    assert_int_equal(server_apikeys_add(path, "a", first, &err), GA_OK);
    assert_int_equal(server_apikeys_add(path, "b", second, &err), GA_OK);
    assert_string_not_equal(first, second);
    assert_int_equal(strncmp(first, "gak_", 4), 0);
    assert_int_equal(strlen(first), 4 + 43);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(server_apikeys_add(path, "a", second, &err), GA_E_INVAL);
    assert_non_null(strstr(err.text, "a has a key in "));
    assert_int_equal(server_apikeys_add(path, "a b", second, &err), GA_E_INVAL);

    file = read_file(path);
    assert_null(memmem(file.ptr, file.len, first + 4, 43));
    ga_buf_done(&file);
    assert_int_equal(server_apikeys_load(path, &keys, &err), GA_OK);
    snprintf(bearer, sizeof(bearer), "Bearer %s", first);
    assert_string_equal(server_apikeys_find(&keys, bearer), "a");
    server_apikeys_done(&keys);

    assert_int_equal(chmod(path, 0620), 0);
    assert_int_equal(server_apikeys_load(path, &keys, &err), GA_E_FILE);
    assert_non_null(strstr(err.text, "others can write it (mode 620)"));
    unlink(path);
    rmdir(dir);
}

static void
adds_behind_a_line_without_an_end(void **state)
{
    char path[] = "/tmp/gpuattest-apikeys-XXXXXX", key[SERVER_APIKEY_TEXT];
    struct server_apikeys keys = { 0 };
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x " SECRET, 66), 66);
    close(fd);
    assert_int_equal(server_apikeys_add(path, "y", key, NULL), GA_OK);
    assert_int_equal(server_apikeys_load(path, &keys, NULL), GA_OK);
    assert_int_equal(keys.count, 2);
    server_apikeys_done(&keys);
    unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_who_has_the_key),
        cmocka_unit_test(lets_nobody_in_where_there_are_no_keys),
        cmocka_unit_test(refuses_what_is_no_list_of_keys),
        cmocka_unit_test(adds_keys_that_it_finds_again),
        cmocka_unit_test(adds_behind_a_line_without_an_end),
    };

    return cmocka_run_group_tests_name("apikeys", tests, NULL, NULL);
}
