/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <string.h>
#include <time.h>

#include "base/time.h"

struct row {
    const char *text;
    ga_time t;
};

static const struct row moments[] = {
    { "0001-01-01T00:00:00Z", GA_TIME_MIN },
    { "1969-12-31T23:59:59Z", -1 },
    { "1970-01-01T00:00:00Z", 0 },
    { "2000-02-29T12:34:56Z", 951827696 },
    { "2025-10-24T12:00:00Z", 1761307200 },
    { "2038-01-19T03:14:08Z", INT64_C(2147483648) },
    { "2100-03-01T00:00:00Z", INT64_C(4107542400) },
    { "9999-12-31T23:59:59Z", GA_TIME_MAX },
};

static void
reads_and_writes_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(moments); i++) {
        char text[GA_TIME_TEXT];
        ga_time t = 5;

        assert_true(ga_time_parse(moments[i].text, &t));
        assert_int_equal(t, moments[i].t);
        ga_time_text(t, text);
        assert_string_equal(text, moments[i].text);
    }
}

/* Every day of twelve centuries, against the C library's calendar. */
static void
agrees_with_gmtime(void **state)
{
    (void)state;
    for (ga_time t = INT64_C(-11676096000); t < INT64_C(26000000000);
         t += 86400 + 61) {
        time_t c = t;
        struct tm tm;
        char text[GA_TIME_TEXT], expect[64];
        ga_time back = 0;

        assert_non_null(gmtime_r(&c, &tm));
        assert_true(
            strftime(expect, sizeof(expect), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
        ga_time_text(t, text);
        assert_string_equal(text, expect);
        assert_true(ga_time_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                                  tm.tm_hour, tm.tm_min, tm.tm_sec, &back));
        assert_int_equal(back, t);
    }
}

static void
writes_what_is_out_of_range_as_the_end_of_it(void **state)
{
    char text[GA_TIME_TEXT];

    (void)state;
    ga_time_text(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    ga_time_text(GA_TIME_NONE, text);
    assert_string_equal(text, "0001-01-01T00:00:00Z");
}

static const struct row offsets[] = {
    { "2025-10-24T12:00:00.5Z", 1761307200 },
    { "2025-10-24T12:00:00.999999999999Z", 1761307200 },
    { "2025-10-24t12:00:00z", 1761307200 },
    { "2025-10-24T14:30:00+02:30", 1761307200 },
    { "2025-10-24T04:00:00-08:00", 1761307200 },
    { "2025-10-23T12:01:00-23:59", 1761307200 },
    { "2025-10-24T12:00:00-00:00", 1761307200 },
    { "0001-01-01T01:00:00+01:00", GA_TIME_MIN },
};

static void
reads_offsets_and_fractions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(offsets); i++) {
        ga_time t = 5;

        assert_true(ga_time_parse(offsets[i].text, &t));
        assert_int_equal(t, offsets[i].t);
    }
}

static const char *const bad_times[] = {
    "",
    "2025-10-24",
    "2025-10-24T12:00:00",
    "2025-10-24 12:00:00Z",
    "2025-10-24T12:00Z",
    "2025-10-24T12:00:00ZZ",
    "2025-10-24T12:00:00z ",
    " 2025-10-24T12:00:00Z",
    "2025-10-24T12:00:00.Z",
    "2025-10-24T12:00:00,5Z",
    "2025-10-24T12:00:00+0200",
    "2025-10-24T12:00:00+02:00Z",
    "2025-10-24T12:00:00+24:00",
    "2025-10-24T12:00:00+02:60",
    "2025-10-24T12:00:00+2:00",
    "0000-01-01T00:00:00Z",
    "2025-00-24T12:00:00Z",
    "2025-13-24T12:00:00Z",
    "2025-10-00T12:00:00Z",
    "2025-10-32T12:00:00Z",
    "2025-02-29T12:00:00Z",
    "2100-02-29T12:00:00Z",
    "2024-02-30T12:00:00Z",
    "2025-04-31T12:00:00Z",
    "2025-10-24T24:00:00Z",
    "2025-10-24T12:60:00Z",
    "2016-12-31T23:59:60Z",
    "+025-10-24T12:00:00Z",
    "2025-1O-24T12:00:00Z",
    "20251-10-24T12:00:00Z",
    "2025/10/24T12:00:00Z",
    "0001-01-01T00:59:59+01:00",
    "9999-12-31T23:59:59-00:01",
};

static void
refuses_what_is_no_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_times); i++) {
        ga_time t = 5;

        if (ga_time_parse(bad_times[i], &t))
            fail_msg("accepted: %s", bad_times[i]);
        assert_int_equal(t, 5);
    }
}

static void
refuses_every_prefix(void **state)
{
    const char whole[] = "2025-10-24T12:00:00.25+02:30";

    (void)state;
    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        char text[sizeof(whole)] = "";
        ga_time t = 5;

        memcpy(text, whole, n);
        assert_false(ga_time_parse(text, &t));
    }
}

static void
makes_only_seconds_that_exist(void **state)
{
    ga_time t = 5;

    (void)state;
    assert_false(ga_time_civil(10000, 1, 1, 0, 0, 0, &t));
    assert_false(ga_time_civil(0, 1, 1, 0, 0, 0, &t));
    assert_false(ga_time_civil(2025, 1, 1, -1, 0, 0, &t));
    assert_false(ga_time_civil(2025, 1, 1, 0, -1, 0, &t));
    assert_false(ga_time_civil(2025, 1, 1, 0, 0, -1, &t));
    assert_false(ga_time_civil(2025, 1, 1, 0, 0, 60, &t));
    assert_false(ga_time_civil(2025, INT32_MIN, 1, 0, 0, 0, &t));
    assert_false(ga_time_civil(2025, 1, INT32_MAX, 0, 0, 0, &t));
    assert_int_equal(t, 5);
}

static void
adds_and_stays_in_range(void **state)
{
    (void)state;
    assert_int_equal(ga_time_plus(100, -30), 70);
    assert_int_equal(ga_time_plus(-5, 0), -5);
    assert_int_equal(ga_time_plus(GA_TIME_MAX, 1), GA_TIME_MAX);
    assert_int_equal(ga_time_plus(GA_TIME_MAX - 1, 1), GA_TIME_MAX);
    assert_int_equal(ga_time_plus(GA_TIME_MIN, -1), GA_TIME_MIN);
    assert_int_equal(ga_time_plus(GA_TIME_MAX, INT64_MAX), GA_TIME_MAX);
    assert_int_equal(ga_time_plus(GA_TIME_MIN, INT64_MIN), GA_TIME_MIN);
    assert_int_equal(ga_time_plus(INT64_MAX, INT64_MAX), GA_TIME_MAX);
    assert_int_equal(ga_time_plus(INT64_MIN, -1), GA_TIME_MIN);
}

static void
reads_durations(void **state)
{
    static const struct row good[] = {
        { "0s", 0 },
        { "90s", 90 },
        { "15m", 900 },
        { "2h", 7200 },
        { "65d", 5616000 },
        { "36500d", INT64_C(3153600000) },
        { "007d", 604800 },
        { "3153600000s", INT64_C(3153600000) },
        { "876000h", INT64_C(3153600000) },
    };
    static const char *const bad[] = {
        "",        "s",           "1",         "1w",
        "1D",      "-1d",         "+1d",       " 1d",
        "1d ",     "1.5d",        "1d2h",      "36501d",
        "876001h", "3153600001s", "0x1d",      "99999999999999999999d",
        "1 d",     "d1",          "52560001m", "9223372036854775807s",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        int64_t n = 5;

        assert_true(ga_duration_parse(good[i].text, &n));
        assert_int_equal(n, good[i].t);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t n = 5;

        if (ga_duration_parse(bad[i], &n))
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(n, 5);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_same),
        cmocka_unit_test(agrees_with_gmtime),
        cmocka_unit_test(writes_what_is_out_of_range_as_the_end_of_it),
        cmocka_unit_test(reads_offsets_and_fractions),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(makes_only_seconds_that_exist),
        cmocka_unit_test(adds_and_stays_in_range),
        cmocka_unit_test(reads_durations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
