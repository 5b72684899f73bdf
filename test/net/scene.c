/* SPDX-License-Identifier: Apache-2.0 */
/* A service on loopback and a client of it. */
#define _GNU_SOURCE /* nftw, asprintf, memmem */
#include "net/scene.h"

#include <dirent.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "support/fixtures.h"

uint8_t *
scene_rim(const char *id, size_t size, size_t *len)
{
    char text[160];
    int n = snprintf(text, sizeof(text), "<rim id=\"%s\"/>", id);
    uint8_t *rim;

    *len = size > 0 ? size : (size_t)n;
    rim = malloc(*len + 1);
    assert_non_null(rim);
    memset(rim, ' ', *len);
    memcpy(rim, text, *len < (size_t)n ? *len : (size_t)n);
    return rim;
}

static uint8_t *
right_reply(const char *id, size_t size, size_t *len)
{
    size_t n;
    uint8_t *rim = scene_rim(id, size, &n), digest[32];
    char *encoded = ga_base64_encode(ga_bytes_of(rim, n), 0);
    char hex[65], *json = NULL;
    int total;

    assert_int_equal(EVP_Digest(rim, n, digest, NULL, EVP_sha256(), NULL), 1);
    ga_hex(ga_bytes_of(digest, 32), hex);
    total = asprintf(&json,
                     "{\"id\":\"%s\",\"rim\":\"%s\",\"sha256\":\"%s\","
                     "\"rim_format\":\"TCG\",\"request_id\":\"1\","
                     "\"last_updated\":\"2025-10-24\"}",
                     id, encoded, hex);
    assert_true(total > 0);
    *len = (size_t)total;
    free(rim);
    free(encoded);
    return (uint8_t *)json;
}

/* SEQUENCE { ENUMERATED successful, the request } is as much of an answer as
 * the client looks at. */
static uint8_t *
ocsp_reply(const struct script *script, const struct request *in, size_t *len)
{
    uint8_t *body;

    if (script->ocsp != NULL) {
        struct ga_buf b = unhex(script->ocsp);

        *len = b.len;
        return b.ptr;
    }
    assert_true(in->body_len < 100);
    *len = 5 + in->body_len;
    body = malloc(*len);
    assert_non_null(body);
    memcpy(body, "\x30\x00\x0a\x01\x00", 5);
    body[1] = (uint8_t)(3 + in->body_len);
    memcpy(body + 5, in->body, in->body_len);
    return body;
}

static void
fill_body(const struct script *script, const struct request *in,
          struct response *out)
{
    const char *id = strrchr(in->path, '/') + 1;

    if (script->body_size > 0) {
        out->len = script->body_size;
        out->body = malloc(out->len);
        memset(out->body, ' ', out->len);
    } else if (script->json != NULL) {
        char *text = NULL;
        const char *at = strstr(script->json, "%s");
        int n = at == NULL
                    ? asprintf(&text, "%s", script->json)
                    : asprintf(&text, "%.*s%s%s", (int)(at - script->json),
                               script->json, id, at + 2);

        assert_true(n >= 0);
        out->body = (uint8_t *)text;
        out->len = (size_t)n;
    } else if (strncmp(in->head, "POST", 4) == 0) {
        out->body = ocsp_reply(script, in, &out->len);
    } else {
        out->body = right_reply(id, script->rim_size, &out->len);
    }
}

static void
follow_script(void *user, const struct request *in, struct response *out)
{
    const struct script *script = user;

    if (in->number < script->fail_first) {
        *out = script->fail;
        return;
    }
    *out = script->success;
    if (out->status == 0)
        out->status = 200;
    fill_body(script, in, out);
}

void
scene_client(struct scene *s, const char *const *settings)
{
    struct ga_settings *set = NULL;
    struct ga_error err = { 0 };
    char url[64];

    ga_net_free(s->net);
    s->net = NULL;
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/base",
             server_port(s->server));
    assert_int_equal(ga_settings_new(&set, &err), GA_OK);
    assert_int_equal(ga_settings_set(set, "rim-url", url, &err), GA_OK);
    assert_int_equal(ga_settings_set(set, "ocsp-url", url, &err), GA_OK);
    assert_int_equal(ga_settings_set(set, "cache-dir", s->cache, &err), GA_OK);
    for (; settings != NULL && *settings != NULL; settings += 2)
        assert_int_equal(ga_settings_set(set, settings[0], settings[1], &err),
                         GA_OK);
    if (ga_net_new(set, &s->net, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_settings_free(set);
}

void
scene_open(struct scene *s, const char *const *settings)
{
    snprintf(s->dir, sizeof(s->dir), "/tmp/ga-net-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    snprintf(s->cache, sizeof(s->cache), "%s/cache", s->dir);
    s->server = server_start(follow_script, &s->script);
    s->net = NULL;
    scene_client(s, settings);
}

void
scene_close(struct scene *s)
{
    ga_net_free(s->net);
    server_stop(s->server);
    remove_all(s->dir);
}

struct ga_fetch_item
rim_item(const char *id)
{
    return (struct ga_fetch_item){ .kind = GA_FETCH_RIM,
                                   .id = id,
                                   .max = GA_RIM_MAX };
}

/* The request is the nonce alone: the service here does not read it. */
struct ga_fetch_item
ocsp_item(const char *key, const uint8_t nonce[32])
{
    return (struct ga_fetch_item){ .kind = GA_FETCH_OCSP,
                                   .request = nonce,
                                   .request_len = 32,
                                   .key = key,
                                   .nonce = nonce,
                                   .nonce_len = 32,
                                   .max = GA_OCSP_MAX };
}

void
fetch(struct scene *s, struct ga_fetch_item *items, size_t count)
{
    struct ga_error err = { 0 };

    if (ga_net_fetch(s->net, items, count, &err) != GA_OK)
        fail_msg("%s", err.text);
}

void
items_done(struct ga_fetch_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(items[i].body);
        items[i].body = NULL;
    }
}

void
expect_rim(const struct ga_fetch_item *item)
{
    size_t len;
    uint8_t *rim = scene_rim(item->id, 0, &len);

    if (item->rc != GA_OK)
        fail_msg("%s", item->text);
    assert_string_equal(item->text, "");
    assert_int_equal(item->len, len);
    assert_memory_equal(item->body, rim, len);
    free(rim);
}

unsigned
count_files(const char *dir, const char *ending)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    unsigned n = 0;

    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name), m = strlen(ending);

        n += len > m && strcmp(e->d_name + len - m, ending) == 0;
    }
    closedir(d);
    return n;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void
remove_all(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
