/* SPDX-License-Identifier: Apache-2.0 */
/* A set in parts, joined, is judged as the whole set is. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/runs.h"
#include "support/worlds.h"
#include "verify/parts.h"
#include "verify/result.h"

static const char *const board[] = { "topology", "hgx-hopper", NULL };

static struct ga_context *
context_of(const struct minted *m)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;

    assert_int_equal(ga_settings_set(set, board[0], board[1], NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    ga_settings_free(set);
    return ctx;
}

static struct ga_result *
part_of(const struct minted *m, struct ga_context *ctx, const char *file,
        const struct ga_nonce *nonce)
{
    static const struct ga_live none = { 0 };
    struct ga_evidence *e = NULL;
    struct ga_result *r = NULL;
    char path[128];

    minted_path(m, file, path, sizeof(path));
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
    assert_int_equal(ga_verify_part(ctx, e, nonce, &none, &r, NULL), GA_OK);
    ga_evidence_free(e);
    return r;
}

static void
same_but_for_the_time(const struct ga_result *a, const struct ga_result *b)
{
    char *x = NULL, *y = NULL;

    assert_int_equal(ga_result_json(a, &x, NULL), GA_OK);
    assert_int_equal(ga_result_json(b, &y, NULL), GA_OK);
    assert_string_equal(x, y);
    ga_text_free(x);
    ga_text_free(y);
}

static void
joined_is_as_whole(const char *const *defects)
{
    static const struct ga_live none = { 0 };
    struct ga_result *parts[2], *joined = NULL, *whole;
    struct ga_context *ctx;
    struct minted m;

    mint(&m, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, defects);
    whole = minted_verify(&m, board);
    ctx = context_of(&m);
    parts[0] = part_of(&m, ctx, "gpu.json", &m.world->o.nonce);
    parts[1] = part_of(&m, ctx, "switch.json", &m.world->o.nonce);
    assert_null(ga_result_topology(parts[0]));
    assert_int_equal(ga_verify_join(ctx, parts, 2, &none, &joined, NULL),
                     GA_OK);
    assert_int_equal(ga_result_devices(parts[0]), 0);
    same_but_for_the_time(whole, joined);
    ga_result_free(joined);
    ga_result_free(parts[0]);
    ga_result_free(parts[1]);
    ga_result_free(whole);
    ga_context_free(ctx);
    minted_done(&m);
}

static void
a_board_in_parts_is_judged_as_a_whole(void **state)
{
    (void)state;
    joined_is_as_whole(NULL);
}

static void
defects_of_devices_and_of_the_set_are_found_in_parts(void **state)
{
    static const char *const names[] = { "board-other-nonce",
                                         "board-eight-of-one", "board-one-spt",
                                         "s-ge-n" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *const defects[] = { names[i], NULL };

        joined_is_as_whole(defects);
    }
}

static void
parts_for_two_nonces_are_not_joined(void **state)
{
    static const struct ga_live none = { 0 };
    struct ga_nonce other = { { 1 } };
    struct ga_result *parts[2], *joined = NULL;
    struct ga_error err = { 0 };
    struct ga_context *ctx;
    struct minted m;

    (void)state;
    mint(&m, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, NULL);
    ctx = context_of(&m);
    parts[0] = part_of(&m, ctx, "gpu.json", &m.world->o.nonce);
    parts[1] = part_of(&m, ctx, "switch.json", &other);
    assert_int_equal(ga_verify_join(ctx, parts, 2, &none, &joined, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "parts for two nonces");
    assert_null(joined);
    assert_int_equal(ga_result_devices(parts[0]), SIM_BOARD_GPUS);
    assert_int_equal(ga_verify_join(ctx, parts, 0, &none, &joined, &err),
                     GA_E_MISSING);
    ga_result_free(parts[0]);
    ga_result_free(parts[1]);
    ga_context_free(ctx);
    minted_done(&m);
}

static void
a_join_verifies_nothing_again(void **state)
{
    static const struct ga_live none = { 0 };
    struct ga_result *parts[2], *joined = NULL;
    struct ga_context *ctx;
    struct minted m;
    uint64_t before;

    (void)state;
    mint(&m, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, NULL);
    ctx = context_of(&m);
    parts[0] = part_of(&m, ctx, "gpu.json", &m.world->o.nonce);
    parts[1] = part_of(&m, ctx, "switch.json", &m.world->o.nonce);
    before = ga_context_verifications(ctx);
    assert_int_equal(ga_verify_join(ctx, parts, 2, &none, &joined, NULL),
                     GA_OK);
    assert_int_equal(ga_context_verifications(ctx), before);
    assert_true(ga_result_verified(joined));
    ga_result_free(joined);
    ga_result_free(parts[0]);
    ga_result_free(parts[1]);
    ga_context_free(ctx);
    minted_done(&m);
}

/* The driver's word about protected PCIe is held against signed modes. */
static void
the_drivers_mode_must_be_the_signed_one(void **state)
{
    struct ga_host host = { .gpus = 2,
                            .cc_on = true,
                            .has_multi_gpu_mode = true,
                            .multi_gpu_mode = GA_MULTI_GPU_PPCIE };
    struct sim_options o;
    struct ga_settings *set;
    struct ga_context *ctx = NULL;
    struct ga_evidence *e = NULL;
    struct ga_result *r = NULL;
    struct minted m;
    char path[128];

    (void)state;
    assert_int_equal(sim_options_init(&o, (int64_t)time(NULL), NULL), GA_OK);
    o.gpus = 2;
    mint_options(&m, &o);
    set = minted_settings(&m);
    ga_settings_free(set);
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "offline", "true", NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    minted_path(&m, "gpu.json", path, sizeof(path));
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
    assert_int_equal(
        ga_verify_live(ctx, e, &o.nonce, GA_DEVICES_GPU, &host, &r, NULL),
        GA_OK);
    assert_non_null(strstr(text_of(r, GA_SET, "set.mode"),
                           "GPU-0 is in mode spt, and the driver says that "
                           "this host is in protected PCIe mode"));
    ga_result_free(r);
    host.multi_gpu_mode = GA_MULTI_GPU_NONE;
    assert_int_equal(
        ga_verify_live(ctx, e, &o.nonce, GA_DEVICES_GPU, &host, &r, NULL),
        GA_OK);
    assert_null(strstr(text_of(r, GA_SET, "set.mode"), "and the driver says"));
    ga_result_free(r);
    ga_evidence_free(e);
    ga_context_free(ctx);
    ga_settings_free(set);
    minted_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_board_in_parts_is_judged_as_a_whole),
        cmocka_unit_test(defects_of_devices_and_of_the_set_are_found_in_parts),
        cmocka_unit_test(parts_for_two_nonces_are_not_joined),
        cmocka_unit_test(a_join_verifies_nothing_again),
        cmocka_unit_test(the_drivers_mode_must_be_the_signed_one),
    };

    return cmocka_run_group_tests_name("sets in parts", tests, NULL, NULL);
}
