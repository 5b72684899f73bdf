/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many questions at one time: equal ones are one, those that a cache answers
 * are not asked, and all others are asked side by side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "net/net.h"
#include "net/ocsp_client.h"
#include "net/rim_client.h"

#define NOBODY ((size_t)-1)

/* A question on its way. */
struct job {
    struct ga_fetch_item *item;
    struct ga_entry_name name;
    bool named; /* has a name that an answer can be filed under */
    bool answered;
    size_t twin; /* the job that asks the same, or NOBODY */
    char *url;
    char what[GA_RIM_ID_MAX + 8];
    struct ga_http_ask *ask;
};

struct jobs {
    struct ga_net *net;
    size_t count, asked;
    struct job *job;
    struct ga_http_ask *ask; /* as many as jobs */
    bool kept;               /* something was put into the cache */
};

static void
jobs_done(struct jobs *all)
{
    for (size_t i = 0; all->job != NULL && i < all->count; i++)
        free(all->job[i].url);
    for (size_t i = 0; all->ask != NULL && i < all->asked; i++)
        ga_buf_done(&all->ask[i].body);
    free(all->job);
    free(all->ask);
}

static void
set_text(char out[GA_FETCH_TEXT], const char *text)
{
    ga_escape(text, strlen(text), out, GA_FETCH_TEXT);
}

static void
fail_item(struct job *j, enum ga_rc rc, const char *text)
{
    j->item->rc = rc;
    set_text(j->item->text, text);
    j->answered = true;
}

static void
answer_item(struct job *j, struct ga_buf *body)
{
    j->item->rc = GA_OK;
    j->item->body = body->ptr;
    j->item->len = body->len;
    *body = (struct ga_buf){ 0 };
    j->answered = true;
}

/* Remembers that it was asked with another nonce than the item's. */
static void
set_asked(struct ga_fetch_item *item, const uint8_t *nonce, size_t len)
{
    if (len == 0 || len > sizeof(item->asked_nonce))
        return;
    memcpy(item->asked_nonce, nonce, len);
    item->asked_nonce_len = len;
}

static bool
is_rim(const struct job *j)
{
    return j->item->kind == GA_FETCH_RIM;
}

static const struct ga_url *
service(const struct jobs *all, const struct job *j)
{
    return is_rim(j) ? &all->net->rim : &all->net->ocsp;
}

/* What is wrong with a question, or NULL. */
static const char *
flaw(const struct ga_fetch_item *item)
{
    if (item->kind == GA_FETCH_RIM)
        return item->id == NULL || !ga_rim_id_ok(item->id) ? "no id of a RIM"
                                                           : NULL;
    if (item->kind != GA_FETCH_OCSP)
        return "neither RIM nor OCSP";
    if (item->request == NULL || item->request_len == 0)
        return "no OCSP request";
    return item->nonce_len > sizeof(item->asked_nonce) ||
                   (item->nonce == NULL && item->nonce_len > 0)
               ? "no nonce of an OCSP request"
               : NULL;
}

/* Names the question, where it has what a name is made of. */
static enum ga_rc
name_job(struct jobs *all, struct job *j, struct ga_error *err)
{
    const char *key = is_rim(j) ? j->item->id : j->item->key;

    if (key == NULL)
        return GA_OK;
    j->named = ga_entry_name_of(j->item->kind, service(all, j)->text,
                                ga_bytes_of(key, strlen(key)),
                                !is_rim(j) && j->item->nonce_len > 0, &j->name);
    return j->named ? GA_OK : ga_fail(err, GA_E_INTERNAL, "cache: no SHA-256");
}

static size_t
find_twin(const struct jobs *all, size_t at)
{
    const struct job *j = &all->job[at];

    for (size_t i = 0; i < at && j->named; i++)
        if (all->job[i].named &&
            ga_bytes_equal(ga_bytes_of(all->job[i].name.bytes, GA_ENTRY_NAME),
                           ga_bytes_of(j->name.bytes, GA_ENTRY_NAME)))
            return i;
    return NOBODY;
}

static enum ga_rc
prepare(struct jobs *all, struct ga_fetch_item *items, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < all->count && rc == GA_OK; i++) {
        struct job *j = &all->job[i];
        const char *wrong = flaw(&items[i]);

        j->item = &items[i];
        j->twin = NOBODY;
        if (wrong != NULL) {
            fail_item(j, GA_E_INVAL, wrong);
            continue;
        }
        snprintf(j->what, sizeof(j->what), "%s %s", is_rim(j) ? "RIM" : "OCSP",
                 is_rim(j) ? j->item->id : "request");
        rc = name_job(all, j, err);
        if (rc == GA_OK)
            j->twin = find_twin(all, i);
    }
    return rc;
}

static void
look_up(struct jobs *all, struct job *j)
{
    struct ga_cache_want want = { .now = all->net->now(),
                                  .max_age = is_rim(j) ? GA_RIM_CACHE_AGE
                                                       : all->net->ocsp_age,
                                  .max = j->item->max };
    struct ga_cached found;

    if (all->net->cache == NULL || !j->named ||
        !ga_cache_get(all->net->cache, &j->name, &want, &found))
        return;
    set_asked(j->item, found.nonce, found.nonce_len);
    set_text(j->item->source, found.source);
    answer_item(j, &found.body);
}

/* The reply of the RIM service is larger than the RIM that it holds. */
static size_t
reply_max(size_t rim_max)
{
    return rim_max < GA_RIM_MAX ? rim_max / 3 * 4 + 4096 : GA_RIM_REPLY_MAX;
}

static enum ga_rc
make_ask(struct jobs *all, struct job *j, struct ga_error *err)
{
    const struct ga_url *to = service(all, j);

    j->url = is_rim(j) ? ga_rim_address(to, j->item->id) : strdup(to->text);
    if (j->url == NULL)
        return ga_nomem(err);
    set_text(j->item->source, j->url);
    j->ask = &all->ask[all->asked++];
    *j->ask = (struct ga_http_ask){ .to = to, .url = j->url, .what = j->what };
    if (is_rim(j)) {
        j->ask->accept = "application/json";
        j->ask->max = reply_max(j->item->max);
        return GA_OK;
    }
    j->ask->post = ga_bytes_of(j->item->request, j->item->request_len);
    j->ask->post_type = GA_OCSP_REQUEST_TYPE;
    j->ask->accept = GA_OCSP_RESPONSE_TYPE;
    j->ask->max = j->item->max;
    return GA_OK;
}

/* Looks up what can be, and prepares to ask for the rest. */
static enum ga_rc
make_asks(struct jobs *all, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < all->count && rc == GA_OK; i++) {
        struct job *j = &all->job[i];

        if (j->answered || j->twin != NOBODY)
            continue;
        look_up(all, j);
        if (!j->answered)
            rc = make_ask(all, j, err);
    }
    return rc;
}

static void
keep(struct jobs *all, const struct job *j)
{
    const struct ga_fetch_item *item = j->item;
    struct ga_entry entry = { .fetched = all->net->now(),
                              .body = { item->body, item->len } };

    if (all->net->cache == NULL || !j->named)
        return;
    if (!is_rim(j)) {
        entry.nonce = ga_bytes_of(item->nonce, item->nonce_len);
        if (all->net->ocsp_age == 0 ||
            !ga_ocsp_reply_keep(entry.body, entry.nonce))
            return;
    }
    ga_cache_put(all->net->cache, &j->name, &entry, item->source);
    all->kept = true;
}

/* Takes what came for a question out of its form. */
static enum ga_rc
unpack(const struct job *j, struct ga_buf *body, struct ga_error *err)
{
    struct ga_bytes in = ga_view(&j->ask->body);
    enum ga_rc rc;

    if (is_rim(j)) {
        rc = ga_rim_reply_parse(in, j->item->id, j->item->max, body, err);
        return rc == GA_E_DUPLICATE ? GA_E_SYNTAX : rc;
    }
    rc = ga_ocsp_reply_check(j->ask->type, in, err);
    if (rc == GA_OK) {
        *body = j->ask->body;
        j->ask->body = (struct ga_buf){ 0 };
    }
    return rc;
}

static enum ga_rc
take(struct jobs *all, struct job *j, struct ga_error *err)
{
    struct ga_buf body = { 0 };
    struct ga_error why = { 0 };
    enum ga_rc rc = j->ask->rc;

    if (rc == GA_E_MISSING && !is_rim(j))
        rc = GA_E_UNREACHABLE; /* nothing of ours is there */
    if (rc != GA_OK) {
        fail_item(j, rc, j->ask->err.text);
        return GA_OK;
    }
    rc = ga_within(&why, unpack(j, &body, &why), "%s: %s", j->ask->to->host,
                   j->what);
    if (rc == GA_E_NOMEM || rc == GA_E_INTERNAL)
        return ga_fail(err, rc, "%s", why.text);
    if (rc != GA_OK) {
        fail_item(j, rc, why.text);
        return GA_OK;
    }
    answer_item(j, &body);
    keep(all, j);
    return GA_OK;
}

/* A twin has a copy, and says with whose nonce it was asked.  One that takes
 * less is told as if it had been asked alone. */
static enum ga_rc
share(const struct jobs *all, struct job *j, struct ga_error *err)
{
    const struct ga_fetch_item *first = all->job[j->twin].item;
    struct ga_buf copy = { 0 };
    enum ga_rc rc;

    set_text(j->item->source, first->source);
    if (first->rc != GA_OK) {
        fail_item(j, first->rc, first->text);
        return GA_OK;
    }
    if (first->len > j->item->max) {
        fail_item(j, GA_E_TOO_LARGE, "answer above the bound");
        return GA_OK;
    }
    rc = ga_buf_copy(ga_bytes_of(first->body, first->len), &copy, err);
    if (rc != GA_OK)
        return rc;
    if (first->asked_nonce_len > 0)
        set_asked(j->item, first->asked_nonce, first->asked_nonce_len);
    else
        set_asked(j->item, first->nonce, first->nonce_len);
    answer_item(j, &copy);
    return GA_OK;
}

static enum ga_rc
run(struct jobs *all, struct ga_fetch_item *items, struct ga_error *err)
{
    enum ga_rc rc = prepare(all, items, err);

    if (rc == GA_OK)
        rc = make_asks(all, err);
    if (rc == GA_OK)
        rc = ga_http_run(all->net->http, all->ask, all->asked, err);
    for (size_t i = 0; i < all->count && rc == GA_OK; i++)
        if (all->job[i].ask != NULL)
            rc = take(all, &all->job[i], err);
    for (size_t i = 0; i < all->count && rc == GA_OK; i++)
        if (all->job[i].twin != NOBODY)
            rc = share(all, &all->job[i], err);
    if (all->kept)
        ga_cache_tidy(all->net->cache);
    return rc;
}

/* Outputs are empty before, and after a call that failed. */
static void
clear_items(struct ga_fetch_item *items, size_t count, enum ga_rc rc,
            bool release)
{
    for (size_t i = 0; i < count; i++) {
        struct ga_fetch_item *item = &items[i];

        if (release)
            free(item->body);
        item->rc = rc;
        item->body = NULL;
        item->len = item->asked_nonce_len = 0;
        item->source[0] = item->text[0] = '\0';
    }
}

enum ga_rc
ga_net_fetch(void *user, struct ga_fetch_item *items, size_t count,
             struct ga_error *err)
{
    struct jobs all = { .net = user, .count = count };
    enum ga_rc rc = GA_OK;

    if (atomic_load(&all.net->cancelled))
        rc = ga_fail(err, GA_E_CANCELLED, "cancelled");
    clear_items(items, count, rc, false);
    if (rc != GA_OK || count == 0)
        return rc;
    all.job = calloc(count, sizeof(*all.job));
    all.ask = calloc(count, sizeof(*all.ask));
    rc = all.job != NULL && all.ask != NULL ? run(&all, items, err)
                                            : ga_nomem(err);
    if (rc != GA_OK)
        clear_items(items, count, rc, true);
    jobs_done(&all);
    return rc;
}
