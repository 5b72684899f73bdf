/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_OCSP_H
#define GA_SIM_OCSP_H

#include "sim/cert.h"

struct sim_pki;

enum sim_status { SIM_GOOD, SIM_REVOKED, SIM_UNKNOWN };

/* The hash of a CertID: NVIDIA's responders answer with the question's. */
enum sim_id_hash { SIM_ID_SHA384, SIM_ID_SHA256, SIM_ID_SHA1, SIM_ID_HASHES };

/* What an OCSP answer says, before it is bytes. */
struct sim_ocsp_spec {
    const char *name;            /* of the file: "gpu-0-brom" */
    const struct sim_cert *cert; /* that was asked for */
    const struct sim_cert *issuer;
    const struct sim_cert *responder; /* issued by `issuer` */
    ga_time produced, this_update, next_update;
    enum sim_status status;
    unsigned reason; /* of SIM_REVOKED, RFC 5280 5.3.1 */
    ga_time revoked_at;
    struct ga_bytes nonce; /* empty: none */
    enum sim_id_hash hash;

    /* Defects. */
    const struct sim_pki *pki;        /* to choose others from */
    const struct sim_cert *id_issuer; /* that CertID names; NULL: `issuer` */
    bool no_next_update;
    bool two;             /* a second response, good, for the same CertID */
    bool spoil_signature; /* one bit of s is turned over */
    /* A second answer beside this one, made as this one was at first. */
    void (*also)(struct sim_ocsp_spec *spec);
};

/* What a CertID says of an issuer: digests of its name and of its key's bits. */
struct sim_issuer_id {
    uint8_t name[GA_SHA384_LEN], key[GA_SHA384_LEN];
    size_t len;
};
GA_MUST_USE enum ga_rc sim_issuer_id(const struct sim_cert *issuer,
                                     enum sim_id_hash hash,
                                     struct sim_issuer_id *out,
                                     struct ga_error *err);

/* sim_ocsp_make writes an OCSPResponse as NVIDIA's responders do: CertID with
 * the hash asked for, responder by key hash and its certificate embedded. */
GA_MUST_USE enum ga_rc sim_ocsp_make(struct sim_forge *f,
                                     const struct sim_ocsp_spec *spec,
                                     struct ga_buf *out, struct ga_error *err);

#endif
