/* SPDX-License-Identifier: Apache-2.0 */
/* The socket, TLS, and libmicrohttpd's daemon. */
#include "server/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "server/exchange.h"

/* Connections that wait to be accepted. */
#define BACKLOG 512
/* TLS 1.2 and 1.3, in GnuTLS's language. */
#define TLS_PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define TLS_FILE_MAX (256 * 1024)

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool
read_port(const char *text, uint16_t *out)
{
    unsigned n = 0;
    size_t digits = 0;

    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 6; digits++)
        n = n * 10 + (unsigned)(text[digits] - '0');
    if (digits == 0 || text[digits] != '\0' || n > 65535)
        return false;
    *out = (uint16_t)n;
    return true;
}

/* "ADDRESS:PORT" with a numeric address, one of IPv6 in brackets: names would
 * leave it to somebody else where the server listens. */
static bool
read_address(const char *text, union any_address *out, socklen_t *len)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;
    bool v6 = n > 2 && text[0] == '[' && text[n - 1] == ']';
    char host[64];
    uint16_t port;

    if (colon == NULL || n == 0 || n >= sizeof(host) ||
        !read_port(colon + 1, &port))
        return false;
    memset(out, 0, sizeof(*out));
    snprintf(host, sizeof(host), "%.*s", (int)(v6 ? n - 2 : n),
             text + (v6 ? 1 : 0));
    if (v6) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        *len = sizeof(out->v6);
        return inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(port);
    *len = sizeof(out->v4);
    return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1;
}

static void
describe(const union any_address *a, struct server_address *out)
{
    bool v6 = a->any.sa_family == AF_INET6;
    char host[INET6_ADDRSTRLEN] = "";

    if (inet_ntop(a->any.sa_family,
                  v6 ? (const void *)&a->v6.sin6_addr : &a->v4.sin_addr, host,
                  sizeof(host)) == NULL)
        host[0] = '\0';
    out->loopback = v6 ? IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr) != 0
                       : (ntohl(a->v4.sin_addr.s_addr) >> 24) == 127;
    snprintf(out->text, sizeof(out->text), v6 ? "[%s]:%u" : "%s:%u", host,
             (unsigned)ntohs(v6 ? a->v6.sin6_port : a->v4.sin_port));
}

enum ga_rc
server_http_listen(const char *listen_at, int *out,
                   struct server_address *address, struct ga_error *err)
{
    union any_address a;
    socklen_t len;
    const int on = 1;
    int fd;

    if (!read_address(listen_at, &a, &len))
        return ga_fail(err, GA_E_INVAL,
                       "--listen: \"%.100s\" is no numeric address and port "
                       "like 127.0.0.1:8080 or [::1]:8080",
                       listen_at);
    fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, &a.any, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &a.any, &len) != 0) {
        int why = errno;

        if (fd >= 0)
            close(fd);
        return ga_fail(err, GA_E_UNREACHABLE, "--listen %.100s: %s", listen_at,
                       strerror(why));
    }
    describe(&a, address);
    *out = fd;
    return GA_OK;
}

static void
wipe_text(char **text)
{
    if (*text != NULL)
        OPENSSL_cleanse(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

static enum ga_rc
read_pem(const char *path, bool secret, char **out, struct ga_error *err)
{
    struct ga_buf file = { 0 };
    struct stat st;
    enum ga_rc rc = ga_file_read(path, TLS_FILE_MAX, &file, err);

    if (rc == GA_OK && file.len > 0 && secret &&
        (stat(path, &st) != 0 || (st.st_mode & 077) != 0))
        rc = ga_fail(err, GA_E_FILE, "%s: others can read it", path);
    if (rc == GA_OK &&
        (file.len == 0 || memchr(file.ptr, '\0', file.len) != NULL))
        rc = ga_fail(err, GA_E_SYNTAX, "%s: no PEM", path);
    if (rc == GA_OK) {
        *out = strndup((const char *)file.ptr, file.len);
        rc = *out != NULL ? GA_OK : ga_nomem(err);
    }
    if (secret && file.ptr != NULL)
        OPENSSL_cleanse(file.ptr, file.len);
    ga_buf_done(&file);
    return rc;
}

static enum ga_rc
read_tls(struct server_http *h, const struct server_options *o,
         struct ga_error *err)
{
    enum ga_rc rc;

    if (o->tls_cert == NULL && o->tls_key == NULL)
        return GA_OK;
    if (o->tls_cert == NULL || o->tls_key == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--tls-cert and --tls-key come together");
    rc = ga_within(err, read_pem(o->tls_cert, false, &h->tls_cert, err),
                   "--tls-cert");
    if (rc == GA_OK)
        rc = ga_within(err, read_pem(o->tls_key, true, &h->tls_key, err),
                       "--tls-key");
    if (rc == GA_OK && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        rc = ga_fail(err, GA_E_INVAL,
                     "--tls-cert: this libmicrohttpd has no TLS");
    return rc;
}

/* A connection begins or ends. */
static void
note_connection(void *user, struct MHD_Connection *connection, void **context,
                enum MHD_ConnectionNotificationCode what)
{
    struct server *s = user;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (what == MHD_CONNECTION_NOTIFY_STARTED && info != NULL)
        *context = server_watch_add(&s->watch, info->connect_fd);
    else if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        server_watch_drop(&s->watch, *context);
        *context = NULL;
    }
}

/* What libmicrohttpd has to say goes to the log at debug: clients cause most of
 * it. */
static void log_daemon(void *user, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
log_daemon(void *user, const char *format, va_list args)
{
    const struct server *s = user;
    struct ga_error e = { 0 };

    if (s->log.most < SERVER_DEBUG)
        return;
    vsnprintf(e.text, sizeof(e.text), format, args);
    server_log_error(&s->log, SERVER_DEBUG, "http", &e);
}

static struct MHD_Daemon *
start_daemon(struct server *s, int fd)
{
    const struct server_options *o = s->o;
    struct server_http *h = s->http;
    /* A pool is of two at least; one thread is no pool. */
    unsigned pool = o->io_threads > 1 ? (unsigned)o->io_threads : 0;
    unsigned most = (unsigned)o->max_connections;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, h->tls_cert },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, h->tls_key },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITY },
        { MHD_OPTION_END, 0, NULL },
    };
    const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG | (h->tls_cert != NULL ? MHD_USE_TLS : 0),
        0, NULL, NULL, server_exchange_step, s, MHD_OPTION_EXTERNAL_LOGGER,
        log_daemon, s, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, pool, MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_CONNECTION_LIMIT, most < pool ? pool : most,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)o->max_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->max_time,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)o->max_header,
        MHD_OPTION_URI_LOG_CALLBACK, server_exchange_new, s,
        MHD_OPTION_NOTIFY_COMPLETED, server_exchange_end, s,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, s, MHD_OPTION_ARRAY,
        h->tls_cert != NULL ? tls : none, MHD_OPTION_END);
}

enum ga_rc
server_http_start(struct server *s, int fd, struct ga_error *err)
{
    enum ga_rc rc;

    s->http = calloc(1, sizeof(*s->http));
    if (s->http == NULL) {
        close(fd);
        return ga_nomem(err);
    }
    s->http->listener = -1;
    rc = read_tls(s->http, s->o, err);
    if (rc != GA_OK) {
        wipe_text(&s->http->tls_key);
        close(fd);
        return rc;
    }
    /* The socket is libmicrohttpd's, also where it fails. */
    s->http->daemon = start_daemon(s, fd);
    wipe_text(&s->http->tls_key);
    if (s->http->daemon == NULL)
        return ga_fail(err, GA_E_INVAL, "%s",
                       s->http->tls_cert != NULL
                           ? "--tls-cert, --tls-key: no pair that can be used"
                           : "the server cannot be started");
    return GA_OK;
}

void
server_http_quiet(struct server *s)
{
    MHD_socket fd;

    if (s->http == NULL || s->http->daemon == NULL)
        return;
    fd = MHD_quiesce_daemon(s->http->daemon);
    if (fd == MHD_INVALID_SOCKET)
        return;
    /* Nobody can connect any more; closed it may be only when the threads
     * that know its number have ended. */
    shutdown(fd, SHUT_RDWR);
    s->http->listener = fd;
}

void
server_http_stop(struct server *s)
{
    if (s->http == NULL)
        return;
    if (s->http->daemon != NULL)
        MHD_stop_daemon(s->http->daemon);
    if (s->http->listener >= 0)
        close(s->http->listener);
    wipe_text(&s->http->tls_cert);
    free(s->http);
    s->http = NULL;
}
