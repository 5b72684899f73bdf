/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_STRICT_H
#define GA_SERVER_STRICT_H

#include "base/bytes.h"

/* Header fields of one request that are looked at: clients and proxies send 10
 * to 20. */
#define SERVER_HEADERS_MAX 64

/* A header field as libmicrohttpd shows it: places in its own copy of what
 * came, so that where one ends and the next begins can be told. */
struct server_header {
    struct ga_bytes name, value;
};

/*
 * The head of a request.  libmicrohttpd joins folded lines, ends lines at a
 * bare LF or CR, cuts values at a NUL and passes over lines without a name, and
 * shows what is left.  `method` and `version` are where it has them, `size` the
 * bytes that it counts from the method to the empty line.
 */
struct server_head {
    const char *method, *target, *version;
    size_t size;
    size_t count;
    bool too_many; /* more than SERVER_HEADERS_MAX */
    struct server_header header[SERVER_HEADERS_MAX];
};

/* What is wrong with a head. */
struct server_flaw {
    unsigned status;  /* 400, 411, 417 or 505; 0: nothing */
    const char *text; /* static */
};

/*
 * server_head_check finds what two programs on the way could read in two ways:
 * a version other than HTTP/1.0 and HTTP/1.1; a request line or header that is
 * not exactly "Name: value" and CRLF; Host, Content-Length, Authorization,
 * Content-Type or X-NVIDIA-OCSP-ALLOW-CERT-HOLD twice; Transfer-Encoding, alone
 * (411) or beside Content-Length (400); a body of anything but POST; a target
 * that is no path; Expect with something else than 100-continue (417).
 * Source: rfc9112.
 */
struct server_flaw server_head_check(const struct server_head *head);

/* server_head_get returns the value of a field that stands once; false where it
 * is absent or stands more than once. */
bool server_head_get(const struct server_head *head, const char *name,
                     struct ga_bytes *out);

/* Room for a request id and its NUL. */
#define SERVER_ID_MAX 64

/* server_head_id takes x-request-id where it is one of [A-Za-z0-9-]{1,64} and
 * stands once; false: it is to be replaced. */
bool server_head_id(const struct server_head *head,
                    char out[SERVER_ID_MAX + 1]);

#endif
