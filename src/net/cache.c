/* SPDX-License-Identifier: Apache-2.0 */
/* The cache in memory, and how it stands before the one on disk. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "net/cache.h"

/* One answer in memory; the youngest is the first of the list. */
struct kept {
    struct kept *next;
    struct ga_entry_name name;
    int64_t fetched;
    struct ga_cached answer;
};

struct ga_cache {
    pthread_mutex_t lock; /* of everything but `disk`, which does not change */
    struct kept *first;
    size_t count, bytes;
    struct ga_disk *disk;
};

static void
kept_free(struct kept *k)
{
    if (k == NULL)
        return;
    ga_buf_done(&k->answer.body);
    free(k);
}
GA_DEFINE_AUTO_STRUCT(kept, kept_free);

enum ga_rc
ga_cache_new(struct ga_disk *disk, struct ga_cache **out, struct ga_error *err)
{
    struct ga_cache *cache = calloc(1, sizeof(*cache));

    if (cache == NULL || pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        ga_disk_free(disk);
        return ga_nomem(err);
    }
    cache->disk = disk;
    *out = cache;
    return GA_OK;
}

void
ga_cache_free(struct ga_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->first != NULL) {
        struct kept *k = cache->first;

        cache->first = k->next;
        kept_free(k);
    }
    ga_disk_free(cache->disk);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* Takes what `link` leads to out of the list. */
static void
drop(struct ga_cache *cache, struct kept **link)
{
    struct kept *k = *link;

    *link = k->next;
    cache->count--;
    cache->bytes -= k->answer.body.len;
    kept_free(k);
}

static struct kept **
find(struct ga_cache *cache, const struct ga_entry_name *name)
{
    struct kept **link = &cache->first;

    while (*link != NULL &&
           !ga_bytes_equal(ga_bytes_of((*link)->name.bytes, GA_ENTRY_NAME),
                           ga_bytes_of(name->bytes, GA_ENTRY_NAME)))
        link = &(*link)->next;
    return link;
}

/* Puts `k` first, in place of what is there of its name, and lets the oldest
 * go. */
static void
keep(struct ga_cache *cache, struct kept *k)
{
    struct kept **link = find(cache, &k->name);

    if (*link != NULL)
        drop(cache, link);
    k->next = cache->first;
    cache->first = k;
    cache->count++;
    cache->bytes += k->answer.body.len;
    while (cache->first != NULL && (cache->count > GA_CACHE_ENTRIES_MAX ||
                                    cache->bytes > GA_CACHE_BYTES_MAX)) {
        struct kept **last = &cache->first;

        while ((*last)->next != NULL)
            last = &(*last)->next;
        drop(cache, last);
    }
}

static bool
is_fresh(int64_t fetched, const struct ga_cache_want *want)
{
    return fetched <= want->now && want->now - fetched < want->max_age;
}

static bool
copy_out(const struct ga_cached *from, struct ga_cached *out)
{
    struct ga_cached copy = *from;

    copy.body = (struct ga_buf){ 0 };
    if (ga_buf_copy(ga_view(&from->body), &copy.body, NULL) != GA_OK)
        return false;
    *out = copy;
    return true;
}

static struct kept *
make_kept(const struct ga_entry_name *name, const struct ga_entry *entry,
          const char *source)
{
    GA_AUTO_STRUCT(kept) *k = calloc(1, sizeof(*k));

    if (k == NULL || entry->nonce.len > sizeof(k->answer.nonce) ||
        ga_buf_copy(entry->body, &k->answer.body, NULL) != GA_OK)
        return NULL;
    k->name = *name;
    k->fetched = entry->fetched;
    k->answer.nonce_len = entry->nonce.len;
    if (entry->nonce.len > 0)
        memcpy(k->answer.nonce, entry->nonce.ptr, entry->nonce.len);
    ga_escape(source, strlen(source), k->answer.source,
              sizeof(k->answer.source));
    return GA_TAKE(k);
}

static bool
from_memory(struct ga_cache *cache, const struct ga_entry_name *name,
            const struct ga_cache_want *want, struct ga_cached *out)
{
    const struct kept *k;
    bool found;

    pthread_mutex_lock(&cache->lock);
    k = *find(cache, name);
    found = k != NULL && is_fresh(k->fetched, want) &&
            k->answer.body.len <= want->max && copy_out(&k->answer, out);
    pthread_mutex_unlock(&cache->lock);
    return found;
}

/* What is found on disk is kept in memory too, with the age that it has. */
static bool
from_disk(struct ga_cache *cache, const struct ga_entry_name *name,
          const struct ga_cache_want *want, struct ga_cached *out)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    GA_AUTO_FREE char *path = NULL;
    GA_AUTO_STRUCT(kept) *k = NULL;
    struct ga_entry entry;

    if (cache->disk == NULL || !ga_disk_read(cache->disk, name, &file) ||
        ga_entry_read(ga_view(&file), name, &entry, NULL) != GA_OK ||
        !is_fresh(entry.fetched, want) || entry.body.len > want->max)
        return false;
    path = ga_disk_file(cache->disk, name);
    k = path != NULL ? make_kept(name, &entry, path) : NULL;
    if (k == NULL || !copy_out(&k->answer, out))
        return false;
    pthread_mutex_lock(&cache->lock);
    keep(cache, GA_TAKE(k));
    pthread_mutex_unlock(&cache->lock);
    return true;
}

bool
ga_cache_get(struct ga_cache *cache, const struct ga_entry_name *name,
             const struct ga_cache_want *want, struct ga_cached *out)
{
    return from_memory(cache, name, want, out) ||
           from_disk(cache, name, want, out);
}

void
ga_cache_put(struct ga_cache *cache, const struct ga_entry_name *name,
             const struct ga_entry *entry, const char *source)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    struct kept *k = make_kept(name, entry, source);

    if (k != NULL) {
        pthread_mutex_lock(&cache->lock);
        keep(cache, k);
        pthread_mutex_unlock(&cache->lock);
    }
    if (cache->disk != NULL &&
        ga_entry_write(name, entry, &file, NULL) == GA_OK)
        ga_disk_write(cache->disk, name, ga_view(&file));
}

void
ga_cache_tidy(struct ga_cache *cache)
{
    if (cache->disk != NULL)
        ga_disk_tidy(cache->disk, GA_CACHE_FILES_MAX, GA_CACHE_FILES_SIZE_MAX);
}
