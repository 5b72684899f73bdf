/* SPDX-License-Identifier: Apache-2.0 */
/* What an OCSP answer says, whole and in part. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ocsp.h>

#include "support/fixtures.h"
#include "support/ocsp_maker.h"
#include "x509/ocsp_answer.h"

static struct made issuer, leaf;

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

static struct answer_plan
good_plan(void)
{
    return (struct answer_plan){
        .responder = &issuer,
        .singles = 1,
        .single = { { .cert = &leaf, .issuer = &issuer } },
    };
}

/* An answer with everything that there can be. */
static struct ga_buf
rich_answer(void)
{
    struct answer_plan p = good_plan();

    p.by_name = true;
    p.singles = 2;
    p.single[0].hash = "sha1";
    p.single[1] = (struct single_plan){ .cert = &issuer,
                                        .issuer = &issuer,
                                        .hash = "sha384",
                                        .hash_null = true,
                                        .status = 'r',
                                        .has_reason = true,
                                        .reason = 6,
                                        .next_update = -1,
                                        .extensions = "300806032a030404010a" };
    p.nonce = "00112233445566778899aabbccddeeff";
    p.certs[0] = &leaf;
    p.certs[1] = &issuer;
    return make_answer(&p);
}

static void
rejects_every_prefix(void **state)
{
    struct ga_buf der = rich_answer();

    (void)state;
    for (size_t n = 0; n < der.len; n++) {
        struct ga_ocsp_answer *answer = NULL;
        struct ga_error err = { 0 };
        struct ga_bytes whole = ga_view(&der);
        struct ga_buf part = { 0 };

        part.ptr = malloc(n > 0 ? n : 1);
        assert_non_null(part.ptr);
        memcpy(part.ptr, whole.ptr, n);
        part.len = n;
        assert_int_equal(ga_ocsp_parse(ga_view(&part), &answer, &err),
                         GA_E_SYNTAX);
        assert_true(err.offset <= n);
        assert_null(answer);
        ga_buf_done(&part);
    }
    ga_buf_done(&der);
}

static void
rejects_bytes_behind(void **state)
{
    struct ga_buf der = rich_answer();
    struct ga_ocsp_answer *answer = NULL;
    struct ga_error err = { 0 };
    uint8_t *longer = malloc(der.len + 3);
    char text[64];

    (void)state;
    assert_non_null(longer);
    memcpy(longer, der.ptr, der.len);
    memset(longer + der.len, 0, 3);
    assert_int_equal(
        ga_ocsp_parse(ga_bytes_of(longer, der.len + 3), &answer, &err),
        GA_E_TRAILING);
    snprintf(text, sizeof(text), "OCSP answer: 3 bytes left over at %zu",
             der.len);
    assert_string_equal(err.text, text);
    assert_int_equal(err.offset, der.len);
    assert_null(answer);
    free(longer);
    ga_buf_done(&der);
}

static void
shows_everything(void **state)
{
    struct ga_buf der = rich_answer();
    struct ga_ocsp_answer *answer = NULL;
    struct ga_ocsp_single s;
    struct ga_ocsp_view v;

    (void)state;
    assert_int_equal(ga_ocsp_parse(ga_view(&der), &answer, NULL), GA_OK);
    assert_int_equal(answer->flaw.state, GA_PASSED);
    ga_ocsp_view(answer, &v);
    assert_int_equal(v.produced_at, MADE_AT - 3600);
    assert_int_equal(v.nonce.len, 16);
    assert_int_equal(v.nonce.ptr[15], 0xff);
    assert_int_equal(v.responder_key_hash.len, 0);
    assert_true(ga_bytes_equal(answer->responder_name, issuer.cert->subject));
    assert_int_equal(v.certs->count, 2);
    assert_int_equal(v.singles, 2);
    assert_true(ga_ocsp_single(answer, 0, &s));
    assert_string_equal(s.hash, "sha1");
    assert_int_equal(s.issuer_name_hash.len, 20);
    assert_int_equal(s.status, GA_CERT_GOOD);
    assert_int_equal(s.next_update, MADE_AT - 3600 + 86400);
    assert_true(ga_ocsp_single(answer, 1, &s));
    assert_string_equal(s.hash, "sha384");
    assert_int_equal(s.issuer_key_hash.len, 48);
    assert_int_equal(s.status, GA_CERT_REVOKED);
    assert_int_equal(s.revocation_reason, 6);
    assert_int_equal(s.revoked_at, MADE_AT - 3 * 86400);
    assert_true(s.next_update == GA_TIME_NONE);
    assert_true(ga_bytes_equal(s.serial, issuer.cert->serial));
    assert_false(ga_ocsp_single(answer, 2, &s));
    ga_ocsp_free(answer);
    ga_ocsp_free(NULL);
    ga_buf_done(&der);
}

/* What the maker writes is what libcrypto reads and believes, so that the
 * tests speak of real answers. */
static void
libcrypto_agrees(void **state)
{
    struct ga_buf der = rich_answer();
    const unsigned char *p = der.ptr;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, (long)der.len);
    OCSP_BASICRESP *basic;
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);

    (void)state;
    assert_non_null(response);
    assert_ptr_equal(p, der.ptr + der.len);
    basic = OCSP_response_get1_basic(response);
    assert_non_null(basic);
    assert_int_equal(OCSP_resp_count(basic), 2);
    X509_VERIFY_PARAM_set_time(param, (time_t)MADE_AT);
    assert_int_equal(X509_STORE_add_cert(store, issuer.x509), 1);
    assert_int_equal(OCSP_basic_verify(basic, NULL, store, 0), 1);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    X509_STORE_free(store);
    ga_buf_done(&der);
}

static void
names_reasons(void **state)
{
    (void)state;
    assert_string_equal(ga_revocation_reason_text(0), "unspecified");
    assert_string_equal(ga_revocation_reason_text(6), "certificateHold");
    assert_string_equal(ga_revocation_reason_text(10), "aACompromise");
    assert_null(ga_revocation_reason_text(-1));
    assert_null(ga_revocation_reason_text(7));
    assert_null(ga_revocation_reason_text(11));
}

/* As much as limits.h allows is still an answer. */
static void
takes_as_much_as_is_allowed(void **state)
{
    struct answer_plan p = good_plan();
    struct ga_ocsp_answer *answer = NULL;
    char hex[31 * 20 + 1];
    struct ga_buf der;

    (void)state;
    p.singles = GA_OCSP_SINGLES_MAX;
    for (size_t i = 0; i < p.singles; i++) {
        p.single[i] = p.single[0];
        p.single[i].serial = "00ffeeddccbbaa99887766554433221100ffeeddcc";
    }
    for (size_t i = 0; i < GA_CERTS_MAX; i++)
        p.certs[i] = &leaf;
    p.nonce = "00112233445566778899aabbccddeeff"
              "00112233445566778899aabbccddeeff";
    for (unsigned i = 0; i < GA_EXTENSIONS_MAX - 1; i++)
        snprintf(hex + 20 * i, 21, "300806032a03%02x04010a", i);
    p.extensions = hex;
    der = make_answer(&p);
    assert_int_equal(ga_ocsp_parse(ga_view(&der), &answer, NULL), GA_OK);
    assert_int_equal(answer->singles, GA_OCSP_SINGLES_MAX);
    assert_int_equal(answer->certs.count, GA_CERTS_MAX);
    assert_int_equal(answer->nonce.len, GA_OCSP_NONCE_MAX);
    assert_int_equal(answer->single[15].serial.len, GA_SERIAL_MAX + 1);
    ga_ocsp_free(answer);
    ga_buf_done(&der);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_every_prefix),
        cmocka_unit_test(rejects_bytes_behind),
        cmocka_unit_test(shows_everything),
        cmocka_unit_test(libcrypto_agrees),
        cmocka_unit_test(names_reasons),
        cmocka_unit_test(takes_as_much_as_is_allowed),
    };

    return cmocka_run_group_tests(tests, make_world, end_world);
}
