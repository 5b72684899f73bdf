/* SPDX-License-Identifier: Apache-2.0 */
/* Work on several threads: each piece once, and one outcome. */
#include "support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "verify/parallel.h"

#define PIECES 200

struct record {
    unsigned done[PIECES]; /* changed atomically */
    size_t fail_from;      /* pieces from here on fail */
    pthread_t caller;
    unsigned elsewhere; /* pieces on another thread */
    unsigned open;      /* of those, with SIGINT not blocked */
};

static enum ga_rc
piece(void *user, size_t i, struct ga_error *err)
{
    struct record *r = user;
    sigset_t mask;

    __atomic_add_fetch(&r->done[i], 1, __ATOMIC_RELAXED);
    if (!pthread_equal(pthread_self(), r->caller)) {
        __atomic_add_fetch(&r->elsewhere, 1, __ATOMIC_RELAXED);
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        if (sigismember(&mask, SIGINT) != 1)
            __atomic_add_fetch(&r->open, 1, __ATOMIC_RELAXED);
    }
    /* Those that fail later do so while the first failure stands. */
    if (i >= r->fail_from) {
        struct timespec t = { .tv_nsec =
                                  (long)(i - r->fail_from + 1) * 500000 };

        nanosleep(&t, NULL);
        return ga_fail(err, GA_E_NOMEM, "piece %zu", i);
    }
    return GA_OK;
}

static void
does_each_piece_once(void **state)
{
    (void)state;
    for (size_t threads = 0; threads <= GA_THREADS_MAX + 1; threads++) {
        struct record r = { .fail_from = PIECES, .caller = pthread_self() };

        assert_int_equal(ga_parallel(threads, PIECES, piece, &r, NULL), GA_OK);
        for (size_t i = 0; i < PIECES; i++)
            assert_int_equal(r.done[i], 1);
        assert_int_equal(r.open, 0);
        if (threads <= 1)
            assert_int_equal(r.elsewhere, 0);
    }
}

static void
does_nothing_where_there_is_nothing(void **state)
{
    struct record r = { .fail_from = 0, .caller = pthread_self() };

    (void)state;
    assert_int_equal(ga_parallel(4, 0, piece, &r, NULL), GA_OK);
    assert_int_equal(r.done[0], 0);
}

/* Whoever is faster: the first piece that fails is the outcome. */
static void
returns_the_first_failure(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= GA_THREADS_MAX; threads++)
        for (size_t from = 0; from < 40; from++) {
            struct record r = { .fail_from = from, .caller = pthread_self() };
            struct ga_error err = { 0 };
            char text[32];
            size_t done = 0;

            snprintf(text, sizeof(text), "piece %zu", from);
            assert_int_equal(ga_parallel(threads, PIECES, piece, &r, &err),
                             GA_E_NOMEM);
            assert_string_equal(err.text, text);
            for (size_t i = 0; i < PIECES; i++)
                done += r.done[i];
            /* Those that had begun elsewhere end; no other one begins. */
            assert_in_range(done, from + 1, from + threads);
        }
}

static void
leaves_the_callers_signals_alone(void **state)
{
    struct record r = { .fail_from = PIECES, .caller = pthread_self() };
    sigset_t before, after;

    (void)state;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_int_equal(ga_parallel(4, PIECES, piece, &r, NULL), GA_OK);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int s = 1; s < 32; s++)
        assert_int_equal(sigismember(&before, s), sigismember(&after, s));
    assert_in_range(ga_processors(), 1, GA_THREADS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_each_piece_once),
        cmocka_unit_test(does_nothing_where_there_is_nothing),
        cmocka_unit_test(returns_the_first_failure),
        cmocka_unit_test(leaves_the_callers_signals_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
