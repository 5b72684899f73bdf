/* SPDX-License-Identifier: Apache-2.0 */
/* One RIM alone: each of its checks is made, and counts. */
#include "support/test.h"

#include "support/runs.h"
#include "support/worlds.h"
#include "verify/result.h"

/* What is wrong with the world's driver RIM, and which check says so. */
static const struct row {
    const char *name, *defect, *version;
    enum ga_check_id id;
    enum ga_reason reason;
} rows[] = {
    { "another version", NULL, "1.2.3", GA_CHECK_RIM_VERSION,
      GA_R_VERSION_OTHER },
    { "a schema that it does not follow", "rim-hash-no-ns", NULL,
      GA_CHECK_RIM_SCHEMA, GA_R_SCHEMA },
    { "another digest", "rim-digest", NULL, GA_CHECK_RIM_SIGNATURE,
      GA_R_BAD_DIGEST },
    { "certificates that ended", "rim-expired", NULL, GA_CHECK_RIM_CHAIN,
      GA_R_EXPIRED },
};

static void
fails_that_check(void **state)
{
    const struct row *row = *state;
    const char *const defects[] = { row->defect, NULL };
    struct ga_settings *set;
    struct ga_context *ctx = NULL;
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };
    const struct ga_buf *xml;
    struct minted m;

    mint(&m, 1, 0, row->defect != NULL ? defects : NULL);
    set = minted_settings(&m);
    assert_int_equal(ga_context_new(set, NULL, &ctx, &err), GA_OK);
    xml = &m.world->rim[0].xml;
    assert_int_equal(
        ga_rim_verify(ctx, xml->ptr, xml->len, row->version, &r, &err), GA_OK);
    assert_false(ga_result_verified(r));
    assert_int_equal(r->check[row->id].state, GA_FAILED);
    assert_int_equal(r->check[row->id].reason, row->reason);
    ga_result_free(r);
    ga_context_free(ctx);
    ga_settings_free(set);
    minted_done(&m);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){ .name = rows[i].name,
                                 .test_func = fails_that_check,
                                 .initial_state = (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
