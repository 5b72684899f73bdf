/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>

#include "base/service.h"

#define BASE "https://nras.example"

static const struct {
    const char *url, *base;
    int version;
} rows[] = {
    { BASE, BASE, 0 },
    { BASE "/", BASE, 0 },
    { BASE "/v3", BASE, 3 },
    { BASE "/v4//", BASE, 4 },
    { BASE "//v4", BASE, 4 },
    { BASE "/v3/attest/gpu", BASE, 3 },
    { BASE "/v4/attest/switch", BASE, 4 },
    { BASE "/v4/attest/switch/", BASE, 4 },
    { BASE "/proxy/v4/attest/gpu", BASE "/proxy", 4 },
    { BASE "/.well-known/jwks.json", BASE, 0 },
    { BASE "/proxy//.well-known/jwks.json", BASE "/proxy", 0 },
    /* What only looks like an endpoint is part of the base. */
    { BASE "/v2", BASE "/v2", 0 },
    { BASE "/v5/attest/gpu", BASE "/v5/attest/gpu", 0 },
    { BASE "/attest/gpu", BASE "/attest/gpu", 0 },
    { BASE "/v4/attest", BASE "/v4/attest", 0 },
    { BASE "/xv4", BASE "/xv4", 0 },
    { BASE "/v4/.well-known/jwks.json", BASE "/v4", 0 },
    { "/v3", "/v3", 0 },
    { "/", "", 0 },
    { "", "", 0 },
};

static void
tells_the_base_and_the_version_of_a_url(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *base = ga_service_base(rows[i].url);

        assert_string_equal(base, rows[i].base);
        assert_int_equal(ga_service_version(rows[i].url), rows[i].version);
        free(base);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_base_and_the_version_of_a_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
