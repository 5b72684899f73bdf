/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n-th allocation fails, for every n, over a whole verification: settings,
 * context, evidence, verdict, JSON.  What comes out is an error that says so, a
 * rejection, or what comes out otherwise; never a verdict that is better.
 *
 * Ours: the linker puts functions in front of libc's.  The libraries': jansson
 * and libcrypto are given theirs, and the parser of expat is made with some.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "support/test.h"

#include <expat.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/memory.h"
#include "support/worlds.h"
#include "verify/context.h"

/* Whose allocations count. */
enum source { OURS = 1, JSON = 2, XML = 4, CRYPTO = 8 };

static struct {
    unsigned sources;
    unsigned left; /* allocations until the one that fails; 0: none does */
    bool on;       /* that one has come */
    bool for_good; /* all behind it fail as well */
    unsigned seen;
} memory;

static bool
fails(enum source source)
{
    if ((memory.sources & source) == 0)
        return false;
    memory.seen++;
    if (memory.left == 0 || (memory.on && !memory.for_good))
        return false;
    if (!memory.on && --memory.left == 0) {
        memory.left = 1;
        memory.on = true;
    }
    return memory.on;
}

XML_Parser __wrap_XML_ParserCreateNS(const XML_Char *encoding,
                                     XML_Char separator);

static bool
ours_fails(void)
{
    return fails(OURS);
}

static void *
json_malloc(size_t n)
{
    return fails(JSON) ? NULL : __real_malloc(n);
}

static void *
xml_malloc(size_t n)
{
    return fails(XML) ? NULL : __real_malloc(n);
}

static void *
xml_realloc(void *p, size_t n)
{
    return fails(XML) ? NULL : __real_realloc(p, n);
}

XML_Parser
__wrap_XML_ParserCreateNS(const XML_Char *encoding, XML_Char separator)
{
    static const XML_Memory_Handling_Suite suite = { xml_malloc, xml_realloc,
                                                     free };
    const XML_Char text[] = { separator, '\0' };

    return XML_ParserCreate_MM(encoding, &suite, text);
}

static void *
crypto_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return n == 0 || fails(CRYPTO) ? NULL : __real_malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails(CRYPTO) ? NULL : __real_realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

/* A world, what is found in it, and the signatures that were verified once. */
struct stage {
    struct minted m;
    struct ga_settings *set;
    char evidence[128];
    struct ga_facts *facts;
    enum ga_verdict verdict;
    char *json;
};

struct outcome {
    enum ga_rc rc;
    struct ga_error err;
    enum ga_verdict verdict;
    char *json;
};

/* Signatures that are known make a run twenty times as fast, and take no
 * memory away from it. */
static void
lend_facts(struct stage *s, struct ga_context *ctx)
{
    if (s->facts == NULL)
        return;
    ga_facts_free(ctx->facts);
    ctx->facts = s->facts;
}

static void
run(struct stage *s, struct outcome *out)
{
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;

    memset(out, 0, sizeof(*out));
    out->verdict = GA_VERDICT_REJECTED;
    out->rc = ga_context_new(s->set, NULL, &ctx, &out->err);
    if (out->rc == GA_OK) {
        lend_facts(s, ctx);
        out->rc = ga_evidence_new(&evidence, &out->err);
    }
    if (out->rc == GA_OK)
        out->rc = ga_evidence_load(evidence, s->evidence, &out->err);
    if (out->rc == GA_OK)
        out->rc =
            ga_verify(ctx, evidence, &s->m.world->o.nonce, &result, &out->err);
    if (out->rc == GA_OK)
        out->rc = ga_result_json(result, &out->json, &out->err);
    memory.left = 0;
    out->verdict = ga_result_verdict(result);
    ga_result_free(result);
    ga_evidence_free(evidence);
    if (ctx != NULL && s->facts != NULL)
        ctx->facts = NULL;
    else if (ctx != NULL) {
        s->facts = ctx->facts;
        ctx->facts = NULL;
    }
    ga_context_free(ctx);
}

static void
open_stage(struct stage *s, const char *defect)
{
    const char *const defects[] = { defect, NULL };
    struct outcome first;

    memset(s, 0, sizeof(*s));
    mint(&s->m, 1, 0, defects);
    s->set = minted_settings(&s->m);
    minted_path(&s->m, "evidence.json", s->evidence, sizeof(s->evidence));
    run(s, &first);
    assert_int_equal(first.rc, GA_OK);
    s->verdict = first.verdict;
    s->json = first.json;
    assert_int_equal(s->verdict == GA_VERDICT_VERIFIED, defect == NULL);
}

static void
close_stage(struct stage *s)
{
    ga_facts_free(s->facts);
    free(s->json);
    ga_settings_free(s->set);
    minted_done(&s->m);
}

/* What may come out when memory ran out on the way. */
static void
judge(const struct stage *s, const struct outcome *o, unsigned n)
{
    if (o->rc != GA_OK) {
        if (o->rc != GA_E_NOMEM && o->rc != GA_E_INTERNAL)
            fail_msg("allocation %u: error %s: %s", n, ga_error_name(o->rc),
                     o->err.text);
        assert_int_equal(o->err.code, o->rc);
        assert_true(o->err.text[0] != '\0');
        assert_null(o->json);
        return;
    }
    assert_non_null(o->json);
    if (strcmp(o->json, s->json) == 0)
        return;
    /* A library that has no memory may say that something does not hold. */
    if (o->verdict == GA_VERDICT_VERIFIED)
        fail_msg("allocation %u: verified, but not as it is:\n%s", n, o->json);
}

/* Every `step`-th allocation of the sources fails; returns how many there
 * are. */
static unsigned
sweep(struct stage *s, unsigned sources, bool for_good, unsigned step)
{
    for (unsigned n = 1;; n += step) {
        struct outcome o;

        memory.sources = sources;
        memory.for_good = for_good;
        memory.on = false;
        memory.seen = 0;
        memory.left = n;
        run(s, &o);
        memory.sources = 0;
        judge(s, &o, n);
        free(o.json);
        if (!memory.on)
            return memory.seen;
    }
}

/* Defects that one thing alone says; forgetting it would make it VERIFIED. */
static const char *const defects[] = { NULL, "file-nonce-differs",
                                       "golden-wrong", "ocsp-revoked" };

static void
sweep_worlds(unsigned sources, bool for_good, unsigned step, unsigned least)
{
    for (size_t i = 0; i < COUNT(defects); i++) {
        struct stage s;

        open_stage(&s, defects[i]);
        assert_true(sweep(&s, sources, for_good, step) >= least);
        close_stage(&s);
    }
}

static void
our_own_allocations(void **state)
{
    (void)state;
    sweep_worlds(OURS, false, 1, 100);
}

static void
our_own_allocations_for_good(void **state)
{
    (void)state;
    sweep_worlds(OURS, true, 1, 100);
}

static void
jansson_s_allocations(void **state)
{
    (void)state;
    sweep_worlds(JSON, false, 1, 100);
}

static void
jansson_s_allocations_for_good(void **state)
{
    (void)state;
    sweep_worlds(JSON, true, 1, 100);
}

static void
expat_s_allocations(void **state)
{
    (void)state;
    sweep_worlds(XML, false, 1, 50);
}

static void
expat_s_allocations_for_good(void **state)
{
    (void)state;
    sweep_worlds(XML, true, 1, 50);
}

/* libcrypto makes thousands; a prime step keeps them apart from loops. */
static void
libcrypto_s_allocations(void **state)
{
    (void)state;
    sweep_worlds(CRYPTO, false, secure_getenv("GA_SWEEP_ALL") != NULL ? 1 : 37,
                 500);
}

static void
all_allocations_for_good(void **state)
{
    (void)state;
    sweep_worlds(OURS | JSON | XML | CRYPTO, true,
                 secure_getenv("GA_SWEEP_ALL") != NULL ? 1 : 61, 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_allocations),
        cmocka_unit_test(our_own_allocations_for_good),
        cmocka_unit_test(jansson_s_allocations),
        cmocka_unit_test(jansson_s_allocations_for_good),
        cmocka_unit_test(expat_s_allocations),
        cmocka_unit_test(expat_s_allocations_for_good),
        cmocka_unit_test(libcrypto_s_allocations),
        cmocka_unit_test(all_allocations_for_good),
    };

    memory_fails = ours_fails;
    /* Before libcrypto allocates anything. */
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) !=
        1)
        return 70;
    json_set_alloc_funcs(json_malloc, free);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
