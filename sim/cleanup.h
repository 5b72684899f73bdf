/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_CLEANUP_H
#define GA_SIM_CLEANUP_H

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "base/cleanup.h"

GA_DEFINE_AUTO(ASN1_OBJECT, ASN1_OBJECT_free);
GA_DEFINE_AUTO(BIGNUM, BN_clear_free);
GA_DEFINE_AUTO(EC_POINT, EC_POINT_free);
GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);

#endif
