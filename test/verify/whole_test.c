/* SPDX-License-Identifier: Apache-2.0 */
/* The n-th allocation fails, for every n, while a result is written: what comes
 * out is whole, or an error; never a text that lacks what was let pass. */
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/memory.h"
#include "support/token_maker.h"
#include "support/worlds.h"
#include "token/eat.h"
#include "verify/result.h"

static struct {
    struct minted board;
    struct made_authority authority;
    struct ga_signer *signer;
    struct ga_result *relaxed; /* of a board, verified, with a topology */
    struct ga_result *malformed;
} scene;

static void *
json_malloc(size_t n)
{
    return memory_fails() ? NULL : __real_malloc(n);
}

static int
set_up(void **state)
{
    static const char *const trailing[] = { "trailing-byte", NULL };
    static const char policy[] = "package policy\nimport rego.v1\n"
                                 "nv_match := true\n";
    char *path = made_file(ga_bytes_of(policy, strlen(policy)));
    struct minted m;

    (void)state;
    mint(&scene.board, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, NULL);
    scene.relaxed =
        minted_verify(&scene.board, (const char *[]){ "topology", "hgx-hopper",
                                                      "policy", path, NULL });
    assert_true(ga_result_verified(scene.relaxed));
    mint(&m, 1, 0, trailing);
    scene.malformed = minted_verify(&m, NULL);
    assert_int_equal(ga_result_verdict(scene.malformed), GA_VERDICT_MALFORMED);
    minted_done(&m);
    made_authority_init(&scene.authority, "CN=token authority", false);
    scene.signer =
        made_token_signer(&scene.authority, "CN=" GA_TOKEN_SIGNER_CN);
    unlink(path);
    free(path);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ga_signer_free(scene.signer);
    made_authority_done(&scene.authority);
    ga_result_free(scene.malformed);
    ga_result_free(scene.relaxed);
    minted_done(&scene.board);
    return 0;
}

/* ---- what is written ---- */

static enum ga_rc
write_eat(char **out, struct ga_error *err)
{
    const struct ga_eat_options o = { .size = sizeof(o),
                                      .issuer = "https://verifier.example",
                                      .now = ga_result_time(scene.relaxed),
                                      .allow_relaxed = true,
                                      .caller_nonce = true };

    return ga_result_eat(scene.relaxed, scene.signer, &o, out, err);
}

static enum ga_rc
write_result(char **out, struct ga_error *err)
{
    return ga_result_json(scene.relaxed, out, err);
}

static enum ga_rc
write_error(char **out, struct ga_error *err)
{
    return ga_result_json(scene.malformed, out, err);
}

static enum ga_rc
write_topology(char **out, struct ga_error *err)
{
    return ga_topology_print(ga_result_topology(scene.relaxed),
                             GA_TOPOLOGY_JSON, out, err);
}

/* ---- what of it is compared ---- */

static void
same_text(const char *text, const char *whole)
{
    assert_string_equal(text, whole);
}

/* Claims, but for what is random. */
static json_t *
claims_of(const struct ga_jws *jws)
{
    json_t *v = json_deep_copy(jws->claims);

    json_object_del(v, "jti");
    json_object_del(v, "submods"); /* digests of random tokens */
    return v;
}

static void
same_claims(const struct ga_jws *a, const struct ga_jws *b)
{
    json_t *x = claims_of(a), *y = claims_of(b);

    assert_true(json_equal(x, y));
    assert_non_null(json_object_get(x, "x-gpuattest-relaxed"));
    json_decref(x);
    json_decref(y);
}

static void
same_eat(const char *text, const char *whole)
{
    struct ga_eats a = { 0 }, b = { 0 };

    assert_int_equal(ga_eats_add(ga_bytes_of(text, strlen(text)), &a, NULL),
                     GA_OK);
    assert_int_equal(ga_eats_add(ga_bytes_of(whole, strlen(whole)), &b, NULL),
                     GA_OK);
    assert_int_equal(a.submods, b.submods);
    same_claims(&a.eat[0].overall, &b.eat[0].overall);
    for (size_t i = 0; i < a.submods; i++)
        same_claims(&a.submod[i].jws, &b.submod[i].jws);
    ga_eats_done(&a);
    ga_eats_done(&b);
}

static struct writer {
    const char *name;
    enum ga_rc (*write)(char **out, struct ga_error *err);
    void (*same)(const char *text, const char *whole);
    unsigned least, step; /* allocations; a prime step spares time */
} writers[] = {
    { "an EAT is whole or none", write_eat, same_eat, 1000, 23 },
    { "a result is whole or none", write_result, same_text, 1000, 7 },
    { "a malformed result is whole or none", write_error, same_text, 100, 1 },
    { "a topology is whole or none", write_topology, same_text, 300, 1 },
};

static void
is_whole_or_none(void **state)
{
    const struct writer *w = *state;
    char *whole = NULL;
    unsigned n = 1;

    assert_int_equal(w->write(&whole, NULL), GA_OK);
    for (bool failed = true; failed; n += w->step) {
        struct ga_error err = { 0 };
        char *text = NULL;
        enum ga_rc rc;

        memory_countdown = n;
        rc = w->write(&text, &err);
        failed = memory_countdown == 0;
        memory_countdown = 0;
        if (rc == GA_OK) {
            w->same(text, whole);
            ga_text_free(text);
            continue;
        }
        assert_true(failed);
        assert_int_equal(rc, GA_E_NOMEM);
        assert_string_equal(err.text, "out of memory");
        assert_null(text);
    }
    assert_true(n > w->least);
    ga_text_free(whole);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(writers)];

    json_set_alloc_funcs(json_malloc, free);
    for (size_t i = 0; i < COUNT(tests); i++)
        tests[i] = (struct CMUnitTest){ .name = writers[i].name,
                                        .test_func = is_whole_or_none,
                                        .initial_state = &writers[i] };
    return cmocka_run_group_tests_name("whole", tests, set_up, tear_down);
}
