/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of an attestation service, as users of other tools have them.
 * Source: spec-protocol, 5. */
#include <string.h>

#include "base/service.h"

static size_t
without_slashes(const char *url, size_t n)
{
    while (n > 0 && url[n - 1] == '/')
        n--;
    return n;
}

/* The length without `end`, or `n` where the URL does not end so. */
static size_t
without(const char *url, size_t n, const char *end)
{
    size_t k = strlen(end);

    return n > k && strncmp(url + (n - k), end, k) == 0 ? n - k : n;
}

static size_t
base_length(const char *url, int *version)
{
    size_t n = without_slashes(url, strlen(url)), k;

    *version = 0;
    k = without(url, n, "/.well-known/jwks.json");
    if (k < n)
        return without_slashes(url, k);
    k = without(url, n, "/attest/gpu");
    k = without(url, k, "/attest/switch");
    for (int v = 3; v <= 4; v++) {
        char end[] = "/v0";
        size_t base;

        end[2] = (char)('0' + v);
        base = without(url, k, end);
        if (base == k)
            continue;
        *version = v;
        return without_slashes(url, base);
    }
    return n;
}

char *
ga_service_base(const char *url)
{
    int version;

    return strndup(url, base_length(url, &version));
}

int
ga_service_version(const char *url)
{
    int version;

    (void)base_length(url, &version);
    return version;
}
