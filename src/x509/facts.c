/* SPDX-License-Identifier: Apache-2.0 */
/* What was verified once, by what was verified. */
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "x509/facts.h"

/* Slots from its first one that a fact may stand in. */
#define PROBES 8

/* Octets alone, so that it is compared as a whole. */
struct fact {
    uint8_t point[GA_POINT_LEN];
    uint8_t digest[GA_SHA384_LEN];
    uint8_t rs[2 * GA_P384_LEN];
};

struct slot {
    bool used;
    struct fact fact;
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

static struct fact
fact_of(const struct ga_key *key, const uint8_t digest[GA_SHA384_LEN],
        const struct ga_signature *sig)
{
    struct fact f;

    memcpy(f.point, ga_key_point(key).ptr, sizeof(f.point));
    memcpy(f.digest, digest, sizeof(f.digest));
    memcpy(f.rs, sig->rs, sizeof(f.rs));
    return f;
}

static struct slot *
slot_at(struct ga_facts *f, const struct fact *fact, unsigned probe)
{
    size_t first = 0;

    /* r and the digest are each as good as random. */
    for (size_t i = 0; i < 4; i++)
        first = first << 8 | (size_t)(fact->digest[i] ^ fact->rs[i]);
    return &f->slot[(first + probe) % f->slots];
}

static bool
known(struct ga_facts *f, const struct fact *fact)
{
    bool found = false;

    pthread_mutex_lock(&f->lock);
    for (unsigned i = 0; i < PROBES && !found; i++) {
        const struct slot *s = slot_at(f, fact, i);

        found = s->used && CRYPTO_memcmp(&s->fact, fact, sizeof(s->fact)) == 0;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

static void
remember(struct ga_facts *f, const struct fact *fact)
{
    struct slot *s = NULL;

    pthread_mutex_lock(&f->lock);
    for (unsigned i = 0; i < PROBES && s == NULL; i++)
        if (!slot_at(f, fact, i)->used)
            s = slot_at(f, fact, i);
    if (s == NULL)
        s = slot_at(f, fact, f->next++ % PROBES);
    s->fact = *fact;
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
ga_facts_signed_digest(struct ga_facts *facts, const struct ga_key *key,
                       const uint8_t digest[GA_SHA384_LEN],
                       const struct ga_signature *sig)
{
    struct fact fact = fact_of(key, digest, sig);

    if (known(facts, &fact))
        return true;
    if (!verify(facts, key, digest, sig))
        return false;
    remember(facts, &fact);
    return true;
}

bool
ga_facts_signed(struct ga_facts *facts, const struct ga_key *key,
                struct ga_bytes message, const struct ga_signature *sig)
{
    uint8_t digest[GA_SHA384_LEN];

    return ga_sha384(message, digest) &&
           ga_facts_signed_digest(facts, key, digest, sig);
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
