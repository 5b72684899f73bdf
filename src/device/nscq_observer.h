/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_NSCQ_OBSERVER_H
#define GA_DEVICE_NSCQ_OBSERVER_H

#include "device/nscq_session.h"

/*
 * The rest of NSCQ's sessions: single switches mounted and unmounted, and
 * observers that are registered once and asked often.  Older libraries have
 * none of it: GA_E_UNREACHABLE names the symbol.  A callback has the type of
 * its path's value, cast to ga_nscq_fn, and runs within ga_nscq_observe().
 */
GA_MUST_USE enum ga_rc ga_nscq_mount(struct ga_nscq *nscq,
                                     const struct ga_nscq_uuid *uuid,
                                     struct ga_error *err);
GA_MUST_USE enum ga_rc ga_nscq_unmount(struct ga_nscq *nscq,
                                       const struct ga_nscq_uuid *uuid,
                                       struct ga_error *err);

/* ga_nscq_register gives an observer, which ga_nscq_deregister releases before
 * the session ends; NULL may be released. */
GA_MUST_USE enum ga_rc ga_nscq_register(struct ga_nscq *nscq, const char *path,
                                        ga_nscq_fn callback, void *user,
                                        ga_nscq_observer *out,
                                        struct ga_error *err);
void ga_nscq_deregister(struct ga_nscq *nscq, ga_nscq_observer observer);

/* ga_nscq_observe asks one observer, or, where it is NULL, all of the
 * session. */
GA_MUST_USE enum ga_rc ga_nscq_observe(struct ga_nscq *nscq,
                                       ga_nscq_observer observer,
                                       struct ga_error *err);

#endif
