/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_cert_parse against libcrypto's d2i_X509.  What ours takes for a
 * certificate without a flaw, libcrypto takes as well, to the last byte, and
 * reads the same in it.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "x509/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_name(struct ga_bytes ours, const X509_NAME *theirs)
{
    const unsigned char *der = NULL;
    size_t len = 0;

    require(X509_NAME_get0_der((X509_NAME *)(uintptr_t)theirs, &der, &len) ==
            1);
    require(ga_bytes_equal(ours, ga_bytes_of(der, len)));
}

static void
same_time(ga_time ours, const ASN1_TIME *theirs)
{
    ASN1_TIME *own = ASN1_TIME_set(NULL, (time_t)ours);

    require(own != NULL && ASN1_TIME_compare(own, theirs) == 0);
    ASN1_TIME_free(own);
}

static void
same_serial(struct ga_bytes ours, const ASN1_INTEGER *theirs)
{
    BIGNUM *a = BN_bin2bn(ours.ptr, (int)ours.len, NULL);
    BIGNUM *b = ASN1_INTEGER_to_BN(theirs, NULL);

    require(a != NULL && b != NULL && BN_cmp(a, b) == 0);
    BN_free(a);
    BN_free(b);
}

static void
free_value(int nid, void *value)
{
    const X509V3_EXT_METHOD *method = X509V3_EXT_get_nid(nid);

    if (method->it != NULL)
        ASN1_item_free(value, ASN1_ITEM_ptr(method->it));
    else
        method->ext_free(value);
}

/*
 * libcrypto also reads extensions that ours passes over, as RFC 5280 4.2 has
 * those that are neither known nor critical: what it finds there is its own.
 */
static bool
has_flaw_of_theirs(const X509 *x)
{
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        X509_EXTENSION *e = X509_get_ext(x, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
        void *value;

        /* These two have rules beyond their syntax. */
        if (nid == NID_proxyCertInfo || nid == NID_crl_distribution_points)
            return true;
        if (nid == NID_basic_constraints || nid == NID_key_usage ||
            nid == NID_ext_key_usage || X509V3_EXT_get_nid(nid) == NULL)
            continue;
        value = X509V3_EXT_d2i(e);
        if (value == NULL)
            return true;
        free_value(nid, value);
    }
    return false;
}

/* libcrypto's words for a missing keyUsage are all bits. */
static void
same_extensions(const struct ga_cert *c, X509 *x)
{
    uint32_t flags = X509_get_extension_flags(x);
    static const struct {
        unsigned ours;
        uint32_t theirs;
    } bits[] = {
        { GA_KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE },
        { GA_KU_KEY_CERT_SIGN, KU_KEY_CERT_SIGN },
        { GA_KU_CRL_SIGN, KU_CRL_SIGN },
    };

    require((flags & EXFLAG_INVALID) == 0 || has_flaw_of_theirs(x));
    require(c->ca == ((flags & EXFLAG_CA) != 0));
    require(c->has_key_usage == ((flags & EXFLAG_KUSAGE) != 0));
    require(c->has_eku == ((flags & EXFLAG_XKUSAGE) != 0));
    for (size_t i = 0; c->has_key_usage && i < sizeof(bits) / sizeof(bits[0]);
         i++)
        require(((c->key_usage & bits[i].ours) != 0) ==
                ((X509_get_key_usage(x) & bits[i].theirs) != 0));
    require((long)c->path_len == X509_get_pathlen(x));
    require(!c->has_eku ||
            c->eku_ocsp_signing ==
                ((X509_get_extended_key_usage(x) & XKU_OCSP_SIGN) != 0));
}

static void
same_key(const struct ga_cert *c, X509 *x)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(X509_get0_pubkey(x), &der);

    require(len > 0 && ga_bytes_equal(c->spki, ga_bytes_of(der, (size_t)len)));
    OPENSSL_free(der);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *at = data;
    struct ga_cert *c = NULL;
    X509 *x;

    if (ga_cert_parse(ga_bytes_of(data, size), &c, NULL) != GA_OK)
        return 0;
    if (c->flaw.state != GA_PASSED) {
        ga_cert_free(c);
        return 0;
    }
    x = d2i_X509(NULL, &at, (long)size);
    require(x != NULL && at == data + size);
    require(X509_get_version(x) == X509_VERSION_3);
    same_serial(c->serial, X509_get0_serialNumber(x));
    same_name(c->issuer, X509_get_issuer_name(x));
    same_name(c->subject, X509_get_subject_name(x));
    same_time(c->not_before, X509_get0_notBefore(x));
    same_time(c->not_after, X509_get0_notAfter(x));
    same_key(c, x);
    same_extensions(c, x);
    X509_free(x);
    ga_cert_free(c);
    ERR_clear_error();
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_der(data, size, max, seed);
}
