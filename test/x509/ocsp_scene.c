/* SPDX-License-Identifier: Apache-2.0 */
/* One made chain, and answers about it that a row breaks. */
#include "x509/ocsp_scene.h"

#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"

struct world world;

int
make_world(void **state)
{
    struct cert_plan root = { .name = "root", .ca = true };
    struct cert_plan issuer = { .name = "issuer", .ca = true };
    struct cert_plan leaf = { .name = "leaf" };
    struct cert_plan stranger = { .name = "stranger", .ca = true };

    (void)state;
    world.root = make_cert(&root, NULL);
    world.issuer = make_cert(&issuer, &world.root);
    world.leaf = make_cert(&leaf, &world.issuer);
    world.stranger = make_cert(&stranger, NULL);
    world.twin = make_cert(&issuer, NULL);
    return 0;
}

int
end_world(void **state)
{
    (void)state;
    made_done(&world.root);
    made_done(&world.issuer);
    made_done(&world.leaf);
    made_done(&world.stranger);
    made_done(&world.twin);
    return 0;
}

struct scene
good_scene(void)
{
    struct scene s = {
        .responder = { .name = "responder",
                       .purposes = "critical,OCSPSigning,1.3.6.1.5.5.7.48.1.5",
                       .usage = "critical,digitalSignature" },
        .responder_issuer = &world.issuer,
        .answers = 1,
        .rules = { .at = MADE_AT,
                   .max_age = 7 * DAY,
                   .skew = 300,
                   .nonce = GA_OCSP_NONCE_ACCEPT_MISSING },
        .to_ask = 1,
    };

    for (size_t i = 0; i < ANSWERS; i++) {
        s.answer[i].singles = 1;
        s.answer[i].single[0].cert = &world.leaf;
        s.answer[i].single[0].issuer = &world.issuer;
    }
    return s;
}

struct outcome {
    struct ga_check check;
    struct ga_ocsp_facts facts;
};

static void
fill_store(struct ga_ocsp_store *store, const struct scene *s,
           const struct made *responder)
{
    static const char *const sources[ANSWERS] = { "a.der", "b.der", "c.der" };

    for (size_t i = 0; i < s->answers; i++) {
        struct answer_plan plan = s->answer[i];
        struct ga_buf der;

        if (plan.responder == NULL)
            plan.responder = responder;
        if (s->stranger_first)
            plan.certs[0] = &world.stranger;
        if (!s->bare[i])
            plan.certs[s->stranger_first] = plan.responder;
        if (s->misnamed) {
            plan.signer = plan.responder;
            plan.responder = &world.stranger;
        }
        der = s->raw[i] != NULL ? unhex(s->raw[i]) : make_answer(&plan);
        assert_int_equal(
            ga_ocsp_store_add(store, ga_view(&der), sources[i], NULL), GA_OK);
        ga_buf_done(&der);
    }
}

static struct outcome
run(const struct scene *s)
{
    struct made responder = make_cert(&s->responder, s->responder_issuer);
    struct ga_buf nonce = unhex(s->our_nonce != NULL ? s->our_nonce : "");
    struct ga_certs certs = {
        3, { world.leaf.cert, world.issuer.cert, world.root.cert }
    };
    struct ga_anchor anchor = { .simulator = s->simulator_anchor };
    struct ga_chain_facts chain = {
        .anchor = s->no_anchor ? NULL : &anchor,
        .to_ask = s->to_ask,
        .issuer = { { world.issuer.cert->subject, world.issuer.cert->key },
                    { world.root.cert->subject, world.root.cert->key } },
    };
    struct ga_ocsp_rules rules = s->rules;
    struct ga_ocsp_store *store = NULL;
    struct ga_facts *facts = NULL;
    struct outcome out;

    memset(&out, 0, sizeof(out));
    memset(&out.facts, 0xa5, sizeof(out.facts));
    if (s->no_issuer_key)
        chain.issuer[0].key = NULL;
    if (s->own_issuer)
        chain.issuer[0] = (struct ga_issuer){ world.leaf.cert->subject,
                                              world.leaf.cert->key };
    assert_int_equal(ga_ocsp_store_new(&store, NULL), GA_OK);
    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    fill_store(store, s, &responder);
    rules.facts = facts;
    rules.our_nonce = ga_view(&nonce);
    ga_ocsp_check(store, &certs, &chain, &rules, &out.check, &out.facts);
    ga_facts_free(facts);
    ga_ocsp_store_free(store);
    ga_buf_done(&nonce);
    made_done(&responder);
    return out;
}

static uint64_t
bit(enum ga_reason reason)
{
    return reason != GA_R_NONE ? UINT64_C(1) << reason : 0;
}

void
comes_out_as_said(void **state)
{
    const struct row *row = *state;
    struct scene s = good_scene();
    struct outcome out;

    row->change(&s);
    out = run(&s);
    assert_string_equal(ga_state_name(out.check.state),
                        ga_state_name(row->state));
    assert_string_equal(ga_reason_name(out.check.reason),
                        ga_reason_name(row->reason));
    assert_string_equal(out.check.text, row->text);
    assert_int_equal(out.check.incomplete, row->incomplete);
    assert_int_equal(out.check.all, row->state == GA_FAILED
                                        ? bit(row->reason) | bit(row->also)
                                        : 0);
    assert_int_equal(out.facts.status, row->facts.status);
    assert_int_equal(out.facts.revocation_reason, row->facts.revocation_reason);
    assert_int_equal(out.facts.asked, row->facts.asked);
    assert_int_equal(out.facts.nonce_matches, row->facts.nonce_matches);
    assert_int_equal(out.facts.response_valid, row->facts.response_valid);
    assert_int_equal(out.facts.good, row->facts.good);
}

int
run_rows(struct row *rows, size_t count)
{
    struct CMUnitTest *tests = calloc(count, sizeof(*tests));
    int failed;

    assert_non_null(tests);
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){ .name = rows[i].name,
                                        .test_func = comes_out_as_said,
                                        .initial_state = &rows[i] };
    failed =
        _cmocka_run_group_tests("rows", tests, count, make_world, end_world);
    free(tests);
    return failed;
}
