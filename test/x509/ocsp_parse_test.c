/* SPDX-License-Identifier: Apache-2.0 */
/* What is an OCSP answer, and what is none. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"
#include "support/ocsp_maker.h"
#include "x509/ocsp_answer.h"

/* r and s are 1: the shape of a signature, of a fixed length. */
#define FIXED_SIGNATURE "003006020101020101"

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
        .signature = FIXED_SIGNATURE,
    };
}

/* A way of breaking an answer: the plan is changed, then the bytes `find`, of
 * which there is one, become `put`. */
struct row {
    const char *name;
    void (*change)(struct answer_plan *p);
    const char *find, *put;
    enum ga_rc code;
    const char *text; /* behind "OCSP answer: " */
    size_t offset;
};

#define PLAN(name) static void name(struct answer_plan *p)

PLAN(as_it_is)
{
    (void)p;
}
PLAN(revoked)
{
    p->single[0].status = 'r';
    p->single[0].has_reason = true;
    p->single[0].reason = 1;
}
PLAN(with_nonce)
{
    p->nonce = "00112233445566778899aabbccddeeff";
}
PLAN(with_cert)
{
    p->certs[0] = &leaf;
}
PLAN(by_name)
{
    p->by_name = true;
}
PLAN(try_later)
{
    p->status = 3;
    p->no_bytes = true;
}
PLAN(status_four)
{
    p->status = 4;
    p->no_bytes = true;
}
PLAN(status_nine)
{
    p->status = 9;
    p->no_bytes = true;
}
PLAN(later_with_bytes)
{
    p->status = 3;
}
PLAN(no_bytes)
{
    p->no_bytes = true;
}
PLAN(long_serial)
{
    p->single[0].serial = "00ff112233445566778899aabbccddeeff0011223344";
}
PLAN(empty_serial)
{
    p->single[0].serial = "";
}
PLAN(short_name)
{
    p->single[0].short_name = true;
}
PLAN(short_key)
{
    p->single[0].hash = "sha384";
    p->single[0].short_key = true;
}
PLAN(other_type)
{
    p->type = "06092b0601050507300102";
}
PLAN(version)
{
    p->version = true;
}
PLAN(short_hash)
{
    p->responder_id = "a215041300112233445566778899aabbccddeeff001122";
}
PLAN(no_responder)
{
    p->responder_id = "";
}
PLAN(no_single)
{
    p->singles = 0;
}
PLAN(seventeen)
{
    p->singles = 17;
    for (size_t i = 0; i < 17; i++)
        p->single[i] = p->single[0];
}
PLAN(nine_certs)
{
    for (size_t i = 0; i < 9; i++)
        p->certs[i] = &leaf;
}
PLAN(empty_nonce)
{
    p->nonce = "";
}
PLAN(long_nonce)
{
    p->nonce = "00112233445566778899aabbccddeeff"
               "00112233445566778899aabbccddeeff00";
}
PLAN(bare_nonce)
{
    p->extensions = "300f06092b060105050730010204020102";
}
PLAN(two_nonces)
{
    with_nonce(p);
    p->extensions = "301106092b0601050507300102040404020102";
}
PLAN(extension_twice)
{
    p->extensions = "300806032a030404010a300806032a030404010b";
}
PLAN(critical_false)
{
    p->extensions = "300b06032a030401010004010a";
}
PLAN(critical_one)
{
    p->extensions = "300b06032a030401010104010a";
}
PLAN(odd_extension)
{
    p->extensions = "300806032a038304010a";
}
PLAN(many_extensions)
{
    static char hex[33 * 20 + 1];

    for (int i = 0; i < 33; i++)
        snprintf(hex + 20 * i, 21, "300806032a03%02x04010a", i);
    p->extensions = hex;
}
PLAN(empty_signature)
{
    p->signature = "";
}
PLAN(unused_bits)
{
    p->signature = "043006020101020110";
}
PLAN(odd_algorithm)
{
    p->algorithm = "0500";
}

#define MORE(fn, name, more_plan) \
    PLAN(fn)                      \
    {                             \
        more_plan(p);             \
        p->more_in = name;        \
    }
MORE(more_in_id, "certID", as_it_is)
MORE(more_in_reason, "revocationReason", revoked)
MORE(more_in_revoked, "revoked", revoked)
MORE(more_in_next, "nextUpdate", as_it_is)
MORE(more_in_single, "singleResponse", as_it_is)
MORE(more_in_responder, "responderID", as_it_is)
MORE(more_in_name, "responderID", by_name)
MORE(more_in_nonce, "nonce", with_nonce)
MORE(more_in_extension, "extension", with_nonce)
MORE(more_in_data, "tbsResponseData", as_it_is)
MORE(more_in_certs, "certs", as_it_is)
MORE(more_in_basic, "BasicOCSPResponse", as_it_is)
MORE(more_in_response, "response", as_it_is)
MORE(more_in_type, "ResponseBytes", as_it_is)
MORE(more_in_bytes, "responseBytes", as_it_is)
MORE(more_in_answer, "OCSPResponse", as_it_is)
MORE(more_in_refusal, "OCSPResponse", try_later)

/* clang-format off */
static struct row rows[] = {
    { "status negative", as_it_is, "0a0100", "0a0180", GA_E_BAD_VALUE,
      "responseStatus: negative, or of more than 31 bits", 3 },
    { "status an integer", as_it_is, "0a0100", "020100", GA_E_SYNTAX,
      "responseStatus: tag 0x02 at 3, not 0x0a", 3 },
    { "try later", try_later, NULL, NULL, GA_E_BAD_VALUE,
      "the responder says tryLater (3)", 2 },
    { "status four", status_four, NULL, NULL, GA_E_BAD_VALUE,
      "the responder says unused (4)", 2 },
    { "status nine", status_nine, NULL, NULL, GA_E_BAD_VALUE,
      "the responder says unknown (9)", 2 },
    { "status and bytes", later_with_bytes, NULL, NULL, GA_E_SYNTAX,
      "OCSPResponse: 231 bytes left over at 6", 6 },
    { "success without bytes", no_bytes, NULL, NULL, GA_E_SYNTAX,
      "responseBytes: need 1 bytes at 5, have 0", 5 },
    { "other type", other_type, NULL, NULL, GA_E_SYNTAX,
      "responseType: not a basic response", 12 },
    { "version written out", version, NULL, NULL, GA_E_SYNTAX,
      "responderID: tag 0xa0 at 32, not 0xa1", 32 },
    { "no single response", no_single, NULL, NULL, GA_E_BAD_VALUE,
      "no single response", 67 },
    { "seventeen single responses", seventeen, NULL, NULL, GA_E_TOO_LARGE,
      "more than 16 single responses", 79 },
    { "nine certificates", nine_certs, NULL, NULL, GA_E_TOO_LARGE,
      "more than 8 certificates", 246 },
    { "key hash of 19", short_hash, NULL, NULL, GA_E_BAD_VALUE,
      "responderID: key hash of 19 bytes, not 20", 34 },
    { "no responder", no_responder, NULL, NULL, GA_E_SYNTAX,
      "responderID: tag 0x18 at 32, not 0xa1", 32 },
    { "status good with content", as_it_is, "8000180f", "8001180f", GA_E_SYNTAX,
      "single response 0: certStatus: 1 bytes left over at 178", 178 },
    { "status three", as_it_is, "8000180f", "8300180f", GA_E_SYNTAX,
      "single response 0: certStatus: tag 0x83 at 176, not 0x80", 176 },
    { "time without Z", as_it_is, "5aa011180f", "30a011180f", GA_E_BAD_VALUE,
      "single response 0: thisUpdate: not a time YYYYMMDDHHMMSSZ", 178 },
    { "time with a letter", as_it_is, "8000180f32", "8000180f41", GA_E_BAD_VALUE,
      "single response 0: thisUpdate: not a time YYYYMMDDHHMMSSZ", 178 },
    { "time as UTCTime", as_it_is, "8000180f", "8000170f", GA_E_SYNTAX,
      "single response 0: thisUpdate: tag 0x17 at 178, not 0x18", 178 },
    { "month 13", as_it_is, "8000180f323032353130", "8000180f323032353133", GA_E_BAD_VALUE,
      "single response 0: thisUpdate: not a time YYYYMMDDHHMMSSZ", 178 },
    { "serial padded", as_it_is, "020c41", "020c00", GA_E_SYNTAX,
      "single response 0: serialNumber: not in its shortest form", 162 },
    { "serial of 22", long_serial, NULL, NULL, GA_E_BAD_VALUE,
      "single response 0: serialNumber: 22 bytes, not up to 21", 162 },
    { "serial empty", empty_serial, NULL, NULL, GA_E_SYNTAX,
      "single response 0: serialNumber: not in its shortest form", 160 },
    { "digest of a name of 31 bytes", short_name, NULL, NULL, GA_E_BAD_VALUE,
      "single response 0: issuerNameHash: 31 bytes, not 32", 94 },
    { "digest of a key of 47 bytes", short_key, NULL, NULL, GA_E_BAD_VALUE,
      "single response 0: issuerKeyHash: 47 bytes, not 48", 147 },
    { "hash with two parameters", as_it_is, "300b0609608648016503040201",
      "300b06032a0304050004020000", GA_E_SYNTAX,
      "single response 0: hashAlgorithm: 4 bytes left over at 90", 90 },
    { "hash with half a parameter", as_it_is, "300b0609608648016503040201",
      "300b06072a0304050607080502", GA_E_SYNTAX,
      "single response 0: parameters: need 2 bytes at 94, have 0", 94 },
    { "hash with a parameter that is not DER", as_it_is,
      "300b0609608648016503040201", "300b06052a0304050605020000", GA_E_SYNTAX,
      "single response 0: parameters: not DER", 90 },
    { "hash that ends in the middle of a number", as_it_is,
      "300b0609608648016503040201", "300b0609608648016503040281", GA_E_SYNTAX,
      "single response 0: hashAlgorithm: not DER", 83 },
    { "hash an integer", as_it_is, "300b0609608648", "300b0209608648", GA_E_SYNTAX,
      "single response 0: hashAlgorithm: tag 0x02 at 83, not 0x06", 83 },
    { "reason negative", revoked, "a0030a0101", "a0030a0181", GA_E_BAD_VALUE,
      "single response 0: revocationReason: negative, or of more than 31 bits", 198 },
    { "reason an integer", revoked, "a0030a0101", "a003020101", GA_E_SYNTAX,
      "single response 0: revocationReason: tag 0x02 at 198, not 0x0a", 198 },
    { "empty nonce", empty_nonce, NULL, NULL, GA_E_BAD_VALUE,
      "nonce: 0 bytes, not 1 to 32", 233 },
    { "nonce of 33", long_nonce, NULL, NULL, GA_E_BAD_VALUE,
      "nonce: 33 bytes, not 1 to 32", 238 },
    { "nonce not wrapped", bare_nonce, NULL, NULL, GA_E_SYNTAX,
      "nonce: need 2 bytes at 235, have 0", 235 },
    { "two nonces", two_nonces, NULL, NULL, GA_E_DUPLICATE,
      "an extension stands twice", 258 },
    { "extension twice", extension_twice, NULL, NULL, GA_E_DUPLICATE,
      "an extension stands twice", 231 },
    { "critical false", critical_false, NULL, NULL, GA_E_SYNTAX,
      "critical: not TRUE in DER", 225 },
    { "critical one", critical_one, NULL, NULL, GA_E_SYNTAX,
      "critical: not TRUE in DER", 225 },
    { "extension that ends in the middle of a number", odd_extension, NULL, NULL,
      GA_E_SYNTAX, "BasicOCSPResponse: not DER at 220", 220 },
    { "33 extensions", many_extensions, NULL, NULL, GA_E_TOO_LARGE,
      "more than 32 extensions", 548 },
    { "empty signature", empty_signature, NULL, NULL, GA_E_SYNTAX,
      "signature: not a whole number of bytes", 226 },
    { "unused bits", unused_bits, NULL, NULL, GA_E_SYNTAX,
      "signature: not a whole number of bytes", 226 },
    { "algorithm no sequence", odd_algorithm, NULL, NULL, GA_E_SYNTAX,
      "signatureAlgorithm: tag 0x05 at 214, not 0x30", 214 },
    { "certificate broken", with_cert, "020102020c41", "020102020c00", GA_E_SYNTAX,
      "certificate 0: element: content of tag 0x02 at 13 is not DER", 250 },
    { "length indefinite", as_it_is, "a2160414", "a2800414", GA_E_SYNTAX,
      "responderID: length octet 0x80 at 33", 33 },
    { "more in certID", more_in_id, NULL, NULL, GA_E_SYNTAX,
      "single response 0: certID: 2 bytes left over at 176", 176 },
    { "more in revocationReason", more_in_reason, NULL, NULL, GA_E_SYNTAX,
      "single response 0: revocationReason: 2 bytes left over at 201", 201 },
    { "more in revoked", more_in_revoked, NULL, NULL, GA_E_SYNTAX,
      "single response 0: revoked: 2 bytes left over at 201", 201 },
    { "more in nextUpdate", more_in_next, NULL, NULL, GA_E_SYNTAX,
      "single response 0: nextUpdate: 2 bytes left over at 214", 214 },
    { "more in singleResponse", more_in_single, NULL, NULL, GA_E_SYNTAX,
      "single response 0: singleResponse: 2 bytes left over at 214", 214 },
    { "more in responderID", more_in_responder, NULL, NULL, GA_E_SYNTAX,
      "responderID: 2 bytes left over at 56", 56 },
    { "more behind the name", more_in_name, NULL, NULL, GA_E_SYNTAX,
      "responderID: 2 bytes left over at 73", 73 },
    { "more in nonce", more_in_nonce, NULL, NULL, GA_E_SYNTAX,
      "nonce: 2 bytes left over at 254", 254 },
    { "more in extension", more_in_extension, NULL, NULL, GA_E_SYNTAX,
      "extension: 2 bytes left over at 254", 254 },
    { "more in tbsResponseData", more_in_data, NULL, NULL, GA_E_SYNTAX,
      "tbsResponseData: 2 bytes left over at 214", 214 },
    { "more in certs", more_in_certs, NULL, NULL, GA_E_SYNTAX,
      "certs: 2 bytes left over at 241", 241 },
    { "more in BasicOCSPResponse", more_in_basic, NULL, NULL, GA_E_SYNTAX,
      "BasicOCSPResponse: 2 bytes left over at 237", 237 },
    { "more in response", more_in_response, NULL, NULL, GA_E_SYNTAX,
      "response: 2 bytes left over at 237", 237 },
    { "more behind response", more_in_type, NULL, NULL, GA_E_SYNTAX,
      "responseBytes: 2 bytes left over at 237", 237 },
    { "more behind ResponseBytes", more_in_bytes, NULL, NULL, GA_E_SYNTAX,
      "responseBytes: 2 bytes left over at 237", 237 },
    { "more in OCSPResponse", more_in_answer, NULL, NULL, GA_E_SYNTAX,
      "OCSPResponse: 2 bytes left over at 237", 237 },
    { "more behind tryLater", more_in_refusal, NULL, NULL, GA_E_SYNTAX,
      "OCSPResponse: 2 bytes left over at 5", 5 },
};
/* clang-format on */

/* Changes the one place where `find` stands. */
static void
replace(struct ga_buf *der, const char *find, const char *put)
{
    struct ga_buf from = unhex(find), to = unhex(put);
    size_t found = 0, at = 0;

    assert_int_equal(from.len, to.len);
    for (size_t i = 0; i + from.len <= der->len; i++)
        if (memcmp(der->ptr + i, from.ptr, from.len) == 0) {
            found++;
            at = i;
        }
    assert_int_equal(found, 1);
    memcpy(der->ptr + at, to.ptr, to.len);
    ga_buf_done(&from);
    ga_buf_done(&to);
}

static struct ga_buf
broken(const struct row *row)
{
    struct answer_plan p = good_plan();
    struct ga_buf der;

    row->change(&p);
    der = make_answer(&p);
    if (row->find != NULL)
        replace(&der, row->find, row->put);
    return der;
}

static void
refuses_what_is_broken(void **state)
{
    static const char prefix[] = "OCSP answer: ";
    const struct row *row = *state;
    struct ga_ocsp_answer *const untouched = (void *)state;
    struct ga_ocsp_answer *answer = untouched;
    struct ga_error err = { 0 };
    struct ga_buf der = broken(row);

    assert_int_equal(ga_ocsp_parse(ga_view(&der), &answer, &err), row->code);
    assert_int_equal(err.code, row->code);
    assert_memory_equal(err.text, prefix, strlen(prefix));
    assert_string_equal(err.text + strlen(prefix), row->text);
    assert_int_equal(err.offset, row->offset);
    assert_ptr_equal(answer, untouched);
    assert_int_equal(ga_ocsp_parse(ga_view(&der), &answer, NULL), row->code);
    ga_buf_done(&der);
}

static void
rejects_what_is_too_large(void **state)
{
    struct ga_ocsp_answer *answer = NULL;
    struct ga_error err = { 0 };
    uint8_t *big = calloc(1, GA_OCSP_MAX + 1);

    (void)state;
    assert_non_null(big);
    assert_int_equal(
        ga_ocsp_parse(ga_bytes_of(big, GA_OCSP_MAX + 1), &answer, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "OCSP answer: 65537 bytes, not up to 65536");
    assert_int_equal(
        ga_ocsp_parse(ga_bytes_of(big, GA_OCSP_MAX), &answer, &err),
        GA_E_SYNTAX);
    assert_null(answer);
    free(big);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(rejects_what_is_too_large),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[1 + i] = (struct CMUnitTest){ .name = rows[i].name,
                                            .test_func = refuses_what_is_broken,
                                            .initial_state = &rows[i] };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
