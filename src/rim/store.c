/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of RIMs: names at first, files when they are asked for. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "rim/store.h"

/* One file.  The first four members never change once the store is made; the
 * others are set once, under the store's lock. */
struct entry {
    char *id;            /* the name without its ending */
    char *path;          /* as it is opened, or NULL: */
    struct ga_buf bytes; /* what there is without a file */
    char *source;        /* as it is shown */
    size_t seq;          /* which one it was: directories, then names */
    bool loaded;
    struct ga_rim *rim;
    char *problem;
};

struct ga_rim_store {
    pthread_mutex_t lock;
    size_t count, cap;
    struct entry *entry; /* by id, then seq */
};

static void
entry_done(struct entry *e)
{
    free(e->id);
    free(e->path);
    ga_buf_done(&e->bytes);
    free(e->source);
    free(e->problem);
    ga_rim_free(e->rim);
}

enum ga_rc
ga_rim_store_new(struct ga_rim_store **out, struct ga_error *err)
{
    struct ga_rim_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return ga_nomem(err);
    if (pthread_mutex_init(&store->lock, NULL) != 0) {
        free(store);
        return ga_fail(err, GA_E_INTERNAL, "RIM store: no lock");
    }
    *out = store;
    return GA_OK;
}

void
ga_rim_store_free(struct ga_rim_store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->count; i++)
        entry_done(&store->entry[i]);
    free(store->entry);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

static struct entry *
room(struct ga_rim_store *store)
{
    size_t cap = store->cap > 0 ? 2 * store->cap : 64;
    struct entry *more;

    if (store->count < store->cap)
        return &store->entry[store->count];
    more = realloc(store->entry, cap * sizeof(*more));
    if (more == NULL)
        return NULL;
    store->entry = more;
    store->cap = cap;
    return &store->entry[store->count];
}

static char *
escaped(const char *path)
{
    /* No character grows to more than four times its bytes: \xHH of one. */
    size_t len = strlen(path), cap = 4 * len + 1;
    char *out = malloc(cap);

    if (out != NULL)
        ga_escape(path, len, out, cap);
    return out;
}

static enum ga_rc
add_name(void *user, const char *path, const char *name, struct ga_error *err)
{
    struct ga_rim_store *store = user;
    const char *dot = strrchr(name, '.');
    size_t n = dot != NULL ? (size_t)(dot - name) : 0;
    struct entry *e;

    if (n == 0 || n > GA_RIM_ID_MAX)
        return GA_OK; /* no id is so long */
    e = room(store);
    if (e == NULL)
        return ga_nomem(err);
    *e = (struct entry){ .id = strndup(name, n),
                         .path = strdup(path),
                         .source = escaped(path),
                         .seq = store->count };
    store->count++;
    if (e->id == NULL || e->path == NULL || e->source == NULL)
        return ga_nomem(err);
    return GA_OK;
}

static int
by_id(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = strcasecmp(x->id, y->id);

    if (c != 0)
        return c;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

enum ga_rc
ga_rim_store_add_dir(struct ga_rim_store *store, const char *dir,
                     struct ga_error *err)
{
    static const char *const endings[] = { ".xml", ".swidtag", NULL };
    size_t before = store->count;
    enum ga_rc rc;

    /* New names go behind the sorted ones, so that they can be taken back. */
    rc = ga_dir_each(dir, endings, add_name, store, err);
    if (rc != GA_OK) {
        while (store->count > before)
            entry_done(&store->entry[--store->count]);
        return rc;
    }
    if (store->count > 0)
        qsort(store->entry, store->count, sizeof(store->entry[0]), by_id);
    return GA_OK;
}

/* The first entry whose id is not below `id`. */
static size_t
lower_bound(const struct ga_rim_store *store, const char *id)
{
    size_t lo = 0, hi = store->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcasecmp(store->entry[mid].id, id) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The first entry whose id is above `id`. */
static size_t
upper_bound(const struct ga_rim_store *store, const char *id)
{
    size_t i = lower_bound(store, id);

    while (i < store->count && strcasecmp(store->entry[i].id, id) == 0)
        i++;
    return i;
}

enum ga_rc
ga_rim_store_add(struct ga_rim_store *store, const char *id,
                 struct ga_bytes xml, const char *source, struct ga_error *err)
{
    size_t at = upper_bound(store, id);
    struct entry e = { .id = strdup(id),
                       .source = escaped(source),
                       .seq = store->count };
    enum ga_rc rc = ga_buf_copy(xml, &e.bytes, err);

    if (rc == GA_OK &&
        (e.id == NULL || e.source == NULL || room(store) == NULL))
        rc = ga_nomem(err);
    if (rc != GA_OK) {
        entry_done(&e);
        return rc;
    }
    memmove(&store->entry[at + 1], &store->entry[at],
            (store->count - at) * sizeof(e));
    store->entry[at] = e;
    store->count++;
    return GA_OK;
}

/* Reads the file.  Only what cannot be helped is an error; all else is kept
 * with the entry. */
static enum ga_rc
load(struct entry *e, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf bytes = { 0 };
    struct ga_error why = { 0 };
    enum ga_rc rc = GA_OK;

    if (e->path != NULL)
        rc = ga_file_read(e->path, GA_RIM_MAX, &bytes, &why);
    if (rc == GA_OK)
        rc = ga_rim_read(ga_view(e->path != NULL ? &bytes : &e->bytes), &e->rim,
                         &why);
    if (rc == GA_E_NOMEM || rc == GA_E_INTERNAL) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    if (rc != GA_OK) {
        e->problem = strdup(why.text);
        if (e->problem == NULL)
            return ga_nomem(err);
    }
    e->loaded = true;
    return GA_OK;
}

static enum ga_rc
collect(struct ga_rim_store *store, size_t first, const char *id,
        struct ga_rim_found *found, size_t *count, struct ga_error *err)
{
    for (size_t i = first; i < store->count; i++) {
        struct entry *e = &store->entry[i];
        enum ga_rc rc;

        if (strcasecmp(e->id, id) != 0)
            break;
        if (*count == GA_RIMS_PER_ID_MAX)
            return ga_fail(err, GA_E_TOO_LARGE, "%s: more than %d RIMs", id,
                           GA_RIMS_PER_ID_MAX);
        rc = e->loaded ? GA_OK : load(e, err);
        if (rc != GA_OK)
            return rc;
        found[(*count)++] = (struct ga_rim_found){ .rim = e->rim,
                                                   .source = e->source,
                                                   .problem = e->problem };
    }
    return GA_OK;
}

enum ga_rc
ga_rim_store_get(struct ga_rim_store *store, const char *id,
                 struct ga_rim_found *out, size_t *count, struct ga_error *err)
{
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    size_t n = 0;
    enum ga_rc rc;

    pthread_mutex_lock(&store->lock);
    rc = collect(store, lower_bound(store, id), id, found, &n, err);
    pthread_mutex_unlock(&store->lock);
    if (rc != GA_OK)
        return rc;
    memcpy(out, found, n * sizeof(found[0]));
    *count = n;
    return GA_OK;
}
