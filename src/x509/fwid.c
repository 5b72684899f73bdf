/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware identifier in a leaf certificate, in either form. */
#include <string.h>

#include "x509/chain.h"
#include "x509/der.h"

/* Content of the OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.2.  Source: dice */
static const uint8_t sha384_oid[] = { 0x60, 0x86, 0x48, 0x01, 0x65,
                                      0x03, 0x04, 0x02, 0x02 };

/* FWID ::= SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING } */
static enum ga_rc
read_fwid(struct ga_reader *r, struct ga_bytes *algorithm,
          struct ga_bytes *digest, struct ga_error *err)
{
    struct ga_der seq, oid, octets;
    enum ga_rc rc = ga_der_take(r, "fwid", GA_DER_SEQUENCE, &seq, err);

    if (rc == GA_OK)
        rc = ga_der_take(&seq.body, "hashAlg", GA_DER_OID, &oid, err);
    if (rc == GA_OK)
        rc =
            ga_der_take(&seq.body, "digest", GA_DER_OCTET_STRING, &octets, err);
    if (rc == GA_OK)
        rc = ga_der_end(&seq.body, "fwid", err);
    if (rc != GA_OK)
        return rc;
    *algorithm = oid.value;
    *digest = octets.value;
    return GA_OK;
}

/* Rule 5: sha384, 48 bytes, not all zero. */
static enum ga_rc
read_first_fwid(struct ga_reader *r, struct ga_bytes *fwid,
                struct ga_error *err)
{
    struct ga_bytes algorithm, digest;
    enum ga_rc rc = read_fwid(r, &algorithm, &digest, err);

    if (rc != GA_OK)
        return rc;
    if (!ga_bytes_equal(algorithm, ga_bytes_of(sha384_oid, sizeof(sha384_oid))))
        return ga_fail(err, GA_E_BAD_VALUE, "fwid: algorithm is not SHA-384");
    if (digest.len != GA_SHA384_LEN)
        return ga_fail(err, GA_E_BAD_VALUE, "fwid: %zu bytes, not %d",
                       digest.len, GA_SHA384_LEN);
    if (ga_bytes_zero(digest))
        return ga_fail(err, GA_E_BAD_VALUE, "fwid: all zero");
    *fwid = digest;
    return GA_OK;
}

/* SEQUENCE { version INTEGER (1), SubjectPublicKeyInfo, FWID }: the key is the
 * device's, which issued the leaf. */
static enum ga_rc
read_device_key(struct ga_reader *seq, const struct ga_chain *chain,
                struct ga_bytes *fwid, struct ga_error *err)
{
    struct ga_der version, spki;
    int number;
    enum ga_rc rc = ga_der_take(seq, "version", GA_DER_INTEGER, &version, err);

    if (rc == GA_OK)
        rc = ga_der_take(seq, "device key", GA_DER_SEQUENCE, &spki, err);
    if (rc == GA_OK)
        rc = read_first_fwid(seq, fwid, err);
    if (rc == GA_OK)
        rc = ga_der_end(seq, "extension", err);
    if (rc != GA_OK)
        return rc;
    if (!ga_der_unsigned(version.value, &number) || number != 1)
        return ga_fail(err, GA_E_BAD_VALUE, "version: not 1");
    if (chain->certs.count < 2 ||
        !ga_bytes_equal(spki.whole, chain->certs.cert[1]->spki))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "device key: not the key of the leaf's issuer");
    return GA_OK;
}

static enum ga_rc
read_fwids(const struct ga_der *list, struct ga_bytes *fwid,
           struct ga_error *err)
{
    struct ga_reader r = list->body;
    struct ga_bytes algorithm, digest;
    enum ga_rc rc = read_first_fwid(&r, fwid, err);

    while (rc == GA_OK && ga_reader_left(&r) > 0)
        rc = read_fwid(&r, &algorithm, &digest, err);
    return rc;
}

/* DiceTcbInfo: optional fields with IMPLICIT tags, in this order.
 * Source: dice */
static const struct {
    uint8_t tag;
    const char *name;
} tcb_fields[] = {
    { GA_DER_CONTEXT(0), "vendor" },     { GA_DER_CONTEXT(1), "model" },
    { GA_DER_CONTEXT(2), "version" },    { GA_DER_CONTEXT(3), "svn" },
    { GA_DER_CONTEXT(4), "layer" },      { GA_DER_CONTEXT(5), "index" },
    { GA_DER_CONTEXT_CONS(6), "fwids" }, { GA_DER_CONTEXT(7), "flags" },
    { GA_DER_CONTEXT(8), "vendorInfo" }, { GA_DER_CONTEXT(9), "type" },
    { GA_DER_CONTEXT(10), "flagsMask" },
};

static enum ga_rc
read_tcb_info(struct ga_reader *seq, struct ga_bytes *fwid,
              struct ga_error *err)
{
    struct ga_der fwids = { 0 };
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < sizeof(tcb_fields) / sizeof(tcb_fields[0]); i++) {
        struct ga_der e;

        if (rc != GA_OK || !ga_der_is(seq, tcb_fields[i].tag))
            continue;
        rc = ga_der_next(seq, tcb_fields[i].name, &e, err);
        if (rc == GA_OK && e.tag == GA_DER_CONTEXT_CONS(6))
            fwids = e;
    }
    if (rc == GA_OK)
        rc = ga_der_end(seq, "extension", err);
    if (rc == GA_OK && fwids.tag == 0)
        rc = ga_fail(err, GA_E_BAD_VALUE, "no fwids");
    if (rc == GA_OK)
        rc = read_fwids(&fwids, fwid, err);
    return rc;
}

static enum ga_rc
read_extension(const struct ga_chain *chain, struct ga_bytes value,
               struct ga_bytes *fwid, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(value);
    struct ga_der seq;
    enum ga_rc rc = ga_der_take(&r, "extension", GA_DER_SEQUENCE, &seq, err);

    if (rc == GA_OK)
        rc = ga_reader_done(&r, err);
    if (rc == GA_OK)
        rc = ga_der_check(value, err);
    if (rc != GA_OK)
        return rc;
    if (chain->chip->fwid == GA_FWID_TCB_INFO)
        return read_tcb_info(&seq.body, fwid, err);
    return read_device_key(&seq.body, chain, fwid, err);
}

enum ga_rc
ga_chain_fwid(const struct ga_chain *chain, struct ga_bytes *fwid,
              struct ga_error *err)
{
    struct ga_bytes value, found;
    enum ga_rc rc;

    if (chain->chip == NULL)
        return ga_fail(err, GA_E_MISSING,
                       "leaf: FWID: the chain's names are "
                       "not those of a known chip");
    value = chain->chip->fwid == GA_FWID_TCB_INFO
                ? chain->certs.cert[0]->fwid_tcb_info
                : chain->certs.cert[0]->fwid_device_key;
    if (value.len == 0)
        return ga_fail(err, GA_E_MISSING, "leaf: FWID: no extension %s",
                       chain->chip->fwid == GA_FWID_TCB_INFO
                           ? "2.23.133.5.4.1.1"
                           : "2.23.133.5.4.1");
    rc = read_extension(chain, value, &found, err);
    if (rc == GA_OK)
        *fwid = found;
    return ga_within(err, rc, "leaf: FWID");
}
