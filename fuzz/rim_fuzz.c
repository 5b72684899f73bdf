/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_rim_read, ga_rim_check_schema, ga_rim_check_signature, and the
 * canonical writer.  Seeds: fuzz/corpus/rim. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "rim/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of a RIM whatever it was read from. */
static void
check_rim(const struct ga_rim *rim, size_t size)
{
    bool seen[GA_RIM_RESOURCES_MAX] = { false };

    require(rim->problem_count <= GA_RIM_PROBLEMS_MAX);
    require(rim->problem_count <= rim->problem_total);
    require(rim->signature_problems <= rim->problem_total);
    require(rim->complete || rim->problem_total > 0);
    for (size_t i = 0; i < rim->problem_count; i++) {
        require(rim->problem[i].offset <= size);
        require(rim->problem[i].text[0] != '\0');
        require(rim->problem[i].code != GA_OK);
    }
    require(rim->resource_count <= GA_RIM_RESOURCES_MAX);
    for (size_t i = 0; i < rim->resource_count; i++) {
        const struct ga_resource *g = &rim->resource[i];

        require(g->index < GA_RIM_RESOURCES_MAX && !seen[g->index]);
        require(g->alternatives >= 1 &&
                g->alternatives <= GA_RIM_ALTERNATIVES_MAX);
        require(g->hash != NULL && strlen(g->name) <= GA_XML_TEXT_MAX);
        seen[g->index] = true;
    }
    require(!rim->has_signature || (rim->complete && rim->signed_info.len > 0));
    require(!rim->digest_matches || rim->complete);
}

/* No problems: everything that the checks rely on is there. */
static void
check_good(const struct ga_rim *rim)
{
    bool active = false;

    for (size_t i = 0; i < rim->resource_count; i++)
        active = active || rim->resource[i].active;
    require(rim->complete && active && rim->has_signature);
    require(rim->version != NULL && rim->product != NULL &&
            rim->tag_id != NULL && rim->certs.count > 0);
}

static void
check_checks(const struct ga_rim *rim)
{
    struct ga_check schema = { 0 }, signature = { 0 };
    struct ga_facts *facts = NULL;

    if (ga_facts_new(&facts, NULL) != GA_OK)
        return;
    ga_rim_check_schema(rim, &schema);
    ga_rim_check_signature(rim, facts, &signature);
    ga_facts_free(facts);
    require((schema.state == GA_PASSED) ==
            (rim->problem_total == rim->signature_problems));
    require(signature.state == GA_FAILED || signature.state == GA_PASSED);
    require(signature.state == GA_FAILED ||
            (rim->signature_problems == 0 && rim->digest_matches));
}

/* The canonical form of `in`, without its signature; false: none. */
static bool
canonical(struct ga_bytes in, struct ga_grow *out)
{
    struct ga_sink sink = { ga_grow_put, out };
    struct ga_rim *rim = calloc(1, sizeof(*rim));
    uint8_t digest[GA_SHA384_LEN];
    bool has_digest, complete = false;

    if (rim != NULL && ga_buf_copy(in, &rim->bytes, NULL) == GA_OK &&
        ga_rim_scan(rim, &sink, digest, &has_digest, NULL) == GA_OK)
        complete = rim->complete && !out->failed;
    ga_rim_free(rim);
    return complete;
}

/* Whether a Signature is left, which the second pass would take for the one. */
static bool
has_signature(const struct ga_grow *g)
{
    static const char name[] = "Signature";
    size_t n = sizeof(name) - 1;

    for (size_t i = 0; i + n <= g->len; i++)
        if (memcmp(&g->ptr[i], name, n) == 0)
            return true;
    return false;
}

/* The canonical form of a canonical form is itself. */
static void
check_canonical(struct ga_bytes in)
{
    struct ga_grow once = { 0 }, twice = { 0 };

    if (canonical(in, &once) && !has_signature(&once)) {
        require(once.len > 0);
        require(canonical(ga_bytes_of(once.ptr, once.len), &twice));
        require(once.len == twice.len &&
                memcmp(once.ptr, twice.ptr, once.len) == 0);
    }
    ga_grow_done(&once);
    ga_grow_done(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_rim *rim = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_rim_read(ga_bytes_of(data, size), &rim, &err);

    if (rc != GA_OK) {
        require(err.code == rc && err.text[0] != '\0' && rim == NULL);
        return 0;
    }
    check_rim(rim, size);
    if (rim->problem_total == 0)
        check_good(rim);
    check_checks(rim);
    ga_rim_free(rim);
    check_canonical(ga_bytes_of(data, size));
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_xml(data, size, max, seed);
}
