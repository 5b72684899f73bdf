/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of services: what they may look like. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "net/url.h"

GA_DEFINE_AUTO(CURLU, curl_url_cleanup);

/* Text that libcurl owns. */
#define AUTO_CURL __attribute__((cleanup(free_curl)))
static void
free_curl(char **p)
{
    curl_free(*p);
}

/* Dotted decimal from 127.0.0.0 to 127.255.255.255, and nothing else: a name
 * that begins so belongs to somebody. */
static bool
is_127(const char *host)
{
    unsigned part = 0, parts = 0, digits = 0;

    if (strncmp(host, "127.", 4) != 0)
        return false;
    for (;; host++) {
        if (*host >= '0' && *host <= '9' && digits < 3) {
            part = part * 10 + (unsigned)(*host - '0');
            digits++;
            continue;
        }
        if (digits == 0 || part > 255)
            return false;
        parts++;
        if (*host != '.')
            return *host == '\0' && parts == 4;
        part = digits = 0;
    }
}

static bool
is_loopback(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           is_127(host);
}

static enum ga_rc
refuse(const char *setting, const char *text, const char *why,
       struct ga_error *err)
{
    return ga_fail(err, GA_E_INVAL, "%s: \"%s\" %s", setting, text, why);
}

/* Parts that an address has no use for, and that would be lost or shown. */
static const struct extra {
    CURLUPart part;
    const char *why;
} extras[] = {
    { CURLUPART_USER, "has a user" },
    { CURLUPART_PASSWORD, "has a password" },
    { CURLUPART_OPTIONS, "has login options" },
    { CURLUPART_QUERY, "has a query" },
    { CURLUPART_FRAGMENT, "has a fragment" },
};

static enum ga_rc
has_no_extras(CURLU *u, const char *setting, struct ga_error *err)
{
    for (size_t i = 0; i < sizeof(extras) / sizeof(extras[0]); i++) {
        AUTO_CURL char *value = NULL;

        if (curl_url_get(u, extras[i].part, &value, 0) == CURLUE_OK)
            /* Not the text: it may hold a password. */
            return ga_fail(err, GA_E_INVAL, "%s: URL %s", setting,
                           extras[i].why);
    }
    return GA_OK;
}

static char *
host_and_port(const char *host, const char *port)
{
    size_t n = strlen(host), m = port != NULL ? strlen(port) + 1 : 0;
    char *both = calloc(1, n + m + 1);

    if (both == NULL)
        return NULL;
    memcpy(both, host, n);
    if (port != NULL) {
        both[n] = ':';
        memcpy(both + n + 1, port, m - 1);
    }
    return both;
}

enum ga_rc
ga_url_parse(const char *setting, const char *text, struct ga_url *out,
             struct ga_error *err)
{
    GA_AUTO(CURLU) *u = curl_url();
    AUTO_CURL char *scheme = NULL, *host = NULL, *port = NULL;
    struct ga_url made = { 0 };
    CURLUcode code;
    enum ga_rc rc;

    if (u == NULL)
        return ga_nomem(err);
    code = curl_url_set(u, CURLUPART_URL, text, 0);
    if (code == CURLUE_OUT_OF_MEMORY)
        return ga_nomem(err);
    if (code != CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return refuse(setting, text, "is no URL like https://host/path", err);
    rc = has_no_extras(u, setting, err);
    if (rc != GA_OK)
        return rc;
    made.loopback = is_loopback(host);
    if (strcmp(scheme, "https") != 0 &&
        !(strcmp(scheme, "http") == 0 && made.loopback))
        return refuse(setting, text, "is not https", err);
    if (curl_url_get(u, CURLUPART_PORT, &port, 0) != CURLUE_OK)
        port = NULL;
    made.text = strdup(text);
    made.host = host_and_port(host, port);
    if (made.text == NULL || made.host == NULL) {
        ga_url_done(&made);
        return ga_nomem(err);
    }
    *out = made;
    return GA_OK;
}

void
ga_url_done(struct ga_url *url)
{
    free(url->text);
    free(url->host);
    *url = (struct ga_url){ 0 };
}

char *
ga_url_below(const struct ga_url *url, const char *path)
{
    size_t n = strlen(url->text), m = strlen(path);
    char *whole;

    while (n > 0 && url->text[n - 1] == '/')
        n--;
    whole = malloc(n + m + 1);
    if (whole == NULL)
        return NULL;
    memcpy(whole, url->text, n);
    memcpy(whole + n, path, m + 1);
    return whole;
}
