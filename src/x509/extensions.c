/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of a certificate. */
#include <string.h>

#include "x509/extensions.h"

/* One extension, as it stands. */
struct extension {
    struct ga_bytes oid;
    bool critical;
    struct ga_bytes value; /* content of the OCTET STRING */
};

/* Reads the one element that an extension's value is. */
static bool
only_element(const struct extension *x, uint8_t tag, struct ga_der *out)
{
    struct ga_reader r = ga_reader_of(x->value);

    return ga_der_check(x->value, NULL) == GA_OK &&
           ga_der_take(&r, "extension", tag, out, NULL) == GA_OK;
}

/* SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL };
 * a path length belongs to a CA.  Source: rfc5280 4.2.1.9 */
static bool
read_basic_constraints(struct ga_cert *cert, const struct extension *x)
{
    struct ga_der seq, e;

    if (!only_element(x, GA_DER_SEQUENCE, &seq))
        return false;
    cert->has_basic_constraints = true;
    if (ga_der_is(&seq.body, GA_DER_BOOLEAN)) {
        if (ga_der_next(&seq.body, "cA", &e, NULL) != GA_OK ||
            e.value.ptr[0] == 0)
            return false; /* FALSE is the default, which DER leaves out */
        cert->ca = true;
    }
    if (ga_reader_left(&seq.body) == 0)
        return true;
    return cert->ca &&
           ga_der_take(&seq.body, "pathLen", GA_DER_INTEGER, &e, NULL) ==
               GA_OK &&
           ga_der_unsigned(e.value, &cert->path_len) &&
           ga_reader_left(&seq.body) == 0;
}

/* A BIT STRING of nine named bits, the first one the highest; at least one is
 * set, and DER ends with the last one that is.  Source: rfc5280 4.2.1.3 */
static bool
read_key_usage(struct ga_cert *cert, const struct extension *x)
{
    struct ga_der bits;
    unsigned usage = 0;
    uint8_t last;

    if (!only_element(x, GA_DER_BIT_STRING, &bits) || bits.value.len < 2 ||
        bits.value.len > 3)
        return false;
    last = bits.value.ptr[bits.value.len - 1];
    if ((last & 1u << bits.value.ptr[0]) == 0)
        return false;
    for (unsigned i = 0; i < 8 * (bits.value.len - 1); i++)
        if (bits.value.ptr[1 + i / 8] & 0x80u >> i % 8)
            usage |= 1u << i;
    cert->has_key_usage = true;
    cert->key_usage = usage;
    return usage >> 9 == 0;
}

static bool
is_oid(struct ga_bytes oid, const void *content, size_t len)
{
    return ga_bytes_equal(oid, ga_bytes_of(content, len));
}

/* id-kp-OCSPSigning and id-pkix-ocsp-nocheck.  Source: rfc6960 4.2.2.2 */
static const uint8_t ocsp_signing[] = { 0x2b, 0x06, 0x01, 0x05,
                                        0x05, 0x07, 0x03, 0x09 };
static const uint8_t ocsp_no_check[] = { 0x2b, 0x06, 0x01, 0x05, 0x05,
                                         0x07, 0x30, 0x01, 0x05 };

static bool
read_extended_key_usage(struct ga_cert *cert, const struct extension *x)
{
    struct ga_der seq, purpose;

    if (!only_element(x, GA_DER_SEQUENCE, &seq) ||
        ga_reader_left(&seq.body) == 0)
        return false;
    cert->has_eku = true;
    while (ga_reader_left(&seq.body) > 0) {
        if (ga_der_take(&seq.body, "purpose", GA_DER_OID, &purpose, NULL) !=
            GA_OK)
            return false;
        if (is_oid(purpose.value, ocsp_signing, sizeof(ocsp_signing)))
            cert->eku_ocsp_signing = true;
        else if (!is_oid(purpose.value, ocsp_no_check, sizeof(ocsp_no_check)))
            cert->eku_other = true;
    }
    return true;
}

/* The value is parsed when the FWID is asked for. */
static bool
keep_device_key(struct ga_cert *cert, const struct extension *x)
{
    cert->fwid_device_key = x->value;
    return x->value.len > 0;
}

static bool
keep_tcb_info(struct ga_cert *cert, const struct extension *x)
{
    cert->fwid_tcb_info = x->value;
    return x->value.len > 0;
}

static bool
note_simulator(struct ga_cert *cert, const struct extension *x)
{
    (void)x;
    cert->simulator = true;
    return true;
}

#define MAX_OID  20
#define OID(...) { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ })

/* Every extension that is understood, which alone may be critical. */
/* clang-format off */
static const struct known {
    uint8_t oid[MAX_OID];
    size_t oid_len;
    const char *name;
    bool (*read)(struct ga_cert *cert, const struct extension *x);
    bool critical; /* it has to be, so that whoever does not know it refuses */
} known[] = {
    /* Source: rfc5280 4.2.1 */
    { OID(0x55, 0x1d, 0x13), "basicConstraints", read_basic_constraints, false },
    { OID(0x55, 0x1d, 0x0f), "keyUsage", read_key_usage, false },
    { OID(0x55, 0x1d, 0x25), "extendedKeyUsage", read_extended_key_usage, false },
    /* 2.23.133.5.4.1 and 2.23.133.5.4.1.1.  Source: dice */
    { OID(0x67, 0x81, 0x05, 0x05, 0x04, 0x01), "FWID", keep_device_key, false },
    { OID(0x67, 0x81, 0x05, 0x05, 0x04, 0x01, 0x01), "DiceTcbInfo",
      keep_tcb_info, false },
    /* GA_SIMULATOR_OID */
    { OID(0x69, 0x83, 0xf0, 0xcd, 0xbc, 0x9d, 0xd1, 0xf1, 0xea, 0xd9, 0xf5,
          0x9b, 0xb8, 0xce, 0x8d, 0xdb, 0xfa, 0x88, 0xee, 0x46), "simulator",
      note_simulator, true },
};
/* clang-format on */

static const struct known *
find(struct ga_bytes oid)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (is_oid(oid, known[i].oid, known[i].oid_len))
            return &known[i];
    return NULL;
}

static enum ga_rc
parse_one(struct ga_reader *r, struct extension *out, struct ga_error *err)
{
    struct extension x = { 0 };
    struct ga_der seq, e;
    enum ga_rc rc = ga_der_take(r, "extension", GA_DER_SEQUENCE, &seq, err);

    if (rc == GA_OK)
        rc = ga_der_take(&seq.body, "extnID", GA_DER_OID, &e, err);
    if (rc != GA_OK)
        return rc;
    x.oid = e.value;
    if (ga_der_is(&seq.body, GA_DER_BOOLEAN)) {
        rc = ga_der_next(&seq.body, "critical", &e, err);
        if (rc != GA_OK)
            return rc;
        if (e.value.ptr[0] == 0)
            return ga_fail_at(err, GA_E_SYNTAX, e.at,
                              "critical: FALSE at %zu is not DER", e.at);
        x.critical = true;
    }
    rc = ga_der_take(&seq.body, "extnValue", GA_DER_OCTET_STRING, &e, err);
    if (rc == GA_OK)
        rc = ga_der_end(&seq.body, "extension", err);
    if (rc != GA_OK)
        return rc;
    x.value = e.value;
    *out = x;
    return GA_OK;
}

static void
judge(struct ga_cert *cert, const struct extension *x)
{
    const struct known *k = find(x->oid);

    if (k == NULL && x->critical)
        ga_check_fail(&cert->flaw, GA_R_EXTENSION,
                      "unknown critical extension");
    else if (k != NULL && !k->read(cert, x))
        ga_check_fail(&cert->flaw, GA_R_EXTENSION, "extension %s malformed",
                      k->name);
    else if (k != NULL && k->critical && !x->critical)
        ga_check_fail(&cert->flaw, GA_R_EXTENSION,
                      "extension %s is not critical", k->name);
}

enum ga_rc
ga_extensions_parse(const struct ga_der *explicit, struct ga_cert *cert,
                    struct ga_error *err)
{
    struct ga_bytes seen[GA_EXTENSIONS_MAX];
    struct ga_reader r = explicit->body;
    struct ga_der list;
    size_t n = 0;
    enum ga_rc rc = ga_der_take(&r, "extensions", GA_DER_SEQUENCE, &list, err);

    if (rc == GA_OK)
        rc = ga_der_end(&r, "extensions", err);
    while (rc == GA_OK && ga_reader_left(&list.body) > 0) {
        struct extension x;

        rc = parse_one(&list.body, &x, err);
        if (rc != GA_OK)
            return rc;
        if (n == GA_EXTENSIONS_MAX)
            return ga_fail(err, GA_E_TOO_LARGE, "more than %d extensions",
                           GA_EXTENSIONS_MAX);
        for (size_t i = 0; i < n; i++)
            if (ga_bytes_equal(seen[i], x.oid))
                ga_check_fail(&cert->flaw, GA_R_EXTENSION,
                              "repeated extension");
        seen[n++] = x.oid;
        judge(cert, &x);
    }
    return rc;
}
