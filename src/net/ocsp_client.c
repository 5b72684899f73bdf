/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP answers as HTTP brings them. */
#define _GNU_SOURCE /* memmem */
#include <string.h>
#include <strings.h>

#include "base/reader.h"
#include "net/ocsp_client.h"

/* Whether a content type is `want`, with parameters or without. */
static bool
is_type(const char *type, const char *want)
{
    size_t n = strlen(want);

    return strncasecmp(type, want, n) == 0 &&
           (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

enum ga_rc
ga_ocsp_reply_check(const char *type, struct ga_bytes body,
                    struct ga_error *err)
{
    if (*type != '\0' && !is_type(type, GA_OCSP_RESPONSE_TYPE) &&
        !is_type(type, "application/octet-stream"))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "content type %s, not " GA_OCSP_RESPONSE_TYPE, type);
    if (body.len == 0)
        return ga_fail(err, GA_E_BAD_VALUE, "empty answer");
    return GA_OK;
}

/* The length of a DER element in the form of X.690 8.1.3, up to two octets:
 * GA_OCSP_MAX needs no more. */
static bool
read_length(struct ga_reader *r, size_t *len)
{
    uint8_t first, hi = 0, lo;

    if (!ga_read_u8(r, "length", &first))
        return false;
    *len = first;
    if (first < 0x80)
        return true;
    if ((first != 0x81 && first != 0x82) ||
        (first == 0x82 && !ga_read_u8(r, "length", &hi)) ||
        !ga_read_u8(r, "length", &lo))
        return false;
    *len = (size_t)hi << 8 | lo;
    return true;
}

/* OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED { successful (0) .. }.
 * Source: rfc6960, 4.2.1 */
static bool
is_successful(struct ga_bytes body)
{
    static const uint8_t status[] = { 0x0a, 0x01, 0x00 };
    struct ga_reader r = ga_reader_of(body);
    struct ga_bytes got;
    uint8_t tag;
    size_t len;

    return ga_read_u8(&r, "tag", &tag) && tag == 0x30 &&
           read_length(&r, &len) && len == ga_reader_left(&r) &&
           ga_read_bytes(&r, "status", sizeof(status), &got) &&
           ga_bytes_equal(got, ga_bytes_of(status, sizeof(status)));
}

bool
ga_ocsp_reply_keep(struct ga_bytes body, struct ga_bytes nonce)
{
    return is_successful(body) &&
           (nonce.len == 0 ||
            memmem(body.ptr, body.len, nonce.ptr, nonce.len) != NULL);
}
