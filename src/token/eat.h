/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_EAT_H
#define GA_TOKEN_EAT_H

#include "base/chips.h"
#include "base/limits.h"
#include "token/jws.h"

/* Bytes of a label that is one, "SWITCH-127" and NUL. */
#define GA_LABEL_TEXT 16

/* One device's token, as it is presented. */
struct ga_submod {
    const char *name; /* as it stands there; NULL: a token without a label */
    char label[GA_LABEL_TEXT]; /* GPU-n or SWITCH-n; "": it is no label */
    enum ga_kind kind;         /* by the label */
    unsigned number;
    struct ga_jws jws;
};

/* A detached EAT, or one token alone. */
struct ga_eat {
    bool has_overall;
    struct ga_jws overall;
    size_t first, count; /* its devices among those of ga_eats */
};

/*
 * What was found in a token of any form; nothing verified.  Owns what the
 * views borrow.
 */
struct ga_eats {
    size_t roots;
    json_t *root[GA_EATS_MAX];
    struct ga_buf text; /* of a bare JWS */
    bool wrapped;       /* nvtrust's outer token, which is passed over */
    size_t count;
    struct ga_eat eat[GA_EATS_MAX];
    size_t submods;
    struct ga_submod *submod;
};

/*
 * ga_eats_add finds the tokens in `in` and appends them to `out`:
 * `[["JWT",t],{label:t}]`, a list of these, one JWS, nvtrust's
 * `[["JWT",t],{"REMOTE_GPU_CLAIMS":[["JWT",t],{label:t}]}]`, or an object
 * with one of these under "detached_eat".  Errors: GA_E_SYNTAX,
 * GA_E_DUPLICATE, GA_E_MISSING, GA_E_BAD_VALUE, GA_E_TOO_LARGE, GA_E_NOMEM;
 * `out` may have a part of it then.
 */
GA_MUST_USE enum ga_rc ga_eats_add(struct ga_bytes in, struct ga_eats *out,
                                   struct ga_error *err);
void ga_eats_done(struct ga_eats *eats);

/* ga_label_parse reads GPU-n or SWITCH-n, n without leading zeros and below
 * GA_DEVICES_MAX. */
GA_MUST_USE bool ga_label_parse(const char *text, enum ga_kind *kind,
                                unsigned *number);

/* ga_eat_check makes the check token.submods (rule 18) of one EAT. */
void ga_eat_check(const struct ga_eats *eats, const struct ga_eat *eat,
                  struct ga_check *check);

/* ga_token_kind says what the claims of a device's token speak of. */
enum ga_kind ga_token_kind(const json_t *claims);

#endif
