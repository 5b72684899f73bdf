/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n-th allocation of ours fails, for every n, in callbacks too: the call
 * says so, leaves the evidence as it was, and nothing leaks.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "device/fake.h"
#include "device/nscq_handler.h"
#include "support/memory.h"

static const struct ga_nonce nonce = { { 1 } };

/* Returns whether an allocation failed. */
static bool
collect_with_failure(unsigned n)
{
    const struct fake_script script = { .gpus = 3, .switches = 2 };
    struct ga_device_libraries libraries = { 0 };
    struct ga_evidence *e = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc;
    bool failed;

    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_ALL, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    memory_countdown = n;
    rc = ga_device_collect(&libraries, &nonce, e, &err);
    failed = memory_countdown == 0;
    memory_countdown = 0;
    assert_int_equal(rc, failed ? GA_E_NOMEM : GA_OK);
    assert_int_equal(err.code, rc);
    assert_int_equal(ga_evidence_count(e), failed ? 0 : 5);
    if (failed)
        assert_non_null(strstr(err.text, "out of memory"));
    ga_device_close(&libraries);
    ga_evidence_free(e);
    return failed;
}

static void
collects_or_says_that_memory_is_out(void **state)
{
    unsigned n = 1;

    (void)state;
    while (collect_with_failure(n))
        n++;
    /* The list, the outcomes, and five of each device. */
    assert_int_equal(n - 1, 2 + 5 * 5);
}

/* The same for gpuattest/nscq.h: reports of all switches, callbacks included. */
static bool
ask_with_failure(unsigned n)
{
    const struct fake_script script = { .switches = 3 };
    struct ga_nscq_answers *answers = NULL;
    struct ga_nscq_handler *h = NULL;
    struct ga_error err = { 0 };
    struct ga_nscq_api api;
    enum ga_rc rc;
    bool failed;

    fake_play(&script);
    fake_nscq(&api);
    memory_countdown = n;
    rc = ga_nscq_handler_start(&api, &h, &err);
    if (rc == GA_OK)
        rc = ga_nscq_reports(h, NULL, &nonce, &answers, &err);
    failed = memory_countdown == 0;
    memory_countdown = 0;
    assert_int_equal(rc, failed ? GA_E_NOMEM : GA_OK);
    assert_int_equal(ga_nscq_answers_count(answers), failed ? 0 : 3);
    ga_nscq_answers_free(answers);
    ga_nscq_close(h);
    assert_int_equal(fake_calls[CALL_CREATE], fake_calls[CALL_DESTROY]);
    return failed;
}

static void
asks_switches_or_says_that_memory_is_out(void **state)
{
    unsigned n = 1;

    (void)state;
    while (ask_with_failure(n))
        n++;
    /* The handler, the answers, and a report of each switch. */
    assert_int_equal(n - 1, 2 + 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_or_says_that_memory_is_out),
        cmocka_unit_test(asks_switches_or_says_that_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
