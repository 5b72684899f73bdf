/* SPDX-License-Identifier: Apache-2.0 */
/* A network half that answers with files: $STUB_DIR/rims/<id>.xml.  With
 * $STUB_NET_DOWN nobody can be reached. */
#define _GNU_SOURCE /* secure_getenv, strndup */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpuattest/net.h"

struct ga_net {
    int unused;
};

enum ga_rc
ga_net_new(const struct ga_settings *set, struct ga_net **out,
           struct ga_error *err)
{
    (void)set;
    (void)err;
    *out = calloc(1, sizeof(**out));
    return *out != NULL ? GA_OK : GA_E_NOMEM;
}

void
ga_net_free(struct ga_net *net)
{
    free(net);
}

static void
answer(struct ga_fetch_item *item)
{
    const char *dir = secure_getenv("STUB_DIR");
    char path[512];
    FILE *f;

    item->rc = GA_E_UNREACHABLE;
    snprintf(item->text, sizeof(item->text), "nobody there");
    if (item->kind != GA_FETCH_RIM || secure_getenv("STUB_NET_DOWN") != NULL)
        return;
    snprintf(path, sizeof(path), "%s/rims/%s.xml", dir != NULL ? dir : ".",
             item->id);
    f = fopen(path, "rb");
    item->rc = GA_E_MISSING;
    snprintf(item->text, sizeof(item->text), "the service has none");
    if (f == NULL)
        return;
    item->body = malloc(item->max);
    item->len = item->body != NULL ? fread(item->body, 1, item->max, f) : 0;
    item->rc = GA_OK;
    fclose(f);
}

enum ga_rc
ga_net_fetch(void *user, struct ga_fetch_item *items, size_t count,
             struct ga_error *err)
{
    (void)user;
    (void)err;
    for (size_t i = 0; i < count; i++)
        answer(&items[i]);
    return GA_OK;
}

enum ga_rc
ga_net_rim_ids(struct ga_net *net, char ***out, struct ga_error *err)
{
    char **ids = calloc(3, sizeof(*ids));

    (void)net;
    (void)err;
    if (ids == NULL)
        return GA_E_NOMEM;
    ids[0] = strdup("NV_A_1");
    ids[1] = strdup("NV_B_\033[2J");
    *out = ids;
    return GA_OK;
}

void
ga_net_ids_free(char **ids)
{
    for (char **id = ids; id != NULL && *id != NULL; id++)
        free(*id);
    free(ids);
}

void
ga_net_cancel(struct ga_net *net)
{
    (void)net;
}
