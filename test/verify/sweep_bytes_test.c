/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of a chain, of an OCSP answer and of a RIM takes other values: it
 * is refused, or what is read is the same.  Checks are made without the
 * report, and good signatures are verified once, so that it takes seconds.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "support/cert_maker.h"
#include "support/worlds.h"
#include "verify/context.h"
#include "x509/chain.h"
#include "x509/ocsp.h"

/* One GPU; the context has its anchors, and the facts grow with each check. */
struct stage {
    struct minted m;
    struct ga_context *ctx;
    struct ga_chain_rules rules;
    const struct sim_device *gpu;
    struct ga_chain *chain;
    struct ga_chain_facts facts;
    size_t answer; /* which of the world's answers is altered */
};

static int
set_up(void **state)
{
    struct stage *s = calloc(1, sizeof(*s));
    struct ga_check check = { 0 };
    struct ga_settings *set;

    assert_non_null(s);
    mint(&s->m, 1, 0, NULL);
    set = minted_settings(&s->m);
    assert_int_equal(ga_context_new(set, NULL, &s->ctx, NULL), GA_OK);
    ga_settings_free(set);
    s->gpu = &s->m.world->device[0];
    s->rules = (struct ga_chain_rules){ .anchors = &s->ctx->anchors,
                                        .facts = s->ctx->facts,
                                        .at = s->m.world->o.at };
    assert_int_equal(
        ga_chain_parse(s->gpu->chain.ptr, s->gpu->chain.len, &s->chain, NULL),
        GA_OK);
    ga_device_chain_check(s->chain, &s->rules, &check, &s->facts);
    assert_int_equal(check.state, GA_PASSED);
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *s = *state;

    ga_chain_free(s->chain);
    ga_context_free(s->ctx);
    minted_done(&s->m);
    free(s);
    return 0;
}

/* The values that a byte takes: one bit turned over and, on every fifth byte,
 * the other case, the top bit and all bits as well, which keeps the time below
 * a minute.  `turn` counts them; false after the last one. */
static bool
other_value(size_t at, uint8_t was, unsigned turn, uint8_t *now)
{
    static const uint8_t masks[] = { 0x01, 0x20, 0x80 };

    if (turn > (at % 5 == 0 ? COUNT(masks) : 0))
        return false;
    *now = turn < COUNT(masks) ? was ^ masks[turn] : 0xff;
    return true;
}

/* What is tried on altered input; true: accepted.  It fails the test where
 * what it accepts is not the same as before. */
typedef bool (*trial)(const struct stage *s, const struct ga_buf *in);

/* Alters each byte of `in`; returns how often that was accepted. */
static size_t
sweep(const struct stage *s, struct ga_buf *in, trial accepts)
{
    size_t accepted = 0;

    assert_true(accepts(s, in));
    for (size_t i = 0; i < in->len; i++) {
        uint8_t was = in->ptr[i];

        for (unsigned t = 0; other_value(i, was, t, &in->ptr[i]); t++)
            if (in->ptr[i] != was && accepts(s, in))
                accepted++;
        in->ptr[i] = was;
    }
    assert_true(accepts(s, in));
    return accepted;
}

static struct ga_buf
copy_of(struct ga_bytes in)
{
    struct ga_buf out = { 0 };

    assert_int_equal(ga_buf_copy(in, &out, NULL), GA_OK);
    return out;
}

static bool
same_certs(const struct ga_certs *a, const struct ga_certs *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!ga_bytes_equal(ga_view(&a->cert[i]->der),
                            ga_view(&b->cert[i]->der)))
            return false;
    return true;
}

static bool
chain_accepted(const struct stage *s, const struct ga_buf *pem)
{
    struct ga_check check = { 0 };
    struct ga_chain_facts facts;
    struct ga_chain *chain = NULL;

    if (ga_chain_parse(pem->ptr, pem->len, &chain, NULL) != GA_OK)
        return false;
    ga_device_chain_check(chain, &s->rules, &check, &facts);
    assert_true(check.state == GA_PASSED || check.text[0] != '\0');
    if (check.state == GA_PASSED &&
        !same_certs(&chain->certs, &s->chain->certs))
        fail_msg("another chain is accepted");
    ga_chain_free(chain);
    return check.state == GA_PASSED;
}

/* No byte of PEM can be written in another way with these values. */
static void
no_byte_of_a_chain_in_pem(void **state)
{
    const struct stage *s = *state;
    struct ga_buf pem = copy_of(ga_view(&s->gpu->chain));

    assert_int_equal(sweep(s, &pem, chain_accepted), 0);
    ga_buf_done(&pem);
}

/* The chain with certificate `altered` in place of its own. */
static struct ga_buf
pem_with(const struct stage *s, size_t n, struct ga_bytes altered)
{
    struct ga_buf pem = { 0 };

    for (size_t i = 0; i < s->chain->certs.count; i++) {
        struct ga_buf block = made_block(
            "CERTIFICATE",
            i == n ? altered : ga_view(&s->chain->certs.cert[i]->der));

        pem.ptr = realloc(pem.ptr, pem.len + block.len);
        assert_non_null(pem.ptr);
        memcpy(pem.ptr + pem.len, block.ptr, block.len);
        pem.len += block.len;
        ga_buf_done(&block);
    }
    return pem;
}

static void
no_byte_of_a_chain_in_der(void **state)
{
    const struct stage *s = *state;

    for (size_t n = 0; n < s->chain->certs.count; n++) {
        struct ga_buf der = copy_of(ga_view(&s->chain->certs.cert[n]->der));

        for (size_t i = 0; i < der.len; i++) {
            uint8_t was = der.ptr[i];

            for (unsigned t = 0; other_value(i, was, t, &der.ptr[i]); t++) {
                struct ga_buf pem = pem_with(s, n, ga_view(&der));

                if (der.ptr[i] != was && chain_accepted(s, &pem))
                    fail_msg("certificate %zu, byte %zu", n, i);
                ga_buf_done(&pem);
            }
            der.ptr[i] = was;
        }
        ga_buf_done(&der);
    }
}

/* The check with the answers of the world, one of which is `der`. */
static bool
answer_accepted(const struct stage *s, const struct ga_buf *der)
{
    const struct ga_ocsp_rules rules = { .facts = s->rules.facts,
                                         .at = s->rules.at,
                                         .max_age = INT64_C(7) * 86400,
                                         .skew = 300,
                                         .nonce =
                                             GA_OCSP_NONCE_ACCEPT_MISSING };
    const struct sim_world *w = s->m.world;
    struct ga_ocsp_facts facts;
    struct ga_check check = { 0 };
    struct ga_ocsp_store *store = NULL;

    assert_int_equal(ga_ocsp_store_new(&store, NULL), GA_OK);
    for (size_t i = 0; i < w->answers; i++)
        assert_int_equal(ga_ocsp_store_add(store,
                                           i == s->answer
                                               ? ga_view(der)
                                               : ga_view(&w->answer[i].der),
                                           w->answer[i].name, NULL),
                         GA_OK);
    ga_ocsp_check(store, &s->chain->certs, &s->facts, &rules, &check, &facts);
    ga_ocsp_store_free(store);
    assert_true(check.state == GA_PASSED || check.text[0] != '\0');
    return check.state == GA_PASSED;
}

static void
no_byte_of_an_ocsp_answer(void **state)
{
    static uint8_t none[] = { 0x30, 0x00 };
    struct ga_buf nothing = { none, sizeof(none) }, der;
    struct stage *s = *state;

    /* One that counts: without it, the check does not pass. */
    for (s->answer = 0; answer_accepted(s, &nothing); s->answer++)
        assert_true(s->answer < s->m.world->answers);
    der = copy_of(ga_view(&s->m.world->answer[s->answer].der));
    assert_int_equal(sweep(s, &der, answer_accepted), 0);
    ga_buf_done(&der);
}

/* What of a RIM is compared. */
static void
same_rim(const struct ga_rim *a, const struct ga_rim *b)
{
    assert_true(same_certs(&a->certs, &b->certs));
    assert_true(
        ga_bytes_equal(ga_view(&a->signed_info), ga_view(&b->signed_info)));
    assert_memory_equal(a->signature.rs, b->signature.rs,
                        sizeof(a->signature.rs));
    assert_string_equal(a->version, b->version);
    assert_string_equal(a->product, b->product);
    assert_string_equal(a->tag_id, b->tag_id);
    assert_int_equal(a->resource_count, b->resource_count);
    for (size_t i = 0; i < a->resource_count; i++) {
        const struct ga_resource *x = &a->resource[i], *y = &b->resource[i];

        assert_int_equal(x->index, y->index);
        assert_int_equal(x->active, y->active);
        assert_int_equal(x->alternatives, y->alternatives);
        assert_memory_equal(x->hash, y->hash,
                            (size_t)x->alternatives * GA_SHA384_LEN);
    }
}

static bool
rim_accepted(const struct stage *s, const struct ga_buf *xml)
{
    struct ga_check schema = { 0 }, signature = { 0 }, chain = { 0 };
    struct ga_chain_facts facts;
    struct ga_rim *rim = NULL, *own = NULL;
    bool accepted;

    assert_int_equal(ga_rim_read(ga_view(xml), &rim, NULL), GA_OK);
    ga_rim_check_schema(rim, &schema);
    /* The order is that of the cost; all three have to hold. */
    accepted = schema.state == GA_PASSED && rim->digest_matches;
    if (accepted) {
        ga_rim_check_signature(rim, s->rules.facts, &signature);
        ga_rim_chain_check(&rim->certs, &s->rules, &chain, &facts);
        accepted = signature.state == GA_PASSED && chain.state == GA_PASSED;
    }
    if (accepted) {
        assert_int_equal(
            ga_rim_read(ga_view(&s->m.world->rim[1].xml), &own, NULL), GA_OK);
        same_rim(rim, own);
    }
    ga_rim_free(own);
    ga_rim_free(rim);
    return accepted;
}

/* Quotes in pairs, blanks between attributes and line ends inside base64 are
 * what XML leaves free; none of the values makes one of another. */
static void
no_byte_of_a_rim(void **state)
{
    const struct stage *s = *state;
    struct ga_buf xml = copy_of(ga_view(&s->m.world->rim[1].xml));

    assert_int_equal(sweep(s, &xml, rim_accepted), 0);
    ga_buf_done(&xml);
}

/* Blanks for blanks: in tags and in base64 they say nothing, in text they are
 * digested.  Whatever is accepted is the same RIM, as rim_accepted() sees. */
static void
blanks_of_a_rim_say_nothing_or_are_digested(void **state)
{
    static const uint8_t blanks[] = { ' ', '\t', '\n', '\r' };
    const struct stage *s = *state;
    struct ga_buf xml = copy_of(ga_view(&s->m.world->rim[1].xml));
    size_t tried = 0, accepted = 0;

    for (size_t i = 0; i < xml.len; i++) {
        uint8_t was = xml.ptr[i];

        if (memchr(blanks, was, sizeof(blanks)) == NULL)
            continue;
        for (size_t k = 0; k < sizeof(blanks); k++) {
            xml.ptr[i] = blanks[k];
            tried += blanks[k] != was;
            accepted += blanks[k] != was && rim_accepted(s, &xml);
        }
        xml.ptr[i] = was;
    }
    assert_true(accepted > 0 && accepted < tried);
    ga_buf_done(&xml);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_byte_of_a_chain_in_pem),
        cmocka_unit_test(no_byte_of_a_chain_in_der),
        cmocka_unit_test(no_byte_of_an_ocsp_answer),
        cmocka_unit_test(no_byte_of_a_rim),
        cmocka_unit_test(blanks_of_a_rim_say_nothing_or_are_digested),
    };

    return cmocka_run_group_tests_name("bytes", tests, set_up, tear_down);
}
