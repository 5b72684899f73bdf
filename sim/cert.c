/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of every place of the device and RIM chains. */
#include <string.h>

#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "sim/cert.h"
#include "sim/der.h"
#include "x509/cert.h"

/* One value: extensions as they stand in real certificates. */
enum ext {
    EXT_END = 0,
    EXT_CA,
    EXT_CA_LAST, /* pathLenConstraint 0 */
    EXT_NOT_CA,
    EXT_NOT_CA_LAX, /* not critical */
    EXT_SIGN,
    EXT_SIGN_LAX,
    EXT_CERT_SIGN,
    EXT_CERT_CRL_SIGN,
    EXT_OCSP_SIGNING,
    EXT_OCSP_SIGNING_BOTH, /* and "no check" as a purpose */
    EXT_OCSP_SIGNING_BOTH_LAX,
    EXT_OCSP_SIGNING_ANY,
    EXT_UNKNOWN,
    EXT_NO_CHECK,
    EXT_CRL,
    EXT_AIA,
    EXT_SKID,
    EXT_AKID,
    EXT_UDI,
    EXT_FWID,
    EXT_TCB_INFO,
    EXT_SIMULATOR,
    EXT_COUNT
};

#define EXTS_MAX 10

/*
 * Source: spec-protocol, rfc5280.
 *
 * Names: one letter per attribute, in order: '#' serialNumber, C, S (state), L,
 * O, N (common name).  `random`: bytes of a random serial number; 0: SHA-1 of
 * the key for leaves, what the caller gives for BROMs.  `general`: dates are
 * GeneralizedTime even before 2050.
 */
/* clang-format off */
static const struct profile {
    const char *name;
    size_t random;
    bool general;
    enum ext ext[EXTS_MAX];
} profiles[SIM_PLACES] = {
    [SIM_LEAF] = { "#CON", 0, false,
        { EXT_SIGN, EXT_SKID, EXT_AKID, EXT_UDI, EXT_FWID } },
    [SIM_LEAF_TCB] = { "#CON", 0, false,
        { EXT_SIGN, EXT_SKID, EXT_AKID, EXT_UDI, EXT_TCB_INFO } },
    [SIM_BROM] = { "#CON", 0, false,
        { EXT_CA, EXT_CERT_SIGN, EXT_SKID, EXT_AKID } },
    [SIM_BROM_AIA] = { "#CON", 0, false,
        { EXT_CA, EXT_CERT_SIGN, EXT_AIA, EXT_SKID, EXT_AKID } },
    [SIM_ICA] = { "NOC", 16, false,
        { EXT_CA, EXT_CERT_CRL_SIGN, EXT_CRL, EXT_AIA, EXT_SKID, EXT_AKID } },
    [SIM_IDENTITY] = { "NO", 16, false,
        { EXT_CA, EXT_CERT_CRL_SIGN, EXT_CRL, EXT_AIA, EXT_SKID, EXT_AKID } },
    [SIM_DEVICE_ROOT] = { "NO", 16, false,
        { EXT_CA, EXT_CERT_CRL_SIGN, EXT_SKID, EXT_AKID } },
    [SIM_RIM_SIGNER] = { "CSLON", 8, false,
        { EXT_SKID, EXT_AKID, EXT_NOT_CA, EXT_SIGN, EXT_AIA } },
    [SIM_RIM_L3] = { "NOC", 16, true,
        { EXT_CA_LAST, EXT_CERT_CRL_SIGN, EXT_AIA, EXT_SKID, EXT_AKID } },
    [SIM_RIM_CA] = { "NOC", 16, true,
        { EXT_CA, EXT_CERT_CRL_SIGN, EXT_CRL, EXT_AIA, EXT_SKID, EXT_AKID } },
    [SIM_RIM_ROOT] = { "CON", 16, false,
        { EXT_SKID, EXT_AKID, EXT_CA, EXT_CERT_CRL_SIGN } },
    [SIM_RESPONDER_LAX] = { "NOC", 16, false,
        { EXT_SIGN_LAX, EXT_OCSP_SIGNING_BOTH_LAX, EXT_SKID, EXT_AKID } },
    [SIM_RESPONDER] = { "NOC", 16, false,
        { EXT_NOT_CA_LAX, EXT_SIGN, EXT_OCSP_SIGNING_BOTH, EXT_SKID,
          EXT_AKID } },
    [SIM_RESPONDER_NO_CHECK] = { "NOC", 16, true,
        { EXT_NOT_CA_LAX, EXT_SIGN, EXT_OCSP_SIGNING, EXT_NO_CHECK, EXT_SKID,
          EXT_AKID } },
    [SIM_RESPONDER_ANY] = { "NOC", 16, false,
        { EXT_NOT_CA_LAX, EXT_SIGN, EXT_OCSP_SIGNING_ANY, EXT_SKID,
          EXT_AKID } },
    [SIM_RESPONDER_CA] = { "NOC", 16, false,
        { EXT_CA, EXT_SIGN, EXT_OCSP_SIGNING_BOTH, EXT_SKID, EXT_AKID } },
    [SIM_TOKEN_AUTHORITY] = { "ON", 16, false,
        { EXT_CA_LAST, EXT_CERT_SIGN, EXT_SKID, EXT_AKID } },
    [SIM_TOKEN_SIGNER] = { "ON", 16, false,
        { EXT_NOT_CA, EXT_SIGN, EXT_SKID, EXT_AKID } },
    [SIM_RIM_SIGNER_CA] = { "CSLON", 8, false,
        { EXT_SKID, EXT_AKID, EXT_CA, EXT_SIGN, EXT_AIA } },
};

/* The value of an extension: these bytes, or what a function writes. */
struct job {
    const struct sim_cert_spec *spec;
    const struct sim_cert *self;
};
typedef void put_value(struct sim_out *o, const struct job *job);
static put_value put_skid, put_akid, put_udi, put_fwid, put_tcb_info, put_crl,
    put_aia;

static const struct ext_row {
    const char *oid;
    bool critical;
    uint8_t len;
    uint8_t bytes[24];
    put_value *put;
} ext_rows[EXT_COUNT] = {
    /* Source: rfc5280 4.2.1.9, 4.2.1.3 */
    [EXT_CA] = { "2.5.29.19", true, 5, { 0x30, 3, 1, 1, 0xff }, NULL },
    [EXT_CA_LAST] = { "2.5.29.19", true, 8,
        { 0x30, 6, 1, 1, 0xff, 2, 1, 0 }, NULL },
    [EXT_NOT_CA] = { "2.5.29.19", true, 2, { 0x30, 0 }, NULL },
    [EXT_NOT_CA_LAX] = { "2.5.29.19", false, 2, { 0x30, 0 }, NULL },
    [EXT_SIGN] = { "2.5.29.15", true, 4, { 3, 2, 7, 0x80 }, NULL },
    [EXT_SIGN_LAX] = { "2.5.29.15", false, 4, { 3, 2, 7, 0x80 }, NULL },
    [EXT_CERT_SIGN] = { "2.5.29.15", true, 4, { 3, 2, 2, 0x04 }, NULL },
    [EXT_CERT_CRL_SIGN] = { "2.5.29.15", true, 4, { 3, 2, 1, 0x06 }, NULL },
    /* Source: rfc6960 4.2.2.2: id-kp-OCSPSigning, id-pkix-ocsp-nocheck */
    [EXT_OCSP_SIGNING] = { "2.5.29.37", true, 12,
        { 0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 9 }, NULL },
    [EXT_OCSP_SIGNING_BOTH] = { "2.5.29.37", true, 23,
        { 0x30, 21, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 9,
          6, 9, 0x2b, 6, 1, 5, 5, 7, 48, 1, 5 }, NULL },
    [EXT_OCSP_SIGNING_BOTH_LAX] = { "2.5.29.37", false, 23,
        { 0x30, 21, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 9,
          6, 9, 0x2b, 6, 1, 5, 5, 7, 48, 1, 5 }, NULL },
    /* anyExtendedKeyUsage. */
    [EXT_OCSP_SIGNING_ANY] = { "2.5.29.37", true, 8,
        { 0x30, 6, 6, 4, 0x55, 0x1d, 0x25, 0 }, NULL },
    /* An arc for examples that nobody gives a meaning. */
    [EXT_UNKNOWN] = { "2.999.1", true, 2, { 5, 0 }, NULL },
    [EXT_NO_CHECK] = { "1.3.6.1.5.5.7.48.1.5", false, 2, { 5, 0 }, NULL },
    [EXT_CRL] = { "2.5.29.31", false, 0, { 0 }, put_crl },
    [EXT_AIA] = { "1.3.6.1.5.5.7.1.1", false, 0, { 0 }, put_aia },
    [EXT_SKID] = { "2.5.29.14", false, 0, { 0 }, put_skid },
    [EXT_AKID] = { "2.5.29.35", false, 0, { 0 }, put_akid },
    /* Source: dsp0274: device information in the subject alternative name */
    [EXT_UDI] = { "2.5.29.17", false, 0, { 0 }, put_udi },
    /* Source: dice */
    [EXT_FWID] = { "2.23.133.5.4.1", false, 0, { 0 }, put_fwid },
    [EXT_TCB_INFO] = { "2.23.133.5.4.1.1", false, 0, { 0 }, put_tcb_info },
    [EXT_SIMULATOR] = { GA_SIMULATOR_OID, true, 2, { 5, 0 }, NULL },
};

/* Source: rfc5280 A.1: country and serial number are printable. */
static const struct attribute {
    char letter;
    const char *oid;
    unsigned tag;
    const char *value; /* NULL: from the specification */
} attributes[] = {
    { '#', "2.5.4.5",  SIM_DER_PRINTABLE, NULL },
    { 'C', "2.5.4.6",  SIM_DER_PRINTABLE, "US" },
    { 'S', "2.5.4.8",  SIM_DER_UTF8,      "CA" },
    { 'L', "2.5.4.7",  SIM_DER_UTF8,      "Santa Clara" },
    { 'O', "2.5.4.10", SIM_DER_UTF8,      SIM_ORGANISATION },
    { 'N', "2.5.4.3",  SIM_DER_UTF8,      NULL },
};
/* clang-format on */

/* Names that resolve nowhere (RFC 2606): nobody is asked by accident.  Short, so
 * that a chain fits into the 0x1400 bytes that the driver's libraries have. */
#define CRL_URL  "http://sim.invalid/d.crl"
#define OCSP_URL "http://sim.invalid"

void
sim_cert_done(struct sim_cert *cert)
{
    ga_buf_done(&cert->der);
    ga_buf_done(&cert->name);
    sim_key_done(&cert->key);
    *cert = (struct sim_cert){ 0 };
}

static const struct sim_cert *
issuer_of(const struct job *job)
{
    return job->spec->issuer != NULL ? job->spec->issuer : job->self;
}

static void
put_skid(struct sim_out *o, const struct job *job)
{
    sim_der_put(o, SIM_DER_OCTET_STRING,
                ga_bytes_of(job->self->key.id, sizeof(job->self->key.id)));
}

static void
put_akid(struct sim_out *o, const struct job *job)
{
    const struct sim_key *key = &issuer_of(job)->key;
    size_t at = sim_der_open(o);

    sim_der_put(o, SIM_DER_CONTEXT(0), ga_bytes_of(key->id, sizeof(key->id)));
    sim_der_close(o, at, SIM_DER_SEQUENCE);
}

/* GeneralNames with one otherName, id-DMTF-device-info. */
static void
put_udi(struct sim_out *o, const struct job *job)
{
    size_t names = sim_der_open(o);
    size_t other = sim_der_open(o), value;

    sim_der_oid(o, "1.3.6.1.4.1.412.274.1");
    value = sim_der_open(o);
    sim_der_text(o, SIM_DER_UTF8, job->spec->udi);
    sim_der_close(o, value, SIM_DER_WITHIN(0));
    sim_der_close(o, other, SIM_DER_WITHIN(0));
    sim_der_close(o, names, SIM_DER_SEQUENCE);
}

static void
put_one_fwid(struct sim_out *o, const uint8_t digest[GA_SHA384_LEN])
{
    size_t at = sim_der_open(o);

    sim_der_oid(o, "2.16.840.1.101.3.4.2.2"); /* sha384 */
    sim_der_put(o, SIM_DER_OCTET_STRING, ga_bytes_of(digest, GA_SHA384_LEN));
    sim_der_close(o, at, SIM_DER_SEQUENCE);
}

static const uint8_t *
fwid_of(const struct job *job)
{
    static const uint8_t zero[GA_SHA384_LEN];

    return job->spec->fwid_zero ? zero : job->spec->fwid;
}

/* {version 1, the BROM's key, FWID} */
static void
put_fwid(struct sim_out *o, const struct job *job)
{
    static const uint8_t version[] = { 1 };
    const struct sim_key *device =
        job->spec->fwid_other_key ? &job->self->key : &issuer_of(job)->key;
    size_t at = sim_der_open(o);

    sim_der_integer(o, ga_bytes_of(version, sizeof(version)));
    sim_der_spki(o, ga_bytes_of(device->point, sizeof(device->point)));
    put_one_fwid(o, fwid_of(job));
    sim_der_close(o, at, SIM_DER_SEQUENCE);
    if (job->spec->fwid_trailing)
        sim_der_text(o, SIM_DER_NULL, "");
}

/* DiceTcbInfo as Blackwell has it: a second FWID is all zero. */
static void
put_tcb_info(struct sim_out *o, const struct job *job)
{
    static const uint8_t zero[GA_SHA384_LEN];
    static const struct {
        unsigned tag;
        struct ga_bytes value;
    } before[] = {
        { SIM_DER_CONTEXT(0), { (const uint8_t *)"SIMULATOR", 9 } },
        { SIM_DER_CONTEXT(1), { (const uint8_t *)"GB100 A01 GSP", 13 } },
        { SIM_DER_CONTEXT(2), { (const uint8_t *)"01", 2 } },
        { SIM_DER_CONTEXT(3), { (const uint8_t *)"\1", 1 } },
        { SIM_DER_CONTEXT(4), { (const uint8_t *)"\0", 1 } },
        { SIM_DER_CONTEXT(5), { (const uint8_t *)"\0", 1 } },
    }, after[] = {
        { SIM_DER_CONTEXT(7), { (const uint8_t *)"\0\200\0\0\1", 5 } },
        { SIM_DER_CONTEXT(8), { (const uint8_t *)"\300", 1 } },
        { SIM_DER_CONTEXT(9), { (const uint8_t *)"\0", 1 } },
    };
    size_t info = sim_der_open(o), fwids;

    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
        sim_der_put(o, before[i].tag, before[i].value);
    fwids = sim_der_open(o);
    put_one_fwid(o, fwid_of(job));
    put_one_fwid(o, zero);
    sim_der_close(o, fwids, SIM_DER_WITHIN(6));
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
        sim_der_put(o, after[i].tag, after[i].value);
    sim_der_close(o, info, SIM_DER_SEQUENCE);
    if (job->spec->fwid_trailing)
        sim_der_text(o, SIM_DER_NULL, "");
}

static void
put_crl(struct sim_out *o, const struct job *job)
{
    size_t points = sim_der_open(o), point = points, name = points,
           full = points;

    (void)job;
    sim_der_text(o, SIM_DER_CONTEXT(6), CRL_URL);
    sim_der_close(o, full, SIM_DER_WITHIN(0));
    sim_der_close(o, name, SIM_DER_WITHIN(0));
    sim_der_close(o, point, SIM_DER_SEQUENCE);
    sim_der_close(o, points, SIM_DER_SEQUENCE);
}

static void
put_aia(struct sim_out *o, const struct job *job)
{
    size_t all = sim_der_open(o), one = all;

    (void)job;
    sim_der_oid(o, "1.3.6.1.5.5.7.48.1");
    sim_der_text(o, SIM_DER_CONTEXT(6), OCSP_URL);
    sim_der_close(o, one, SIM_DER_SEQUENCE);
    sim_der_close(o, all, SIM_DER_SEQUENCE);
}

static void
put_extension(struct sim_out *o, enum ext ext, const struct job *job)
{
    const struct ext_row *row = &ext_rows[ext];
    size_t at = sim_der_open(o), value;

    sim_der_oid(o, row->oid);
    if (row->critical)
        sim_der_text(o, SIM_DER_BOOLEAN, "\xff");
    value = sim_der_open(o);
    if (row->put != NULL)
        row->put(o, job);
    else
        sim_put(o, row->bytes, row->len);
    sim_der_close(o, value, SIM_DER_OCTET_STRING);
    sim_der_close(o, at, SIM_DER_SEQUENCE);
}

static void
put_extensions(struct sim_out *o, const struct profile *profile,
               const struct job *job)
{
    const struct sim_cert_spec *spec = job->spec;
    size_t at = sim_der_open(o), list = at;

    for (size_t i = 0; i < EXTS_MAX && profile->ext[i] != EXT_END; i++)
        if (!spec->fwid_absent ||
            (profile->ext[i] != EXT_FWID && profile->ext[i] != EXT_TCB_INFO))
            put_extension(o, profile->ext[i], job);
    put_extension(o, EXT_SIMULATOR, job);
    if (spec->unknown_critical)
        put_extension(o, EXT_UNKNOWN, job);
    if (spec->repeated)
        put_extension(o, EXT_SIGN, job);
    if (spec->ocsp_signing)
        put_extension(o, EXT_OCSP_SIGNING, job);
    sim_der_close(o, list, SIM_DER_SEQUENCE);
    sim_der_close(o, at, SIM_DER_WITHIN(3));
}

static const struct attribute *
attribute_of(char letter)
{
    const struct attribute *a = attributes;

    while (a->letter != letter)
        a++;
    return a;
}

static void
put_name(struct sim_out *o, const char *order, const char *cn,
         const char *serial)
{
    size_t name = sim_der_open(o);

    for (; *order != '\0'; order++) {
        const struct attribute *a = attribute_of(*order);
        size_t set = sim_der_open(o), pair = set;

        sim_der_oid(o, a->oid);
        sim_der_text(o, a->tag,
                     a->value != NULL ? a->value
                     : *order == '#'  ? serial
                                      : cn);
        sim_der_close(o, pair, SIM_DER_SEQUENCE);
        sim_der_close(o, set, SIM_DER_SET);
    }
    sim_der_close(o, name, SIM_DER_SEQUENCE);
}

/* Top bits 01: positive, and never shorter than it is. */
static void
make_positive(uint8_t *serial)
{
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
}

static enum ga_rc
make_serial(struct sim_forge *f, const struct sim_cert_spec *spec,
            struct sim_cert *cert, struct ga_error *err)
{
    size_t random = profiles[spec->place].random;
    enum ga_rc rc = GA_OK;

    if (spec->serial != NULL && spec->serial_len <= sizeof(cert->serial)) {
        cert->serial_len = spec->serial_len;
        memcpy(cert->serial, spec->serial, spec->serial_len);
        return GA_OK;
    }
    if (random == 0) {
        cert->serial_len = sizeof(cert->key.id);
        memcpy(cert->serial, cert->key.id, sizeof(cert->key.id));
    } else {
        cert->serial_len = random;
        rc = sim_derive(f, cert->serial, random, err, "serial %s", spec->label);
    }
    make_positive(cert->serial);
    cert->serial[cert->serial_len - 1] ^= spec->other_serial;
    return rc;
}

/* Upper-case hex, as the subjects of real devices have it. */
static void
serial_text(const struct sim_cert *cert, char out[41])
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (size_t i = 0; i < cert->serial_len; i++) {
        out[n++] = digits[cert->serial[i] >> 4];
        out[n++] = digits[cert->serial[i] & 0xf];
    }
    out[n] = '\0';
}

/* The numbers of secp384r1 in place of its name (RFC 3279 2.3.5): a reader who
 * follows them takes whatever generator they give. */
static void
put_curve(struct sim_out *o)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    unsigned char *der = NULL;
    int n = -1;

    if (group != NULL) {
        EC_GROUP_set_asn1_flag(group, OPENSSL_EC_EXPLICIT_CURVE);
        n = i2d_ECPKParameters(group, &der);
    }
    if (n < 0)
        o->failed = true;
    else
        sim_put(o, der, (size_t)n);
    OPENSSL_free(der);
    EC_GROUP_free(group);
}

static void
put_spki(struct sim_out *o, const struct job *job)
{
    const struct sim_key *key = &job->self->key;
    struct ga_bytes point = ga_bytes_of(key->point, sizeof(key->point));
    uint8_t compressed[1 + GA_P384_LEN];
    size_t at = sim_der_open(o), algorithm = at;

    if (job->spec->spki == SIM_SPKI_NAMED) {
        sim_der_spki(o, point);
        return;
    }
    sim_der_oid(o, "1.2.840.10045.2.1"); /* id-ecPublicKey */
    if (job->spec->spki == SIM_SPKI_EXPLICIT)
        put_curve(o);
    else
        sim_der_oid(o, job->spec->spki == SIM_SPKI_P256 ? "1.2.840.10045.3.1.7"
                                                        : "1.3.132.0.34");
    sim_der_close(o, algorithm, SIM_DER_SEQUENCE);
    if (job->spec->spki == SIM_SPKI_P256)
        point.len = 65; /* two coordinates of 32 bytes behind the 04 */
    if (job->spec->spki == SIM_SPKI_COMPRESSED) {
        compressed[0] = (uint8_t)(2 + (key->point[GA_POINT_LEN - 1] & 1));
        memcpy(compressed + 1, key->point + 1, GA_P384_LEN);
        point = ga_bytes_of(compressed, sizeof(compressed));
    }
    sim_der_bits(o, point);
    sim_der_close(o, at, SIM_DER_SEQUENCE);
}

static void
put_tbs(struct sim_out *o, const struct job *job)
{
    static const uint8_t v3[] = { 2 };
    const struct profile *profile = &profiles[job->spec->place];
    const struct sim_cert *self = job->self;
    size_t tbs = sim_der_open(o), at = tbs;

    sim_der_integer(o, ga_bytes_of(v3, sizeof(v3)));
    sim_der_close(o, at, SIM_DER_WITHIN(0));
    sim_der_integer(o, ga_bytes_of(self->serial, self->serial_len));
    sim_der_ecdsa_sha384(o);
    sim_put_bytes(o, ga_view(&issuer_of(job)->name));
    at = sim_der_open(o);
    sim_der_time(o, job->spec->not_before, profile->general);
    sim_der_time(o, job->spec->not_after, profile->general);
    sim_der_close(o, at, SIM_DER_SEQUENCE);
    sim_put_bytes(o, ga_view(&self->name));
    put_spki(o, job);
    put_extensions(o, profile, job);
    sim_der_close(o, tbs, SIM_DER_SEQUENCE);
}

static enum ga_rc
sign_cert(struct sim_forge *f, const struct job *job, struct ga_buf *out,
          struct ga_error *err)
{
    SIM_AUTO_OUT struct sim_out o = { 0 };
    uint8_t rs[2 * GA_P384_LEN];
    enum ga_rc rc;

    put_tbs(&o, job);
    if (o.failed)
        return ga_nomem(err);
    rc = sim_sign(f, &issuer_of(job)->key, sim_out_view(&o), rs, err);
    if (rc != GA_OK)
        return rc;
    sim_der_ecdsa_sha384(&o);
    sim_der_signature(&o, rs);
    sim_der_close(&o, 0, SIM_DER_SEQUENCE);
    return sim_out_take(&o, out, err);
}

static enum ga_rc
make(struct sim_forge *f, const struct sim_cert_spec *spec,
     struct sim_cert *cert, struct ga_error *err)
{
    SIM_AUTO_OUT struct sim_out name = { 0 };
    struct job job = { .spec = spec, .self = cert };
    char serial[2 * sizeof(cert->serial) + 1];
    enum ga_rc rc = sim_key_make(f, spec->key != NULL ? spec->key : spec->label,
                                 &cert->key, err);

    if (rc == GA_OK)
        rc = make_serial(f, spec, cert, err);
    if (rc != GA_OK)
        return rc;
    serial_text(cert, serial);
    put_name(&name, profiles[spec->place].name, spec->cn, serial);
    rc = sim_out_take(&name, &cert->name, err);
    return rc == GA_OK ? sign_cert(f, &job, &cert->der, err) : rc;
}

enum ga_rc
sim_cert_make(struct sim_forge *f, const struct sim_cert_spec *spec,
              struct sim_cert *out, struct ga_error *err)
{
    struct sim_cert_spec twisted = *spec;
    struct sim_cert cert = { 0 };
    enum ga_rc rc;

    if (f->twist != NULL)
        f->twist(f->twist_user, spec->name != NULL ? spec->name : spec->label,
                 &twisted);
    rc = make(f, &twisted, &cert, err);
    if (rc != GA_OK) {
        sim_cert_done(&cert);
        return ga_within(err, rc, "certificate of %s", spec->label);
    }
    *out = cert;
    return GA_OK;
}

void
sim_cert_pem(struct sim_out *o, const struct sim_cert *cert)
{
    static const struct sim_pem plain;

    sim_cert_pem_as(o, cert, &plain);
}

void
sim_cert_pem_as(struct sim_out *o, const struct sim_cert *cert,
                const struct sim_pem *pem)
{
    const char *label = pem->label != NULL ? pem->label : "CERTIFICATE";
    SIM_AUTO_OUT struct sim_out der = { 0 };

    sim_put_bytes(&der, ga_view(&cert->der));
    if (pem->trailing)
        sim_der_text(&der, SIM_DER_NULL, "");
    sim_put_format(o, "-----BEGIN %s-----\n", label);
    if (pem->header != NULL)
        sim_put_text(o, pem->header);
    sim_put_base64(o, sim_out_view(&der), 64);
    sim_put_format(o, "\n-----END %s-----", label);
    o->failed = o->failed || der.failed;
}
