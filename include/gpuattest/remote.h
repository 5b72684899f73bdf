/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_REMOTE_H
#define GPUATTEST_REMOTE_H

#include "gpuattest/context.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Part of libgpuattest-net: evidence goes to NVIDIA's Remote Attestation
 * Service, or to one that speaks its language, and what comes back is verified
 * as token.h does.  The service's word is taken only where its token holds.
 */

/* A client, shared by threads; keeps the service's JWKS and its connections. */
struct ga_remote;

/*
 * ga_remote_new makes a client from a copy of `set` (NULL: the defaults):
 *
 *   nras-url         the service: a base, or a whole endpoint
 *                    ".../v3/attest/gpu", ".../v4/attest/switch"
 *   service-key      sent as Authorization: Bearer, to that host alone
 *   timeout          of one call, over all its requests and their repetitions
 *   claims-version   that is asked for
 *   allow-hold       asks the service to accept RIM certificates on hold
 *   tls-ca-cert, tls-ca-path
 *
 * Returns GA_OK, or
 *   GA_E_INVAL  a URL that is not https (http: loopback alone), a key with a
 *               control character, a timeout other than 1 s to 1 h
 *   GA_E_FILE   a file that was named and cannot be read
 *   GA_E_NOMEM, GA_E_INTERNAL
 */
GA_API GA_MUST_USE enum ga_rc ga_remote_new(const struct ga_settings *set,
                                            struct ga_remote **out,
                                            struct ga_error *err);

/* ga_remote_free releases `remote`, which no call may be using.  NULL is
 * allowed. */
GA_API void ga_remote_free(struct ga_remote *remote);

/* ga_remote_cancel makes every call, now and later, end with GA_E_CANCELLED.
 * May be called from a signal handler. */
GA_API void ga_remote_cancel(struct ga_remote *remote);

/*
 * ga_remote_verify sends the GPUs of `evidence` and its switches, each kind in
 * a request of its own, and verifies the answers: signatures, chain, issuer,
 * time, nonce, and that token i speaks of device i.  Architectures are taken
 * from the certificate chains.  ga_remote_verify_gpu() and
 * ga_remote_verify_switch() want evidence of that kind alone.
 *
 * Returns GA_OK when there is a verdict, a rejection included.  The result is
 * read as ga_verify()'s is; ga_result_claims() gives the device's claims as the
 * service signed them, ga_result_detached_eat() its raw answer.  Or
 *   GA_E_INVAL        an argument is NULL
 *   GA_E_MISSING      no devices, or none of the kind
 *   GA_E_BAD_VALUE    a device of another kind, or one whose chain says nothing
 *                     of its architecture
 *   GA_E_UNREACHABLE  no answer, none in time, one that is none, or a refusal
 *                     (401, 403, 400): the text says which
 *   GA_E_CANCELLED, GA_E_NOMEM, GA_E_INTERNAL
 * `*out` is released with ga_result_free(); untouched on failure.
 */
GA_API GA_MUST_USE enum ga_rc ga_remote_verify(
    struct ga_remote *remote, struct ga_context *ctx,
    const struct ga_evidence *evidence, const struct ga_nonce *nonce,
    struct ga_result **out, struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_remote_verify_gpu(
    struct ga_remote *remote, struct ga_context *ctx,
    const struct ga_evidence *evidence, const struct ga_nonce *nonce,
    struct ga_result **out, struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_remote_verify_switch(
    struct ga_remote *remote, struct ga_context *ctx,
    const struct ga_evidence *evidence, const struct ga_nonce *nonce,
    struct ga_result **out, struct ga_error *err);

/*
 * ga_remote_jwks gives the service's keys as it sent them, from memory or
 * fetched: kept beside a token, they let it be checked again when the service
 * has changed its keys.  The caller releases the text with ga_text_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_remote_jwks(struct ga_remote *remote,
                                             char **out, struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
