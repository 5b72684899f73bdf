/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_CHAINS_H
#define TEST_SUPPORT_CHAINS_H

#include "x509/cert.h"

/* Every real chain of the fixtures, as PEM or out of evidence JSON and RIMs. */
struct real_chain {
    char source[160]; /* file, and item of it */
    struct ga_certs certs;
};

/* each_device_chain and each_rim_chain call `use` for every chain that must
 * pass, and return how many there were. */
size_t each_device_chain(void (*use)(const struct real_chain *chain));
size_t each_rim_chain(void (*use)(const struct real_chain *chain));

/* rim_certs reads the certificates of one RIM of the fixtures. */
struct ga_certs rim_certs(const char *path);

/* device_certs reads a chain.pem of the fixtures. */
struct ga_certs device_certs(const char *path);

#endif
