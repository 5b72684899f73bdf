/* SPDX-License-Identifier: Apache-2.0 */
/* Results that were made one after the other, as one. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "verify/parts.h"
#include "verify/run.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

static enum ga_rc
count_devices(struct ga_result *const *parts, size_t count, size_t *out,
              struct ga_error *err)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (!ga_bytes_equal(ga_bytes_of(parts[i]->nonce.bytes, GA_NONCE_LEN),
                            ga_bytes_of(parts[0]->nonce.bytes, GA_NONCE_LEN)))
            return ga_fail(err, GA_E_INVAL, "parts for two nonces");
        n += parts[i]->device_count;
    }
    *out = n;
    return GA_OK;
}

static enum ga_rc
take_warnings(struct ga_result *to, const struct ga_result *from,
              struct ga_error *err)
{
    for (size_t i = 0; i < from->warnings.count; i++)
        if (!ga_texts_add(&to->warnings, from->warnings.text[i]))
            return ga_nomem(err);
    return GA_OK;
}

/* What devices own goes over with them. */
static void
take_devices(struct ga_result *to, size_t at, struct ga_result *from)
{
    memcpy(&to->device[at], from->device,
           from->device_count * sizeof(*from->device));
    memset(from->device, 0, from->device_count * sizeof(*from->device));
    from->device_count = 0;
    if (to->error.code == GA_OK)
        to->error = from->error;
}

enum ga_rc
ga_verify_join(struct ga_context *ctx, struct ga_result *const *parts,
               size_t count, const struct ga_live *live, struct ga_result **out,
               struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    struct ga_run run = { .ctx = ctx,
                          .host = live->host,
                          .live = live->devices,
                          .no_board = live->no_board };
    size_t n = 0, at = 0;
    enum ga_rc rc;

    if (count == 0)
        return ga_fail(err, GA_E_MISSING, "no devices");
    rc = count_devices(parts, count, &n, err);
    run.nonce = &parts[0]->nonce;
    if (rc == GA_OK)
        rc = ga_verify_begin(&run, n, &result, err);
    for (size_t i = 0; i < count && rc == GA_OK; i++)
        rc = take_warnings(result, parts[i], err);
    for (size_t i = 0; i < count && rc == GA_OK; i++) {
        size_t more = parts[i]->device_count;

        take_devices(result, at, parts[i]);
        at += more;
    }
    if (rc == GA_OK)
        rc = ga_verify_finish(&run, err);
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(result);
    return GA_OK;
}
