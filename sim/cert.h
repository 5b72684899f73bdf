/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_CERT_H
#define GA_SIM_CERT_H

#include "base/time.h"
#include "sim/key.h"

/* What stands in for NVIDIA's organisation in every name. */
#define SIM_ORGANISATION "gpuattest simulator"

/* A place in one of the chains: it decides name order, serial number,
 * extensions and their order, as measured on real certificates. */
enum sim_place {
    SIM_LEAF,     /* device leaf, FWID with device key (Hopper, LS10) */
    SIM_LEAF_TCB, /* device leaf, FWID in DiceTcbInfo (Blackwell) */
    SIM_BROM,
    SIM_BROM_AIA, /* Blackwell: names its OCSP responder */
    SIM_ICA,
    SIM_IDENTITY,
    SIM_DEVICE_ROOT,
    SIM_RIM_SIGNER,
    SIM_RIM_L3,
    SIM_RIM_CA,
    SIM_RIM_ROOT,
    SIM_RESPONDER_LAX,      /* of the device root: nothing is critical */
    SIM_RESPONDER,          /* of device CAs: "no check" inside the purposes */
    SIM_RESPONDER_NO_CHECK, /* of RIM CAs: "no check" as an extension */
    SIM_RESPONDER_ANY,      /* a defect: for any purpose */
    SIM_RESPONDER_CA,       /* a defect: a CA too */
    SIM_RIM_SIGNER_CA,      /* a defect: a signer that is a CA */
    SIM_TOKEN_AUTHORITY,    /* of keys that sign tokens */
    SIM_TOKEN_SIGNER,
    SIM_PLACES
};

struct sim_cert {
    struct ga_buf der;
    struct ga_buf name; /* subject, DER */
    struct sim_key key;
    uint8_t serial[20];
    size_t serial_len;
};

void sim_cert_done(struct sim_cert *cert);

/* How a public key is written; all but the first are defects. */
enum sim_spki {
    SIM_SPKI_NAMED,
    SIM_SPKI_COMPRESSED, /* the point's x alone (RFC 5480 2.2) */
    SIM_SPKI_EXPLICIT,   /* the curve's parameters instead of its name */
    SIM_SPKI_P256        /* another curve */
};

/* What a certificate is made of. */
struct sim_cert_spec {
    enum sim_place place;
    const char *label; /* of its serial number, and of its key but for `key` */
    const char *name;  /* that defects know it by; NULL: the label */
    const char *key;   /* label of its key; NULL: `label` */
    const char *cn;
    const struct sim_cert *issuer; /* NULL: itself */
    ga_time not_before, not_after;
    const uint8_t *serial; /* BROM: its serial number, else NULL */
    size_t serial_len;
    const char *udi;     /* leaf: subject alternative name, else NULL */
    const uint8_t *fwid; /* leaf: 48 bytes, else NULL */

    /* Defects. */
    enum sim_spki spki;
    bool other_serial;     /* one bit of the serial number is turned over */
    bool unknown_critical; /* an extension that nobody knows */
    bool repeated;         /* keyUsage stands twice */
    bool ocsp_signing;     /* an extendedKeyUsage besides */
    bool fwid_absent, fwid_zero;
    bool fwid_trailing;  /* a NULL behind the extension's value */
    bool fwid_other_key; /* the leaf's key stands as the device's */
};

GA_MUST_USE enum ga_rc sim_cert_make(struct sim_forge *f,
                                     const struct sim_cert_spec *spec,
                                     struct sim_cert *out,
                                     struct ga_error *err);

/* sim_cert_pem appends one PEM block, without a newline behind it. */
struct sim_out;
void sim_cert_pem(struct sim_out *o, const struct sim_cert *cert);

/* What a PEM block has that it must not have. */
struct sim_pem {
    const char *label;  /* NULL: CERTIFICATE */
    const char *header; /* lines behind BEGIN, or NULL */
    bool trailing;      /* a NULL behind the certificate, inside the block */
};
void sim_cert_pem_as(struct sim_out *o, const struct sim_cert *cert,
                     const struct sim_pem *pem);

#endif
