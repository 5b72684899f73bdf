/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_CLI_H
#define GA_CLI_CLI_H

#include "base/cleanup.h"
#include "base/fail.h"
#include "cli/emit.h"
#include "cli/options.h"
#include "gpuattest/policy.h"
#include "gpuattest/verify.h"

/* Exit status, a part of the interface: docs/exit-status.md. */
enum {
    EXIT_VERIFIED = 0,
    EXIT_REJECTED = 1,
    EXIT_USAGE = 2,
    EXIT_MALFORMED = 3,
    EXIT_UNAVAILABLE = 4,
    EXIT_INTERNAL = 70
};

GA_DEFINE_AUTO_STRUCT(ga_context, ga_context_free);
GA_DEFINE_AUTO_STRUCT(ga_evidence, ga_evidence_free);
GA_DEFINE_AUTO_STRUCT(ga_policy, ga_policy_free);
GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

/* One function per verb.  Each returns an exit status. */
int cmd_verify_token(const struct options *o);
int cmd_verify(const struct options *o);
int cmd_rim_verify(const struct options *o);
int cmd_rim_get(const struct options *o);
int cmd_rim_ls(const struct options *o);
int cmd_rim_id(const struct options *o);
int cmd_rim_check(const struct options *o);
int cmd_bundle_create(const struct options *o);
int cmd_bundle_show(const struct options *o);
int cmd_nonce(const struct options *o);
int cmd_diff(const struct options *o);
int cmd_inspect(const struct options *o);
int cmd_attest(const struct options *o);
int cmd_ppcie(const struct options *o);
int cmd_topology(const struct options *o);
int cmd_ready(const struct options *o);
int cmd_collect_evidence(const struct options *o);
int cmd_policy_check(const struct options *o);
int cmd_policy_test(const struct options *o);
int cmd_policy_show(const struct options *o);
int cmd_version(const struct options *o);

/*
 * verify_evidence is ga_verify(), or, where --verifier says so, the attestation
 * service's answer, verified (remote.c).
 */
GA_MUST_USE enum ga_rc verify_evidence(const struct options *o,
                                       struct ga_context *ctx,
                                       const struct ga_evidence *evidence,
                                       const struct ga_nonce *nonce,
                                       struct ga_result **out,
                                       struct ga_error *err);

/* check_service refuses options that do not go with --verifier, before
 * anything is read, and takes --service-key-file. */
GA_MUST_USE enum ga_rc check_service(const struct options *o,
                                     struct ga_error *err);

/* check_board refuses a board that nobody would look at. */
GA_MUST_USE enum ga_rc check_board(const struct options *o,
                                   struct ga_error *err);

/* save_text writes `text` to the file of --save-jwks, where that was said. */
GA_MUST_USE enum ga_rc save_jwks(const struct options *o, const char *text,
                                 struct ga_error *err);

/* sign_result signs where --eat-key says so (eat.c): `*eat` is the text of the
 * detached EAT, or NULL.  check_eat refuses options that do not fit. */
GA_MUST_USE enum ga_rc check_eat(const struct options *o, struct ga_error *err);
GA_MUST_USE enum ga_rc sign_result(const struct options *o,
                                   const struct ga_result *result, char **eat,
                                   struct ga_error *err);

/* status_of returns the exit status that an error of that code leads to. */
int status_of(enum ga_rc rc);

/*
 * say_error prints what went wrong: words on stderr, and with --format json the
 * error object on stdout.  Returns the exit status.  `rc` is not GA_OK.
 */
int say_error(const struct options *o, enum ga_rc rc,
              const struct ga_error *err);

/* say_words is say_error() without the object; emit_failure adds the members of
 * the object to one that is begun. */
int say_words(const struct options *o, enum ga_rc rc,
              const struct ga_error *err);
void emit_failure(struct emit *e, enum ga_rc rc, const struct ga_error *err);

/* say prints one line "gpuattest: ..." on stderr, escaped. */
void say(const char *fmt, ...) GA_PRINTF(1, 2);

/* say_finish flushes stdout and returns `status`, or EXIT_INTERNAL where what
 * was printed did not arrive: a verdict that nobody could read is none. */
int say_finish(int status);

/* log_line is ga_seams.log; `user` is the struct options. */
void log_line(void *user, enum ga_log_level level, const char *line);

/* context_of makes the context of a verb from its options. */
GA_MUST_USE enum ga_rc context_of(const struct options *o,
                                  struct ga_context **out,
                                  struct ga_error *err);

/* check_output refuses "-" as the name of a file that is written. */
GA_MUST_USE enum ga_rc check_output(const char *option, const char *path,
                                    struct ga_error *err);

/* file_write writes a file whole, or not at all; what is there and is no file, a
 * device or a pipe, is written to and stays.  file_save says so, too.  GA_E_FILE.
 */
GA_MUST_USE enum ga_rc file_write(const char *path, struct ga_bytes in,
                                  struct ga_error *err);
GA_MUST_USE enum ga_rc file_save(const char *path, struct ga_bytes in,
                                 struct ga_error *err);

/* bundle_load reads and parses a bundle. */
struct ga_bundle;
GA_MUST_USE enum ga_rc bundle_load(const char *path, struct ga_bundle **out,
                                   struct ga_error *err);

/* bundle_jwks takes the key set of that issuer, of which there is one, out of a
 * bundle. */
GA_MUST_USE enum ga_rc bundle_jwks(const char *path, const char *issuer,
                                   struct ga_buf *out, struct ga_error *err);

/* fetch_jwks asks for keys: at --jwks, or at the attestation service.  The
 * caller releases them with ga_text_free(). */
GA_MUST_USE enum ga_rc fetch_jwks(const struct options *o, char **text,
                                  struct ga_error *err);

/* is_url says whether a word names a service and not a file. */
bool is_url(const char *text);

/* print_checks_of prints the checks of one device, or of the set (GA_SET), as
 * print_text() does; emit_checks emits them as the list "checks", empty for
 * NULL; emit_relaxed what was relaxed.  say_warnings says on stderr what a
 * reader of stdout alone must not miss. */
void print_checks_of(const struct ga_result *res, size_t device, FILE *to);
void emit_checks(struct emit *e, const struct ga_result *res, size_t device);
void emit_relaxed(struct emit *e, const struct ga_result *res);
void say_warnings(const struct ga_result *res);

/* print_nonce prints a nonce that nobody else knows yet. */
void print_nonce(const struct ga_nonce *nonce, FILE *to);

/* print_text prints a result for a person; in colours where `to` is a terminal
 * and nobody objects. */
void print_text(const struct ga_result *res, const char *title, FILE *to);

/* print_result prints a result in the format asked for, the relaxations and
 * warnings on stderr, and returns the exit status.  `title` heads the checks
 * that belong to no device. */
int print_result(const struct options *o, const struct ga_result *res,
                 const char *title);

#endif
