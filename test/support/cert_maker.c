/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <openssl/ec.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "support/cert_maker.h"
#include "support/fixtures.h"

#define ECDSA_WITH_SHA384 "300a06082a8648ce3d040303"

struct made_key *
made_key_new(void)
{
    struct made_key *k = calloc(1, sizeof(*k));
    unsigned char point[GA_POINT_LEN];
    size_t n = 0;

    assert_non_null(k);
    k->pkey = EVP_EC_gen("P-384");
    assert_non_null(k->pkey);
    assert_int_equal(EVP_PKEY_get_octet_string_param(k->pkey, "pub", point,
                                                     sizeof(point), &n),
                     1);
    assert_int_equal(ga_key_of_point(ga_bytes_of(point, n), &k->key, NULL),
                     GA_OK);
    return k;
}

void
made_key_free(struct made_key *key)
{
    EVP_PKEY_free(key->pkey);
    ga_key_free(key->key);
    free(key);
}

struct der
der_signature(const struct made_key *key, struct ga_bytes message)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct der out = { .len = sizeof(out.ptr) };

    assert_int_equal(
        EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key->pkey), 1);
    assert_int_equal(
        EVP_DigestSign(ctx, out.ptr, &out.len, message.ptr, message.len), 1);
    EVP_MD_CTX_free(ctx);
    return out;
}

struct ga_signature
made_signature(const struct made_key *key, struct ga_bytes message)
{
    struct der der = der_signature(key, message);
    struct ga_signature sig;

    assert_true(ga_signature_der(ga_bytes_of(der.ptr, der.len), &sig));
    return sig;
}

void
der_add(struct der *out, uint8_t tag, const void *value, size_t len)
{
    assert_true(len < 0x10000 && out->len + len + 4 <= sizeof(out->ptr));
    out->ptr[out->len++] = tag;
    if (len >= 0x100) {
        out->ptr[out->len++] = 0x82;
        out->ptr[out->len++] = (uint8_t)(len >> 8);
    } else if (len >= 0x80) {
        out->ptr[out->len++] = 0x81;
    }
    out->ptr[out->len++] = (uint8_t)len;
    if (len > 0)
        memcpy(&out->ptr[out->len], value, len);
    out->len += len;
}

struct der
der_wrap(uint8_t tag, const struct der *content)
{
    struct der out = { 0 };

    der_add(&out, tag, content->ptr, content->len);
    return out;
}

void
der_append(struct der *out, const struct der *more)
{
    assert_true(out->len + more->len <= sizeof(out->ptr));
    memcpy(&out->ptr[out->len], more->ptr, more->len);
    out->len += more->len;
}

struct der
der_hex(const char *digits)
{
    struct ga_buf b = unhex(digits);
    struct der out = { .len = b.len };

    assert_true(b.len <= sizeof(out.ptr));
    memcpy(out.ptr, b.ptr, b.len);
    ga_buf_done(&b);
    return out;
}

static void
add_hex(struct der *out, uint8_t tag, const char *digits)
{
    struct der value = der_hex(digits);

    der_add(out, tag, value.ptr, value.len);
}

static struct der
name_part(const char *part, size_t len)
{
    static const struct {
        const char *text, *oid;
        uint8_t tag;
    } rows[] = {
        { "CN=", "550403", 0x0c },
        { "O=", "55040a", 0x0c },
        { "C=", "550406", 0x13 },
        { "L=", "550407", 0x0c },
        { "serialNumber=", "550405", 0x13 },
    };
    struct der pair = { 0 }, rdn;

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = strlen(rows[i].text);

        if (len < n || strncmp(part, rows[i].text, n) != 0)
            continue;
        add_hex(&pair, 0x06, rows[i].oid);
        der_add(&pair, rows[i].tag, part + n, len - n);
        rdn = der_wrap(0x30, &pair);
        return der_wrap(0x31, &rdn);
    }
    fail_msg("name part %s", part);
    return pair;
}

static struct der
name(const char *text)
{
    struct der all = { 0 };

    if (*text == '#')
        return der_hex(text + 1);
    while (*text != '\0') {
        size_t n = strcspn(text, "|");
        struct der part = name_part(text, n);

        der_append(&all, &part);
        text += n + (text[n] == '|');
    }
    return der_wrap(0x30, &all);
}

static void
add_time(struct der *out, const char *text)
{
    size_t n = strlen(text);

    der_add(out, n == 13 ? 0x17 : 0x18, text, n);
}

static void
add_extensions(struct der *tbs, const struct made_spec *spec)
{
    struct der list = { 0 }, seq;

    if (spec->extensions == 0)
        return;
    for (size_t i = 0; i < spec->extensions; i++) {
        const struct made_extension *x = &spec->extension[i];
        struct der one = { 0 };

        add_hex(&one, 0x06, x->oid);
        if (x->critical)
            add_hex(&one, 0x01, "ff");
        der_add(&one, 0x04, x->value.ptr, x->value.len);
        der_add(&list, 0x30, one.ptr, one.len);
    }
    seq = der_wrap(0x30, &list);
    der_add(tbs, 0xa3, seq.ptr, seq.len);
}

static struct der
make_tbs(const struct made_spec *spec)
{
    struct der tbs = { 0 }, d, validity = { 0 };

    if (spec->version > 0) {
        uint8_t v[3] = { 0x02, 0x01, (uint8_t)spec->version };

        der_add(&tbs, 0xa0, v, sizeof(v));
    }
    der_add(&tbs, 0x02, spec->serial, spec->serial_len);
    d = der_hex(spec->inner != NULL ? spec->inner : ECDSA_WITH_SHA384);
    der_append(&tbs, &d);
    d = name(spec->issuer);
    der_append(&tbs, &d);
    add_time(&validity, spec->not_before);
    add_time(&validity, spec->not_after);
    der_add(&tbs, 0x30, validity.ptr, validity.len);
    d = name(spec->subject);
    der_append(&tbs, &d);
    if (spec->spki != NULL) {
        d = der_hex(spec->spki);
    } else {
        struct ga_bytes spki = ga_key_spki(spec->key->key);

        d.len = spki.len;
        memcpy(d.ptr, spki.ptr, spki.len);
    }
    der_append(&tbs, &d);
    if (spec->unique_id != NULL) {
        d = der_hex(spec->unique_id);
        der_append(&tbs, &d);
    }
    add_extensions(&tbs, spec);
    return der_wrap(0x30, &tbs);
}

static struct der
rsa_signature(EVP_PKEY *key, struct ga_bytes message)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct der out = { .len = sizeof(out.ptr) };

    assert_non_null(ctx);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(ctx, out.ptr, &out.len, message.ptr, message.len), 1);
    EVP_MD_CTX_free(ctx);
    return out;
}

struct der
made_der(const struct made_spec *spec)
{
    struct der tbs = make_tbs(spec), cert = tbs, d, bits = { .len = 1 };

    d = der_hex(spec->outer != NULL ? spec->outer : ECDSA_WITH_SHA384);
    der_append(&cert, &d);
    d = spec->rsa_signer != NULL
            ? rsa_signature(spec->rsa_signer, ga_bytes_of(tbs.ptr, tbs.len))
            : der_signature(spec->signer, ga_bytes_of(tbs.ptr, tbs.len));
    if (spec->break_signature)
        d.ptr[d.len - 1] ^= 1;
    der_append(&bits, &d);
    der_add(&cert, 0x03, bits.ptr, bits.len);
    return der_wrap(0x30, &cert);
}

void
made_extend(struct made_spec *spec, const char *oid, bool critical,
            const char *digits)
{
    assert_true(spec->extensions < MADE_EXTENSIONS);
    spec->extension[spec->extensions++] = (struct made_extension){
        .oid = oid, .critical = critical, .value = der_hex(digits)
    };
}

struct made_extension *
made_find(struct made_spec *spec, const char *oid)
{
    for (size_t i = 0; i < spec->extensions; i++)
        if (strcmp(spec->extension[i].oid, oid) == 0)
            return &spec->extension[i];
    fail_msg("no extension %s", oid);
    return NULL;
}

void
made_drop(struct made_spec *spec, const char *oid)
{
    struct made_extension *x = made_find(spec, oid);

    *x = spec->extension[--spec->extensions];
}

void
made_serial_of_key(struct made_spec *spec)
{
    struct ga_bytes point = ga_key_point(spec->key->key);

    assert_non_null(SHA1(point.ptr, point.len, spec->serial));
    spec->serial[0] = (uint8_t)((spec->serial[0] & 0x3f) | 0x40);
    spec->serial_len = SHA_DIGEST_LENGTH;
}

/* One row per certificate: name, serial number, usage. */
struct place {
    const char *subject;
    const char *serial; /* hex; NULL: of the key */
    const char *basic, *usage;
};

#define REAL        "O=NVIDIA Corporation"
#define SIM         "O=gpuattest simulator"
#define GPU_BROM    "serialNumber=41112233445566778F|C=US|@|CN="
#define SWITCH_BROM "serialNumber=501122334455667788|C=US|@|CN="

/* '@' stands for the organisation, '%' for that of the root. */
static const struct place hopper[] = {
    { "serialNumber=00|C=US|@|CN=GH100 A01 GSP FMC LF", NULL, NULL, KU_SIGN },
    { GPU_BROM "GH100 A01 GSP BROM", "41112233445566778f", BC_CA, KU_CERT },
    { "C=US|@|CN=NVIDIA GH100 Provisioner ICA 1", "2001", BC_CA, KU_CERT_CRL },
    { "@|CN=NVIDIA GH100 Identity", "2002", BC_CA, KU_CERT_CRL },
    { "%|CN=NVIDIA Device Identity CA", "2003", BC_CA, KU_CERT_CRL },
};
static const struct place blackwell[] = {
    { "serialNumber=00|C=US|@|CN=GB100 A01 GSP FMC LF", NULL, NULL, KU_SIGN },
    { GPU_BROM "GB100 A01 GSP BROM", "41112233445566778f", BC_CA, KU_CERT },
    { "C=US|@|CN=NVIDIA GB100 Provisioner ICA 00000", "2001", BC_CA,
      KU_CERT_CRL },
    { "@|CN=NVIDIA GB100 Identity", "2002", BC_CA, KU_CERT_CRL },
    { "%|CN=NVIDIA Device Identity CA", "2003", BC_CA, KU_CERT_CRL },
};
static const struct place nvswitch[] = {
    { "serialNumber=00|C=US|@|CN=LS_10 A01 FSP FMC LF", NULL, NULL, KU_SIGN },
    { SWITCH_BROM "LS_10 A01 FSP BROM", "501122334455667788", BC_CA, KU_CERT },
    { "C=US|@|CN=NVIDIA LS_10 Provisioner ICA 1", "2001", BC_CA, KU_CERT_CRL },
    { "@|CN=NVIDIA GH100 Identity", "2002", BC_CA, KU_CERT_CRL },
    { "%|CN=NVIDIA Device Identity CA", "2003", BC_CA, KU_CERT_CRL },
};
static const struct place rim[] = {
    { "C=US|@|CN=HCC RIM L4 Signer", "3001", BC_NO_CA, KU_SIGN },
    { "C=US|@|CN=NVIDIA Reference Value L3 GH100 002", "3002", BC_CA_PATH_0,
      KU_CERT_CRL },
    { "C=US|@|CN=NVIDIA Reference Value GH100 CA", "3003", BC_CA, KU_CERT_CRL },
    { "C=US|%|CN=NVIDIA CoRIM signing Root CA", "3004", BC_CA, KU_CERT_CRL },
};

static const struct {
    const struct place *place;
    size_t count;
} kinds[] = {
    [MADE_HOPPER] = { hopper, COUNT(hopper) },
    [MADE_BLACKWELL] = { blackwell, COUNT(blackwell) },
    [MADE_SWITCH] = { nvswitch, COUNT(nvswitch) },
    [MADE_RIM] = { rim, COUNT(rim) },
};

/* Subjects are kept as hex, so that they need no owner. */
static const char *
subject_of(const struct place *place, bool simulator)
{
    /* Rows that were asked for; the table outlives every test. */
    static char kept[64][160];
    static size_t count;
    char text[160];
    size_t n = 0;

    for (const char *p = place->subject; *p != '\0'; p++) {
        const char *org = simulator ? SIM : *p == '%' ? "O=NVIDIA" : REAL;
        const char *piece = *p == '@' || *p == '%' ? org : NULL;
        size_t len = piece != NULL ? strlen(piece) : 1;

        assert_true(n + len < sizeof(text));
        memcpy(&text[n], piece != NULL ? piece : p, len);
        n += len;
    }
    text[n] = '\0';
    for (size_t i = 0; i < count; i++)
        if (strcmp(kept[i], text) == 0)
            return kept[i];
    assert_true(count < COUNT(kept));
    memcpy(kept[count], text, n + 1);
    return kept[count++];
}

/* {version, SPKI of the issuer, {sha384, FWID}} */
static struct der
fwid_of_key(const struct made_key *brom)
{
    struct ga_bytes spki = ga_key_spki(brom->key);
    struct der all = der_hex("020101"),
               fwid = der_hex("0609608648016503040202");
    struct der seq;
    uint8_t value[GA_SHA384_LEN];

    memset(value, 0x5a, sizeof(value));
    assert_true(all.len + spki.len < sizeof(all.ptr));
    memcpy(&all.ptr[all.len], spki.ptr, spki.len);
    all.len += spki.len;
    der_add(&fwid, 0x04, value, sizeof(value));
    seq = der_wrap(0x30, &fwid);
    der_append(&all, &seq);
    return der_wrap(0x30, &all);
}

/* DiceTcbInfo { vendor [0], fwids [6] { {sha384, FWID} } } */
static struct der
fwid_of_tcb(void)
{
    struct der all = der_hex("8006 4e5649444941");
    struct der fwid = der_hex("0609608648016503040202"), seq;
    uint8_t value[GA_SHA384_LEN];

    memset(value, 0x5a, sizeof(value));
    der_add(&fwid, 0x04, value, sizeof(value));
    seq = der_wrap(0x30, &fwid);
    der_add(&all, 0xa6, seq.ptr, seq.len);
    return der_wrap(0x30, &all);
}

static void
extend_leaf(struct made_spec *leaf, enum made_kind kind,
            const struct made_key *issuer)
{
    bool tcb = kind == MADE_BLACKWELL;
    struct made_extension x = { .oid = tcb ? OID_TCB_INFO : OID_FWID };

    if (kind == MADE_RIM)
        return;
    x.value = tcb ? fwid_of_tcb() : fwid_of_key(issuer);
    leaf->extension[leaf->extensions++] = x;
}

struct made_chain
made_chain_of(enum made_kind kind, bool simulator,
              struct made_key *const keys[5])
{
    struct made_chain chain = { .count = kinds[kind].count };

    for (size_t i = 0; i < chain.count; i++) {
        const struct place *p = &kinds[kind].place[i];
        struct made_spec *spec = &chain.spec[i];
        size_t up = i + 1 < chain.count ? i + 1 : i;

        spec->version = 2;
        spec->subject = subject_of(p, simulator);
        spec->issuer = subject_of(&kinds[kind].place[up], simulator);
        spec->not_before = "201017000000Z";
        spec->not_after = "99991231235959Z";
        spec->key = keys[i];
        spec->signer = keys[up];
        if (p->serial != NULL) {
            struct der serial = der_hex(p->serial);

            spec->serial_len = serial.len;
            memcpy(spec->serial, serial.ptr, serial.len);
        } else {
            made_serial_of_key(spec);
        }
        if (p->basic != NULL)
            made_extend(spec, OID_BASIC_CONSTRAINTS, true, p->basic);
        made_extend(spec, OID_KEY_USAGE, true, p->usage);
        if (simulator)
            made_extend(spec, OID_SIMULATOR, true, "0500");
    }
    extend_leaf(&chain.spec[0], kind, keys[1]);
    return chain;
}

struct ga_certs
made_certs(const struct made_chain *chain)
{
    struct ga_certs certs = { 0 };

    for (size_t i = 0; i < chain->count; i++) {
        struct der der = made_der(&chain->spec[i]);

        assert_int_equal(
            ga_cert_parse(ga_bytes_of(der.ptr, der.len), &certs.cert[i], NULL),
            GA_OK);
        certs.count++;
    }
    return certs;
}

struct ga_buf
made_block(const char *label, struct ga_bytes der)
{
    char *base64 = ga_base64_encode(der, GA_BASE64_STRICT);
    struct ga_buf out = { 0 };
    size_t n, cap;

    assert_non_null(base64);
    n = strlen(base64);
    cap = n + n / 64 + 2 * strlen(label) + 64;
    out.ptr = malloc(cap);
    assert_non_null(out.ptr);
    out.len =
        (size_t)snprintf((char *)out.ptr, cap, "-----BEGIN %s-----\n", label);
    for (size_t i = 0; i < n; i += 64)
        out.len += (size_t)snprintf((char *)out.ptr + out.len, cap - out.len,
                                    "%.64s\n", base64 + i);
    out.len += (size_t)snprintf((char *)out.ptr + out.len, cap - out.len,
                                "-----END %s-----\n", label);
    free(base64);
    return out;
}

struct ga_buf
made_pem(const struct made_chain *chain)
{
    struct ga_buf all = { 0 };

    for (size_t i = 0; i < chain->count; i++) {
        struct der der = made_der(&chain->spec[i]);
        struct ga_buf one =
            made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));

        all.ptr = realloc(all.ptr, all.len + one.len);
        assert_non_null(all.ptr);
        memcpy(all.ptr + all.len, one.ptr, one.len);
        all.len += one.len;
        ga_buf_done(&one);
    }
    return all;
}
