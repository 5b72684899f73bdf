/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of devices: one nonce, no device twice, as many as there should be. */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "sim/out.h"
#include "support/runs.h"
#include "support/worlds.h"

/* What one device of a set is made of. */
struct pair {
    const struct ga_buf *report, *chain;
};

/* Three GPUs, and parts of them put together otherwise. */
struct stage {
    struct minted m;
    struct sim_device *gpu;
};

static int
set_up(void **state)
{
    static struct stage s;

    mint(&s.m, 3, 0, NULL);
    s.gpu = s.m.world->device;
    *state = &s;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *s = *state;

    minted_done(&s->m);
    return 0;
}

static struct pair
own(const struct stage *s, size_t i)
{
    return (struct pair){ &s->gpu[i].report, &s->gpu[i].chain };
}

/* Verifies `n` devices with a setting (NULL: none); the caller releases it. */
static struct ga_result *
verify(const struct stage *s, const struct pair *p, size_t n, const char *name,
       const char *value)
{
    struct ga_settings *set = minted_settings(&s->m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;

    if (name != NULL)
        assert_int_equal(ga_settings_set(set, name, value, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(ga_evidence_add(evidence, p[i].report->ptr,
                                         p[i].report->len, p[i].chain->ptr,
                                         p[i].chain->len, NULL),
                         GA_OK);
    assert_int_equal(ga_verify(ctx, evidence, &s->m.world->o.nonce, &r, NULL),
                     GA_OK);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return r;
}

/* What a check of the set says; it must not have passed. */
static void
expect_text(const struct stage *s, const struct pair *p, size_t n,
            const char *check, const char *text)
{
    struct ga_result *r = verify(s, p, n, NULL, NULL);

    assert_string_equal(text_of(r, GA_SET, check), text);
    assert_false(ga_result_verified(r));
    ga_result_free(r);
}

static struct ga_buf
chain_of(const struct sim_cert *const *cert, size_t n)
{
    SIM_AUTO_OUT struct sim_out o = { 0 };
    struct ga_buf chain = { 0 };

    for (size_t i = 0; i < n; i++) {
        sim_cert_pem(&o, cert[i]);
        sim_put_text(&o, "\n");
    }
    assert_int_equal(sim_out_take(&o, &chain, NULL), GA_OK);
    return chain;
}

static void
three_devices_are_three(void **state)
{
    struct stage *s = *state;
    const struct pair p[] = { own(s, 0), own(s, 1), own(s, 2) };
    struct ga_result *r = verify(s, p, 3, NULL, NULL);

    expect_failed(r, "");
    ga_result_free(r);
}

static void
one_nonce_is_for_all(void **state)
{
    struct stage *s = *state;
    struct sim_report_spec spec = s->gpu[1].spec;
    struct ga_buf report = { 0 };
    struct pair p[] = { own(s, 0), own(s, 1) };

    spec.nonce[0] ^= 1;
    assert_int_equal(sim_report_make(&s->m.world->forge, &spec,
                                     &s->gpu[1].id.leaf.key, &report, NULL),
                     GA_OK);
    p[1].report = &report;
    expect_text(s, p, 2, "set.nonce", "GPU-0 and GPU-1 are for two nonces");
    report.len--;
    expect_text(s, p, 2, "set.nonce", "GPU-1: the report does not parse");
    report.len++;
    ga_buf_done(&report);
}

static void
each_trait_alone_gives_a_device_away(void **state)
{
    struct stage *s = *state;
    struct sim_identity *a = &s->gpu[0].id, *b = &s->gpu[1].id;
    const struct sim_cert *mixed[] = { &a->leaf, &b->brom };
    struct sim_cert other = a->brom; /* the serial number with another key */
    const struct sim_cert *patched[] = { &b->leaf, &other };
    struct pair p[] = { own(s, 0), own(s, 1) };
    struct ga_buf chain;
    uint8_t *point;

    p[1] = own(s, 0);
    expect_text(s, p, 2, "set.distinct", "GPU-0 and GPU-1 have one BROM key");

    p[1] = (struct pair){ &s->gpu[0].report, &s->gpu[1].chain };
    expect_text(s, p, 2, "set.distinct",
                "GPU-0 and GPU-1 have one signed report");

    chain = chain_of(mixed, COUNT(mixed));
    p[1] = (struct pair){ &s->gpu[1].report, &chain };
    expect_text(s, p, 2, "set.distinct", "GPU-0 and GPU-1 have one leaf key");
    ga_buf_done(&chain);

    other.der = (struct ga_buf){ 0 };
    assert_int_equal(ga_buf_copy(ga_view(&a->brom.der), &other.der, NULL),
                     GA_OK);
    point = memmem(other.der.ptr, other.der.len, other.key.point,
                   sizeof(other.key.point));
    assert_non_null(point);
    point[40] ^= 1;
    chain = chain_of(patched, COUNT(patched));
    p[1] = (struct pair){ &s->gpu[1].report, &chain };
    expect_text(s, p, 2, "set.distinct",
                "GPU-0 and GPU-1 have one BROM serial");
    ga_buf_done(&chain);
    ga_buf_done(&other.der);
}

static void
devices_far_apart_are_compared(void **state)
{
    struct stage *s = *state;
    const struct pair p[] = { own(s, 0), own(s, 1), own(s, 0) };

    expect_text(s, p, 3, "set.distinct", "GPU-0 and GPU-2 have one BROM key");
}

static void
who_cannot_be_told_apart_may_be_anybody(void **state)
{
    struct stage *s = *state;
    const struct sim_cert *leaf[] = { &s->gpu[1].id.leaf };
    struct ga_buf chain = chain_of(leaf, 1);
    const struct pair p[] = { own(s, 0), { &s->gpu[1].report, &chain } };

    expect_text(s, p, 2, "set.distinct",
                "GPU-1: nothing tells which one it is");
    ga_buf_done(&chain);
}

static void
counts_are_exact(void **state)
{
    static const struct {
        const char *name, *value, *failed;
    } rows[] = {
        { "expect-gpus", "2", "" },
        { "expect-gpus", "1", "set.count:count_other" },
        { "expect-gpus", "3", "set.count:count_other" },
        { "expect-switches", "0", "" },
        { "expect-switches", "1", "set.count:count_other" },
    };
    struct stage *s = *state;
    const struct pair p[] = { own(s, 0), own(s, 1) };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_result *r = verify(s, p, 2, rows[i].name, rows[i].value);

        expect_failed(r, rows[i].failed);
        ga_result_free(r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_devices_are_three),
        cmocka_unit_test(one_nonce_is_for_all),
        cmocka_unit_test(each_trait_alone_gives_a_device_away),
        cmocka_unit_test(devices_far_apart_are_compared),
        cmocka_unit_test(who_cannot_be_told_apart_may_be_anybody),
        cmocka_unit_test(counts_are_exact),
    };

    return cmocka_run_group_tests_name("sets", tests, set_up, tear_down);
}
