/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_NRAS_H
#define GA_SIM_NRAS_H

#include "sim/token_faults.h"
#include "sim/world.h"

/*
 * The attestation service of a simulated machine: gpuattest-server, with the
 * world's anchors and a key of the simulator's, started when it is asked for
 * the first time.  What it answers passes through here, where a token fault is
 * put in.
 */
struct sim_nras;

/* The file of a machine that names the token fault; empty: none. */
#define SIM_NRAS_FAULT "token-fault"

struct sim_nras_plan {
    const char *dir;                     /* of the machine */
    const struct sim_token_fault *fault; /* at first; NULL: none */
    unsigned port;                       /* that clients see */
    unsigned rim_port, ocsp_port;
};

/* sim_nras_new makes the keys, in dir/nras.  Errors: GA_E_FILE, GA_E_NOMEM,
 * GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc sim_nras_new(const struct sim_nras_plan *plan,
                                    struct sim_world *w, struct sim_nras **out,
                                    struct ga_error *err);
void sim_nras_free(struct sim_nras *nras); /* NULL is allowed */

/* An answer of the server. */
struct sim_nras_answer {
    unsigned status;
    struct ga_buf body;
};

/* sim_nras_ask starts the server where that was not done, and passes a request
 * on.  Threads may call it together.  Errors: GA_E_UNREACHABLE, GA_E_NOMEM. */
GA_MUST_USE enum ga_rc sim_nras_ask(struct sim_nras *nras, const char *method,
                                    const char *path, struct ga_bytes body,
                                    struct sim_nras_answer *out,
                                    struct ga_error *err);

/* sim_nras_twist puts the fault into an answer with tokens; sim_nras_keys gives
 * the JWKS that goes with it, `*out` NULL: the server's own is right.  Errors:
 * GA_E_BAD_VALUE (the fault needs two devices), GA_E_UNREACHABLE, GA_E_NOMEM,
 * GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc sim_nras_twist(struct sim_nras *nras,
                                      struct ga_buf *body,
                                      struct ga_error *err);
GA_MUST_USE enum ga_rc sim_nras_keys(struct sim_nras *nras, char **out,
                                     struct ga_error *err);

/* ---- keys (nras_keys.c) ---- */

/* Keys of the service, in memory. */
struct sim_nras_keys {
    struct ga_signer *signer, *other, *tls;
};

/* sim_nras_keys_make makes them, and writes dir/signer.pem and
 * dir/anchor.pem. */
GA_MUST_USE enum ga_rc sim_nras_keys_make(struct sim_world *w, const char *dir,
                                          struct sim_nras_keys *out,
                                          struct ga_error *err);
void sim_nras_keys_done(struct sim_nras_keys *keys);

#endif
