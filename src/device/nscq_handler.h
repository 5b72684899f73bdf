/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_NSCQ_HANDLER_H
#define GA_DEVICE_NSCQ_HANDLER_H

#include "device/nscq_session.h"

struct ga_nscq_handler {
    struct ga_nscq_api api;
    struct ga_device_seams seams;
    struct ga_nscq session;
};

/* ga_nscq_handler_start starts a session on a table that is filled, which tests
 * do; the handler unloads it. */
GA_MUST_USE enum ga_rc ga_nscq_handler_start(const struct ga_nscq_api *api,
                                             struct ga_nscq_handler **out,
                                             struct ga_error *err);

#endif
