/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP answers: bytes to struct.  Nothing is believed here. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "x509/der.h"
#include "x509/ocsp_answer.h"

/* SHA-1 of a key, which can name a responder.  Source: rfc6960 4.2.1 */
#define KEY_HASH_LEN 20

/* id-pkix-ocsp-basic and id-pkix-ocsp-nonce.  Source: rfc6960 4.2.1, 4.4.1 */
static const char oid_basic[] = "\x2b\x06\x01\x05\x05\x07\x30\x01\x01";
static const char oid_nonce[] = "\x2b\x06\x01\x05\x05\x07\x30\x01\x02";
/* No parameters.  Source: rfc5758 3.2 */
static const char ecdsa_with_sha384[] =
    "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";

static bool
is(struct ga_bytes b, const char *octets, size_t len)
{
    return ga_bytes_equal(b, ga_bytes_of(octets, len));
}

#define IS(b, literal) is(b, literal, sizeof(literal) - 1)

void
ga_ocsp_free(struct ga_ocsp_answer *answer)
{
    if (answer == NULL)
        return;
    ga_certs_done(&answer->certs);
    ga_buf_done(&answer->der);
    free(answer);
}

/* False with the error recorded: what every step below returns. */
static bool bad(struct ga_error *err, enum ga_rc rc, size_t at, const char *fmt,
                ...) GA_PRINTF(4, 5);

static bool
bad(struct ga_error *err, enum ga_rc rc, size_t at, const char *fmt, ...)
{
    char text[128];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return ga_fail_at(err, rc, at, "%s", text) == GA_OK;
}

static bool
take(struct ga_reader *r, const char *field, unsigned tag, struct ga_der *out,
     struct ga_error *err)
{
    return ga_der_take(r, field, (uint8_t)tag, out, err) == GA_OK;
}

static bool
end(const struct ga_reader *r, const char *field, struct ga_error *err)
{
    return ga_der_end(r, field, err) == GA_OK;
}

/* [n] EXPLICIT around one element of `tag`. */
static bool
take_explicit(struct ga_reader *r, const char *field, unsigned n, unsigned tag,
              struct ga_der *out, struct ga_error *err)
{
    struct ga_der outer;

    return take(r, field, GA_DER_CONTEXT_CONS(n), &outer, err) &&
           take(&outer.body, field, tag, out, err) &&
           end(&outer.body, field, err);
}

static bool
read_time(const struct ga_der *e, const char *field, ga_time *out,
          struct ga_error *err)
{
    if (!ga_der_time(e, out))
        return bad(err, GA_E_BAD_VALUE, e->at, "%s: not a time YYYYMMDDHHMMSSZ",
                   field);
    return true;
}

static bool
take_time(struct ga_reader *r, const char *field, ga_time *out,
          struct ga_error *err)
{
    struct ga_der e;

    return take(r, field, GA_DER_GENERALIZED_TIME, &e, err) &&
           read_time(&e, field, out, err);
}

/* An ENUMERATED.  A value that nobody knows is kept: a revocation for an
 * unknown reason is one. */
static bool
read_small(const struct ga_der *e, const char *field, int *out,
           struct ga_error *err)
{
    int value;

    if (!ga_der_unsigned(e->value, &value))
        return bad(err, GA_E_BAD_VALUE, e->at,
                   "%s: negative, or of more than 31 bits", field);
    *out = value;
    return true;
}

struct extension {
    struct ga_der oid, value;
    bool critical;
};

static bool
read_critical(struct ga_reader *r, bool *out, struct ga_error *err)
{
    struct ga_der e;

    *out = false;
    if (!ga_der_is(r, GA_DER_BOOLEAN))
        return true;
    if (!take(r, "critical", GA_DER_BOOLEAN, &e, err))
        return false;
    /* DER leaves the default out, and knows one way to say true. */
    if (!IS(e.value, "\xff"))
        return bad(err, GA_E_SYNTAX, e.at, "critical: not TRUE in DER");
    *out = true;
    return true;
}

static bool
read_extension(struct ga_reader *list, struct extension *out,
               struct ga_error *err)
{
    struct ga_der e;

    return take(list, "extension", GA_DER_SEQUENCE, &e, err) &&
           take(&e.body, "extnID", GA_DER_OID, &out->oid, err) &&
           read_critical(&e.body, &out->critical, err) &&
           take(&e.body, "extnValue", GA_DER_OCTET_STRING, &out->value, err) &&
           end(&e.body, "extension", err);
}

static bool
read_nonce(struct extension *e, struct ga_ocsp_answer *a, struct ga_error *err)
{
    struct ga_der nonce;

    if (!take(&e->value.body, "nonce", GA_DER_OCTET_STRING, &nonce, err) ||
        !end(&e->value.body, "nonce", err))
        return false;
    if (nonce.value.len == 0 || nonce.value.len > GA_OCSP_NONCE_MAX)
        return bad(err, GA_E_BAD_VALUE, nonce.at,
                   "nonce: %zu bytes, not 1 to %d", nonce.value.len,
                   GA_OCSP_NONCE_MAX);
    a->nonce = nonce.value;
    return true;
}

/* One extension of the answer, or of a single response, which knows none. */
static bool
take_extension(struct extension *e, bool of_answer, struct ga_ocsp_answer *a,
               struct ga_error *err)
{
    if (of_answer && IS(e->oid.value, oid_nonce))
        return read_nonce(e, a, err);
    if (e->critical)
        ga_check_fail(&a->flaw, GA_R_EXTENSION,
                      "unknown critical extension in the %s",
                      of_answer ? "answer" : "single response");
    return true;
}

static bool
read_extension_list(struct ga_reader *list, bool of_answer,
                    struct ga_ocsp_answer *a, struct ga_error *err)
{
    struct extension e[GA_EXTENSIONS_MAX];

    for (size_t n = 0; ga_reader_left(list) > 0; n++) {
        if (n == GA_EXTENSIONS_MAX)
            return bad(err, GA_E_TOO_LARGE, list->origin + list->pos,
                       "more than %d extensions", GA_EXTENSIONS_MAX);
        if (!read_extension(list, &e[n], err))
            return false;
        for (size_t i = 0; i < n; i++)
            if (ga_bytes_equal(e[i].oid.value, e[n].oid.value))
                return bad(err, GA_E_DUPLICATE, e[n].oid.at,
                           "an extension stands twice");
        if (!take_extension(&e[n], of_answer, a, err))
            return false;
    }
    return true;
}

/* [1] EXPLICIT Extensions OPTIONAL */
static bool
read_extensions(struct ga_reader *r, bool of_answer, struct ga_ocsp_answer *a,
                struct ga_error *err)
{
    const char *field = of_answer ? "responseExtensions" : "singleExtensions";
    struct ga_der list;

    if (!ga_der_is(r, GA_DER_CONTEXT_CONS(1)))
        return true;
    return take_explicit(r, field, 1, GA_DER_SEQUENCE, &list, err) &&
           read_extension_list(&list.body, of_answer, a, err);
}

/* AlgorithmIdentifier of a hash: parameters absent or NULL (RFC 5754 2). */
static bool
read_hash(struct ga_reader *id, struct ga_single *s, struct ga_error *err)
{
    struct ga_der e, oid, parameters = { .tag = GA_DER_NULL };

    if (!take(id, "hashAlgorithm", GA_DER_SEQUENCE, &e, err) ||
        !take(&e.body, "hashAlgorithm", GA_DER_OID, &oid, err))
        return false;
    if (ga_der_check(oid.whole, NULL) != GA_OK)
        return bad(err, GA_E_SYNTAX, oid.at, "hashAlgorithm: not DER");
    if (ga_reader_left(&e.body) > 0 &&
        ga_der_next(&e.body, "parameters", &parameters, err) != GA_OK)
        return false;
    if (parameters.whole.len > 0 &&
        ga_der_check(parameters.whole, NULL) != GA_OK)
        return bad(err, GA_E_SYNTAX, parameters.at, "parameters: not DER");
    if (ga_der_end(&e.body, "hashAlgorithm", err) != GA_OK)
        return false;
    if (parameters.tag == GA_DER_NULL)
        s->hash = ga_ocsp_hash_find(oid.value);
    return true;
}

static bool
read_serial(struct ga_reader *id, struct ga_bytes *out, struct ga_error *err)
{
    struct ga_der e;

    if (!take(id, "serialNumber", GA_DER_INTEGER, &e, err))
        return false;
    if (!ga_der_integer_ok(e.value))
        return bad(err, GA_E_SYNTAX, e.at,
                   "serialNumber: not in its shortest form");
    /* One octet more than the bound can be needed for the sign. */
    if (e.value.len > GA_SERIAL_MAX + 1)
        return bad(err, GA_E_BAD_VALUE, e.at,
                   "serialNumber: %zu bytes, not up to %d", e.value.len,
                   GA_SERIAL_MAX + 1);
    *out = e.value;
    return true;
}

/* A digest of the hash that was named before: of another length it is none. */
static bool
take_digest(struct ga_reader *id, const char *name, const struct ga_single *s,
            struct ga_bytes *out, struct ga_error *err)
{
    struct ga_der e;

    if (!take(id, name, GA_DER_OCTET_STRING, &e, err))
        return false;
    if (s->hash != NULL && e.value.len != ga_ocsp_hash_len(s->hash))
        return bad(err, GA_E_BAD_VALUE, e.at, "%s: %zu bytes, not %zu", name,
                   e.value.len, ga_ocsp_hash_len(s->hash));
    *out = e.value;
    return true;
}

static bool
read_cert_id(struct ga_reader *response, struct ga_single *s,
             struct ga_error *err)
{
    struct ga_der id;

    if (!take(response, "certID", GA_DER_SEQUENCE, &id, err) ||
        !read_hash(&id.body, s, err) ||
        !take_digest(&id.body, "issuerNameHash", s, &s->name_hash, err) ||
        !take_digest(&id.body, "issuerKeyHash", s, &s->key_hash, err) ||
        !read_serial(&id.body, &s->serial, err) ||
        !end(&id.body, "certID", err))
        return false;
    s->cert_id = id.whole;
    return true;
}

/* RevokedInfo ::= SEQUENCE { revocationTime, [0] EXPLICIT CRLReason } */
static bool
read_revoked(struct ga_reader *response, struct ga_single *s,
             struct ga_error *err)
{
    struct ga_der e, reason;

    s->status = GA_CERT_REVOKED;
    if (!take(response, "revoked", GA_DER_CONTEXT_CONS(1), &e, err) ||
        !take_time(&e.body, "revocationTime", &s->revoked_at, err))
        return false;
    if (ga_reader_left(&e.body) == 0)
        return true;
    return take_explicit(&e.body, "revocationReason", 0, GA_DER_ENUMERATED,
                         &reason, err) &&
           read_small(&reason, "revocationReason", &s->reason, err) &&
           end(&e.body, "revoked", err);
}

/* CertStatus ::= CHOICE { good [0] NULL, revoked [1], unknown [2] NULL } */
static bool
read_status(struct ga_reader *response, struct ga_single *s,
            struct ga_error *err)
{
    bool unknown = ga_der_is(response, GA_DER_CONTEXT(2));
    struct ga_der e;

    if (ga_der_is(response, GA_DER_CONTEXT_CONS(1)))
        return read_revoked(response, s, err);
    s->status = unknown ? GA_CERT_UNKNOWN : GA_CERT_GOOD;
    return take(response, "certStatus", GA_DER_CONTEXT(unknown ? 2u : 0u), &e,
                err) &&
           end(&e.body, "certStatus", err);
}

static bool
read_next_update(struct ga_reader *response, struct ga_single *s,
                 struct ga_error *err)
{
    struct ga_der e;

    if (!ga_der_is(response, GA_DER_CONTEXT_CONS(0)))
        return true;
    return take_explicit(response, "nextUpdate", 0, GA_DER_GENERALIZED_TIME, &e,
                         err) &&
           read_time(&e, "nextUpdate", &s->next_update, err);
}

static bool
read_single(struct ga_reader *list, struct ga_ocsp_answer *a,
            struct ga_error *err)
{
    struct ga_single s = { .reason = -1,
                           .next_update = GA_TIME_NONE,
                           .revoked_at = GA_TIME_NONE };
    struct ga_der e;

    if (!take(list, "singleResponse", GA_DER_SEQUENCE, &e, err) ||
        !read_cert_id(&e.body, &s, err) || !read_status(&e.body, &s, err) ||
        !take_time(&e.body, "thisUpdate", &s.this_update, err) ||
        !read_next_update(&e.body, &s, err) ||
        !read_extensions(&e.body, false, a, err) ||
        !end(&e.body, "singleResponse", err))
        return false;
    for (size_t i = 0; i < a->singles; i++)
        if (ga_bytes_equal(a->single[i].cert_id, s.cert_id))
            ga_check_fail(&a->flaw, GA_R_CONFLICT,
                          "two single responses for one certificate");
    a->single[a->singles++] = s;
    return true;
}

static bool
read_singles(struct ga_reader *r, struct ga_ocsp_answer *a,
             struct ga_error *err)
{
    struct ga_der list;

    if (!take(r, "responses", GA_DER_SEQUENCE, &list, err))
        return false;
    while (ga_reader_left(&list.body) > 0) {
        if (a->singles == GA_OCSP_SINGLES_MAX)
            return bad(err, GA_E_TOO_LARGE, list.at,
                       "more than %d single responses", GA_OCSP_SINGLES_MAX);
        if (!read_single(&list.body, a, err))
            return ga_within(err, err->code, "single response %zu",
                             a->singles) == GA_OK;
    }
    if (a->singles == 0)
        return bad(err, GA_E_BAD_VALUE, list.at, "no single response");
    return true;
}

/* ResponderID ::= CHOICE { byName [1] Name, byKey [2] OCTET STRING } */
static bool
read_responder(struct ga_reader *r, struct ga_ocsp_answer *a,
               struct ga_error *err)
{
    bool by_key = ga_der_is(r, GA_DER_CONTEXT_CONS(2));
    struct ga_der e;

    if (!take_explicit(r, "responderID", by_key ? 2 : 1,
                       by_key ? GA_DER_OCTET_STRING : GA_DER_SEQUENCE, &e, err))
        return false;
    if (by_key && e.value.len != KEY_HASH_LEN)
        return bad(err, GA_E_BAD_VALUE, e.at,
                   "responderID: key hash of %zu bytes, not %d", e.value.len,
                   KEY_HASH_LEN);
    if (by_key)
        a->responder_key = e.value;
    else
        a->responder_name = e.whole;
    return true;
}

/* ResponseData.  Its version is left out in DER: v1 is the default, and the
 * only one. */
static bool
read_data(struct ga_reader *basic, struct ga_ocsp_answer *a,
          struct ga_error *err)
{
    struct ga_der e;

    if (!take(basic, "tbsResponseData", GA_DER_SEQUENCE, &e, err))
        return false;
    a->tbs = e.whole;
    return read_responder(&e.body, a, err) &&
           take_time(&e.body, "producedAt", &a->produced_at, err) &&
           read_singles(&e.body, a, err) &&
           read_extensions(&e.body, true, a, err) &&
           end(&e.body, "tbsResponseData", err);
}

static bool
read_signature(struct ga_reader *basic, struct ga_ocsp_answer *a,
               struct ga_error *err)
{
    struct ga_der algorithm, bits;
    struct ga_bytes rest;
    uint8_t unused;

    if (!take(basic, "signatureAlgorithm", GA_DER_SEQUENCE, &algorithm, err) ||
        !take(basic, "signature", GA_DER_BIT_STRING, &bits, err))
        return false;
    if (!ga_read_u8(&bits.body, "signature", &unused) || unused != 0)
        return bad(err, GA_E_SYNTAX, bits.at,
                   "signature: not a whole number of bytes");
    if (!ga_read_bytes(&bits.body, "signature", ga_reader_left(&bits.body),
                       &rest))
        return false;
    if (!IS(algorithm.whole, ecdsa_with_sha384))
        ga_check_fail(&a->flaw, GA_R_ALGORITHM,
                      "signature algorithm is not ecdsa-with-SHA384 without "
                      "parameters");
    else if (!ga_signature_der(rest, &a->signature))
        ga_check_fail(&a->flaw, GA_R_BAD_SIGNATURE,
                      "signature is not two integers of P-384 in DER");
    return true;
}

static bool
read_certs(struct ga_reader *basic, struct ga_ocsp_answer *a,
           struct ga_error *err)
{
    struct ga_der list, e;

    if (!ga_der_is(basic, GA_DER_CONTEXT_CONS(0)))
        return true;
    if (!take_explicit(basic, "certs", 0, GA_DER_SEQUENCE, &list, err))
        return false;
    while (ga_reader_left(&list.body) > 0) {
        size_t n = a->certs.count;

        if (n == GA_CERTS_MAX)
            return bad(err, GA_E_TOO_LARGE, list.at,
                       "more than %d certificates", GA_CERTS_MAX);
        if (!take(&list.body, "certificate", GA_DER_SEQUENCE, &e, err))
            return false;
        if (ga_cert_parse(e.whole, &a->certs.cert[n], err) != GA_OK) {
            err->offset = e.at; /* of the certificate, in this input */
            return ga_within(err, err->code, "certificate %zu", n) == GA_OK;
        }
        a->certs.count++;
    }
    return true;
}

/* Whether what no field says is DER, too: extensions that nobody knows. */
static bool
is_der(const struct ga_der *e, const char *field, struct ga_error *err)
{
    struct ga_error why = { 0 };

    if (ga_der_check(e->whole, &why) == GA_OK)
        return true;
    return bad(err, why.code, e->at + why.offset, "%s: not DER at %zu", field,
               e->at + why.offset);
}

static bool
read_basic(struct ga_reader *response, struct ga_ocsp_answer *a,
           struct ga_error *err)
{
    struct ga_der e;

    return take(response, "BasicOCSPResponse", GA_DER_SEQUENCE, &e, err) &&
           read_data(&e.body, a, err) && read_signature(&e.body, a, err) &&
           read_certs(&e.body, a, err) &&
           end(&e.body, "BasicOCSPResponse", err) &&
           is_der(&e, "BasicOCSPResponse", err) &&
           end(response, "response", err);
}

/* [0] EXPLICIT ResponseBytes ::= SEQUENCE { responseType, response } */
static bool
read_response_bytes(struct ga_reader *r, struct ga_ocsp_answer *a,
                    struct ga_error *err)
{
    struct ga_der bytes, type, response;

    if (!take_explicit(r, "responseBytes", 0, GA_DER_SEQUENCE, &bytes, err) ||
        !take(&bytes.body, "responseType", GA_DER_OID, &type, err))
        return false;
    if (!IS(type.value, oid_basic))
        return bad(err, GA_E_SYNTAX, type.at,
                   "responseType: not a basic response");
    return take(&bytes.body, "response", GA_DER_OCTET_STRING, &response, err) &&
           end(&bytes.body, "responseBytes", err) &&
           read_basic(&response.body, a, err);
}

static const char *
status_text(int status)
{
    /* Source: rfc6960 4.2.1. */
    static const char *const texts[] = { "successful",    "malformedRequest",
                                         "internalError", "tryLater",
                                         "unused",        "sigRequired",
                                         "unauthorized" };

    return (size_t)status < sizeof(texts) / sizeof(texts[0]) ? texts[status]
                                                             : "unknown";
}

static bool
read_answer(struct ga_ocsp_answer *a, int *status, struct ga_error *err)
{
    struct ga_reader in = ga_reader_of(ga_view(&a->der));
    struct ga_der e, enumerated;
    int said = -1;

    if (!take(&in, "OCSPResponse", GA_DER_SEQUENCE, &e, err) ||
        ga_reader_done(&in, err) != GA_OK ||
        !take(&e.body, "responseStatus", GA_DER_ENUMERATED, &enumerated, err) ||
        !read_small(&enumerated, "responseStatus", &said, err))
        return false;
    if (said == GA_OCSP_SUCCESSFUL)
        return read_response_bytes(&e.body, a, err) &&
               end(&e.body, "OCSPResponse", err);
    if (!end(&e.body, "OCSPResponse", err))
        return false;
    *status = said;
    return bad(err, GA_E_BAD_VALUE, enumerated.at, "the responder says %s (%d)",
               status_text(said), said);
}

enum ga_rc
ga_ocsp_read(struct ga_bytes der, struct ga_ocsp_answer **out, int *status,
             struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_ocsp_answer) *a = NULL;
    struct ga_error own = { 0 };

    if (err == NULL)
        err = &own;
    *status = GA_OCSP_SUCCESSFUL;
    if (der.len > GA_OCSP_MAX)
        return ga_fail(err, GA_E_TOO_LARGE,
                       "OCSP answer: %zu bytes, not up to %d", der.len,
                       GA_OCSP_MAX);
    a = calloc(1, sizeof(*a));
    if (a == NULL || ga_buf_copy(der, &a->der, err) != GA_OK)
        return ga_nomem(err);
    if (!read_answer(a, status, err))
        return ga_within(err, err->code, "OCSP answer");
    if (!ga_sha384(a->tbs, a->tbs_digest))
        return ga_fail(err, GA_E_INTERNAL, "SHA-384 failed");
    ga_check_pass(&a->flaw);
    *out = GA_TAKE(a);
    return GA_OK;
}

enum ga_rc
ga_ocsp_parse(struct ga_bytes der, struct ga_ocsp_answer **out,
              struct ga_error *err)
{
    int status;

    return ga_ocsp_read(der, out, &status, err);
}
