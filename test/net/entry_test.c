/* SPDX-License-Identifier: Apache-2.0 */
/* Cached answers as files: nothing but what was written is read. */
#include "support/test.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "net/entry.h"

static const uint8_t nonce[32] = { 9, 8, 7, [31] = 1 };

static struct ga_entry_name
name_of(const char *key)
{
    struct ga_entry_name name;

    assert_true(ga_entry_name_of(GA_FETCH_RIM, "https://h/",
                                 ga_bytes_of(key, strlen(key)), false, &name));
    return name;
}

static struct ga_buf
file_of(size_t nonce_len, const char *body)
{
    struct ga_entry_name name = name_of("A");
    struct ga_entry entry = { .fetched = INT64_C(1760000000),
                              .nonce = { nonce, nonce_len },
                              .body = ga_bytes_of(body, strlen(body)) };
    struct ga_buf file = { 0 };

    assert_int_equal(ga_entry_write(&name, &entry, &file, NULL), GA_OK);
    return file;
}

/* Reads an exact copy, so that ASan sees one byte over. */
static enum ga_rc
read_copy(struct ga_bytes in, const struct ga_entry_name *name,
          struct ga_error *err)
{
    struct ga_entry entry = { .fetched = 77 };
    uint8_t *copy = malloc(in.len > 0 ? in.len : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, in.ptr, in.len);
    rc = ga_entry_read(ga_bytes_of(copy, in.len), name, &entry, err);
    if (rc != GA_OK) {
        assert_int_equal(entry.fetched, 77);
        assert_null(entry.body.ptr);
    }
    free(copy);
    return rc;
}

static void
gives_back_what_was_written(void **state)
{
    static const char *const bodies[] = { "", "x", "<rim/>" };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        for (size_t len = 0; len <= 32; len++) {
            struct ga_buf file = file_of(len, bodies[i]);
            struct ga_entry_name name = name_of("A");
            struct ga_entry e;

            assert_int_equal(file.len, GA_ENTRY_HEAD + strlen(bodies[i]));
            assert_int_equal(ga_entry_read(ga_view(&file), &name, &e, NULL),
                             GA_OK);
            assert_int_equal(e.fetched, 1760000000);
            assert_int_equal(e.nonce.len, len);
            assert_memory_equal(e.nonce.ptr, nonce, len);
            assert_int_equal(e.body.len, strlen(bodies[i]));
            assert_memory_equal(e.body.ptr, bodies[i], e.body.len);
            ga_buf_done(&file);
        }
}

static void
rejects_every_prefix(void **state)
{
    struct ga_buf file = file_of(32, "<rim/>");
    struct ga_entry_name name = name_of("A");

    (void)state;
    for (size_t n = 0; n < file.len; n++) {
        struct ga_error err = { 0 };

        assert_int_equal(read_copy(ga_bytes_of(file.ptr, n), &name, &err),
                         GA_E_TRUNCATED);
        assert_true(err.offset <= n);
    }
    ga_buf_done(&file);
}

static void
rejects_a_flip_of_every_bit(void **state)
{
    struct ga_buf file = file_of(32, "<rim/>");
    struct ga_entry_name name = name_of("A");

    (void)state;
    for (size_t i = 0; i < file.len * 8; i++) {
        struct ga_error err = { 0 };
        enum ga_rc rc;

        file.ptr[i / 8] ^= (uint8_t)(1 << i % 8);
        rc = read_copy(ga_view(&file), &name, &err);
        assert_int_not_equal(rc, GA_OK);
        assert_int_equal(err.code, rc);
        file.ptr[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(read_copy(ga_view(&file), &name, NULL), GA_OK);
    ga_buf_done(&file);
}

static void
rejects_bytes_behind_it(void **state)
{
    struct ga_buf file = file_of(0, "<rim/>");
    struct ga_entry_name name = name_of("A");
    struct ga_error err = { 0 };

    (void)state;
    file.ptr = realloc(file.ptr, file.len + 1);
    file.ptr[file.len++] = 0;
    assert_int_equal(read_copy(ga_view(&file), &name, &err), GA_E_TRAILING);
    ga_buf_done(&file);
}

static void
rejects_the_answer_to_another_question(void **state)
{
    struct ga_buf file = file_of(0, "<rim/>");
    struct ga_entry_name name = name_of("B");
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(read_copy(ga_view(&file), &name, &err), GA_E_BAD_VALUE);
    assert_string_equal(err.text, "cache: answer to another question");
    ga_buf_done(&file);
}

/* Files whose digest is right and whose fields are not. */
static struct field {
    const char *name;
    size_t at;
    uint8_t value;
    const char *text;
} fields[] = {
    { "another magic", 0, 'g', "cache: another magic or version" },
    { "another version", 7, 2, "cache: another magic or version" },
    { "long nonce", 48, 33, "cache: field above its bound" },
    { "short nonce", 48, 31, "cache: bytes behind the nonce" },
    { "before 1970", 15, 0x80, "cache: field above its bound" },
};

static void
reseal(struct ga_buf *file)
{
    uint8_t all[512];
    size_t body = file->len - GA_ENTRY_HEAD;

    memcpy(all, file->ptr, GA_ENTRY_HEAD - 32);
    memcpy(all + GA_ENTRY_HEAD - 32, file->ptr + GA_ENTRY_HEAD, body);
    assert_int_equal(EVP_Digest(all, GA_ENTRY_HEAD - 32 + body,
                                file->ptr + GA_ENTRY_HEAD - 32, NULL,
                                EVP_sha256(), NULL),
                     1);
}

static void
rejects_fields_above_their_bounds(void **state)
{
    struct ga_entry_name name = name_of("A");

    (void)state;
    for (size_t i = 0; i < COUNT(fields); i++) {
        struct ga_buf file = file_of(32, "<rim/>");
        struct ga_error err = { 0 };

        reseal(&file);
        assert_int_equal(read_copy(ga_view(&file), &name, NULL), GA_OK);
        file.ptr[fields[i].at] = fields[i].value;
        reseal(&file);
        assert_int_equal(read_copy(ga_view(&file), &name, &err),
                         GA_E_BAD_VALUE);
        assert_string_equal(err.text, fields[i].text);
        ga_buf_done(&file);
    }
}

static void
writes_nothing_above_the_bounds(void **state)
{
    struct ga_entry_name name = name_of("A");
    struct ga_buf body = { .ptr = calloc(1, GA_CACHE_BODY_MAX + 1),
                           .len = GA_CACHE_BODY_MAX };
    struct ga_buf file = { 0 };
    struct ga_entry e = { .body = ga_view(&body) };

    (void)state;
    assert_int_equal(ga_entry_write(&name, &e, &file, NULL), GA_OK);
    assert_int_equal(read_copy(ga_view(&file), &name, NULL), GA_OK);
    ga_buf_done(&file);
    e.body.len++;
    assert_int_equal(ga_entry_write(&name, &e, &file, NULL), GA_E_INVAL);
    e.body.len = 0;
    e.nonce = ga_bytes_of(body.ptr, 33);
    assert_int_equal(ga_entry_write(&name, &e, &file, NULL), GA_E_INVAL);
    e.nonce.len = 0;
    e.fetched = -1;
    assert_int_equal(ga_entry_write(&name, &e, &file, NULL), GA_E_INVAL);
    assert_null(file.ptr);
    ga_buf_done(&body);
}

/* Everything that tells two questions apart tells their names apart. */
static void
names_every_question_by_itself(void **state)
{
    static const struct {
        enum ga_fetch_kind kind;
        const char *url, *key;
        bool nonce;
    } rows[] = {
        { GA_FETCH_RIM, "https://h/", "A", false },
        { GA_FETCH_OCSP, "https://h/", "A", false },
        { GA_FETCH_OCSP, "https://h/", "A", true },
        { GA_FETCH_RIM, "https://h/A", "", false },
        { GA_FETCH_RIM, "https://h/", "B", false },
        { GA_FETCH_RIM, "https://i/", "A", false },
    };
    struct ga_entry_name names[COUNT(rows)];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(
            ga_entry_name_of(rows[i].kind, rows[i].url,
                             ga_bytes_of(rows[i].key, strlen(rows[i].key)),
                             rows[i].nonce, &names[i]));
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(names[k].bytes, names[i].bytes, 32);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_written),
        cmocka_unit_test(rejects_every_prefix),
        cmocka_unit_test(rejects_a_flip_of_every_bit),
        cmocka_unit_test(rejects_bytes_behind_it),
        cmocka_unit_test(rejects_the_answer_to_another_question),
        cmocka_unit_test(rejects_fields_above_their_bounds),
        cmocka_unit_test(writes_nothing_above_the_bounds),
        cmocka_unit_test(names_every_question_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
