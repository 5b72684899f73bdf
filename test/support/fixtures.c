/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* secure_getenv */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/fixtures.h"

char *
fixture_path(const char *path)
{
    const char *root = secure_getenv("GPUATTEST_FIXTURES");
    const char *source = secure_getenv("GA_SOURCE_DIR");
    char *out = NULL;
    int n;

    if (root != NULL)
        n = asprintf(&out, "%s/%s", root, path);
    else
        n = asprintf(&out, "%s/../shared/fixtures/%s",
                     source != NULL ? source : ".", path);
    assert_true(n > 0);
    return out;
}

void
need_fixtures(void)
{
    char *readme = fixture_path("README.md");
    int missing = access(readme, R_OK);

    free(readme);
    if (missing)
        skip();
}

struct ga_buf
read_file(const char *path)
{
    struct ga_buf b = { 0 };
    FILE *f = fopen(path, "rb");
    long n;

    if (f == NULL)
        fail_msg("%s: cannot be opened", path);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    n = ftell(f);
    assert_true(n >= 0);
    rewind(f);
    b.len = (size_t)n;
    b.ptr = malloc(b.len > 0 ? b.len : 1);
    assert_non_null(b.ptr);
    assert_int_equal(fread(b.ptr, 1, b.len, f), b.len);
    fclose(f);
    return b;
}

struct ga_buf
fixture(const char *path)
{
    char *full = fixture_path(path);
    struct ga_buf b = read_file(full);

    free(full);
    return b;
}

static int
digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

struct ga_buf
unhex(const char *digits)
{
    struct ga_buf b = { 0 };
    size_t n = 0;

    for (const char *p = digits; *p != '\0'; p++)
        n += *p != ' ';
    assert_int_equal(n % 2, 0);
    b.ptr = malloc(n > 0 ? n / 2 : 1);
    assert_non_null(b.ptr);
    while (*digits != '\0') {
        if (*digits == ' ') {
            digits++;
            continue;
        }
        assert_true(digit(digits[0]) >= 0 && digit(digits[1]) >= 0);
        b.ptr[b.len++] = (uint8_t)(digit(digits[0]) << 4 | digit(digits[1]));
        digits += 2;
    }
    return b;
}
