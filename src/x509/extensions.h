/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_EXTENSIONS_H
#define GA_X509_EXTENSIONS_H

#include "x509/cert.h"
#include "x509/der.h"

/* ga_extensions_parse reads the content of [3] of a certificate into `cert`.
 * What is DER but breaks a rule goes into cert->flaw. */
GA_MUST_USE enum ga_rc ga_extensions_parse(const struct ga_der *explicit,
                                           struct ga_cert *cert,
                                           struct ga_error *err);

#endif
