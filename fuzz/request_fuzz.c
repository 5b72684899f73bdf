/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: server_request_parse.  The first byte picks the class.  What it
 * takes, ga_evidence_parse takes too, where nothing stands there twice under
 * another name, and reads the same.  Seeds: requests, minimal, good and bad.
 */
#include <string.h>

#include "fuzz/require.h"
#include "server/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ITEMS_MAX 4

static void
compare(const struct ga_evidence *a, const struct ga_evidence *b)
{
    require(ga_evidence_count(a) == ga_evidence_count(b));
    for (size_t i = 0; i < ga_evidence_count(a); i++) {
        struct ga_evidence_view x = { 0 }, y = { 0 };

        require(ga_evidence_get(a, i, &x, NULL) == GA_OK);
        require(ga_evidence_get(b, i, &y, NULL) == GA_OK);
        require(ga_bytes_equal(ga_bytes_of(x.report, x.report_len),
                               ga_bytes_of(y.report, y.report_len)));
        require(ga_bytes_equal(ga_bytes_of(x.chain, x.chain_len),
                               ga_bytes_of(y.chain, y.chain_len)));
        require(x.arch != NULL);
    }
}

static void
check_good(const struct server_request *r, struct ga_bytes body)
{
    struct ga_evidence *other = NULL;
    size_t n = ga_evidence_count(r->evidence);

    require(n >= 1 && n <= ITEMS_MAX);
    require(strcmp(r->version, "2.0") == 0 || strcmp(r->version, "3.0") == 0 ||
            strcmp(r->version, "4.0") == 0);
    if (ga_evidence_new(&other, NULL) != GA_OK)
        return;
    if (ga_evidence_parse(other, body.ptr, body.len, NULL) == GA_OK)
        compare(r->evidence, other);
    ga_evidence_free(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct server_request_rules rules = {
        .class = size > 0 && (data[0] & 1) != 0 ? SERVER_SWITCH : SERVER_GPU,
        .version = "2.0",
        .max_items = ITEMS_MAX,
    };
    struct server_request r = { .version = "untouched" };
    struct ga_error err = { 0 };
    struct ga_bytes body;

    if (size == 0)
        return 0;
    body = ga_bytes_of(data + 1, size - 1);
    if (server_request_parse(body, &rules, &r, &err) == GA_OK) {
        check_good(&r, body);
        server_request_done(&r);
        return 0;
    }
    require(r.evidence == NULL && strcmp(r.version, "untouched") == 0);
    require(err.text[0] != '\0');
    return 0;
}
