/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_HTTP_H
#define GA_SERVER_HTTP_H

#include "server/server.h"

/* The only users of libmicrohttpd: http.c and exchange.c. */
struct MHD_Daemon;

struct server_http {
    struct MHD_Daemon *daemon;
    char *tls_cert, *tls_key; /* PEM */
    int listener;             /* that no longer listens, or -1 */
};

/* server_http_listen opens the socket of --listen and fills in `address`.
 * Errors: GA_E_INVAL, GA_E_UNREACHABLE. */
GA_MUST_USE enum ga_rc server_http_listen(const char *listen, int *fd,
                                          struct server_address *address,
                                          struct ga_error *err);

/* server_http_start serves on `fd`, which it owns from now on. */
GA_MUST_USE enum ga_rc server_http_start(struct server *s, int fd,
                                         struct ga_error *err);

/* server_http_quiet takes no more connections; server_http_stop ends those that
 * are left. */
void server_http_quiet(struct server *s);
void server_http_stop(struct server *s);

#endif
