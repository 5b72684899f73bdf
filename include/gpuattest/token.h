/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_TOKEN_H
#define GPUATTEST_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/context.h"
#include "gpuattest/error.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Tokens as NVIDIA's Remote Attestation Service (NRAS) makes them: JWS in
 * compact form (RFC 7515) with ES384, keys as a JWKS (RFC 7517), and the
 * detached EAT `[["JWT",overall],{"GPU-0":token,...}]`.  Nothing here needs a
 * device or a network.
 */

/* Common name that the certificate of a signing key must have where the issuer
 * is not NVIDIA: a certificate for TLS under the same authority is no signer of
 * tokens. */
#define GA_TOKEN_SIGNER_CN "gpuattest token signer"

/* ---- keys that verify ---- */

/*
 * ga_jwks is the set of keys of one issuer.  Does not change; threads share
 * it.  A key that breaks a rule, or a kid that stands twice, is kept as such:
 * every token that names it fails in token.signature or token.chain.
 */
struct ga_jwks;

/* ga_jwks_parse reads a JWKS of at most 1 MiB.  Returns GA_OK, or
 *   GA_E_INVAL      an argument is NULL
 *   GA_E_TOO_LARGE  too many bytes, values or keys
 *   GA_E_SYNTAX, GA_E_DUPLICATE, GA_E_MISSING, GA_E_BAD_VALUE  no JWKS
 *   GA_E_NOMEM, GA_E_INTERNAL */
GA_API GA_MUST_USE enum ga_rc ga_jwks_parse(const void *data, size_t len,
                                            struct ga_jwks **out,
                                            struct ga_error *err);

/* ga_jwks_free releases `jwks`.  NULL is allowed. */
GA_API void ga_jwks_free(struct ga_jwks *jwks);

/* ga_jwks_count returns the number of keys; 0 for NULL. */
GA_API size_t ga_jwks_count(const struct ga_jwks *jwks);

/* ga_jwks_kid returns the kid of key `i`, or NULL.  Borrowed, not escaped. */
GA_API const char *ga_jwks_kid(const struct ga_jwks *jwks, size_t i);

/* ---- verifying ---- */

/*
 * ga_token_verify makes every check token.* of docs/checks.md on `token`, in
 * any form that docs/remote.md lists: a detached EAT, one JWS, a result of
 * this command or of nvattest, nvtrust's nested form.  The context gives the
 * time and the settings issuer, clock-skew-leeway-seconds, token-anchor,
 * expect-gpus, expect-switches, expect-ueid and relax.  `nonce` is the
 * caller's, never the token's own.
 *
 * The result is one like ga_verify()'s: ga_result_device() shows the devices
 * that the token speaks of, each with the checks of its own token, and GA_SET
 * has those of the overall token and of the whole.
 *
 * Returns GA_OK when there is a verdict, a rejection included, or
 *   GA_E_INVAL  an argument is NULL
 *   GA_E_SYNTAX, GA_E_DUPLICATE, GA_E_MISSING, GA_E_BAD_VALUE, GA_E_TOO_LARGE
 *               the bytes are no token in any form
 *   GA_E_CANCELLED, GA_E_NOMEM, GA_E_INTERNAL
 * `*out` is released with ga_result_free(); untouched on failure.
 */
GA_API GA_MUST_USE enum ga_rc ga_token_verify(struct ga_context *ctx,
                                              const struct ga_jwks *jwks,
                                              const void *token, size_t len,
                                              const struct ga_nonce *nonce,
                                              struct ga_result **out,
                                              struct ga_error *err);

/*
 * ga_token_verify_sent is the same for the service's answers to `evidence`
 * that was sent to it: token i speaks of the i-th GPU, or switch, of the
 * evidence (check token.device), and every device of the evidence has a token
 * (token.count).  `answers` are `count` detached EATs (GPUs and switches are
 * asked for apart).
 */
struct ga_token_answer {
    const void *data;
    size_t len;
};
GA_API GA_MUST_USE enum ga_rc ga_token_verify_sent(
    struct ga_context *ctx, const struct ga_jwks *jwks,
    const struct ga_token_answer *answers, size_t count,
    const struct ga_evidence *evidence, const struct ga_nonce *nonce,
    struct ga_result **out, struct ga_error *err);

/*
 * ga_evidence_arch says what device `i` is to an attestation service:
 * "HOPPER", "BLACKWELL" or "LS10", by its certificates, and whether its report
 * is a switch's.  Returns GA_OK, GA_E_INVAL (no such device), GA_E_BAD_VALUE
 * (its report or its chain cannot be read, or its chain names no known chip)
 * or GA_E_NOMEM.
 */
GA_API GA_MUST_USE enum ga_rc ga_evidence_arch(
    const struct ga_evidence *evidence, size_t i, const char **arch,
    bool *is_switch, struct ga_error *err);

/*
 * ga_token_unknown_kids says how many tokens of `token` name a kid that `jwks`
 * (NULL: none) does not have, before anything is verified: whom to ask for keys
 * is never taken from a token, but that a kept JWKS is too old can be.  0 where
 * nothing can be read.
 */
GA_API size_t ga_token_unknown_kids(const struct ga_jwks *jwks,
                                    const void *token, size_t len);

/* ---- keys that sign ---- */

/* ga_signer is a private P-384 key with its kid and its certificates.  Does
 * not change after ga_signer_set_kid(); threads share it. */
struct ga_signer;

/*
 * ga_signer_load reads a PEM file: one private key of P-384 ("PRIVATE KEY" or
 * "EC PRIVATE KEY", not encrypted), and up to four certificates, leaf first,
 * the first one of this key.  The file must be a regular one that group and
 * others may neither read nor write.  ga_signer_parse() does the same for
 * bytes.
 *
 * Returns GA_OK, or
 *   GA_E_INVAL      an argument is NULL
 *   GA_E_FILE       the file cannot be read, or others can
 *   GA_E_SYNTAX, GA_E_TRUNCATED, GA_E_TOO_LARGE, GA_E_MISSING,
 *   GA_E_DUPLICATE  no PEM, no key, or two
 *   GA_E_BAD_VALUE  a key of another curve, or certificates of another key
 *   GA_E_NOMEM, GA_E_INTERNAL
 */
GA_API GA_MUST_USE enum ga_rc ga_signer_load(const char *path,
                                             struct ga_signer **out,
                                             struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_signer_parse(const void *pem, size_t len,
                                              struct ga_signer **out,
                                              struct ga_error *err);

/* ga_signer_free releases `signer` and overwrites its key.  NULL is allowed. */
GA_API void ga_signer_free(struct ga_signer *signer);

/* ga_signer_kid returns the kid: the key's JWK thumbprint (RFC 7638, SHA-256)
 * until ga_signer_set_kid() gives another one of 1 to 128 printable ASCII
 * characters (GA_E_INVAL otherwise).  Borrowed. */
GA_API const char *ga_signer_kid(const struct ga_signer *signer);
GA_API GA_MUST_USE enum ga_rc ga_signer_set_kid(struct ga_signer *signer,
                                                const char *kid,
                                                struct ga_error *err);

/* ga_jws_sign makes a compact JWS of `payload` with the header
 * {"kid","alg":"ES384"}.  The caller releases it with ga_text_free(). */
GA_API GA_MUST_USE enum ga_rc ga_jws_sign(const struct ga_signer *signer,
                                          const void *payload, size_t len,
                                          char **out, struct ga_error *err);

/* ga_jwks_make prints the JWKS of `count` signers, as NRAS does: kid, kty, crv,
 * x, y, and x5c where there are certificates.  GA_E_DUPLICATE: two of one kid.
 * The caller releases it with ga_text_free(). */
GA_API GA_MUST_USE enum ga_rc ga_jwks_make(
    const struct ga_signer *const *signers, size_t count, char **out,
    struct ga_error *err);

/* ---- detached EAT of a result ---- */

/* Zeroed members are defaults. */
struct ga_eat_options {
    size_t size;         /* sizeof(struct ga_eat_options), for later members */
    const char *issuer;  /* iss: a URL; must be given */
    const char *version; /* of the claims; NULL: the result's */
    int64_t now;         /* iat, nbf; 0: the present */
    int64_t lifetime;    /* seconds to exp; 0: 3600 */
    bool allow_relaxed;  /* let it say true, and name what was relaxed */
    bool caller_nonce;   /* x-gpuattest-freshness: caller */
    bool allow_hold;     /* the same, where nothing but RIM certificates on hold
                            was let pass */
};

/*
 * ga_result_eat signs `result` as a detached EAT.  The overall result is true
 * only where the verdict is "verified", as of the present, under built-in
 * anchors (or allow-custom-anchors), and nothing was relaxed, no grace used and
 * no hold accepted; otherwise false, or, with `allow_relaxed` or `allow_hold`
 * and a verdict "verified", true.  Whatever was let pass stands in every token
 * of it, as x-gpuattest-relaxed, beside x-gpuattest-anchors and
 * x-gpuattest-verified-at; policies that were asked, in the overall token, as
 * x-gpuattest-policies.  A
 * device whose evidence NRAS would have refused has x-nvidia-error-details in
 * place of its claims.
 *
 * Returns GA_OK, GA_E_INVAL (an argument is NULL, no issuer, unknown version,
 * a result without devices or without a nonce), GA_E_NOMEM or GA_E_INTERNAL.
 * The caller releases `*out` with ga_text_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_result_eat(
    const struct ga_result *result, const struct ga_signer *signer,
    const struct ga_eat_options *options, char **out, struct ga_error *err);

/* ga_result_eat_true says what the overall result of that token is. */
GA_API bool ga_result_eat_true(const struct ga_result *result,
                               const struct ga_eat_options *options);

#ifdef __cplusplus
}
#endif
#endif
