/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n-th allocation of ours fails, for every n, in callbacks too: the call
 * says so, leaves the evidence as it was, and nothing leaks.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "device/fake.h"

/* Allocations until the one that fails; 0: none does. */
static unsigned countdown;

static bool
fails(void)
{
    return countdown > 0 && --countdown == 0;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *
__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
    return fails() ? NULL : __real_strndup(s, n);
}

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
    countdown = n;
    rc = ga_device_collect(&libraries, &nonce, e, &err);
    failed = countdown == 0;
    countdown = 0;
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_or_says_that_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
