/* SPDX-License-Identifier: Apache-2.0 */
/* Mounting, and observers that stay. */
#include <stdio.h>

#include "device/library.h"
#include "device/nscq_observer.h"

struct where {
    char text[224];
};

static struct where
where_of(const struct ga_nscq *nscq, const char *symbol)
{
    struct where w;

    snprintf(w.text, sizeof(w.text), "%s: %s", nscq->api->file, symbol);
    return w;
}

static enum ga_rc
absent(const struct ga_nscq *nscq, const char *symbol, struct ga_error *err)
{
    return ga_library_absent(nscq->api->file, symbol, err);
}

enum ga_rc
ga_nscq_mount(struct ga_nscq *nscq, const struct ga_nscq_uuid *uuid,
              struct ga_error *err)
{
    const char *symbol = ga_nscq_names.session_mount;
    struct where w = where_of(nscq, symbol);

    if (nscq->api->session_mount == NULL)
        return absent(nscq, symbol, err);
    return ga_nscq_judge(nscq, nscq->api->session_mount(nscq->session, uuid, 0),
                         w.text, "", err);
}

enum ga_rc
ga_nscq_unmount(struct ga_nscq *nscq, const struct ga_nscq_uuid *uuid,
                struct ga_error *err)
{
    if (nscq->api->session_unmount == NULL)
        return absent(nscq, ga_nscq_names.session_unmount, err);
    nscq->api->session_unmount(nscq->session, uuid);
    return GA_OK;
}

enum ga_rc
ga_nscq_register(struct ga_nscq *nscq, const char *path, ga_nscq_fn callback,
                 void *user, ga_nscq_observer *out, struct ga_error *err)
{
    const char *symbol = ga_nscq_names.register_observer;
    struct where w = where_of(nscq, symbol);
    struct ga_nscq_observer_result made;
    enum ga_rc rc;

    if (nscq->api->register_observer == NULL)
        return absent(nscq, symbol, err);
    if (nscq->api->observer_deregister == NULL)
        return absent(nscq, ga_nscq_names.observer_deregister, err);
    made = nscq->api->register_observer(nscq->session, path, callback, user, 0);
    rc = ga_nscq_judge(nscq, made.rc, w.text, "", err);
    if (rc != GA_OK)
        return rc;
    if (made.observer == NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: no observer", w.text);
    *out = made.observer;
    return GA_OK;
}

void
ga_nscq_deregister(struct ga_nscq *nscq, ga_nscq_observer observer)
{
    if (observer != NULL && nscq->api->observer_deregister != NULL)
        nscq->api->observer_deregister(observer);
}

enum ga_rc
ga_nscq_observe(struct ga_nscq *nscq, ga_nscq_observer observer,
                struct ga_error *err)
{
    const char *symbol = observer != NULL ? ga_nscq_names.observer_observe
                                          : ga_nscq_names.session_observe;
    struct where w = where_of(nscq, symbol);

    if (observer != NULL ? nscq->api->observer_observe == NULL
                         : nscq->api->session_observe == NULL)
        return absent(nscq, symbol, err);
    return ga_nscq_judge(nscq,
                         observer != NULL
                             ? nscq->api->observer_observe(observer, 0)
                             : nscq->api->session_observe(nscq->session, 0),
                         w.text, "", err);
}
