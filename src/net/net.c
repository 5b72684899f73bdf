/* SPDX-License-Identifier: Apache-2.0 */
/* A client: made of settings, ended by its owner. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/settings.h"
#include "net/net.h"
#include "net/rim_client.h"

GA_DEFINE_AUTO_STRUCT(ga_net, ga_net_free);
GA_DEFINE_AUTO_STRUCT(ga_settings, ga_settings_free);

static int64_t
wall_clock(void)
{
    return (int64_t)time(NULL);
}

static enum ga_rc
make_cache(struct ga_net *net, const struct ga_settings *set,
           struct ga_error *err)
{
    struct ga_disk *disk = NULL;
    enum ga_rc rc;

    net->ocsp_age = set->ocsp_cache_age;
    if (set->no_cache)
        return GA_OK;
    rc = ga_disk_open(set->cache_dir, &disk, err);
    return rc == GA_OK ? ga_cache_new(disk, &net->cache, err) : rc;
}

enum ga_rc
ga_net_new(const struct ga_settings *set, struct ga_net **out,
           struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_settings) *defaults = NULL;
    GA_AUTO_STRUCT(ga_net) *net = calloc(1, sizeof(*net));
    enum ga_rc rc = net != NULL ? GA_OK : ga_nomem(err);

    if (rc == GA_OK && set == NULL) {
        rc = ga_settings_new(&defaults, err);
        set = defaults;
    }
    if (rc == GA_OK)
        rc = ga_settings_check(set, err);
    if (rc != GA_OK)
        return rc;
    net->now = wall_clock;
    rc = ga_url_parse("rim-url",
                      set->rim_url != NULL ? set->rim_url : GA_RIM_URL,
                      &net->rim, err);
    if (rc == GA_OK)
        rc = ga_url_parse("ocsp-url",
                          set->ocsp_url != NULL ? set->ocsp_url : GA_OCSP_URL,
                          &net->ocsp, err);
    if (rc == GA_OK)
        rc = ga_http_new(set, &net->cancelled, &net->http, err);
    if (rc == GA_OK)
        rc = make_cache(net, set, err);
    if (rc == GA_OK)
        *out = GA_TAKE(net);
    return rc;
}

void
ga_net_free(struct ga_net *net)
{
    if (net == NULL)
        return;
    ga_http_free(net->http);
    ga_cache_free(net->cache);
    ga_url_done(&net->rim);
    ga_url_done(&net->ocsp);
    free(net);
}

void
ga_net_cancel(struct ga_net *net)
{
    atomic_store(&net->cancelled, true);
}

enum ga_rc
ga_net_rim_ids(struct ga_net *net, char ***out, struct ga_error *err)
{
    GA_AUTO_FREE char *url = ga_rim_address(&net->rim, "ids");
    struct ga_http_ask ask = { .to = &net->rim,
                               .url = url,
                               .what = "ids of RIMs",
                               .accept = "application/json",
                               .max = GA_RIM_IDS_MAX };
    enum ga_rc rc;

    if (url == NULL)
        return ga_nomem(err);
    rc = ga_http_run(net->http, &ask, 1, err);
    if (rc == GA_OK && ask.rc != GA_OK)
        rc = ga_fail(err, ask.rc, "%s", ask.err.text);
    if (rc == GA_OK)
        rc = ga_within(err, ga_rim_ids_parse(ga_view(&ask.body), out, err),
                       "%s: %s", net->rim.host, ask.what);
    ga_buf_done(&ask.body);
    return rc;
}
