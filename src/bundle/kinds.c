/* SPDX-License-Identifier: Apache-2.0 */
/* What a bundle can hold: names, sizes, and between which times it is good. */
#include <string.h>

#include "base/rim_id.h"
#include "bundle/bundle.h"
#include "gpuattest/token.h"
#include "rim/rim.h"
#include "x509/ocsp.h"

GA_DEFINE_AUTO_STRUCT(ga_rim, ga_rim_free);
GA_DEFINE_AUTO_STRUCT(ga_jwks, ga_jwks_free);
GA_DEFINE_AUTO_STRUCT(ga_ocsp_answer, ga_ocsp_free);

static bool
digest_ok(const char *name)
{
    return strspn(name, "0123456789abcdef") == 64 && name[64] == '\0';
}

/* A URL is compared with another one and never opened from here. */
static bool
issuer_ok(const char *name)
{
    const char *p = name;

    while (*p > ' ' && *p <= '~')
        p++;
    return *p == '\0' && strncmp(name, "https://", 8) == 0 && name[8] != '\0';
}

/* The times at which every certificate of the RIM is valid. */
static enum ga_rc
rim_dates(struct ga_bytes data, ga_time *not_before, ga_time *not_after,
          struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_rim) *rim = NULL;
    enum ga_rc rc = ga_rim_parse(data.ptr, data.len, &rim, err);
    ga_time from = GA_TIME_MIN, until = GA_TIME_MAX;

    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; i < rim->certs.count; i++) {
        const struct ga_cert *cert = rim->certs.cert[i];

        from = cert->not_before > from ? cert->not_before : from;
        until = cert->not_after < until ? cert->not_after : until;
    }
    *not_before = from;
    *not_after = until;
    return GA_OK;
}

/* The times that all its single responses share. */
static enum ga_rc
ocsp_dates(struct ga_bytes data, ga_time *not_before, ga_time *not_after,
           struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_ocsp_answer) *answer = NULL;
    enum ga_rc rc = ga_ocsp_parse(data, &answer, err);
    ga_time from = GA_TIME_MIN, until = GA_TIME_MAX;
    struct ga_ocsp_single s;

    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; ga_ocsp_single(answer, i, &s); i++) {
        ga_time end = s.next_update != GA_TIME_NONE
                          ? s.next_update
                          : ga_time_plus(s.this_update, GA_OCSP_LIFE);

        from = s.this_update > from ? s.this_update : from;
        until = end < until ? end : until;
    }
    *not_before = from;
    *not_after = until;
    return GA_OK;
}

/* A key set has no dates of its own; its certificates are the token's. */
static enum ga_rc
jwks_dates(struct ga_bytes data, ga_time *not_before, ga_time *not_after,
           struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_jwks) *set = NULL;
    enum ga_rc rc = ga_jwks_parse(data.ptr, data.len, &set, err);

    if (rc == GA_OK)
        *not_before = *not_after = 0;
    return rc;
}

/* clang-format off */
static const struct ga_bundle_kind_row rows[] = {
    { GA_BUNDLE_RIM, "RIM", GA_RIM_MAX, ga_rim_id_ok, "a RIM id", rim_dates },
    { GA_BUNDLE_OCSP, "OCSP answer", GA_OCSP_MAX, digest_ok, "64 hex digits", ocsp_dates },
    { GA_BUNDLE_JWKS, "JWKS", GA_JWKS_MAX, issuer_ok, "an https URL", jwks_dates },
};
/* clang-format on */

const struct ga_bundle_kind_row *
ga_bundle_kind_find(unsigned kind)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if ((unsigned)rows[i].kind == kind)
            return &rows[i];
    return NULL;
}
