/* SPDX-License-Identifier: Apache-2.0 */
/* Parsed certificates by their bytes: the same one, or a new one. */
#include "support/test.h"

#include <string.h>

#include "support/cert_maker.h"
#include "x509/cert_cache.h"

#define CERTS 5

static struct made_key *key[CERTS];
static struct der der[CERTS];

static int
make_certs(void **state)
{
    struct made_chain chain;

    (void)state;
    for (size_t i = 0; i < CERTS; i++)
        key[i] = made_key_new();
    chain = made_chain_of(MADE_HOPPER, false, key);
    for (size_t i = 0; i < CERTS; i++)
        der[i] = made_der(&chain.spec[i]);
    return 0;
}

static int
free_certs(void **state)
{
    (void)state;
    for (size_t i = 0; i < CERTS; i++)
        made_key_free(key[i]);
    return 0;
}

static struct ga_cert *
get(struct ga_cert_cache *cache, size_t i)
{
    struct ga_cert *cert = NULL;

    assert_int_equal(ga_cert_cache_get(cache,
                                       ga_bytes_of(der[i].ptr, der[i].len),
                                       &cert, NULL),
                     GA_OK);
    assert_true(ga_bytes_equal(ga_view(&cert->der),
                               ga_bytes_of(der[i].ptr, der[i].len)));
    return cert;
}

static void
gives_the_same_one_for_the_same_bytes(void **state)
{
    struct ga_cert_cache *cache = NULL;
    struct ga_cert *first[CERTS], *again;

    (void)state;
    assert_int_equal(ga_cert_cache_new(&cache, NULL), GA_OK);
    for (size_t i = 0; i < CERTS; i++)
        first[i] = get(cache, i);
    for (size_t i = 0; i < CERTS; i++) {
        again = get(cache, i);
        assert_ptr_equal(again, first[i]);
        ga_cert_free(again);
    }
    /* They outlive the cache. */
    ga_cert_cache_free(cache);
    for (size_t i = 0; i < CERTS; i++) {
        assert_true(first[i]->der.len > 0);
        ga_cert_free(first[i]);
    }
}

/* A certificate whose end, which the place follows from, is another one's. */
static void
compares_every_byte(void **state)
{
    struct ga_cert_cache *cache = NULL;
    struct ga_cert *first, *other = NULL;

    (void)state;
    assert_int_equal(ga_cert_cache_new_sized(1, &cache, NULL), GA_OK);
    first = get(cache, 0);
    for (size_t i = 0; i < der[0].len; i++) {
        struct der changed = der[0];

        changed.ptr[i] ^= 1;
        if (ga_cert_cache_get(cache, ga_bytes_of(changed.ptr, changed.len),
                              &other, NULL) != GA_OK)
            continue;
        assert_ptr_not_equal(other, first);
        ga_cert_free(other);
        ga_cert_free(first);
        first = get(cache, 0);
    }
    ga_cert_free(first);
    ga_cert_cache_free(cache);
}

static void
does_not_keep_what_does_not_parse(void **state)
{
    struct ga_cert_cache *cache = NULL;
    struct ga_cert *cert = NULL;

    (void)state;
    assert_int_equal(ga_cert_cache_new(&cache, NULL), GA_OK);
    for (int i = 0; i < 2; i++) {
        struct ga_error err = { 0 };

        assert_int_not_equal(
            ga_cert_cache_get(cache, ga_bytes_of(der[0].ptr, der[0].len - 1),
                              &cert, &err),
            GA_OK);
        assert_true(err.text[0] != '\0');
        assert_null(cert);
    }
    ga_cert_cache_free(cache);
}

/* More certificates than places: the cache stays bounded, and right. */
static void
stays_right_when_full(void **state)
{
    struct ga_cert_cache *cache = NULL;

    (void)state;
    assert_int_equal(ga_cert_cache_new_sized(0, &cache, NULL), GA_E_INVAL);
    assert_int_equal(
        ga_cert_cache_new_sized(GA_CERT_CACHE_MAX + 1, &cache, NULL),
        GA_E_INVAL);
    assert_null(cache);
    assert_int_equal(ga_cert_cache_new_sized(2, &cache, NULL), GA_OK);
    for (size_t round = 0; round < 4; round++)
        for (size_t i = 0; i < CERTS; i++)
            ga_cert_free(get(cache, i));
    ga_cert_cache_free(cache);
}

static void
parses_without_a_cache(void **state)
{
    struct ga_cert *a = get(NULL, 0), *b = get(NULL, 0);

    (void)state;
    assert_ptr_not_equal(a, b);
    ga_cert_free(a);
    ga_cert_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_one_for_the_same_bytes),
        cmocka_unit_test(compares_every_byte),
        cmocka_unit_test(does_not_keep_what_does_not_parse),
        cmocka_unit_test(stays_right_when_full),
        cmocka_unit_test(parses_without_a_cache),
    };

    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
