/* SPDX-License-Identifier: Apache-2.0 */
/* One request: how it is made, and what each way of ending it means. */
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gpuattest/version.h"
#include "net/transfer.h"

/* Takes bytes of a body, up to the ask's bound.  What is said with another
 * status than 200 is passed over, within the same bound. */
static size_t
on_body(char *data, size_t size, size_t count, void *user)
{
    struct ga_transfer *t = user;
    struct ga_buf *body = &t->ask->body;
    size_t n = size * count; /* size is 1: documented */
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        t->passed_over += n;
        return t->passed_over <= t->ask->max ? n : 0;
    }
    t->too_large = n > t->ask->max - body->len;
    if (t->too_large)
        return 0;
    if (n > t->room - body->len) {
        size_t room = (body->len + n) * 2;
        uint8_t *more = realloc(body->ptr, room);

        t->nomem = more == NULL;
        if (more == NULL)
            return 0;
        body->ptr = more;
        t->room = room;
    }
    if (n > 0)
        memcpy(body->ptr + body->len, data, n);
    body->len += n;
    return n;
}

#define SET(option, value) (curl_easy_setopt(easy, option, value) == CURLE_OK)

/* Whom to trust: where the user names one of file and directory, the system's
 * other one must not count. */
static bool
set_trust(CURL *easy, const struct ga_http_rules *r)
{
    if (!SET(CURLOPT_SSL_VERIFYPEER, 1L) || !SET(CURLOPT_SSL_VERIFYHOST, 2L) ||
        !SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2))
        return false;
    if (r->ca_file == NULL && r->ca_dir == NULL)
        return true;
    return SET(CURLOPT_CAINFO, r->ca_file) && SET(CURLOPT_CAPATH, r->ca_dir);
}

/* Loopback is nobody's business but this machine's.  Others may offer HTTP/2:
 * worth waiting for, since one connection then carries all requests. */
static bool
set_way(struct ga_transfer *t)
{
    CURL *easy = t->easy;

    return t->ask->to->loopback ? SET(CURLOPT_NOPROXY, "*")
                                : SET(CURLOPT_PIPEWAIT, 1L);
}

/* What every request has.  Cookies, netrc, HSTS and authentication are off
 * unless asked for, and nobody asks. */
static bool
set_common(struct ga_transfer *t, const struct ga_http_rules *r)
{
    CURL *easy = t->easy;
    const char *protocols =
        strncasecmp(t->ask->to->text, "https:", 6) == 0 ? "https" : "http";
    char agent[32];

    snprintf(agent, sizeof(agent), "gpuattest/%s", ga_version());

    return SET(CURLOPT_URL, t->ask->url) && SET(CURLOPT_PATH_AS_IS, 1L) &&
           SET(CURLOPT_PROTOCOLS_STR, protocols) &&
           SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_NOSIGNAL, 1L) &&
           SET(CURLOPT_CONNECTTIMEOUT_MS, (long)GA_NET_CONNECT_MS) &&
           SET(CURLOPT_USERAGENT, agent) &&
           SET(CURLOPT_ERRORBUFFER, t->curl_text) &&
           SET(CURLOPT_WRITEFUNCTION, on_body) && SET(CURLOPT_WRITEDATA, t) &&
           SET(CURLOPT_PRIVATE, t) && set_way(t) && set_trust(easy, r);
}

static bool
add_header(struct ga_transfer *t, const char *name, const char *value)
{
    size_t n = strlen(name) + strlen(value) + 3;
    char *line = malloc(n);
    struct curl_slist *more = NULL;

    if (line != NULL) {
        snprintf(line, n, "%s: %s", name, value);
        more = curl_slist_append(t->headers, line);
        OPENSSL_cleanse(line, n); /* it may be a key */
    }
    free(line);
    if (more == NULL)
        return false;
    t->headers = more;
    return true;
}

static bool
add_headers(struct ga_transfer *t)
{
    const char *const *h = t->ask->headers;

    for (; h != NULL && h[0] != NULL; h += 2)
        if (!add_header(t, h[0], h[1]))
            return false;
    return true;
}

static bool
set_request(struct ga_transfer *t)
{
    CURL *easy = t->easy;
    const struct ga_http_ask *ask = t->ask;

    if (!add_header(t, "Accept", ask->accept) || !add_headers(t))
        return false;
    if (ask->post.ptr != NULL &&
        (!add_header(t, "Content-Type", ask->post_type) ||
         !SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->post.len) ||
         !SET(CURLOPT_POSTFIELDS, (const char *)ask->post.ptr)))
        return false;
    return SET(CURLOPT_HTTPHEADER, t->headers);
}

bool
ga_transfer_init(struct ga_transfer *t, const struct ga_http_rules *rules,
                 struct ga_http_ask *ask)
{
    *t = (struct ga_transfer){ .ask = ask, .easy = curl_easy_init() };
    return t->easy != NULL && set_common(t, rules) && set_request(t);
}

void
ga_transfer_done(struct ga_transfer *t)
{
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    t->easy = NULL;
    t->headers = NULL;
}

bool
ga_transfer_start(struct ga_transfer *t, CURLM *multi)
{
    ga_buf_done(&t->ask->body);
    t->room = t->passed_over = 0;
    t->too_large = t->nomem = false;
    t->curl_text[0] = '\0';
    t->tries++;
    t->state = GA_TRANSFER_RUNNING;
    return curl_multi_add_handle(multi, t->easy) == CURLM_OK;
}

static void
finish(struct ga_transfer *t, enum ga_rc rc)
{
    struct ga_http_ask *ask = t->ask;
    char tried[32] = "once";

    t->state = GA_TRANSFER_DONE;
    ask->rc = rc;
    if (rc == GA_OK)
        return;
    ga_buf_done(&ask->body);
    if (t->tries != 1)
        snprintf(tried, sizeof(tried), "%u times", t->tries);
    ga_fail(&ask->err, rc, "%s: %s: %s, tried %s", ask->to->host, ask->what,
            t->why, tried);
}

/* Full jitter: any pause up to a bound that doubles. */
static int64_t
pause_ms(unsigned tries)
{
    int64_t most = GA_NET_PAUSE_FIRST_MS;
    uint32_t chance;

    for (unsigned i = 1; i < tries && most < GA_NET_PAUSE_MAX_MS; i++)
        most *= 2;
    if (most > GA_NET_PAUSE_MAX_MS)
        most = GA_NET_PAUSE_MAX_MS;
    /* Without chance, the longest. */
    if (RAND_bytes((unsigned char *)&chance, sizeof(chance)) != 1)
        return most;
    return chance % (most + 1);
}

/* Waits for another attempt, where there is time for one.  The service may say
 * for how long.  Source: rfc9110 */
static void
retry(struct ga_transfer *t, int64_t now, int64_t deadline)
{
    int64_t pause = pause_ms(t->tries);
    curl_off_t asked = 0;

    if (t->tries >= GA_NET_TRIES_MAX) {
        finish(t, GA_E_UNREACHABLE);
        return;
    }
    if (curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &asked) == CURLE_OK &&
        asked > 0) {
        size_t n = strlen(t->why);

        /* Above any timeout; keeps the product small. */
        if (asked > GA_NET_TIMEOUT_MAX)
            asked = GA_NET_TIMEOUT_MAX + 1;
        if (pause < asked * 1000)
            pause = asked * 1000;
        if (now + pause >= deadline)
            snprintf(t->why + n, sizeof(t->why) - n,
                     " and asks to wait for longer than there is time");
    }
    if (now + pause >= deadline) {
        finish(t, GA_E_UNREACHABLE);
        return;
    }
    t->wake = now + pause;
    t->state = GA_TRANSFER_WAITING;
}

/* Statuses with a meaning of their own.  Source: rfc9110, 15 */
static const struct status {
    long status;
    enum ga_rc rc;
    bool retry;
    const char *text;
} statuses[] = {
    { 400, GA_E_UNREACHABLE, false, "the request is refused as malformed" },
    { 401, GA_E_UNREACHABLE, false, "access needs a key" },
    { 403, GA_E_UNREACHABLE, false, "access is refused" },
    { 404, GA_E_MISSING, false, "not there" },
    { 407, GA_E_UNREACHABLE, false, "the proxy wants a password" },
    { 408, GA_E_UNREACHABLE, true, "the service waited in vain" },
    { 429, GA_E_UNREACHABLE, true, "too many requests" },
};

static void
settle_status(struct ga_transfer *t, long status, int64_t now, int64_t deadline)
{
    const char *text = status >= 500                   ? "the service fails"
                       : status >= 300 && status < 400 ? "a redirect, which "
                                                         "is not followed"
                                                       : "no answer";
    bool again = status >= 500;
    enum ga_rc rc = GA_E_UNREACHABLE;

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status) {
            text = statuses[i].text;
            again = statuses[i].retry;
            rc = statuses[i].rc;
        }
    snprintf(t->why, sizeof(t->why), "HTTP %ld (%s)", status, text);
    if (again)
        retry(t, now, deadline);
    else
        finish(t, rc);
}

/* Ways in which a connection fails; all others are not tried again, and said
 * in libcurl's words. */
static const struct failure {
    CURLcode code;
    const char *text; /* NULL: libcurl's */
} failures[] = {
    { CURLE_COULDNT_RESOLVE_HOST, "no address for this name" },
    { CURLE_COULDNT_RESOLVE_PROXY, "no address for the proxy" },
    { CURLE_COULDNT_CONNECT, "no connection" },
    { CURLE_OPERATION_TIMEDOUT, "no connection within 10 s" },
    { CURLE_GOT_NOTHING, "connection broken off" },
    { CURLE_RECV_ERROR, "connection broken off" },
    { CURLE_SEND_ERROR, "connection broken off" },
    { CURLE_PARTIAL_FILE, "connection broken off" },
    { CURLE_SSL_CONNECT_ERROR, NULL },
    { CURLE_HTTP2, NULL },
    { CURLE_HTTP2_STREAM, NULL },
};
_Static_assert(GA_NET_CONNECT_MS == 10000, "as the text above says");

static void
settle_failure(struct ga_transfer *t, CURLcode code, int64_t now,
               int64_t deadline)
{
    const char *text = NULL;
    bool again = false;
    long proxy = 0;

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
        if (failures[i].code == code) {
            text = failures[i].text;
            again = true;
        }
    if (text == NULL)
        text =
            t->curl_text[0] != '\0' ? t->curl_text : curl_easy_strerror(code);
    curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
    if (proxy > 299)
        snprintf(t->why, sizeof(t->why), "HTTP %ld from the proxy", proxy);
    else
        snprintf(t->why, sizeof(t->why), "%.*s", (int)sizeof(t->why) - 1, text);
    if (again)
        retry(t, now, deadline);
    else
        finish(t, GA_E_UNREACHABLE);
}

void
ga_transfer_settle(struct ga_transfer *t, CURLcode code, int64_t now,
                   int64_t deadline)
{
    const char *type = NULL;
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (t->too_large) {
        snprintf(t->why, sizeof(t->why), "more than %zu bytes", t->ask->max);
        finish(t, GA_E_TOO_LARGE);
    } else if (code != CURLE_OK && code != CURLE_WRITE_ERROR) {
        settle_failure(t, code, now, deadline);
    } else if (status != 200) {
        settle_status(t, status, now, deadline);
    } else if (code != CURLE_OK) {
        settle_failure(t, code, now, deadline);
    } else {
        if (curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type) ==
                CURLE_OK &&
            type != NULL)
            snprintf(t->ask->type, sizeof(t->ask->type), "%.*s",
                     (int)sizeof(t->ask->type) - 1, type);
        finish(t, GA_OK);
    }
}

void
ga_transfer_expire(struct ga_transfer *t, int64_t timeout)
{
    /* One that waits says why it does. */
    if (t->state == GA_TRANSFER_RUNNING || t->tries == 0)
        snprintf(t->why, sizeof(t->why), "no answer within %lld s",
                 (long long)timeout);
    finish(t, GA_E_UNREACHABLE);
}
