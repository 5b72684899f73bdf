/* SPDX-License-Identifier: Apache-2.0 */
/* The OCSP answers at hand, each parsed once, and what was no answer. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "x509/ocsp_store.h"

static void
miss_done(struct ga_ocsp_miss *miss)
{
    free(miss->source);
}

static void
silence_done(struct ga_ocsp_silence *s)
{
    ga_buf_done(&s->serial);
    ga_buf_done(&s->issuer);
    free(s->text);
}

enum ga_rc
ga_ocsp_store_new(struct ga_ocsp_store **out, struct ga_error *err)
{
    struct ga_ocsp_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return ga_nomem(err);
    *out = store;
    return GA_OK;
}

void
ga_ocsp_store_free(struct ga_ocsp_store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->count; i++) {
        ga_ocsp_free(store->entry[i].answer);
        free(store->entry[i].source);
        ga_buf_done(&store->entry[i].asked);
    }
    free(store->entry);
    for (size_t i = 0; i < store->silences; i++)
        silence_done(&store->silence[i]);
    free(store->silence);
    miss_done(&store->malformed);
    miss_done(&store->refused);
    free(store);
}

static enum ga_rc
make_room(struct ga_ocsp_store *store, struct ga_error *err)
{
    size_t room = store->room > 0 ? 2 * store->room : 16;
    struct ga_ocsp_entry *grown;

    if (store->count < store->room)
        return GA_OK;
    /* Bounded by GA_OCSP_DIR_BYTES_MAX: no answer is empty. */
    grown = realloc(store->entry, room * sizeof(*grown));
    if (grown == NULL)
        return ga_nomem(err);
    store->entry = grown;
    store->room = room;
    return GA_OK;
}

/* Keeps the first of its kind, whose name and error messages give. */
static enum ga_rc
miss(struct ga_ocsp_miss *m, const char *source, const struct ga_error *why,
     struct ga_error *err)
{
    if (m->count == 0) {
        m->source = strdup(source);
        if (m->source == NULL)
            return ga_nomem(err);
        m->error = *why;
    }
    m->count++;
    return GA_OK;
}

enum ga_rc
ga_ocsp_store_add(struct ga_ocsp_store *store, struct ga_bytes der,
                  const char *source, struct ga_error *err)
{
    return ga_ocsp_store_add_asked(store, der, source, ga_bytes_of(NULL, 0),
                                   err);
}

enum ga_rc
ga_ocsp_store_add_asked(struct ga_ocsp_store *store, struct ga_bytes der,
                        const char *source, struct ga_bytes nonce,
                        struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_ocsp_answer) *answer = NULL;
    GA_AUTO_FREE char *name = NULL;
    GA_AUTO_BUF struct ga_buf asked = { 0 };
    struct ga_error why = { 0 };
    int status;
    enum ga_rc rc;

    if (der.len > GA_OCSP_DIR_BYTES_MAX - store->bytes)
        return ga_fail(err, GA_E_TOO_LARGE,
                       "OCSP answers: more than %d bytes in all",
                       GA_OCSP_DIR_BYTES_MAX);
    rc = ga_ocsp_read(der, &answer, &status, &why);
    if (rc == GA_E_NOMEM)
        return ga_nomem(err);
    store->bytes += der.len;
    if (rc != GA_OK)
        return miss(status != GA_OCSP_SUCCESSFUL ? &store->refused
                                                 : &store->malformed,
                    source, &why, err);
    name = strdup(source);
    if (name == NULL)
        return ga_nomem(err);
    if (nonce.len > 0)
        rc = ga_buf_copy(nonce, &asked, err);
    if (rc == GA_OK)
        rc = make_room(store, err);
    if (rc != GA_OK)
        return rc;
    store->entry[store->count++] = (struct ga_ocsp_entry){
        .source = GA_TAKE(name), .answer = GA_TAKE(answer), .asked = asked
    };
    asked = (struct ga_buf){ 0 };
    return GA_OK;
}

enum ga_rc
ga_ocsp_store_silent(struct ga_ocsp_store *store, const struct ga_cert *cert,
                     const char *text, struct ga_error *err)
{
    struct ga_ocsp_silence s = { .text = strdup(text) };
    struct ga_ocsp_silence *grown;
    enum ga_rc rc = s.text != NULL ? GA_OK : ga_nomem(err);

    if (rc == GA_OK)
        rc = ga_buf_copy(cert->serial, &s.serial, err);
    if (rc == GA_OK)
        rc = ga_buf_copy(cert->issuer, &s.issuer, err);
    grown = rc == GA_OK ? realloc(store->silence,
                                  (store->silences + 1) * sizeof(*grown))
                        : NULL;
    if (grown == NULL) {
        silence_done(&s);
        return rc != GA_OK ? rc : ga_nomem(err);
    }
    store->silence = grown;
    store->silence[store->silences++] = s;
    return GA_OK;
}

void
ga_ocsp_store_chain(struct ga_ocsp_store *store,
                    const struct ga_ocsp_store *next)
{
    store->next = next;
}

static enum ga_rc
visit(void *user, const char *path, const char *name, struct ga_error *err)
{
    struct ga_ocsp_store *store = user;
    GA_AUTO_BUF struct ga_buf der = { 0 };
    struct ga_error why = { 0 };
    enum ga_rc rc = ga_file_read(path, GA_OCSP_MAX, &der, &why);

    if (rc == GA_E_TOO_LARGE)
        return miss(&store->malformed, name, &why, err);
    if (rc != GA_OK) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    return ga_ocsp_store_add(store, ga_view(&der), name, err);
}

enum ga_rc
ga_ocsp_store_add_dir(struct ga_ocsp_store *store, const char *dir,
                      struct ga_error *err)
{
    return ga_dir_each(dir, NULL, visit, store, err);
}
