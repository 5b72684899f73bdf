/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/doc_table.h"
#include "support/fixtures.h"

static void
put_cell(char *out, size_t cap, const char *from, size_t len)
{
    while (len > 0 && (*from == ' ' || *from == '`')) {
        from++;
        len--;
    }
    while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '`'))
        len--;
    assert_true(len < cap);
    memcpy(out, from, len);
    out[len] = '\0';
}

static void
split(const char *line, size_t len, struct doc_row *row)
{
    size_t cell = 0;
    const char *end = line + len, *p = line + 1;

    memset(row, 0, sizeof(*row));
    while (p < end && cell < COUNT(row->cell)) {
        const char *bar = memchr(p, '|', (size_t)(end - p));

        if (bar == NULL)
            break;
        put_cell(row->cell[cell], sizeof(row->cell[cell]), p,
                 (size_t)(bar - p) < 159 ? (size_t)(bar - p) : 159);
        cell++;
        p = bar + 1;
    }
}

size_t
doc_table(const char *path, const char *heading, struct doc_row *out,
          size_t cap)
{
    char *full = NULL, *at, *next;
    struct ga_buf b;
    char *text;
    size_t n = 0, level = strspn(heading, "#");

    assert_true(asprintf(&full, "%s/%s", getenv("GA_SOURCE_DIR"), path) > 0);
    b = read_file(full);
    text = strndup((const char *)b.ptr, b.len);
    assert_non_null(text);
    at = strstr(text, heading);
    if (at == NULL)
        fail_msg("%s: no %s", path, heading);
    for (at = strchr(at, '\n'); at != NULL; at = next) {
        at++;
        next = strchr(at, '\n');
        if (*at == '#' && strspn(at, "#") <= level)
            break;
        if (strncmp(at, "| `", 3) != 0 || next == NULL)
            continue;
        assert_true(n < cap);
        split(at, (size_t)(next - at), &out[n++]);
    }
    free(text);
    free(full);
    ga_buf_done(&b);
    return n;
}
