/* SPDX-License-Identifier: Apache-2.0 */
/* Many questions at one time, and how each is asked. */
#define _GNU_SOURCE /* setenv, strcasestr */
#include "net/scene.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint8_t nonce_a[32] = { 0xaa, 1, 2, 3 };
static const uint8_t nonce_b[32] = { 0xbb, 1, 2, 3 };

#define NO_CACHE                 \
    {                            \
        "no-cache", "true", NULL \
    }

/* A RIM of which the id names the number. */
static struct ga_fetch_item
numbered(char id[32], unsigned n)
{
    snprintf(id, 32, "NV_%u", n);
    return rim_item(id);
}

static void
asks_eight_questions_side_by_side(void **state)
{
    struct scene s = { .script = { .success = { .wait_for = 8 } } };
    struct ga_fetch_item items[8];
    char ids[8][32];

    (void)state;
    scene_open(&s, NULL);
    for (unsigned i = 0; i < 8; i++)
        items[i] = numbered(ids[i], i);
    fetch(&s, items, 8);
    for (unsigned i = 0; i < 8; i++)
        expect_rim(&items[i]);
    assert_int_equal(server_most(s.server), 8);
    assert_int_equal(server_requests(s.server), 8);
    items_done(items, 8);
    scene_close(&s);
}

static void
bounds_what_runs_at_one_time(void **state)
{
    enum { MANY = GA_NET_PARALLEL_MAX + 12 };
    struct scene s = { .script = { .success = { .wait_for = GA_NET_PARALLEL_MAX,
                                                .delay_ms = 500 } } };
    static struct ga_fetch_item items[MANY];
    static char ids[MANY][32];

    (void)state;
    scene_open(&s, NULL);
    for (unsigned i = 0; i < MANY; i++)
        items[i] = numbered(ids[i], i);
    fetch(&s, items, MANY);
    for (unsigned i = 0; i < MANY; i++)
        expect_rim(&items[i]);
    assert_int_equal(server_most(s.server), GA_NET_PARALLEL_MAX);
    items_done(items, MANY);
    scene_close(&s);
}

static void
asks_equal_questions_once(void **state)
{
    static const char *const settings[] = NO_CACHE;
    struct scene s = { 0 };
    struct ga_fetch_item items[6] = {
        rim_item("NV_A"),        rim_item("NV_B"),
        rim_item("NV_A"),        ocsp_item("k", nonce_a),
        ocsp_item("k", nonce_b), ocsp_item("other", nonce_b),
    };

    (void)state;
    scene_open(&s, settings);
    fetch(&s, items, 6);
    assert_int_equal(server_requests(s.server), 4);
    for (size_t i = 0; i < 3; i++)
        expect_rim(&items[i]);
    for (size_t i = 3; i < 6; i++) {
        assert_int_equal(items[i].rc, GA_OK);
        assert_memory_equal((uint8_t *)items[i].body + 5,
                            i == 5 ? nonce_b : nonce_a, 32);
        assert_int_equal(items[i].asked_nonce_len, i == 4 ? 32 : 0);
    }
    assert_memory_equal(items[4].asked_nonce, nonce_a, 32);
    assert_ptr_not_equal(items[0].body, items[2].body);
    assert_string_equal(items[0].source, items[2].source);
    items_done(items, 6);
    scene_close(&s);
}

static void
gives_twins_the_same_error(void **state)
{
    struct scene s = { .script = { .fail_first = 10,
                                   .fail = { .status = 404 } } };
    struct ga_fetch_item items[2] = { rim_item("NV_A"), rim_item("NV_A") };

    (void)state;
    scene_open(&s, NULL);
    fetch(&s, items, 2);
    assert_int_equal(server_requests(s.server), 1);
    assert_int_equal(items[0].rc, GA_E_MISSING);
    assert_int_equal(items[1].rc, GA_E_MISSING);
    assert_string_equal(items[0].text, items[1].text);
    scene_close(&s);
}

static void
keeps_each_twin_to_its_bound(void **state)
{
    struct scene s = { .script = { .rim_size = 200 } };
    struct ga_fetch_item items[2] = { rim_item("NV_A"), rim_item("NV_A") };

    (void)state;
    scene_open(&s, NULL);
    items[1].max = 199;
    fetch(&s, items, 2);
    assert_int_equal(items[0].rc, GA_OK);
    assert_int_equal(items[1].rc, GA_E_TOO_LARGE);
    assert_non_null(strstr(items[1].text, "RIM of 200 bytes, not 1 to 199"));
    items_done(items, 2);
    scene_close(&s);
}

/* One bad answer leaves the others alone. */
static void
answers_each_by_itself(void **state)
{
    struct scene s = { .script = { .fail_first = 1,
                                   .fail = { .status = 404 } } };
    struct ga_fetch_item items[3] = { rim_item("NV_A"), rim_item("NV_B"),
                                      rim_item("../x") };
    unsigned good = 0, missing = 0;

    (void)state;
    scene_open(&s, NULL);
    fetch(&s, items, 3);
    for (size_t i = 0; i < 2; i++) {
        good += items[i].rc == GA_OK;
        missing += items[i].rc == GA_E_MISSING;
    }
    assert_int_equal(good, 1);
    assert_int_equal(missing, 1);
    assert_int_equal(items[2].rc, GA_E_INVAL);
    assert_string_equal(items[2].text, "no id of a RIM");
    assert_int_equal(server_requests(s.server), 2);
    items_done(items, 3);
    scene_close(&s);
}

static bool
has_line(const char *head, const char *line)
{
    return strstr(head, line) != NULL;
}

static void
says_who_asks_and_no_more(void **state)
{
    static const char *const settings[] = NO_CACHE;
    struct scene s = { .script = {
                           .success = { .headers = "Set-Cookie: a=b\r\n" } } };
    struct ga_fetch_item item = rim_item("NV_A");
    const char *head;

    (void)state;
    scene_open(&s, settings);
    for (unsigned i = 0; i < 2; i++) {
        fetch(&s, &item, 1);
        items_done(&item, 1);
        head = server_head(s.server, i);
        assert_true(strncmp(head, "GET /base/v1/rim/NV_A HTTP/1.1\r\n", 32) ==
                    0);
        assert_true(has_line(head, "\r\nUser-Agent: gpuattest/0.1.0\r\n"));
        assert_true(has_line(head, "\r\nAccept: application/json\r\n"));
        assert_null(strcasestr(head, "cookie"));
        assert_null(strcasestr(head, "authorization"));
    }
    item = ocsp_item("k", nonce_a);
    fetch(&s, &item, 1);
    items_done(&item, 1);
    head = server_head(s.server, 2);
    assert_true(strncmp(head, "POST /base HTTP/1.1\r\n", 21) == 0);
    assert_true(
        has_line(head, "\r\nContent-Type: application/ocsp-request\r\n"));
    assert_true(has_line(head, "\r\nAccept: application/ocsp-response\r\n"));
    assert_true(has_line(head, "\r\nContent-Length: 32\r\n"));
    scene_close(&s);
}

/* A proxy of the environment, and a netrc, are not for loopback. */
static void
goes_to_loopback_without_a_proxy(void **state)
{
    struct scene s = { 0 };
    struct ga_fetch_item item = rim_item("NV_A");

    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
    scene_open(&s, NULL);
    fetch(&s, &item, 1);
    expect_rim(&item);
    items_done(&item, 1);
    scene_close(&s);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
}

static void
refuses_another_content_type(void **state)
{
    struct scene s = { .script = { .success = { .headers =
                                                    "Content-Type: text/html; "
                                                    "charset=\x1b[2J\r\n" } } };
    struct ga_fetch_item item = ocsp_item("k", nonce_a);
    char want[GA_FETCH_TEXT];

    (void)state;
    scene_open(&s, NULL);
    fetch(&s, &item, 1);
    assert_int_equal(item.rc, GA_E_BAD_VALUE);
    snprintf(want, sizeof(want),
             "127.0.0.1:%u: OCSP request: content type text/html; "
             "charset=\\x1b[2J, not application/ocsp-response",
             server_port(s.server));
    assert_string_equal(item.text, want);
    scene_close(&s);
}

static void
says_that_no_responder_is_there(void **state)
{
    struct scene s = { .script = { .fail_first = 9,
                                   .fail = { .status = 404 } } };
    struct ga_fetch_item item = ocsp_item("k", nonce_a);

    (void)state;
    scene_open(&s, NULL);
    fetch(&s, &item, 1);
    assert_int_equal(item.rc, GA_E_UNREACHABLE);
    assert_non_null(strstr(item.text, "HTTP 404 (not there), tried once"));
    scene_close(&s);
}

static struct ga_fetch_item wrong_items[] = {
    { .kind = GA_FETCH_RIM, .text = "no id of a RIM" },
    { .kind = GA_FETCH_RIM, .id = "", .text = "no id of a RIM" },
    { .kind = 0, .id = "NV_A", .text = "neither RIM nor OCSP" },
    { .kind = GA_FETCH_OCSP, .key = "k", .text = "no OCSP request" },
    { .kind = GA_FETCH_OCSP,
      .key = "k",
      .request = "",
      .text = "no OCSP request" },
    { .kind = GA_FETCH_OCSP,
      .key = "k",
      .request = "x",
      .request_len = 1,
      .nonce_len = 1,
      .text = "no nonce of an OCSP request" },
    { .kind = GA_FETCH_OCSP,
      .key = "k",
      .request = "x",
      .request_len = 1,
      .nonce = nonce_a,
      .nonce_len = 33,
      .text = "no nonce of an OCSP request" },
};

static void
refuses_questions_that_are_none(void **state)
{
    struct scene s = { 0 };

    (void)state;
    scene_open(&s, NULL);
    for (size_t i = 0; i < COUNT(wrong_items); i++) {
        struct ga_fetch_item item = wrong_items[i];

        fetch(&s, &item, 1);
        assert_int_equal(item.rc, GA_E_INVAL);
        assert_string_equal(item.text, wrong_items[i].text);
    }
    fetch(&s, NULL, 0);
    assert_int_equal(server_requests(s.server), 0);
    scene_close(&s);
}

static struct ga_net *to_cancel;
static void
on_alarm(int sig)
{
    (void)sig;
    ga_net_cancel(to_cancel);
}

static void
ends_when_a_signal_says_so(void **state)
{
    struct scene s = { .script = { .success = { .delay_ms = 60000 } } };
    struct ga_fetch_item items[2] = { rim_item("NV_A"), rim_item("NV_B") };
    struct ga_error err = { 0 };

    (void)state;
    scene_open(&s, NULL);
    to_cancel = s.net;
    signal(SIGALRM, on_alarm);
    alarm(1);
    assert_int_equal(ga_net_fetch(s.net, items, 2, &err), GA_E_CANCELLED);
    assert_string_equal(err.text, "cancelled");
    /* Also later ones. */
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(items[i].rc, GA_E_CANCELLED);
        assert_null(items[i].body);
    }
    assert_int_equal(ga_net_fetch(s.net, items, 2, &err), GA_E_CANCELLED);
    assert_int_equal(server_requests(s.server), 2);
    scene_close(&s);
}

struct asker {
    pthread_t thread;
    struct scene *scene;
    unsigned first;
};

static void *
ask_ten(void *user)
{
    const struct asker *a = user;

    for (unsigned i = 0; i < 10; i++) {
        struct ga_fetch_item items[2];
        char ids[2][32];

        items[0] = numbered(ids[0], a->first + i);
        items[1] = numbered(ids[1], i);
        if (ga_net_fetch(a->scene->net, items, 2, NULL) != GA_OK ||
            items[0].rc != GA_OK || items[1].rc != GA_OK)
            abort();
        items_done(items, 2);
    }
    return NULL;
}

static void
is_shared_by_threads(void **state)
{
    struct scene s = { 0 };
    struct asker askers[4];

    (void)state;
    scene_open(&s, NULL);
    for (unsigned i = 0; i < COUNT(askers); i++) {
        askers[i] = (struct asker){ .scene = &s, .first = 100 * (i + 1) };
        assert_int_equal(
            pthread_create(&askers[i].thread, NULL, ask_ten, &askers[i]), 0);
    }
    for (unsigned i = 0; i < COUNT(askers); i++)
        pthread_join(askers[i].thread, NULL);
    assert_int_equal(count_files(s.cache, ".cache"), 50);
    assert_int_equal(count_files(s.cache, ".tmp"), 0);
    scene_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_eight_questions_side_by_side),
        cmocka_unit_test(bounds_what_runs_at_one_time),
        cmocka_unit_test(asks_equal_questions_once),
        cmocka_unit_test(gives_twins_the_same_error),
        cmocka_unit_test(keeps_each_twin_to_its_bound),
        cmocka_unit_test(answers_each_by_itself),
        cmocka_unit_test(says_who_asks_and_no_more),
        cmocka_unit_test(goes_to_loopback_without_a_proxy),
        cmocka_unit_test(refuses_another_content_type),
        cmocka_unit_test(says_that_no_responder_is_there),
        cmocka_unit_test(refuses_questions_that_are_none),
        cmocka_unit_test(ends_when_a_signal_says_so),
        cmocka_unit_test(is_shared_by_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
