/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_INSPECT_H
#define GA_CLI_INSPECT_H

#include "cli/emit.h"
#include "gpuattest/chain.h"
#include "gpuattest/error.h"
#include "x509/cert.h"

/*
 * One function per kind of input.  Each opens a container `key`, fills it and
 * closes it; where the bytes cannot be parsed the container holds the error,
 * and the error is returned.
 */
enum ga_rc inspect_report(struct emit *e, const char *key, struct ga_bytes in,
                          struct ga_error *err);
enum ga_rc inspect_chain(struct emit *e, const char *key, struct ga_bytes in,
                         struct ga_error *err);
enum ga_rc inspect_rim(struct emit *e, const char *key, struct ga_bytes in,
                       struct ga_error *err);
enum ga_rc inspect_ocsp(struct emit *e, const char *key, struct ga_bytes in,
                        struct ga_error *err);
enum ga_rc inspect_evidence(struct emit *e, const char *key, struct ga_bytes in,
                            struct ga_error *err);

enum ga_rc inspect_token(struct emit *e, const char *key, struct ga_bytes in,
                         struct ga_error *err);
enum ga_rc inspect_jwks(struct emit *e, const char *key, struct ga_bytes in,
                        struct ga_error *err);

/* inspect_certs lists certificates, first one first. */
void inspect_certs(struct emit *e, const char *key,
                   const struct ga_certs *certs);

#endif
