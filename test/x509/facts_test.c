/* SPDX-License-Identifier: Apache-2.0 */
/* Verified facts: what is remembered, and what is not. */
#include "support/test.h"

#include <pthread.h>
#include <string.h>

#include "base/limits.h"
#include "support/cert_maker.h"
#include "x509/facts.h"

static void
remembers_what_is_true_alone(void **state)
{
    struct made_key *made = made_key_new();
    struct ga_bytes message = ga_bytes_of("message", 7);
    struct ga_bytes other = ga_bytes_of("massage", 7);
    struct ga_signature sig = made_signature(made, message);
    struct ga_facts *f = NULL;

    (void)state;
    assert_int_equal(ga_facts_new(&f, NULL), GA_OK);
    assert_true(ga_facts_signed(f, made->key, message, &sig));
    assert_int_equal(ga_facts_count(f), 1);
    assert_true(ga_facts_signed(f, made->key, message, &sig));
    assert_int_equal(ga_facts_count(f), 1);
    assert_false(ga_facts_signed(f, made->key, other, &sig));
    assert_false(ga_facts_signed(f, made->key, other, &sig));
    assert_int_equal(ga_facts_count(f), 3);
    ga_facts_free(f);
    made_key_free(made);
}

/* A fact is of one key, one message and one signature. */
static void
tells_keys_and_signatures_apart(void **state)
{
    struct made_key *a = made_key_new(), *b = made_key_new();
    struct ga_bytes message = ga_bytes_of("message", 7);
    struct ga_signature sig = made_signature(a, message);
    struct ga_signature again = made_signature(a, message);
    struct ga_signature changed = sig;
    struct ga_facts *f = NULL;

    (void)state;
    changed.rs[95] ^= 1;
    assert_int_equal(ga_facts_new(&f, NULL), GA_OK);
    assert_true(ga_facts_signed(f, a->key, message, &sig));
    assert_false(ga_facts_signed(f, b->key, message, &sig));
    assert_false(ga_facts_signed(f, a->key, message, &changed));
    assert_int_equal(ga_facts_count(f), 3);
    assert_true(ga_facts_signed(f, a->key, message, &again));
    assert_int_equal(ga_facts_count(f), 4);
    ga_facts_free(f);
    made_key_free(a);
    made_key_free(b);
}

static void
counts_reports_and_forgets_them(void **state)
{
    struct made_key *made = made_key_new();
    struct ga_bytes message = ga_bytes_of("report", 6);
    struct ga_signature sig = made_signature(made, message);
    struct ga_facts *f = NULL;

    (void)state;
    assert_int_equal(ga_facts_new(&f, NULL), GA_OK);
    assert_true(ga_facts_signed_once(f, made->key, message, &sig));
    assert_true(ga_facts_signed_once(f, made->key, message, &sig));
    assert_int_equal(ga_facts_count(f), 2);
    assert_true(ga_facts_signed(f, made->key, message, &sig));
    assert_int_equal(ga_facts_count(f), 3);
    sig.rs[0] ^= 1;
    assert_false(ga_facts_signed_once(f, made->key, message, &sig));
    ga_facts_free(f);
    made_key_free(made);
}

#define THREADS  4
#define MESSAGES 8

struct job {
    struct ga_facts *facts;
    struct made_key *made;
    struct ga_signature sig[MESSAGES];
    bool good;
};

static void *
work(void *arg)
{
    struct job *job = arg;

    job->good = true;
    for (uint8_t round = 0; round < 3; round++)
        for (uint8_t i = 0; i < MESSAGES; i++)
            job->good =
                job->good && ga_facts_signed(job->facts, job->made->key,
                                             ga_bytes_of(&i, 1), &job->sig[i]);
    return NULL;
}

static void
is_shared_by_threads(void **state)
{
    struct job job[THREADS] = { { 0 } };
    struct made_key *made = made_key_new();
    pthread_t thread[THREADS];

    (void)state;
    job[0].made = made;
    assert_int_equal(ga_facts_new(&job[0].facts, NULL), GA_OK);
    for (uint8_t i = 0; i < MESSAGES; i++)
        job[0].sig[i] = made_signature(made, ga_bytes_of(&i, 1));
    for (size_t t = 1; t < THREADS; t++)
        job[t] = job[0];
    for (size_t t = 0; t < THREADS; t++) {
        assert_int_equal(pthread_create(&thread[t], NULL, work, &job[t]), 0);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
        assert_true(job[t].good);
    }
    assert_in_range(ga_facts_count(job[0].facts), MESSAGES, THREADS * MESSAGES);
    ga_facts_free(job[0].facts);
    made_key_free(made);
}

/* More facts than slots: the table stays bounded, and right. */
static void
stays_right_when_full(void **state)
{
    struct made_key *made = made_key_new();
    struct ga_facts *f = NULL;

    (void)state;
    assert_int_equal(ga_facts_new_sized(0, &f, NULL), GA_E_INVAL);
    assert_int_equal(ga_facts_new_sized(GA_FACTS_MAX + 1, &f, NULL),
                     GA_E_INVAL);
    assert_int_equal(ga_facts_new_sized(12, &f, NULL), GA_OK);
    for (uint8_t i = 0; i < 40; i++) {
        struct ga_bytes m = ga_bytes_of(&i, 1);
        struct ga_signature sig = made_signature(made, m);
        uint64_t before = ga_facts_count(f);

        assert_true(ga_facts_signed(f, made->key, m, &sig));
        assert_true(ga_facts_signed(f, made->key, m, &sig));
        assert_int_equal(ga_facts_count(f), before + 1);
        assert_false(ga_facts_signed(f, made->key, ga_bytes_of("y", 1), &sig));
    }
    ga_facts_free(f);
    made_key_free(made);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_what_is_true_alone),
        cmocka_unit_test(tells_keys_and_signatures_apart),
        cmocka_unit_test(counts_reports_and_forgets_them),
        cmocka_unit_test(is_shared_by_threads),
        cmocka_unit_test(stays_right_when_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
