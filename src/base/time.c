/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates of the proleptic Gregorian calendar, without the C library's: those
 * depend on the time zone.
 * Source: rfc3339, section 5.6, for the text.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"

#define DAY INT64_C(86400)

ga_time
ga_time_plus(ga_time t, int64_t seconds)
{
    ga_time sum;

    if (__builtin_add_overflow(t, seconds, &sum))
        return seconds < 0 ? GA_TIME_MIN : GA_TIME_MAX;
    if (sum < GA_TIME_MIN)
        return GA_TIME_MIN;
    return sum > GA_TIME_MAX ? GA_TIME_MAX : sum;
}

static bool
leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    return days[month - 1] + (month == 2 && leap(year));
}

/* Days from 0001-01-01 to the first of January of `year`. */
static int64_t
days_before(int year)
{
    int64_t y = year - 1;

    return y * 365 + y / 4 - y / 100 + y / 400;
}

bool
ga_time_civil(int year, int month, int day, int hour, int minute, int second,
              ga_time *out)
{
    int64_t days;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 59)
        return false;
    days = days_before(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += month_days(year, m);
    *out = GA_TIME_MIN + days * DAY + hour * 3600 + minute * 60 + second;
    return true;
}

void
ga_time_text(ga_time t, char out[GA_TIME_TEXT])
{
    ga_time since = ga_time_plus(t, 0) - GA_TIME_MIN;
    int64_t days = since / DAY, second = since % DAY;
    int year = (int)(days / 366) + 1, month = 1;
    char text[64];

    /* 366 days a year: the guess is at most 21 years early. */
    while (year < 9999 && days_before(year + 1) <= days)
        year++;
    days -= days_before(year);
    for (; days >= month_days(year, month); month++)
        days -= month_days(year, month);
    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month,
             (int)days + 1, (int)(second / 3600), (int)(second / 60 % 60),
             (int)(second % 60));
    memcpy(out, text, GA_TIME_TEXT - 1);
    out[GA_TIME_TEXT - 1] = '\0';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads a template where 0 stands for a digit and all else for itself (T and Z
 * in either case); returns what follows, or NULL. */
static const char *
match(const char *text, const char *template)
{
    for (; *template != '\0'; text++, template ++) {
        if (*template == '0'
                ? !is_digit(*text)
                : *text != *template && (*template != 'T' || *text != 't'))
            return NULL;
    }
    return text;
}

static int
two(const char *digits)
{
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

/* Reads "Z" or "+hh:mm" to the end of the text, as seconds east of UTC. */
static bool
zone(const char *text, int *east)
{
    const char *end;
    int hour, minute;

    if ((*text == 'Z' || *text == 'z') && text[1] == '\0') {
        *east = 0;
        return true;
    }
    if (*text != '+' && *text != '-')
        return false;
    end = match(text + 1, "00:00");
    if (end == NULL || *end != '\0')
        return false;
    hour = two(text + 1);
    minute = two(text + 4);
    if (hour > 23 || minute > 59)
        return false;
    *east = (hour * 60 + minute) * 60 * (*text == '-' ? -1 : 1);
    return true;
}

bool
ga_time_parse(const char *text, ga_time *out)
{
    const char *p = match(text, "0000-00-00T00:00:00");
    ga_time local;
    int east;

    if (p == NULL)
        return false;
    if (*p == '.') {
        if (!is_digit(*++p))
            return false;
        while (is_digit(*p))
            p++;
    }
    if (!zone(p, &east) ||
        !ga_time_civil(two(text) * 100 + two(text + 2), two(text + 5),
                       two(text + 8), two(text + 11), two(text + 14),
                       two(text + 17), &local))
        return false;
    if (local - east < GA_TIME_MIN || local - east > GA_TIME_MAX)
        return false;
    *out = local - east;
    return true;
}

bool
ga_duration_parse(const char *text, int64_t *seconds)
{
    static const struct {
        char name;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY } };
    const int64_t most = 36500 * DAY;
    int64_t n = 0;

    if (!is_digit(*text))
        return false;
    for (; is_digit(*text) && n <= most; text++)
        n = n * 10 + (*text - '0');
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (*text != units[i].name || text[1] != '\0')
            continue;
        if (n > most / units[i].seconds)
            return false;
        *seconds = n * units[i].seconds;
        return true;
    }
    return false;
}
