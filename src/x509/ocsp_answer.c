/* SPDX-License-Identifier: Apache-2.0 */
/* What an OCSP answer says: of whom, by whom, and in words. */
#include <openssl/evp.h>
#include <string.h>

#include "x509/ocsp_answer.h"

struct ga_ocsp_hash {
    const char *name;
    const char *oid; /* content octets */
    size_t oid_len;
    const EVP_MD *(*md)(void);
};

/* The three that NVIDIA's responder answers, with id-sha1 (RFC 3279 2.2.1),
 * id-sha256 and id-sha384 (RFC 5754 2).  Source: spec-protocol 4 */
/* clang-format off */
static const struct ga_ocsp_hash hashes[] = {
    { "sha1",   "\x2b\x0e\x03\x02\x1a",                     5, EVP_sha1   },
    { "sha256", "\x60\x86\x48\x01\x65\x03\x04\x02\x01",     9, EVP_sha256 },
    { "sha384", "\x60\x86\x48\x01\x65\x03\x04\x02\x02",     9, EVP_sha384 },
};
/* clang-format on */

const struct ga_ocsp_hash *
ga_ocsp_hash_find(struct ga_bytes oid)
{
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
        if (ga_bytes_equal(oid, ga_bytes_of(hashes[i].oid, hashes[i].oid_len)))
            return &hashes[i];
    return NULL;
}

size_t
ga_ocsp_hash_len(const struct ga_ocsp_hash *hash)
{
    return (size_t)EVP_MD_get_size(hash->md());
}

bool
ga_ocsp_hash_make(const char *name, struct ga_bytes of,
                  struct ga_ocsp_digest *out)
{
    _Static_assert(sizeof(out->bytes) >= EVP_MAX_MD_SIZE, "room for any hash");
    unsigned len = 0;

    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
        if (strcmp(hashes[i].name, name) != 0)
            continue;
        if (EVP_Digest(of.ptr, of.len, out->bytes, &len, hashes[i].md(),
                       NULL) != 1)
            return false;
        out->oid = ga_bytes_of(hashes[i].oid, hashes[i].oid_len);
        out->len = len;
        return true;
    }
    return false;
}

static bool
hash_is(const struct ga_ocsp_hash *hash, struct ga_bytes of,
        struct ga_bytes want)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    return EVP_Digest(of.ptr, of.len, digest, &len, hash->md(), NULL) == 1 &&
           ga_bytes_equal(ga_bytes_of(digest, len), want);
}

static bool
key_hash_is(const struct ga_ocsp_hash *hash, const struct ga_key *key,
            struct ga_bytes want)
{
    if (hash == &hashes[0])
        return ga_bytes_equal(ga_key_id(key), want);
    return hash_is(hash, ga_key_point(key), want);
}

bool
ga_single_is(const struct ga_single *single, struct ga_bytes serial,
             struct ga_bytes issuer_name, const struct ga_key *issuer_key)
{
    /* The serial first: it is cheap, and rules nearly all others out. */
    return single->hash != NULL && ga_bytes_equal(single->serial, serial) &&
           hash_is(single->hash, issuer_name, single->name_hash) &&
           key_hash_is(single->hash, issuer_key, single->key_hash);
}

bool
ga_responder_key_is(const struct ga_ocsp_answer *answer,
                    const struct ga_key *key)
{
    return ga_bytes_equal(ga_key_id(key), answer->responder_key);
}

const char *
ga_revocation_reason_text(int reason)
{
    /* Source: rfc5280 5.3.1; 7 is not used. */
    static const char *const texts[] = {
        "unspecified",     "keyCompromise",
        "cACompromise",    "affiliationChanged",
        "superseded",      "cessationOfOperation",
        "certificateHold", NULL,
        "removeFromCRL",   "privilegeWithdrawn",
        "aACompromise",
    };

    return reason >= 0 && (size_t)reason < sizeof(texts) / sizeof(texts[0])
               ? texts[reason]
               : NULL;
}

void
ga_ocsp_view(const struct ga_ocsp_answer *answer, struct ga_ocsp_view *out)
{
    *out = (struct ga_ocsp_view){ .produced_at = answer->produced_at,
                                  .nonce = answer->nonce,
                                  .responder_key_hash = answer->responder_key,
                                  .certs = &answer->certs,
                                  .singles = answer->singles };
}

bool
ga_ocsp_single(const struct ga_ocsp_answer *answer, size_t i,
               struct ga_ocsp_single *out)
{
    const struct ga_single *s;

    if (i >= answer->singles)
        return false;
    s = &answer->single[i];
    *out = (struct ga_ocsp_single){ .status = s->status,
                                    .revocation_reason = s->reason,
                                    .this_update = s->this_update,
                                    .next_update = s->next_update,
                                    .revoked_at = s->revoked_at,
                                    .serial = s->serial,
                                    .hash = s->hash != NULL ? s->hash->name
                                                            : "other",
                                    .issuer_name_hash = s->name_hash,
                                    .issuer_key_hash = s->key_hash };
    return true;
}
