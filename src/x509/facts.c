/* SPDX-License-Identifier: Apache-2.0 */
/* What was verified once, by the hash of what was verified. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "x509/facts.h"

GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);

#define ID_LEN 32

/* Slots from its first one that a fact may stand in. */
#define PROBES 8

/* Keeps these hashes apart from every other SHA-256 over the same bytes; all
 * that follows has a fixed length. */
static const char domain[] = "gpuattest: key signed digest, ECDSA P-384";

struct slot {
    bool used;
    uint8_t id[ID_LEN];
};

struct ga_facts {
    pthread_mutex_t lock; /* of slot and next */
    uint64_t verified;    /* changed atomically */
    unsigned next;        /* which of the PROBES gives way */
    size_t slots;
    struct slot slot[];
};

enum ga_rc
ga_facts_new(struct ga_facts **out, struct ga_error *err)
{
    return ga_facts_new_sized(GA_FACTS_MAX, out, err);
}

enum ga_rc
ga_facts_new_sized(size_t slots, struct ga_facts **out, struct ga_error *err)
{
    struct ga_facts *f;

    if (slots < 1 || slots > GA_FACTS_MAX)
        return ga_fail(err, GA_E_INVAL, "%zu slots, not 1 to %d", slots,
                       GA_FACTS_MAX);
    f = calloc(1, sizeof(*f) + slots * sizeof(f->slot[0]));
    if (f == NULL)
        return ga_nomem(err);
    f->slots = slots;
    if (pthread_mutex_init(&f->lock, NULL) != 0) {
        free(f);
        return ga_nomem(err);
    }
    *out = f;
    return GA_OK;
}

void
ga_facts_free(struct ga_facts *facts)
{
    if (facts == NULL)
        return;
    pthread_mutex_destroy(&facts->lock);
    free(facts);
}

static bool
identify(const struct ga_key *key, const uint8_t digest[GA_SHA384_LEN],
         const struct ga_signature *sig, uint8_t id[ID_LEN])
{
    GA_AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
    struct ga_bytes spki = ga_key_spki(key);
    unsigned n = 0;

    return ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
           EVP_DigestUpdate(ctx, domain, sizeof(domain)) == 1 &&
           EVP_DigestUpdate(ctx, spki.ptr, spki.len) == 1 &&
           EVP_DigestUpdate(ctx, digest, GA_SHA384_LEN) == 1 &&
           EVP_DigestUpdate(ctx, sig->rs, sizeof(sig->rs)) == 1 &&
           EVP_DigestFinal_ex(ctx, id, &n) == 1 && n == ID_LEN;
}

static struct slot *
slot_at(struct ga_facts *f, const uint8_t id[ID_LEN], unsigned probe)
{
    size_t first = (size_t)id[0] << 16 | (size_t)id[1] << 8 | id[2];

    return &f->slot[(first + probe) % f->slots];
}

static bool
known(struct ga_facts *f, const uint8_t id[ID_LEN])
{
    bool found = false;

    pthread_mutex_lock(&f->lock);
    for (unsigned i = 0; i < PROBES && !found; i++) {
        const struct slot *s = slot_at(f, id, i);

        found = s->used && CRYPTO_memcmp(s->id, id, ID_LEN) == 0;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

static void
remember(struct ga_facts *f, const uint8_t id[ID_LEN])
{
    struct slot *s = NULL;

    pthread_mutex_lock(&f->lock);
    for (unsigned i = 0; i < PROBES && s == NULL; i++)
        if (!slot_at(f, id, i)->used)
            s = slot_at(f, id, i);
    if (s == NULL)
        s = slot_at(f, id, f->next++ % PROBES);
    memcpy(s->id, id, ID_LEN);
    s->used = true;
    pthread_mutex_unlock(&f->lock);
}

static bool
verify(struct ga_facts *f, const struct ga_key *key,
       const uint8_t digest[GA_SHA384_LEN], const struct ga_signature *sig)
{
    __atomic_add_fetch(&f->verified, 1, __ATOMIC_RELAXED);
    return ga_ecdsa_verify(key, digest, sig);
}

bool
ga_facts_signed(struct ga_facts *facts, const struct ga_key *key,
                struct ga_bytes message, const struct ga_signature *sig)
{
    uint8_t digest[GA_SHA384_LEN], id[ID_LEN];

    if (!ga_sha384(message, digest) || !identify(key, digest, sig, id))
        return false;
    if (known(facts, id))
        return true;
    if (!verify(facts, key, digest, sig))
        return false;
    remember(facts, id);
    return true;
}

bool
ga_facts_signed_once(struct ga_facts *facts, const struct ga_key *key,
                     struct ga_bytes message, const struct ga_signature *sig)
{
    uint8_t digest[GA_SHA384_LEN];

    return ga_sha384(message, digest) && verify(facts, key, digest, sig);
}

uint64_t
ga_facts_count(const struct ga_facts *facts)
{
    return __atomic_load_n(&facts->verified, __ATOMIC_RELAXED);
}
