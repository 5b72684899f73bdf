/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_RESULT_H
#define GA_VERIFY_RESULT_H

#include "claims/claims.h"
#include "verify/relax.h"

/* Texts that a result owns. */
struct ga_texts {
    size_t count;
    char **text;
};

/* What one policy said; `why` is empty where it passed.  Both are escaped. */
struct ga_said {
    bool passed;
    char sha256[65]; /* of the policy's file, hex; "": a setting's rule */
    char name[128];
    char why[GA_ERROR_TEXT];
};

struct ga_result {
    struct ga_nonce nonce;
    bool has_nonce; /* false for ga_rim_verify() */
    ga_time at;
    bool at_given; /* by the setting at, and not the present */
    bool custom_anchors;
    bool custom_allowed; /* by the setting allow-custom-anchors */
    /* Settings wider than the defaults, by name: what a signed token of the
     * result must not pass over. */
    struct ga_texts lenient;
    enum ga_claims_version claims_version;

    size_t device_count;
    struct ga_device *device;
    enum ga_scope scope; /* of the checks that are not of a device */
    struct ga_check check[GA_CHECK_COUNT];

    /* Set by ga_result_judge(). */
    enum ga_verdict verdict;
    struct ga_texts relaxed; /* "device.ocsp:not_checked", sorted */
    char summary[GA_ERROR_TEXT + 192];

    /* Set by ga_result_restrict(). */
    size_t said_count;
    struct ga_said *said;

    struct ga_topology *topology; /* NULL: none was asked for */
    bool tokens_given;    /* a token that does not parse is malformed input */
    json_t *overall;      /* list: claims of each overall token; or NULL */
    json_t *detached_eat; /* what was presented, or answered, or NULL */

    struct ga_texts warnings;
    struct ga_error error; /* the first input that does not parse, GA_OK: none;
                              printed where the verdict is malformed */
};

GA_MUST_USE enum ga_rc ga_result_new(size_t devices, enum ga_scope scope,
                                     struct ga_result **out,
                                     struct ga_error *err);

/* ga_texts_done releases the texts, and leaves none. */
void ga_texts_done(struct ga_texts *texts);

/* ga_texts_add appends a copy of `text`, already escaped, unless it is there;
 * false when out of memory. */
GA_MUST_USE bool ga_texts_add(struct ga_texts *texts, const char *text);

/*
 * ga_result_judge turns the checks into the verdict: devices' `verified`,
 * checks' `relaxed`, the list of relaxations, verdict and summary.  The one
 * place that decides.
 */
GA_MUST_USE enum ga_rc ga_result_judge(struct ga_result *result,
                                       const struct ga_relax *relax,
                                       struct ga_error *err);

/* ga_result_turns says whether the check turns the verdict: it failed or was not
 * made, and neither is relaxed. */
bool ga_result_turns(const struct ga_check *c);

/*
 * ga_result_restrict takes what `count` policies said about a result that is
 * judged, and takes `said` over: one that did not pass makes a verified result
 * a rejected one.  Nothing here makes a result verified.
 */
void ga_result_restrict(struct ga_result *result, struct ga_said *said,
                        size_t count);

/* ga_result_reject makes a verified result a rejected one, for a reason that no
 * check has; `summary` is what is said of it. */
void ga_result_reject(struct ga_result *result, const char *summary);

/* ga_result_object makes the JSON object of docs/result.schema.json. */
json_t *ga_result_object(const struct ga_result *result);

#endif
