/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_ECDSA_BACKEND_H
#define GA_X509_ECDSA_BACKEND_H

#include "x509/ecdsa.h"

/* A point of P-384 in a library's form.  Does not change. */
struct ga_point;

/*
 * The arithmetic behind ecdsa.h, by one library; the build option
 * GPUATTEST_ECDSA says which one keys use.
 */
struct ga_ecdsa_backend {
    /* Takes 0x04 and both coordinates; NULL with `*refused` true where the
     * point is not on the curve, which includes a coordinate that is not below
     * the prime, and with false where there is no memory. */
    struct ga_point *(*point)(const uint8_t point[GA_POINT_LEN], bool *refused);
    void (*release)(struct ga_point *point); /* NULL is allowed */
    /* Both numbers of the signature are 1 to n - 1, as the caller checks. */
    bool (*verify)(const struct ga_point *point,
                   const uint8_t digest[GA_SHA384_LEN],
                   const struct ga_signature *sig);
};

extern const struct ga_ecdsa_backend ga_ecdsa_openssl;
extern const struct ga_ecdsa_backend ga_ecdsa_nettle;

#endif
