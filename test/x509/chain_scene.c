/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <string.h>

#include "x509/chain_scene.h"

struct chain_world world;

static ga_time
at(const char *text)
{
    ga_time t = 0;

    assert_true(ga_time_parse(text, &t));
    return t;
}

void
add_anchor(struct ga_anchors *anchors, enum ga_anchor_use use,
           const struct made_chain *chain)
{
    struct der der = made_der(&chain->spec[chain->count - 1]);
    struct ga_buf pem =
        made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));

    assert_int_equal(ga_anchors_add(anchors, use, ga_view(&pem), NULL), GA_OK);
    ga_buf_done(&pem);
}

static void
add_root(struct ga_anchors *anchors, enum ga_anchor_use use,
         enum made_kind kind, bool simulator)
{
    struct made_chain chain = made_chain_of(kind, simulator, world.key);

    add_anchor(anchors, use, &chain);
}

int
make_world(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(world.key); i++)
        world.key[i] = made_key_new();
    world.stranger = made_key_new();
    assert_int_equal(ga_anchors_init(&world.builtin, NULL), GA_OK);
    assert_int_equal(ga_anchors_init(&world.own, NULL), GA_OK);
    assert_int_equal(ga_anchors_init(&world.simulators, NULL), GA_OK);
    add_root(&world.own, GA_ANCHOR_DEVICE, MADE_HOPPER, false);
    add_root(&world.own, GA_ANCHOR_RIM, MADE_RIM, false);
    add_root(&world.simulators, GA_ANCHOR_DEVICE, MADE_HOPPER, true);
    add_root(&world.simulators, GA_ANCHOR_RIM, MADE_RIM, true);
    assert_int_equal(ga_facts_new(&world.facts, NULL), GA_OK);
    return 0;
}

int
free_world(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(world.key); i++)
        made_key_free(world.key[i]);
    made_key_free(world.stranger);
    ga_anchors_done(&world.builtin);
    ga_anchors_done(&world.own);
    ga_anchors_done(&world.simulators);
    ga_facts_free(world.facts);
    return 0;
}

struct ga_chain *
chain_of(const struct made_chain *made)
{
    struct ga_buf pem = made_pem(made);
    struct ga_chain *chain = NULL;
    struct ga_error err = { 0 };

    if (ga_chain_parse(pem.ptr, pem.len, &chain, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_buf_done(&pem);
    return chain;
}

void
check_device(const struct ga_chain *chain, const struct ga_anchors *anchors,
             const char *when, struct ga_check *check,
             struct ga_chain_facts *found)
{
    const struct ga_chain_rules rules = { .anchors = anchors,
                                          .facts = world.facts,
                                          .at = at(when) };

    *check = (struct ga_check){ 0 };
    memset(found, 0xa5, sizeof(*found));
    ga_device_chain_check(chain, &rules, check, found);
}

void
check_rim(const struct ga_certs *certs, const struct ga_anchors *anchors,
          const char *when, int64_t grace, struct ga_check *check,
          struct ga_chain_facts *found)
{
    const struct ga_chain_rules rules = {
        .anchors = anchors, .facts = world.facts, .at = at(when), .grace = grace
    };

    *check = (struct ga_check){ 0 };
    memset(found, 0xa5, sizeof(*found));
    ga_rim_chain_check(certs, &rules, check, found);
}
