/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <string.h>

#include "sim/key.h"
#include "support/fixtures.h"

/* Source: rfc6979 A.2.6 */
static const char scalar[] =
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
    "96d5724e4c70a825f872c9ea60d2edf5";
static const char point_x[] =
    "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
    "def8f0ea9055866064a254515480bc13";

static struct vector {
    const char *message, *r, *s;
} vectors[] = {
    { "sample",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
      "81a648152e44acf96e36dd1e80fabe46",
      "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
      "a329c145786e679e7b82c71a38628ac8" },
    { "test",
      "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb"
      "0542a7f0812998da8f1dd3ca3cf023db",
      "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e0"
      "6a739f040649a667bf3b828246baa5a5" },
};

static struct sim_forge
forge(const char *seed)
{
    struct sim_forge f = { 0 };

    assert_int_equal(sim_forge_init(&f, seed, NULL), GA_OK);
    return f;
}

static void
signs_as_rfc6979_says(void **state)
{
    struct sim_forge f = forge("x");
    struct ga_buf d = unhex(scalar), x = unhex(point_x);
    struct sim_key key;

    (void)state;
    assert_int_equal(sim_key_of_scalar(&f, d.ptr, &key, NULL), GA_OK);
    assert_int_equal(key.point[0], 4);
    assert_memory_equal(key.point + 1, x.ptr, GA_P384_LEN);
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct ga_buf r = unhex(vectors[i].r), s = unhex(vectors[i].s);
        uint8_t rs[2 * GA_P384_LEN];

        assert_int_equal(sim_sign(&f, &key,
                                  ga_bytes_of(vectors[i].message,
                                              strlen(vectors[i].message)),
                                  rs, NULL),
                         GA_OK);
        assert_memory_equal(rs, r.ptr, GA_P384_LEN);
        assert_memory_equal(rs + GA_P384_LEN, s.ptr, GA_P384_LEN);
        ga_buf_done(&r);
        ga_buf_done(&s);
    }
    sim_key_done(&key);
    ga_buf_done(&d);
    ga_buf_done(&x);
    sim_forge_done(&f);
}

/* The library's own verification agrees, and not for another message. */
static void
signs_so_that_it_verifies(void **state)
{
    static const uint8_t message[] = "what was said";
    struct sim_forge f = forge(NULL);
    struct ga_key *public = NULL;
    struct ga_signature sig;
    uint8_t digest[GA_SHA384_LEN];
    struct sim_key key;

    (void)state;
    assert_int_equal(sim_key_make(&f, "any", &key, NULL), GA_OK);
    assert_int_equal(ga_key_of_point(ga_bytes_of(key.point, sizeof(key.point)),
                                     &public, NULL),
                     GA_OK);
    assert_int_equal(
        sim_sign(&f, &key, ga_bytes_of(message, sizeof(message)), sig.rs, NULL),
        GA_OK);
    assert_true(ga_sha384(ga_bytes_of(message, sizeof(message)), digest));
    assert_true(ga_ecdsa_verify(public, digest, &sig));
    digest[0] ^= 1;
    assert_false(ga_ecdsa_verify(public, digest, &sig));
    ga_key_free(public);
    sim_key_done(&key);
    sim_forge_done(&f);
}

static void
derives_the_same_from_one_seed(void **state)
{
    struct sim_forge a = forge("one"), b = forge("one");
    struct sim_key ka, kb;
    uint8_t va[100], vb[100];

    (void)state;
    assert_int_equal(sim_derive(&a, va, sizeof(va), NULL, "v %d", 7), GA_OK);
    assert_int_equal(sim_derive(&b, vb, sizeof(vb), NULL, "v %d", 7), GA_OK);
    assert_memory_equal(va, vb, sizeof(va));
    assert_int_equal(sim_key_make(&a, "k", &ka, NULL), GA_OK);
    assert_int_equal(sim_key_make(&b, "k", &kb, NULL), GA_OK);
    assert_memory_equal(ka.point, kb.point, sizeof(ka.point));
    sim_key_done(&ka);
    sim_key_done(&kb);
    sim_forge_done(&a);
    sim_forge_done(&b);
}

static void
derives_another_value_for_another_label(void **state)
{
    struct sim_forge f = forge("one");
    uint8_t a[200], b[200];

    (void)state;
    assert_int_equal(sim_derive(&f, a, sizeof(a), NULL, "a"), GA_OK);
    assert_int_equal(sim_derive(&f, b, sizeof(b), NULL, "b"), GA_OK);
    assert_memory_not_equal(a, b, 64);
    /* Longer than one block: the second is not the first again. */
    assert_memory_not_equal(a, a + 64, 64);
    /* A shorter value is the beginning of a longer one. */
    assert_int_equal(sim_derive(&f, b, 10, NULL, "a"), GA_OK);
    assert_memory_equal(a, b, 10);
    sim_forge_done(&f);
}

static void
derives_another_value_from_another_seed(void **state)
{
    struct sim_forge f[] = { forge("one"), forge("two"), forge(NULL),
                             forge(NULL) };
    uint8_t v[COUNT(f)][32];

    (void)state;
    for (size_t i = 0; i < COUNT(f); i++) {
        assert_int_equal(sim_derive(&f[i], v[i], 32, NULL, "v"), GA_OK);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(v[i], v[k], 32);
        sim_forge_done(&f[i]);
    }
}

static void
refuses_a_label_that_would_be_cut(void **state)
{
    struct sim_forge f = forge("one");
    struct ga_error err = { 0 };
    char label[300];
    uint8_t v[1];

    (void)state;
    memset(label, 'x', sizeof(label));
    label[sizeof(label) - 1] = '\0';
    assert_int_equal(sim_derive(&f, v, sizeof(v), &err, "%s", label),
                     GA_E_INTERNAL);
    assert_string_equal(err.text, "label of a value is too long");
    sim_forge_done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_rfc6979_says),
        cmocka_unit_test(signs_so_that_it_verifies),
        cmocka_unit_test(derives_the_same_from_one_seed),
        cmocka_unit_test(derives_another_value_for_another_label),
        cmocka_unit_test(derives_another_value_from_another_seed),
        cmocka_unit_test(refuses_a_label_that_would_be_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
