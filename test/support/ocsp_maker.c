/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ocsp_maker.h"

#include <openssl/ec.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"
#include "support/test.h"

#define HOUR INT64_C(3600)
#define DAY  (24 * HOUR)

static struct ga_buf
copy_of(const void *ptr, size_t len)
{
    struct ga_buf b = { .ptr = malloc(len > 0 ? len : 1), .len = len };

    assert_non_null(b.ptr);
    if (len > 0)
        memcpy(b.ptr, ptr, len);
    return b;
}

/* The part behind what `a` holds already; it is released. */
static void
append(struct ga_buf *a, struct ga_buf *part)
{
    uint8_t *grown = realloc(a->ptr, a->len + part->len + 1);

    assert_non_null(grown);
    if (part->len > 0)
        memcpy(grown + a->len, part->ptr, part->len);
    a->ptr = grown;
    a->len += part->len;
    ga_buf_done(part);
}

static struct ga_buf
header(unsigned tag, size_t len)
{
    uint8_t h[4] = { (uint8_t)tag };
    size_t n = 1;

    assert_true(len < 0x10000);
    if (len >= 0x100) {
        h[n++] = 0x82;
        h[n++] = (uint8_t)(len >> 8);
    } else if (len >= 0x80) {
        h[n++] = 0x81;
    }
    h[n++] = (uint8_t)len;
    return copy_of(h, n);
}

struct ga_buf
der_of(unsigned tag, ...)
{
    struct ga_buf content = { 0 }, out, *part;
    va_list ap;

    va_start(ap, tag);
    while ((part = va_arg(ap, struct ga_buf *)) != NULL)
        append(&content, part);
    va_end(ap);
    out = header(tag, content.len);
    append(&out, &content);
    return out;
}

#define END ((struct ga_buf *)NULL)

static struct ga_buf
bytes_of(unsigned tag, const void *ptr, size_t len)
{
    struct ga_buf content = copy_of(ptr, len);

    return der_of(tag, &content, END);
}

static struct ga_buf
time_of(ga_time t)
{
    char text[GA_TIME_TEXT], out[16];

    ga_time_text(t, text);
    /* 2025-10-09T08:53:20Z without what is between the numbers. */
    snprintf(out, sizeof(out), "%.4s%.2s%.2s%.2s%.2s%.2sZ", text, text + 5,
             text + 8, text + 11, text + 14, text + 17);
    return bytes_of(0x18, out, strlen(out));
}

/* A piece of the plan in hex, or nothing. */
static struct ga_buf
hex_or_nothing(const char *hex)
{
    return unhex(hex != NULL ? hex : "");
}

/* What the plan puts at the end of `element`. */
static struct ga_buf
more_of(const struct answer_plan *plan, const char *element)
{
    bool here = plan->more_in != NULL && strcmp(plan->more_in, element) == 0;

    return unhex(here ? "0500" : "");
}

static X509_NAME *
name_of(const char *common_name)
{
    X509_NAME *name = X509_NAME_new();

    assert_int_equal(X509_NAME_add_entry_by_txt(
                         name, "CN", MBSTRING_ASC,
                         (const unsigned char *)common_name, -1, -1, 0),
                     1);
    assert_int_equal(X509_NAME_add_entry_by_txt(
                         name, "O", MBSTRING_ASC,
                         (const unsigned char *)"OCSP test", -1, -1, 0),
                     1);
    return name;
}

static void
add_extension(X509 *x, const char *oid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;

    X509V3_set_ctx(&ctx, NULL, x, NULL, NULL, 0);
    e = X509V3_EXT_nconf(NULL, &ctx, oid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static void
set_validity(X509 *x, const struct cert_plan *plan)
{
    ga_time from =
        plan->not_before != 0 ? plan->not_before : MADE_AT - 180 * DAY;
    ga_time until =
        plan->not_after != 0 ? plan->not_after : MADE_AT + 180 * DAY;

    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), from));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), until));
}

static void
set_names(X509 *x, const struct cert_plan *plan, const struct made *signer)
{
    X509_NAME *subject = name_of(plan->name), *issuer;

    assert_int_equal(X509_set_subject_name(x, subject), 1);
    if (plan->issuer != NULL)
        issuer = name_of(plan->issuer);
    else if (signer != NULL)
        issuer = X509_NAME_dup(X509_get_subject_name(signer->x509));
    else
        issuer = X509_NAME_dup(subject);
    assert_int_equal(X509_set_issuer_name(x, issuer), 1);
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
}

static void
set_extensions(X509 *x, const struct cert_plan *plan)
{
    if (plan->ca)
        add_extension(x, "basicConstraints", "critical,CA:TRUE");
    if (plan->usage != NULL)
        add_extension(x, "keyUsage", plan->usage);
    if (plan->purposes != NULL)
        add_extension(x, "extendedKeyUsage", plan->purposes);
    if (plan->simulator)
        add_extension(x, GA_SIMULATOR_OID, "critical,DER:05:00");
    if (plan->unknown_critical)
        add_extension(x, "1.2.3.4", "critical,DER:05:00");
}

static struct ga_cert *
parsed(X509 *x)
{
    struct ga_cert *cert = NULL;
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);

    assert_true(len > 0);
    assert_int_equal(ga_cert_parse(ga_bytes_of(der, (size_t)len), &cert, NULL),
                     GA_OK);
    OPENSSL_free(der);
    return cert;
}

struct made
make_cert(const struct cert_plan *plan, const struct made *signer)
{
    struct made m = { .x509 = X509_new() };
    uint8_t serial[12] = { 0x41 };
    BIGNUM *number;

    m.key = plan->key;
    if (m.key != NULL)
        EVP_PKEY_up_ref(m.key);
    else
        m.key = EVP_EC_gen("P-384");
    assert_non_null(m.key);
    for (size_t i = 0; plan->name[i] != '\0'; i++)
        serial[1 + i % 11] = (uint8_t)(serial[1 + i % 11] * 31 + plan->name[i]);
    number = BN_bin2bn(serial, sizeof(serial), NULL);
    assert_non_null(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(m.x509)));
    BN_free(number);
    assert_int_equal(X509_set_version(m.x509, X509_VERSION_3), 1);
    set_names(m.x509, plan, signer);
    set_validity(m.x509, plan);
    assert_int_equal(X509_set_pubkey(m.x509, m.key), 1);
    set_extensions(m.x509, plan);
    assert_true(X509_sign(m.x509, signer != NULL ? signer->key : m.key,
                          EVP_sha384()) > 0);
    m.cert = parsed(m.x509);
    return m;
}

void
made_done(struct made *m)
{
    X509_free(m->x509);
    EVP_PKEY_free(m->key);
    ga_cert_free(m->cert);
    memset(m, 0, sizeof(*m));
}

/* What CertID and responderID hash of a key. */
static struct ga_bytes
point_of(const struct made *m)
{
    return ga_key_point(m->cert->key);
}

static struct ga_buf
hash_of(const char *name, struct ga_bytes in, bool wrong)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    assert_int_equal(EVP_Digest(in.ptr, in.len, digest, &len,
                                EVP_get_digestbyname(name), NULL),
                     1);
    digest[len - 1] ^= wrong;
    return bytes_of(0x04, digest, len);
}

static struct ga_buf
hash_algorithm(const struct single_plan *s, const char *name)
{
    static const struct {
        const char *name, *oid;
    } rows[] = {
        { "sha1", "06052b0e03021a" },
        { "sha256", "0609608648016503040201" },
        { "sha384", "0609608648016503040202" },
        { "sha512", "0609608648016503040203" },
    };
    const char *hex = NULL;
    struct ga_buf oid, parameters;

    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            hex = rows[i].oid;
    assert_non_null(hex);
    oid = unhex(hex);
    parameters = unhex(s->hash_null ? "0500" : s->hash_odd ? "020100" : "");
    return der_of(0x30, &oid, &parameters, END);
}

/* An OCTET STRING of less than 128 bytes, by its last one. */
static void
shorten(struct ga_buf *octets)
{
    octets->ptr[1]--;
    octets->len--;
}

static struct ga_buf
cert_id(const struct answer_plan *plan, const struct single_plan *s)
{
    const char *name = s->hash != NULL ? s->hash : "sha256";
    const struct ga_cert *cert = s->cert->cert;
    struct ga_buf algorithm = hash_algorithm(s, name);
    struct ga_buf names =
        hash_of(name, s->issuer->cert->subject, s->wrong_name);
    struct ga_buf keys = hash_of(name, point_of(s->issuer), s->wrong_key);
    struct ga_buf serial = bytes_of(0x02, cert->serial.ptr, cert->serial.len);
    struct ga_buf more;

    if (s->short_name)
        shorten(&names);
    if (s->short_key)
        shorten(&keys);
    if (s->serial != NULL) {
        ga_buf_done(&serial);
        serial = unhex(s->serial);
        serial = der_of(0x02, &serial, END);
    }
    serial.ptr[serial.len - 1] ^= s->wrong_serial;
    more = more_of(plan, "certID");
    return der_of(0x30, &algorithm, &names, &keys, &serial, &more, END);
}

static struct ga_buf
status_of(const struct answer_plan *plan, const struct single_plan *s)
{
    ga_time since = s->revoked_at != 0 ? s->revoked_at : MADE_AT - 3 * DAY;
    uint8_t number = (uint8_t)s->reason;
    struct ga_buf at, reason = { 0 }, more;

    if (s->status == 'u')
        return unhex("8200");
    if (s->status != 'r')
        return unhex("8000");
    at = time_of(since);
    if (s->has_reason) {
        reason = bytes_of(0x0a, &number, 1);
        more = more_of(plan, "revocationReason");
        reason = der_of(0xa0, &reason, &more, END);
    }
    more = more_of(plan, "revoked");
    return der_of(0xa1, &at, &reason, &more, END);
}

static ga_time
this_update(const struct single_plan *s)
{
    return s->this_update != 0 ? s->this_update : MADE_AT - HOUR;
}

/* [1] EXPLICIT Extensions, or nothing. */
static struct ga_buf
extensions_of(struct ga_buf *list)
{
    struct ga_buf sequence;

    if (list->len == 0) {
        ga_buf_done(list);
        return copy_of(NULL, 0);
    }
    sequence = der_of(0x30, list, END);
    return der_of(0xa1, &sequence, END);
}

static struct ga_buf
single_of(const struct answer_plan *plan, const struct single_plan *s)
{
    struct ga_buf id = cert_id(plan, s), status = status_of(plan, s);
    struct ga_buf next = { 0 }, more;
    struct ga_buf this = time_of(this_update(s));
    struct ga_buf list = hex_or_nothing(s->extensions);
    struct ga_buf extensions = extensions_of(&list);

    if (s->next_update != -1) {
        next = time_of(s->next_update != 0 ? s->next_update
                                           : this_update(s) + DAY);
        more = more_of(plan, "nextUpdate");
        next = der_of(0xa0, &next, &more, END);
    }
    more = more_of(plan, "singleResponse");
    return der_of(0x30, &id, &status, &this, &next, &extensions, &more, END);
}

static struct ga_buf
responder_id(const struct answer_plan *plan)
{
    const struct ga_cert *cert = plan->responder->cert;
    struct ga_buf more = more_of(plan, "responderID"), id;

    if (plan->responder_id != NULL) {
        ga_buf_done(&more);
        return unhex(plan->responder_id);
    }
    if (plan->by_name) {
        id = copy_of(cert->subject.ptr, cert->subject.len);
        return der_of(0xa1, &id, &more, END);
    }
    id = hash_of("sha1", point_of(plan->responder), false);
    return der_of(0xa2, &id, &more, END);
}

static struct ga_buf
nonce_of(const struct answer_plan *plan)
{
    struct ga_buf oid, value, more;

    if (plan->nonce == NULL)
        return copy_of(NULL, 0);
    oid = unhex("06092b0601050507300102");
    value = unhex(plan->nonce);
    value = der_of(0x04, &value, END);
    more = more_of(plan, "nonce");
    value = der_of(0x04, &value, &more, END);
    more = more_of(plan, "extension");
    return der_of(0x30, &oid, &value, &more, END);
}

static struct ga_buf
data_of(const struct answer_plan *plan)
{
    struct ga_buf version = unhex(plan->version ? "a003020100" : "");
    struct ga_buf id = responder_id(plan), produced, singles = { 0 };
    struct ga_buf list = nonce_of(plan);
    struct ga_buf more = hex_or_nothing(plan->extensions), extensions;
    struct ga_buf last = more_of(plan, "tbsResponseData");

    produced = time_of(plan->produced_at != 0 ? plan->produced_at
                       : plan->singles > 0    ? this_update(&plan->single[0])
                                              : MADE_AT);
    for (size_t i = 0; i < plan->singles; i++) {
        struct ga_buf single = single_of(plan, &plan->single[i]);

        append(&singles, &single);
    }
    singles = der_of(0x30, &singles, END);
    append(&list, &more);
    extensions = extensions_of(&list);
    return der_of(0x30, &version, &id, &produced, &singles, &extensions, &last,
                  END);
}

static struct ga_buf
signature_of(const struct answer_plan *plan, const struct ga_buf *data)
{
    const struct made *signer =
        plan->signer != NULL ? plan->signer : plan->responder;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t out[128] = { 0 };
    size_t len = sizeof(out) - 1;

    assert_int_equal(
        EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, signer->key), 1);
    assert_int_equal(EVP_DigestSign(ctx, out + 1, &len, data->ptr, data->len),
                     1);
    EVP_MD_CTX_free(ctx);
    out[len] ^= plan->broken_signature;
    if (plan->signature != NULL) {
        struct ga_buf given = unhex(plan->signature);

        return der_of(0x03, &given, END);
    }
    return bytes_of(0x03, out, len + 1);
}

static struct ga_buf
certs_of(const struct answer_plan *plan)
{
    struct ga_buf list = { 0 }, more;

    for (size_t i = 0; i < COUNT(plan->certs) && plan->certs[i] != NULL; i++) {
        struct ga_bytes der = ga_view(&plan->certs[i]->cert->der);
        struct ga_buf cert = copy_of(der.ptr, der.len);

        append(&list, &cert);
    }
    more = more_of(plan, "certs");
    if (list.len == 0 && more.len == 0) {
        ga_buf_done(&more);
        return list;
    }
    list = der_of(0x30, &list, END);
    return der_of(0xa0, &list, &more, END);
}

struct ga_buf
make_answer(const struct answer_plan *plan)
{
    uint8_t number = (uint8_t)plan->status;
    struct ga_buf status = bytes_of(0x0a, &number, 1);
    struct ga_buf data, algorithm, signature, certs, basic, type, more;

    if (plan->no_bytes) {
        more = more_of(plan, "OCSPResponse");
        return der_of(0x30, &status, &more, END);
    }
    data = data_of(plan);
    signature = signature_of(plan, &data);
    certs = certs_of(plan);
    algorithm = unhex(plan->algorithm != NULL ? plan->algorithm
                                              : "300a06082a8648ce3d040303");
    more = more_of(plan, "BasicOCSPResponse");
    basic = der_of(0x30, &data, &algorithm, &signature, &certs, &more, END);
    more = more_of(plan, "response");
    basic = der_of(0x04, &basic, &more, END);
    type = unhex(plan->type != NULL ? plan->type : "06092b0601050507300101");
    more = more_of(plan, "ResponseBytes");
    basic = der_of(0x30, &type, &basic, &more, END);
    more = more_of(plan, "responseBytes");
    basic = der_of(0xa0, &basic, &more, END);
    more = more_of(plan, "OCSPResponse");
    return der_of(0x30, &status, &basic, &more, END);
}
