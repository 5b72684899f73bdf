/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_RIM_RIM_H
#define GA_RIM_RIM_H

#include "base/check.h"
#include "base/limits.h"
#include "gpuattest/report.h"
#include "gpuattest/rim.h"
#include "x509/cert.h"
#include "x509/facts.h"

/* One golden value.  `name` is "" where it has none; `hash` points at `alternatives` times 48 bytes. */
struct ga_resource {
    unsigned index;
    bool active;
    unsigned alternatives;
    const uint8_t (*hash)[GA_SHA384_LEN];
    const char *name;
};

/* What stands in the way of believing a RIM.  Problems of the Signature
 * element count for *_rim.signature, all others for *_rim.schema. */
struct ga_rim_problem {
    bool of_signature;
    enum ga_rc code; /* what ga_rim_parse() returns for it */
    enum ga_reason reason;
    size_t offset;
    char text[160];
};

/*
 * A RIM, read from the very events whose canonical form was hashed.  After
 * ga_rim_read() with problems, only the members that could be read are set;
 * resources of a RIM whose schema does not hold must not be compared.
 */
struct ga_rim {
    struct ga_buf bytes;
    bool complete;        /* the XML was read to its end */
    size_t problem_count; /* GA_RIM_PROBLEMS_MAX at most are kept */
    size_t problem_total;
    size_t signature_problems; /* how many of the total are of_signature */
    struct ga_rim_problem problem[GA_RIM_PROBLEMS_MAX];

    char *version;     /* Meta@colloquialVersion, or NULL */
    char *product;     /* Meta@product */
    char *edition;     /* Meta@edition */
    char *tag_id;      /* SoftwareIdentity@tagId */
    char *firmware_id; /* Meta@FirmwareManufacturerId */
    size_t resource_count;
    struct ga_resource resource[GA_RIM_RESOURCES_MAX];

    /* The signature. */
    bool digest_matches; /* the Reference's digest is that of the document */
    bool has_signature;  /* signed_info_digest and signature are set */
    uint8_t signed_info_digest[GA_SHA384_LEN]; /* of canonical SignedInfo */
    struct ga_buf signed_info;                 /* the canonical SignedInfo */
    struct ga_signature signature;
    struct ga_certs certs; /* signer first */

    void *arena; /* memory behind resources; released with the RIM */
};

/*
 * ga_rim_read decodes a RIM and keeps its problems instead of failing; it
 * fails for GA_E_TOO_LARGE, GA_E_INVAL and GA_E_NOMEM alone.
 */
GA_MUST_USE enum ga_rc ga_rim_read(struct ga_bytes xml, struct ga_rim **out,
                                   struct ga_error *err);

/* ga_rim_check_schema makes *_rim.schema; ga_rim_check_signature makes
 * *_rim.signature with the key of certs.cert[0] and nothing else. */
void ga_rim_check_schema(const struct ga_rim *rim, struct ga_check *check);
void ga_rim_check_signature(const struct ga_rim *rim, struct ga_facts *facts,
                            struct ga_check *check);

/*
 * ga_rim_check_version makes *_rim.version (rule 12): the version equals
 * `version`, has the form of the role, and the product is one of `products`
 * (NULL-terminated; NULL: any).
 */
void ga_rim_check_version(const struct ga_rim *rim, enum ga_rim_role role,
                          const char *version, const char *const *products,
                          struct ga_check *check);

#endif
