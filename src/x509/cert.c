/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, decoded by a DER walk of our own: libcrypto accepts BER in
 * places and takes 140 microseconds for each.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "x509/cert.h"
#include "x509/der.h"
#include "x509/extensions.h"
#include "x509/name.h"

GA_DEFINE_AUTO_STRUCT(ga_cert, ga_cert_free);

/* AlgorithmIdentifier of ecdsa-with-SHA384: no parameters.
 * Source: rfc5758, 3.2 */
static const uint8_t ecdsa_with_sha384[] = {
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03,
};

/* AlgorithmIdentifier of sha256WithRSAEncryption: parameters are NULL.
 * Source: rfc4055, 5 */
static const uint8_t sha256_with_rsa[] = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
    0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00,
};

void
ga_cert_free(struct ga_cert *cert)
{
    if (cert == NULL ||
        __atomic_sub_fetch(&cert->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    ga_key_free(cert->key);
    ga_buf_done(&cert->der);
    free(cert);
}

struct ga_cert *
ga_cert_ref(struct ga_cert *cert)
{
    __atomic_add_fetch(&cert->refs, 1, __ATOMIC_RELAXED);
    return cert;
}

void
ga_certs_done(struct ga_certs *certs)
{
    for (size_t i = 0; i < certs->count; i++)
        ga_cert_free(certs->cert[i]);
    *certs = (struct ga_certs){ 0 };
}

/* [0] EXPLICIT INTEGER DEFAULT v1; v3 is 2. */
static enum ga_rc
parse_version(struct ga_reader *tbs, struct ga_cert *c, struct ga_error *err)
{
    struct ga_der outer, number;
    int version = 0;
    enum ga_rc rc;

    if (ga_der_is(tbs, GA_DER_CONTEXT_CONS(0))) {
        rc = ga_der_next(tbs, "version", &outer, err);
        if (rc == GA_OK)
            rc = ga_der_take(&outer.body, "version", GA_DER_INTEGER, &number,
                             err);
        if (rc == GA_OK)
            rc = ga_der_end(&outer.body, "version", err);
        if (rc != GA_OK)
            return rc;
        if (!ga_der_unsigned(number.value, &version))
            version = -1;
    }
    if (version != 2)
        ga_check_fail(&c->flaw, GA_R_SHAPE, "not an X.509 v3 certificate");
    return GA_OK;
}

static bool
serial_ok(struct ga_bytes s)
{
    return s.len > 0 && s.len <= GA_SERIAL_MAX && s.ptr[0] < 0x80;
}

static enum ga_rc
parse_serial(struct ga_reader *tbs, struct ga_cert *c, struct ga_error *err)
{
    struct ga_der e;
    enum ga_rc rc = ga_der_take(tbs, "serialNumber", GA_DER_INTEGER, &e, err);

    if (rc != GA_OK)
        return rc;
    c->serial = e.value;
    if (!serial_ok(c->serial) || ga_bytes_zero(c->serial))
        ga_check_fail(&c->flaw, GA_R_SHAPE,
                      "serial number is not a positive number of 1 to %d "
                      "octets",
                      GA_SERIAL_MAX);
    return GA_OK;
}

static void
read_text(struct ga_cert *c, const struct ga_name *subject)
{
    const struct {
        enum ga_name_type type;
        char *out;
        size_t cap;
        const char *name;
    } rows[] = {
        { GA_NAME_COMMON_NAME, c->common_name, sizeof(c->common_name), "CN" },
        { GA_NAME_ORGANIZATION, c->organization, sizeof(c->organization), "O" },
        { GA_NAME_SERIAL_NUMBER, c->subject_serial, sizeof(c->subject_serial),
          "serialNumber" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (ga_name_get(subject, rows[i].type, rows[i].out, rows[i].cap) > 1)
            ga_check_fail(&c->flaw, GA_R_SHAPE, "subject has %s twice",
                          rows[i].name);
    ga_name_text(subject, c->subject_text, sizeof(c->subject_text));
}

static enum ga_rc
parse_name(struct ga_reader *tbs, const char *field, struct ga_cert *c,
           struct ga_bytes *view, struct ga_name *name, struct ga_error *err)
{
    struct ga_der e;
    enum ga_rc rc = ga_der_take(tbs, field, GA_DER_SEQUENCE, &e, err);

    if (rc != GA_OK)
        return rc;
    *view = e.whole;
    rc = ga_name_parse(&e, name, err);
    if (rc == GA_OK && !ga_name_is_text(name))
        ga_check_fail(&c->flaw, GA_R_SHAPE,
                      "%s has an attribute that is no text", field);
    return ga_within(err, rc, "%s", field);
}

static enum ga_rc
parse_time(struct ga_reader *validity, const char *field, ga_time *out,
           struct ga_error *err)
{
    struct ga_der e;
    enum ga_rc rc = ga_der_next(validity, field, &e, err);

    if (rc == GA_OK && !ga_der_time(&e, out))
        return ga_fail_at(err, GA_E_SYNTAX, e.at,
                          "%s: not a time in a form of RFC 5280 at %zu", field,
                          e.at);
    return rc;
}

static enum ga_rc
parse_validity(struct ga_reader *tbs, struct ga_cert *c, struct ga_error *err)
{
    struct ga_der seq;
    enum ga_rc rc = ga_der_take(tbs, "validity", GA_DER_SEQUENCE, &seq, err);

    if (rc == GA_OK)
        rc = parse_time(&seq.body, "notBefore", &c->not_before, err);
    if (rc == GA_OK)
        rc = parse_time(&seq.body, "notAfter", &c->not_after, err);
    if (rc == GA_OK)
        rc = ga_der_end(&seq.body, "validity", err);
    return rc;
}

static enum ga_rc
parse_spki(struct ga_reader *tbs, struct ga_cert *c, struct ga_error *err)
{
    struct ga_error why = { 0 };
    struct ga_der e;
    enum ga_rc rc =
        ga_der_take(tbs, "subjectPublicKeyInfo", GA_DER_SEQUENCE, &e, err);

    if (rc != GA_OK)
        return rc;
    c->spki = e.whole;
    rc = ga_key_parse(c->spki, &c->key, &why);
    if (rc == GA_E_NOMEM)
        return ga_nomem(err);
    if (rc != GA_OK)
        ga_check_fail(&c->flaw, GA_R_KEY, "%s", why.text);
    return GA_OK;
}

/* What follows the key: unique identifiers, of which RFC 5280 4.1.2.8 makes no
 * use, and extensions. */
static enum ga_rc
parse_rest(struct ga_reader *tbs, struct ga_cert *c, struct ga_error *err)
{
    struct ga_der e;
    enum ga_rc rc = GA_OK;

    for (uint8_t n = 1; n <= 2 && rc == GA_OK; n++)
        if (ga_der_is(tbs, GA_DER_CONTEXT(n))) {
            rc = ga_der_next(tbs, "unique identifier", &e, err);
            ga_check_fail(&c->flaw, GA_R_SHAPE, "has a unique identifier");
        }
    if (rc == GA_OK && ga_der_is(tbs, GA_DER_CONTEXT_CONS(3))) {
        rc = ga_der_next(tbs, "extensions", &e, err);
        if (rc == GA_OK)
            rc = ga_extensions_parse(&e, c, err);
    }
    return rc == GA_OK ? ga_der_end(tbs, "tbsCertificate", err) : rc;
}

static enum ga_rc
parse_tbs(struct ga_reader *tbs, struct ga_cert *c,
          struct ga_bytes *inner_algorithm, struct ga_error *err)
{
    struct ga_name issuer, subject = { 0 };
    struct ga_der algorithm;
    enum ga_rc rc = parse_version(tbs, c, err);

    if (rc == GA_OK)
        rc = parse_serial(tbs, c, err);
    if (rc == GA_OK)
        rc = ga_der_take(tbs, "signature", GA_DER_SEQUENCE, &algorithm, err);
    if (rc == GA_OK)
        rc = parse_name(tbs, "issuer", c, &c->issuer, &issuer, err);
    if (rc == GA_OK)
        rc = parse_validity(tbs, c, err);
    if (rc == GA_OK)
        rc = parse_name(tbs, "subject", c, &c->subject, &subject, err);
    if (rc == GA_OK)
        rc = parse_spki(tbs, c, err);
    if (rc == GA_OK)
        rc = parse_rest(tbs, c, err);
    if (rc != GA_OK)
        return rc;
    read_text(c, &subject);
    *inner_algorithm = algorithm.whole;
    return GA_OK;
}

static void
take_rsa(struct ga_cert *c, struct ga_bytes inner, struct ga_bytes outer,
         struct ga_bytes bits)
{
    struct ga_reader r = ga_reader_of(bits);
    struct ga_bytes signature;
    uint8_t spare;

    if (ga_bytes_equal(inner, outer) &&
        ga_bytes_equal(inner,
                       ga_bytes_of(sha256_with_rsa, sizeof(sha256_with_rsa))) &&
        ga_read_u8(&r, "unused bits", &spare) && spare == 0 &&
        ga_read_bytes(&r, "signature", ga_reader_left(&r), &signature))
        c->rsa_signature = signature;
}

/* Both AlgorithmIdentifiers, and the signature where they hold. */
static void
judge_signature(struct ga_cert *c, struct ga_bytes inner, struct ga_bytes outer,
                struct ga_bytes bits)
{
    struct ga_reader r = ga_reader_of(bits);
    struct ga_bytes der;
    uint8_t unused;

    take_rsa(c, inner, outer, bits);
    if (!ga_bytes_equal(inner, outer))
        ga_check_fail(&c->flaw, GA_R_ALGORITHM,
                      "inner and outer signature algorithm differ");
    if (!ga_bytes_equal(
            inner, ga_bytes_of(ecdsa_with_sha384, sizeof(ecdsa_with_sha384)))) {
        ga_check_fail(&c->flaw, GA_R_ALGORITHM,
                      "signature algorithm is not ecdsa-with-SHA384 without "
                      "parameters");
        return;
    }
    c->signature_ok =
        ga_read_u8(&r, "unused bits", &unused) && unused == 0 &&
        ga_read_bytes(&r, "signature", ga_reader_left(&r), &der) &&
        ga_signature_der(der, &c->signature);
    if (!c->signature_ok)
        ga_check_fail(&c->flaw, GA_R_BAD_SIGNATURE,
                      "signature is not the DER of two numbers of P-384");
}

/* Hashes that each use of the certificate needs. */
static bool
hash(struct ga_cert *c)
{
    unsigned n = 0;

    if (!ga_sha384(c->tbs, c->tbs_digest))
        return false;
    return !ga_bytes_equal(c->subject, c->issuer) ||
           (EVP_Digest(c->der.ptr, c->der.len, c->sha256, &n, EVP_sha256(),
                       NULL) == 1 &&
            n == sizeof(c->sha256));
}

static enum ga_rc
parse(struct ga_cert *c, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(ga_view(&c->der));
    struct ga_der cert, tbs, algorithm, bits;
    struct ga_bytes inner;
    enum ga_rc rc = ga_der_take(&r, "certificate", GA_DER_SEQUENCE, &cert, err);

    if (rc == GA_OK)
        rc = ga_reader_done(&r, err);
    if (rc == GA_OK)
        rc = ga_der_check(cert.whole, err);
    if (rc == GA_OK)
        rc = ga_der_take(&cert.body, "tbsCertificate", GA_DER_SEQUENCE, &tbs,
                         err);
    if (rc == GA_OK)
        rc = ga_der_take(&cert.body, "signatureAlgorithm", GA_DER_SEQUENCE,
                         &algorithm, err);
    if (rc == GA_OK)
        rc = ga_der_take(&cert.body, "signatureValue", GA_DER_BIT_STRING, &bits,
                         err);
    if (rc == GA_OK)
        rc = ga_der_end(&cert.body, "certificate", err);
    if (rc == GA_OK)
        rc = parse_tbs(&tbs.body, c, &inner, err);
    if (rc != GA_OK)
        return rc;
    c->tbs = tbs.whole;
    if (!hash(c))
        return ga_fail(err, GA_E_INTERNAL, "hashing failed");
    judge_signature(c, inner, algorithm.whole, bits.value);
    ga_check_pass(&c->flaw);
    return GA_OK;
}

enum ga_rc
ga_cert_parse(struct ga_bytes der, struct ga_cert **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_cert) *cert = NULL;
    enum ga_rc rc;

    if (der.len > GA_CERT_MAX)
        return ga_fail(err, GA_E_TOO_LARGE,
                       "certificate: %zu bytes, not 1 to %d", der.len,
                       GA_CERT_MAX);
    cert = calloc(1, sizeof(*cert));
    if (cert == NULL)
        return ga_nomem(err);
    cert->refs = 1;
    cert->path_len = -1;
    rc = ga_buf_copy(der, &cert->der, err);
    if (rc == GA_OK)
        rc = parse(cert, err);
    if (rc == GA_OK)
        *out = GA_TAKE(cert);
    return rc;
}

void
ga_cert_serial_decimal(const struct ga_cert *cert, char out[GA_SERIAL_TEXT])
{
    uint8_t n[GA_SERIAL_MAX];
    size_t len = cert->serial.len, at = GA_SERIAL_TEXT - 1;

    out[0] = '\0';
    if (!serial_ok(cert->serial))
        return;
    memcpy(n, cert->serial.ptr, len);
    out[at] = '\0';
    /* Divides by ten, the last digit first, until nothing is left. */
    do {
        unsigned rest = 0;

        for (size_t i = 0; i < len; i++) {
            unsigned v = rest << 8 | n[i];

            n[i] = (uint8_t)(v / 10);
            rest = v % 10;
        }
        out[--at] = (char)('0' + rest);
    } while (!ga_bytes_zero(ga_bytes_of(n, len)));
    memmove(out, &out[at], GA_SERIAL_TEXT - at);
}

void
ga_cert_serial_hex(const struct ga_cert *cert, char out[GA_SERIAL_TEXT])
{
    static const char digits[] = "0123456789ABCDEF";
    struct ga_bytes s = cert->serial;
    size_t n = 0;

    for (size_t i = 0; serial_ok(s) && i < s.len; i++) {
        if (s.ptr[i] == 0 && n == 0 && s.len > 1)
            continue;
        out[n++] = digits[s.ptr[i] >> 4];
        out[n++] = digits[s.ptr[i] & 0x0f];
    }
    out[n] = '\0';
}
