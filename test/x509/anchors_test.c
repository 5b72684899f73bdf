/* SPDX-License-Identifier: Apache-2.0 */
/* Anchors: the built-in facts, and those that a user names. */
#include "support/test.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "support/chains.h"
#include "support/fixtures.h"
#include "x509/chain_scene.h"

/* SHA-256 of each SPKI, as docs/sources.md#anchors has it. */
static const struct {
    enum ga_anchor_use use;
    const char *spki_sha256, *key_id, *cert_sha256;
} known[] = {
    { GA_ANCHOR_DEVICE,
      "a90c4eb5acfd3e3d03a25db6a26b84f720ad0503196c627c21ddd48dd85b06a4",
      "5785ff83f263cc657d68b73a5bf48d4acbfb495f",
      "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48" },
    { GA_ANCHOR_RIM,
      "dec1dc316477aa851eebdf51327ae9f864bc8d89254657ed1e7eb9168af1e1a3",
      "a5a5eb38f2b8643024d3c0c1b249f9f78cde6630",
      "12977b5115acb0381179279fffeb5a8c4d264971ebb32298023a465fa41df5d1" },
};

static void
has_digest(struct ga_bytes in, const EVP_MD *md, const char *digits)
{
    struct ga_buf expected = unhex(digits);
    uint8_t out[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    assert_int_equal(EVP_Digest(in.ptr, in.len, out, &n, md, NULL), 1);
    assert_int_equal(n, expected.len);
    assert_memory_equal(out, expected.ptr, n);
    ga_buf_done(&expected);
}

static void
builds_in_the_published_keys(void **state)
{
    (void)state;
    assert_false(world.builtin.custom);
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct ga_anchor *a = &world.builtin.anchor[known[i].use][0];
        struct ga_buf sha256 = unhex(known[i].cert_sha256);

        assert_int_equal(world.builtin.count[known[i].use], 1);
        assert_true(a->builtin);
        assert_false(a->simulator);
        has_digest(ga_key_spki(a->key), EVP_sha256(), known[i].spki_sha256);
        has_digest(ga_key_point(a->key), EVP_sha1(), known[i].key_id);
        assert_memory_equal(a->cert_sha256, sha256.ptr, 32);
        ga_buf_done(&sha256);
    }
}

/* The real roots are these anchors, and signed themselves: a chain's check
 * relies on that without looking. */
static void
builds_in_the_real_roots(void **state)
{
    struct ga_certs chain[COUNT(known)];

    (void)state;
    need_fixtures();
    chain[0] = device_certs("gpu/h100-550.90.07/chain.pem");
    chain[1] =
        rim_certs("gpu/h100-550.90.07/rims/NV_GPU_DRIVER_GH100_550.90.07.xml");
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct ga_anchor *a = &world.builtin.anchor[known[i].use][0];
        const struct ga_cert *root = chain[i].cert[chain[i].count - 1];

        assert_true(ga_bytes_equal(ga_view(&a->name), root->subject));
        assert_true(ga_bytes_equal(ga_key_spki(a->key), root->spki));
        has_digest(ga_view(&root->der), EVP_sha256(), known[i].cert_sha256);
        assert_int_equal(a->not_before, root->not_before);
        assert_int_equal(a->not_after, root->not_after);
        assert_true(
            ga_facts_signed(world.facts, a->key, root->tbs, &root->signature));
        ga_certs_done(&chain[i]);
    }
}

/* A PEM file with a certificate and a bare key. */
static struct ga_buf
both_blocks(void)
{
    struct made_chain c = made_chain_of(MADE_HOPPER, false, world.key);
    struct der der = made_der(&c.spec[4]);
    struct ga_buf cert =
        made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    struct ga_buf key =
        made_block("PUBLIC KEY", ga_key_spki(world.stranger->key));

    cert.ptr = realloc(cert.ptr, cert.len + key.len);
    assert_non_null(cert.ptr);
    memcpy(cert.ptr + cert.len, key.ptr, key.len);
    cert.len += key.len;
    ga_buf_done(&key);
    return cert;
}

static void
stand_beside_the_built_in_ones(void **state)
{
    struct ga_buf pem = both_blocks();
    struct ga_anchors a;

    (void)state;
    assert_int_equal(ga_anchors_init(&a, NULL), GA_OK);
    assert_int_equal(ga_anchors_add(&a, GA_ANCHOR_DEVICE, ga_view(&pem), NULL),
                     GA_OK);
    assert_true(a.custom);
    assert_int_equal(a.count[GA_ANCHOR_DEVICE], 3);
    assert_true(a.anchor[GA_ANCHOR_DEVICE][0].builtin);
    assert_false(a.anchor[GA_ANCHOR_DEVICE][1].builtin);
    assert_int_not_equal(a.anchor[GA_ANCHOR_DEVICE][1].name.len, 0);
    assert_int_equal(a.anchor[GA_ANCHOR_DEVICE][2].name.len, 0);
    assert_int_equal(a.anchor[GA_ANCHOR_DEVICE][2].not_before, GA_TIME_MIN);
    assert_int_equal(a.anchor[GA_ANCHOR_DEVICE][2].not_after, GA_TIME_MAX);
    assert_true(ga_bytes_zero(
        ga_bytes_of(a.anchor[GA_ANCHOR_DEVICE][2].cert_sha256, 32)));
    assert_int_equal(a.count[GA_ANCHOR_RIM], 1);
    assert_true(a.anchor[GA_ANCHOR_RIM][0].builtin);
    assert_int_equal(ga_anchors_add(&a, GA_ANCHOR_DEVICE, ga_view(&pem), NULL),
                     GA_OK);
    assert_int_equal(a.count[GA_ANCHOR_DEVICE], 5);
    ga_anchors_done(&a);
    ga_buf_done(&pem);
}

/* Chains end in a key without a name just as well, and in the right one of
 * several anchors of one name. */
static void
finds_the_right_anchor(void **state)
{
    struct made_chain made = made_chain_of(MADE_HOPPER, false, world.key);
    struct made_chain foreign = made;
    struct ga_buf pem;
    struct ga_chain *chain[2];
    struct ga_anchors a;
    struct der der;

    (void)state;
    made.count = 4;
    chain[0] = chain_of(&made);
    made.count = 5;
    chain[1] = chain_of(&made);
    foreign.spec[4].key = foreign.spec[4].signer = world.stranger;
    der = made_der(&foreign.spec[4]);
    assert_int_equal(ga_anchors_init(&a, NULL), GA_OK);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    assert_int_equal(ga_anchors_add(&a, GA_ANCHOR_DEVICE, ga_view(&pem), NULL),
                     GA_OK);
    ga_buf_done(&pem);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(chain); i++) {
            struct ga_chain_facts found;
            struct ga_check check;

            check_device(chain[i], &a, AT_TEXT, &check, &found);
            assert_int_equal(check.state, round == 0 ? GA_FAILED : GA_PASSED);
            assert_int_equal(check.reason,
                             round == 0 ? GA_R_UNTRUSTED : GA_R_NONE);
            assert_ptr_equal(found.anchor,
                             round == 0 ? NULL
                                        : &a.anchor[GA_ANCHOR_DEVICE][2]);
        }
        pem = made_block("PUBLIC KEY", ga_key_spki(world.key[4]->key));
        assert_int_equal(
            ga_anchors_add(&a, GA_ANCHOR_DEVICE, ga_view(&pem), NULL), GA_OK);
        ga_buf_done(&pem);
    }
    ga_chain_free(chain[0]);
    ga_chain_free(chain[1]);
    ga_anchors_done(&a);
}

static void
knows_the_simulators_roots(void **state)
{
    (void)state;
    assert_true(world.simulators.anchor[GA_ANCHOR_DEVICE][1].simulator);
    assert_true(world.simulators.anchor[GA_ANCHOR_RIM][1].simulator);
    assert_false(world.own.anchor[GA_ANCHOR_DEVICE][1].simulator);
    assert_true(world.own.custom);
}

static void
expect_refusal(struct ga_bytes pem, enum ga_rc rc, const char *text)
{
    struct ga_anchors a;
    struct ga_error err = { 0 };

    assert_int_equal(ga_anchors_init(&a, NULL), GA_OK);
    assert_int_equal(ga_anchors_add(&a, GA_ANCHOR_RIM, pem, &err), rc);
    assert_string_equal(err.text, text);
    assert_int_equal(a.count[GA_ANCHOR_RIM], 1);
    assert_true(a.anchor[GA_ANCHOR_RIM][0].builtin);
    assert_false(a.custom);
    ga_anchors_done(&a);
}

static void
refuses_what_is_no_anchor(void **state)
{
    struct made_chain c = made_chain_of(MADE_RIM, false, world.key);
    struct ga_buf good =
        made_block("PUBLIC KEY", ga_key_spki(world.stranger->key));
    struct ga_buf pem;
    struct der der;

    (void)state;
    expect_refusal(ga_bytes_of("", 0), GA_E_MISSING, "no anchor");
    expect_refusal(ga_bytes_of("x", 1), GA_E_SYNTAX, "PEM: no BEGIN line at 0");

    c.spec[3].inner = "300a06082a8648ce3d040302";
    der = made_der(&c.spec[3]);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    expect_refusal(
        ga_view(&pem), GA_E_BAD_VALUE,
        "PEM block at 0: CN=NVIDIA CoRIM signing Root CA,O=NVIDIA,C=US: inner "
        "and outer signature algorithm differ; signature algorithm is not "
        "ecdsa-with-SHA384 without parameters");
    ga_buf_done(&pem);

    pem = made_block("PUBLIC KEY", ga_bytes_of(der.ptr, 120));
    expect_refusal(ga_view(&pem), GA_E_BAD_VALUE,
                   "PEM block at 0: key: not id-ecPublicKey with named curve "
                   "secp384r1 and an uncompressed point");
    ga_buf_done(&pem);

    /* The first block is good, the second one is cut short. */
    good.ptr = realloc(good.ptr, 2 * good.len);
    assert_non_null(good.ptr);
    memcpy(&good.ptr[good.len], good.ptr, good.len);
    expect_refusal(ga_bytes_of(good.ptr, 2 * good.len - 26), GA_E_TRUNCATED,
                   "PEM: no END line before 404");
    ga_buf_done(&good);
}

static void
bounds_their_number(void **state)
{
    struct ga_buf one =
        made_block("PUBLIC KEY", ga_key_spki(world.stranger->key));
    size_t n = GA_ANCHORS_MAX + 1;
    uint8_t *all = malloc(n * one.len);
    struct ga_anchors a;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(all);
    for (size_t i = 0; i < n; i++)
        memcpy(&all[i * one.len], one.ptr, one.len);
    expect_refusal(ga_bytes_of(all, n * one.len), GA_E_TOO_LARGE,
                   "more than 64 anchors");
    assert_int_equal(ga_anchors_init(&a, NULL), GA_OK);
    assert_int_equal(ga_anchors_add(&a, GA_ANCHOR_RIM,
                                    ga_bytes_of(all, (n - 2) * one.len), &err),
                     GA_OK);
    assert_int_equal(
        ga_anchors_add(&a, GA_ANCHOR_RIM, ga_bytes_of(all, one.len), &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 64 anchors");
    assert_int_equal(a.count[GA_ANCHOR_RIM], GA_ANCHORS_MAX);
    ga_anchors_done(&a);
    free(all);
    all = calloc(1, GA_ANCHOR_FILE_MAX + 1);
    assert_non_null(all);
    expect_refusal(ga_bytes_of(all, GA_ANCHOR_FILE_MAX + 1), GA_E_TOO_LARGE,
                   "262145 bytes of anchors, not 1 to 262144");
    free(all);
    ga_buf_done(&one);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_in_the_published_keys),
        cmocka_unit_test(builds_in_the_real_roots),
        cmocka_unit_test(stand_beside_the_built_in_ones),
        cmocka_unit_test(finds_the_right_anchor),
        cmocka_unit_test(knows_the_simulators_roots),
        cmocka_unit_test(refuses_what_is_no_anchor),
        cmocka_unit_test(bounds_their_number),
    };

    return cmocka_run_group_tests(tests, make_world, free_world);
}
