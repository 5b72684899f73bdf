/* SPDX-License-Identifier: Apache-2.0 */
/* Parsed certificates by their bytes. */
#include <pthread.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "x509/cert_cache.h"

/* Places from its first one that a certificate may stand in. */
#define PROBES 4

/* Bytes at the end of a certificate that its place follows from: those of its
 * signature's s, which differ between certificates. */
#define TAIL 8

struct ga_cert_cache {
    pthread_mutex_t lock; /* of next and place */
    unsigned next;        /* which of the PROBES gives way */
    size_t places;
    struct ga_cert *place[];
};

enum ga_rc
ga_cert_cache_new(struct ga_cert_cache **out, struct ga_error *err)
{
    return ga_cert_cache_new_sized(GA_CERT_CACHE_MAX, out, err);
}

enum ga_rc
ga_cert_cache_new_sized(size_t places, struct ga_cert_cache **out,
                        struct ga_error *err)
{
    struct ga_cert_cache *c;

    if (places < 1 || places > GA_CERT_CACHE_MAX)
        return ga_fail(err, GA_E_INVAL, "%zu places, not 1 to %d", places,
                       GA_CERT_CACHE_MAX);
    c = calloc(1, sizeof(*c) + places * sizeof(struct ga_cert *));
    if (c == NULL)
        return ga_nomem(err);
    c->places = places;
    if (pthread_mutex_init(&c->lock, NULL) != 0) {
        free(c);
        return ga_nomem(err);
    }
    *out = c;
    return GA_OK;
}

void
ga_cert_cache_free(struct ga_cert_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < cache->places; i++)
        ga_cert_free(cache->place[i]);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct ga_cert **
place_at(struct ga_cert_cache *c, struct ga_bytes der, unsigned probe)
{
    size_t first = 0, from = der.len > TAIL ? der.len - TAIL : 0;

    for (size_t i = from; i < der.len; i++)
        first = first << 8 | der.ptr[i];
    return &c->place[(first + probe) % c->places];
}

static struct ga_cert *
find(struct ga_cert_cache *c, struct ga_bytes der)
{
    struct ga_cert *found = NULL;

    pthread_mutex_lock(&c->lock);
    for (unsigned i = 0; i < PROBES && found == NULL; i++) {
        struct ga_cert *cert = *place_at(c, der, i);

        if (cert != NULL && ga_bytes_equal(ga_view(&cert->der), der))
            found = ga_cert_ref(cert);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void
keep(struct ga_cert_cache *c, struct ga_cert *cert)
{
    struct ga_bytes der = ga_view(&cert->der);
    struct ga_cert **place = NULL, *old;

    pthread_mutex_lock(&c->lock);
    for (unsigned i = 0; i < PROBES && place == NULL; i++)
        if (*place_at(c, der, i) == NULL)
            place = place_at(c, der, i);
    if (place == NULL)
        place = place_at(c, der, c->next++ % PROBES);
    old = *place;
    *place = ga_cert_ref(cert);
    pthread_mutex_unlock(&c->lock);
    ga_cert_free(old);
}

enum ga_rc
ga_cert_cache_get(struct ga_cert_cache *cache, struct ga_bytes der,
                  struct ga_cert **out, struct ga_error *err)
{
    struct ga_cert *cert = cache != NULL ? find(cache, der) : NULL;
    enum ga_rc rc = GA_OK;

    if (cert == NULL) {
        rc = ga_cert_parse(der, &cert, err);
        if (rc == GA_OK && cache != NULL)
            keep(cache, cert);
    }
    if (rc == GA_OK)
        *out = cert;
    return rc;
}
