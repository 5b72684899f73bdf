/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_STATE_H
#define GA_SERVER_STATE_H

#include "server/apikeys.h"
#include "server/keys.h"
#include "server/options.h"
#include "server/request.h"

/*
 * Everything that SIGHUP reads again: keys, clients' keys, policies, anchors,
 * and the directories of RIMs and OCSP answers.  It does not change once it is
 * made; a request keeps the one that it began with.
 */
struct server_state {
    atomic_uint refs;
    struct server_keys keys;
    bool guarded; /* --api-keys was given */
    struct server_apikeys apikeys;
    /* Per class, and without and with certificates on hold.  All share what
     * context[0][0] remembers. */
    struct ga_context *context[SERVER_CLASSES][2];
};

/*
 * server_state_load reads all of it or fails; `old` is what was loaded before,
 * or NULL.  `seams` are borrowed for the life of the state.  Errors: those of
 * the files, with their names.
 */
GA_MUST_USE enum ga_rc server_state_load(const struct server_options *o,
                                         const struct ga_seams *seams,
                                         const struct server_state *old,
                                         ga_time now, struct server_state **out,
                                         struct ga_error *err);
struct server_state *server_state_ref(struct server_state *state);
void server_state_drop(struct server_state *state); /* NULL is allowed */

#endif
