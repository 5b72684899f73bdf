/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_TOKEN_SENT_H
#define GA_VERIFY_TOKEN_SENT_H

#include "claims/device.h"
#include "token/eat.h"
#include "verify/context.h"

/* Devices whose evidence was sent, as far as it says who they are. */
struct ga_sent {
    size_t count;
    struct ga_sent_device {
        struct ga_device device;
        unsigned number; /* among its kind */
    } * item;
};

/* ga_sent_read reads them; what a file says of its nonce is held against
 * `nonce`, what it and the caller say of the chip against the certificates. */
GA_MUST_USE enum ga_rc ga_sent_read(struct ga_context *ctx,
                                    const struct ga_evidence *evidence,
                                    const struct ga_nonce *nonce,
                                    struct ga_sent *out, struct ga_error *err);
void ga_sent_done(struct ga_sent *sent);

/* ga_sent_for returns the device that a token's label stands for, or NULL. */
const struct ga_device *ga_sent_for(const struct ga_sent *sent,
                                    const struct ga_submod *token);

/* ga_sent_check compares what the token says of its device with what the
 * evidence says: token.device (rule 18).  Of the evidence itself report.arch
 * must hold (rule 4). */
void ga_sent_check(const struct ga_sent *sent, const struct ga_submod *token,
                   struct ga_check *check);

/* ga_sent_check_nonces fails token.nonce for a nonce in a file that is not the
 * caller's (rule 2). */
void ga_sent_check_nonces(const struct ga_sent *sent, struct ga_check *check);

#endif
