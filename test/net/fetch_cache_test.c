/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked, and what comes from a cache. */
#include "net/scene.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const uint8_t nonce_a[32] = { 0xaa, 1, 2, 3 };
static const uint8_t nonce_b[32] = { 0xbb, 1, 2, 3 };

#define NO_CACHE                 \
    {                            \
        "no-cache", "true", NULL \
    }

static int64_t offset;
static int64_t
later(void)
{
    return 1760000000 + offset;
}

/* What a second call finds, in this client and in another one. */
static void
answers_from_memory_and_disk(void **state)
{
    struct scene s = { 0 };
    struct ga_fetch_item items[2] = { rim_item("NV_A"),
                                      ocsp_item("k", nonce_a) };
    struct ga_fetch_item again[2] = { rim_item("NV_A"),
                                      ocsp_item("k", nonce_b) };

    (void)state;
    scene_open(&s, NULL);
    fetch(&s, items, 2);
    assert_int_equal(items[1].asked_nonce_len, 0);
    assert_int_equal(count_files(s.cache, ".cache"), 2);
    for (int fresh = 0; fresh < 2; fresh++) {
        if (fresh)
            scene_client(&s, NULL);
        fetch(&s, again, 2);
        expect_rim(&again[0]);
        assert_int_equal(server_requests(s.server), 2);
        assert_int_equal(again[1].len, items[1].len);
        assert_memory_equal(again[1].body, items[1].body, items[1].len);
        assert_int_equal(again[1].asked_nonce_len, 32);
        assert_memory_equal(again[1].asked_nonce, nonce_a, 32);
        assert_int_equal(again[0].asked_nonce_len, 0);
        assert_true(strncmp(again[0].source, fresh ? s.cache : "http:",
                            fresh ? strlen(s.cache) : 5) == 0);
        items_done(again, 2);
    }
    items_done(items, 2);
    scene_close(&s);
}

struct age {
    const char *name;
    bool ocsp;
    int64_t seconds; /* since it was asked */
    bool used;
};

static struct age ages[] = {
    { "a RIM of 24 hours less a second", false, 24 * 3600 - 1, true },
    { "a RIM of 24 hours", false, 24 * 3600, false },
    { "a RIM from the future", false, -1, false },
    { "an OCSP answer of an hour less a second", true, 3599, true },
    { "an OCSP answer of an hour", true, 3600, false },
    { "an OCSP answer from the future", true, -1, false },
};

static void
uses_what_is_young_enough(void **state)
{
    const struct age *a = *state;

    for (int fresh = 0; fresh < 2; fresh++) {
        struct scene s = { 0 };
        struct ga_fetch_item item =
            a->ocsp ? ocsp_item("k", nonce_a) : rim_item("NV_A");

        scene_open(&s, NULL);
        s.net->now = later;
        offset = 0;
        fetch(&s, &item, 1);
        items_done(&item, 1);
        if (fresh)
            scene_client(&s, NULL);
        s.net->now = later;
        offset = a->seconds;
        fetch(&s, &item, 1);
        assert_int_equal(item.rc, GA_OK);
        assert_int_equal(server_requests(s.server), a->used ? 1 : 2);
        /* What was fetched again counts from now on. */
        items_done(&item, 1);
        fetch(&s, &item, 1);
        assert_int_equal(server_requests(s.server), a->used ? 1 : 2);
        items_done(&item, 1);
        scene_close(&s);
    }
}

static void
keeps_nothing_where_told(void **state)
{
    static const char *const no_cache[] = NO_CACHE;
    static const char *const no_age[] = { "ocsp-cache-age", "0s", NULL };
    struct scene s = { 0 };
    struct ga_fetch_item items[2] = { rim_item("NV_A"),
                                      ocsp_item("k", nonce_a) };

    (void)state;
    scene_open(&s, no_cache);
    for (unsigned i = 1; i <= 2; i++) {
        fetch(&s, items, 2);
        assert_int_equal(server_requests(s.server), 2 * i);
        items_done(items, 2);
    }
    assert_int_not_equal(access(s.cache, F_OK), 0);
    scene_client(&s, no_age);
    for (unsigned i = 0; i < 2; i++) {
        fetch(&s, items, 2);
        assert_int_equal(server_requests(s.server), 6 + i);
        items_done(items, 2);
    }
    assert_int_equal(count_files(s.cache, ".cache"), 1);
    scene_close(&s);
}

/* An answer that was asked for without a nonce cannot stand for one that was
 * asked for with one. */
static void
tells_questions_apart(void **state)
{
    struct scene s = { 0 };
    struct ga_fetch_item item = ocsp_item("k", nonce_a);
    char url[80];
    const char *other[] = { "ocsp-url", url, NULL };

    (void)state;
    scene_open(&s, NULL);
    item.nonce_len = 0;
    fetch(&s, &item, 1);
    items_done(&item, 1);
    item.nonce_len = 32;
    fetch(&s, &item, 1);
    items_done(&item, 1);
    assert_int_equal(server_requests(s.server), 2);
    /* A RIM whose id is that key, and another responder. */
    item = rim_item("K");
    fetch(&s, &item, 1);
    items_done(&item, 1);
    item = ocsp_item("K", nonce_a);
    fetch(&s, &item, 1);
    items_done(&item, 1);
    assert_int_equal(server_requests(s.server), 4);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server_port(s.server));
    scene_client(&s, other);
    fetch(&s, &item, 1);
    items_done(&item, 1);
    assert_int_equal(server_requests(s.server), 5);
    /* Without a key there is nothing to file it under. */
    for (unsigned i = 0; i < 2; i++) {
        item = ocsp_item(NULL, nonce_a);
        fetch(&s, &item, 1);
        items_done(&item, 1);
        assert_int_equal(server_requests(s.server), 6 + i);
    }
    scene_close(&s);
}

static struct loser {
    const char *name, *ocsp;
} losers[] = {
    { "try later", "30030a0103" },
    { "an error page", "3c68746d6c3e" },
    { "an answer with another nonce", "30050a01000500" },
    { "an answer cut short", "30200a010000" },
};

static void
does_not_keep_what_may_be_better_next_time(void **state)
{
    const struct loser *l = *state;
    struct scene s = { .script = { .ocsp = l->ocsp } };
    struct ga_fetch_item item = ocsp_item("k", nonce_a);

    scene_open(&s, NULL);
    for (unsigned i = 1; i <= 2; i++) {
        fetch(&s, &item, 1);
        assert_int_equal(item.rc, GA_OK);
        assert_int_equal(item.len, strlen(l->ocsp) / 2);
        assert_int_equal(server_requests(s.server), i);
        items_done(&item, 1);
    }
    assert_int_equal(count_files(s.cache, ".cache"), 0);
    scene_close(&s);
}

/* Sees what it is told to take at most, also from a cache. */
static void
bounds_what_a_cache_gives(void **state)
{
    struct scene s = { .script = { .rim_size = 200 } };
    struct ga_fetch_item item = rim_item("NV_A");

    (void)state;
    scene_open(&s, NULL);
    fetch(&s, &item, 1);
    items_done(&item, 1);
    for (int fresh = 0; fresh < 2; fresh++) {
        if (fresh)
            scene_client(&s, NULL);
        item.max = 199;
        fetch(&s, &item, 1);
        assert_int_equal(item.rc, GA_E_TOO_LARGE);
        item.max = 200;
        fetch(&s, &item, 1);
        assert_int_equal(item.rc, GA_OK);
        items_done(&item, 1);
    }
    scene_close(&s);
}

#define ROWS(table, function)                                 \
    for (size_t i = 0; i < COUNT(table); i++)                 \
        rows[n++] = (struct CMUnitTest)                       \
        {                                                     \
            .name = (table)[i].name, .test_func = (function), \
            .initial_state = &(table)[i]                      \
        }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_from_memory_and_disk),
        cmocka_unit_test(keeps_nothing_where_told),
        cmocka_unit_test(tells_questions_apart),
        cmocka_unit_test(bounds_what_a_cache_gives),
    };
    struct CMUnitTest rows[COUNT(ages) + COUNT(losers)];
    size_t n = 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    ROWS(ages, uses_what_is_young_enough);
    ROWS(losers, does_not_keep_what_may_be_better_next_time);
    return failed + cmocka_run_group_tests_name("rows", rows, NULL, NULL);
}
