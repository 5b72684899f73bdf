/* SPDX-License-Identifier: Apache-2.0 */
/* PEM: rule 7's strictness, by text. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cert_maker.h"
#include "x509/cert.h"
#include "x509/pem.h"

static struct ga_buf block; /* one good certificate as PEM */

static int
make_block(void **state)
{
    struct made_key *key[5];
    struct made_chain chain;
    struct der der;

    (void)state;
    for (size_t i = 0; i < COUNT(key); i++)
        key[i] = made_key_new();
    chain = made_chain_of(MADE_RIM, false, key);
    der = made_der(&chain.spec[0]);
    block = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    for (size_t i = 0; i < COUNT(key); i++)
        made_key_free(key[i]);
    return 0;
}

static int
free_block(void **state)
{
    (void)state;
    ga_buf_done(&block);
    return 0;
}

/* Parses text of exact length in which '@' stands for the block, and '~' for
 * the block without its first and last line. */
static enum ga_rc
parse(const char *text, struct ga_certs *certs, struct ga_error *err)
{
    size_t begin = strlen("-----BEGIN CERTIFICATE-----\n");
    size_t end = block.len - strlen("-----END CERTIFICATE-----\n");
    size_t cap = strlen(text) + 1, n = 0;
    uint8_t *copy, *exact;
    enum ga_rc rc;

    for (const char *p = text; *p != '\0'; p++)
        cap += *p == '@' || *p == '~' ? block.len : 0;
    copy = malloc(cap);
    assert_non_null(copy);
    for (const char *p = text; *p != '\0'; p++) {
        size_t from = *p == '~' ? begin : 0;
        size_t to = *p == '~' ? end : block.len;

        if (*p == '@' || *p == '~') {
            memcpy(&copy[n], &block.ptr[from], to - from);
            n += to - from;
        } else {
            copy[n++] = (uint8_t)*p;
        }
    }
    exact = malloc(n > 0 ? n : 1);
    assert_non_null(exact);
    memcpy(exact, copy, n);
    rc = ga_certs_parse_pem(ga_bytes_of(exact, n), certs, err);
    free(exact);
    free(copy);
    return rc;
}

static void
reads_one_and_many(void **state)
{
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {
        { "@", 1 },
        { "@@", 2 },
        { "\n\t \r\n@ \n\n@\r\n\n", 2 },
        { "@@@@@@@@", 8 },
        { "-----BEGIN CERTIFICATE-----\r\n~-----END CERTIFICATE-----\r\n", 1 },
        { "-----BEGIN CERTIFICATE-----\n~-----END CERTIFICATE-----", 1 },
        { "-----BEGIN CERTIFICATE-----\n\n~\n-----END CERTIFICATE-----", 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_certs certs = { 0 };
        struct ga_error err = { 0 };

        if (parse(rows[i].text, &certs, &err) != GA_OK)
            fail_msg("row %zu: %s", i, err.text);
        assert_int_equal(certs.count, rows[i].count);
        ga_certs_done(&certs);
    }
}

struct row {
    const char *name, *in;
    enum ga_rc rc;
    size_t offset;
    const char *text;
};

/* clang-format off */
static struct row rows[] = {
    { "nothing", "", GA_E_MISSING, 0, "no certificate" },
    { "white space alone", " \r\n\t", GA_E_MISSING, 0, "no certificate" },
    { "text before", "x\n@", GA_E_SYNTAX, 0, "PEM: no BEGIN line at 0" },
    { "text after", "-----BEGIN CERTIFICATE-----\n~-----END CERTIFICATE-----\nx", GA_E_SYNTAX, 0, "PEM: no BEGIN line at *" },
    { "NUL after", "@\x01", GA_E_SYNTAX, 0, "PEM: no BEGIN line at *" },
    { "trusted certificate", "-----BEGIN TRUSTED CERTIFICATE-----\n~-----END TRUSTED CERTIFICATE-----\n", GA_E_BAD_VALUE, 0, "PEM: \"-----BEGIN TRUSTED CERTIFICATE-----\" at 0 is not allowed" },
    { "X509 certificate", "-----BEGIN X509 CERTIFICATE-----\n~-----END X509 CERTIFICATE-----\n", GA_E_BAD_VALUE, 0, "PEM: \"-----BEGIN X509 CERTIFICATE-----\" at 0 is not allowed" },
    { "public key", "\n-----BEGIN PUBLIC KEY-----\n~-----END PUBLIC KEY-----\n", GA_E_BAD_VALUE, 1, "PEM: \"-----BEGIN PUBLIC KEY-----\" at 1 is not allowed" },
    { "lower case", "-----BEGIN certificate-----\n~-----END certificate-----\n", GA_E_BAD_VALUE, 0, "PEM: \"-----BEGIN certificate-----\" at 0 is not allowed" },
    { "blank behind BEGIN", "-----BEGIN CERTIFICATE----- \n~-----END CERTIFICATE-----\n", GA_E_BAD_VALUE, 0, "PEM: \"-----BEGIN CERTIFICATE----- \" at 0 is not allowed" },
    { "header", "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\n~-----END CERTIFICATE-----\n", GA_E_BAD_VALUE, 28, "PEM: header at 28 is not allowed" },
    { "other END", "-----BEGIN CERTIFICATE-----\n~-----END PUBLIC KEY-----\n", GA_E_SYNTAX, 0, "PEM: not the line END CERTIFICATE at *" },
    { "blank behind END", "-----BEGIN CERTIFICATE-----\n~-----END CERTIFICATE----- \n", GA_E_SYNTAX, 0, "PEM: not the line END CERTIFICATE at *" },
    { "block behind END", "-----BEGIN CERTIFICATE-----\n~-----END CERTIFICATE-----@", GA_E_SYNTAX, 0, "PEM: not the line END CERTIFICATE at *" },
    { "no END", "-----BEGIN CERTIFICATE-----\n~", GA_E_TRUNCATED, 0, "PEM: no END line before *" },
    { "BEGIN alone", "-----BEGIN CERTIFICATE-----", GA_E_TRUNCATED, 27, "PEM: no END line before 27" },
    { "BEGIN twice", "-----BEGIN CERTIFICATE-----\n@", GA_E_SYNTAX, 28, "PEM: not the line END CERTIFICATE at 28" },
    { "blank in a line", "-----BEGIN CERTIFICATE-----\nMAAA AAAA\n-----END CERTIFICATE-----\n", GA_E_SYNTAX, 28, "PEM: blank in the line at 28" },
    { "carriage return in a line", "-----BEGIN CERTIFICATE-----\nMAAA\rAAAA\n-----END CERTIFICATE-----\n", GA_E_SYNTAX, 28, "PEM: blank in the line at 28" },
    { "no content", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", GA_E_SYNTAX, 0, "certificate 0, PEM block at 0: certificate: need 1 bytes at 0, have 0" },
    { "no certificate in it", "@-----BEGIN CERTIFICATE-----\nBQA=\n-----END CERTIFICATE-----\n", GA_E_SYNTAX, 0, "certificate 1, PEM block at *: certificate: tag 0x05 at 0, not 0x30" },
    { "bytes behind the DER", "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n", GA_E_TRAILING, 0, "certificate 0, PEM block at 0: 1 bytes left over at 2" },
    { "nine certificates", "@@@@@@@@@", GA_E_TOO_LARGE, 0, "more than 8 certificates" },
};
/* clang-format on */

/* Compares text in which '*' stands for digits. */
static bool
fits(const char *pattern, const char *text)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '*') {
            size_t n = strspn(text, "0123456789");

            if (n == 0)
                return false;
            text += n;
        } else if (*pattern != *text++) {
            return false;
        }
    }
    return *text == '\0';
}

static void
is_refused(void **state)
{
    const struct row *row = *state;
    struct ga_certs certs, before;
    struct ga_error err = { 0 };

    memset(&certs, 0xa5, sizeof(certs));
    before = certs;
    assert_int_equal(parse(row->in, &certs, &err), row->rc);
    if (!fits(row->text, err.text))
        assert_string_equal(err.text, row->text);
    assert_int_not_equal(err.offset, GA_NO_OFFSET);
    if (strchr(row->text, '*') == NULL && row->rc != GA_E_TOO_LARGE)
        assert_int_equal(err.offset, row->offset);
    assert_memory_equal(&certs, &before, sizeof(certs));
}

static void
says_where_base64_is_wrong(void **state)
{
    struct ga_certs certs = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(parse("\n-----BEGIN CERTIFICATE-----\nMAAA\nMA!A\n"
                           "-----END CERTIFICATE-----\n",
                           &certs, &err),
                     GA_E_SYNTAX);
    assert_int_equal(err.offset, 1 + 28 + 5 + 2);
    assert_int_equal(strncmp(err.text, "PEM: block at 1: ", 17), 0);
    /* No padding where there must be some. */
    assert_int_equal(parse("-----BEGIN CERTIFICATE-----\nBQA\n"
                           "-----END CERTIFICATE-----\n",
                           &certs, &err),
                     GA_E_SYNTAX);
    assert_int_equal(parse("-----BEGIN CERTIFICATE-----\nBQ-_\n"
                           "-----END CERTIFICATE-----\n",
                           &certs, &err),
                     GA_E_SYNTAX);
}

static void
refuses_a_NUL(void **state)
{
    uint8_t *copy = malloc(block.len + 1);
    struct ga_certs certs = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(copy);
    memcpy(copy, block.ptr, block.len);
    copy[block.len] = '\0';
    assert_int_equal(
        ga_certs_parse_pem(ga_bytes_of(copy, block.len + 1), &certs, &err),
        GA_E_SYNTAX);
    assert_int_equal(err.offset, block.len);
    free(copy);
}

static void
refuses_too_much(void **state)
{
    uint8_t *blanks = malloc(GA_CHAIN_MAX + 1);
    struct ga_certs certs = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(blanks);
    memset(blanks, '\n', GA_CHAIN_MAX + 1);
    assert_int_equal(
        ga_certs_parse_pem(ga_bytes_of(blanks, GA_CHAIN_MAX + 1), &certs, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "65537 bytes of PEM, not 1 to 65536");
    assert_int_equal(
        ga_certs_parse_pem(ga_bytes_of(blanks, GA_CHAIN_MAX), &certs, &err),
        GA_E_MISSING);
    free(blanks);
}

/* The last line may lack its end; nothing else may be missing. */
static void
refuses_every_prefix(void **state)
{
    (void)state;
    for (size_t n = 0; n < block.len; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        struct ga_certs certs = { 0 };
        struct ga_error err = { 0 };
        enum ga_rc rc;

        assert_non_null(copy);
        memcpy(copy, block.ptr, n);
        rc = ga_certs_parse_pem(ga_bytes_of(copy, n), &certs, &err);
        if (n == block.len - 1) {
            assert_int_equal(rc, GA_OK);
            ga_certs_done(&certs);
        } else {
            assert_int_not_equal(rc, GA_OK);
            assert_true(err.offset <= n);
        }
        free(copy);
    }
}

int
main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(reads_one_and_many),
        cmocka_unit_test(says_where_base64_is_wrong),
        cmocka_unit_test(refuses_a_NUL),
        cmocka_unit_test(refuses_too_much),
        cmocka_unit_test(refuses_every_prefix),
    };
    struct CMUnitTest all[COUNT(others) + COUNT(rows)];

    memcpy(all, others, sizeof(others));
    for (size_t i = 0; i < COUNT(rows); i++)
        all[COUNT(others) + i] = (struct CMUnitTest){
            .name = rows[i].name,
            .test_func = is_refused,
            .initial_state = &rows[i],
        };
    return cmocka_run_group_tests(all, make_block, free_block);
}
