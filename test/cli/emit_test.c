/* SPDX-License-Identifier: Apache-2.0 */
/* One tree, printed as text and as JSON. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/emit.h"

static void
fill(struct emit *e)
{
    const uint8_t bytes[] = { 0x00, 0xab };

    emit_text(e, "name", "a\033b");
    emit_text(e, "none", NULL);
    emit_open(e, "box", EMIT_BLOCK);
    emit_number(e, "n", -3);
    emit_bool(e, "yes", true);
    emit_time(e, "when", 0);
    emit_time(e, "never", GA_TIME_NONE);
    emit_close(e);
    emit_open(e, "rows", EMIT_LIST);
    for (int i = 0; i < 2; i++) {
        emit_open(e, "row", EMIT_ROW);
        emit_number(e, "i", i);
        emit_hex(e, "hex", ga_bytes_of(bytes, sizeof(bytes)));
        emit_close(e);
    }
    emit_close(e);
    emit_open(e, "values", EMIT_VALUES);
    emit_number(e, "v", 1);
    emit_number(e, "v", 2);
    emit_close(e);
    emit_hex(e, "empty", ga_bytes_of(bytes, 0));
}

static char *
printed(bool json, void (*with)(struct emit *e), bool *ok)
{
    struct emit e;
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    assert_non_null(to);
    emit_start(&e, json, to);
    with(&e);
    *ok = emit_done(&e);
    fclose(to);
    return text;
}

static void
prints_text(void **state)
{
    bool ok;
    char *text = printed(false, fill, &ok);

    (void)state;
    assert_true(ok);
    assert_string_equal(text, "name: a\\x1bb\n"
                              "none: -\n"
                              "box:\n"
                              "  n: -3\n"
                              "  yes: true\n"
                              "  when: 1970-01-01T00:00:00Z\n"
                              "  never: -\n"
                              "rows:\n"
                              "  i 0  hex 00ab\n"
                              "  i 1  hex 00ab\n"
                              "values: 1 2\n"
                              "empty: \n");
    free(text);
}

static void
prints_json(void **state)
{
    bool ok;
    char *text = printed(true, fill, &ok);
    json_t *got = json_loads(text, 0, NULL);
    json_t *want = json_pack(
        "{s:s, s:n, s:{s:i, s:b, s:s, s:n}, s:[{s:i, s:s}, {s:i, s:s}], "
        "s:[i, i], s:s}",
        "name", "a\\x1bb", "none", "box", "n", -3, "yes", 1, "when",
        "1970-01-01T00:00:00Z", "never", "rows", "i", 0, "hex", "00ab", "i", 1,
        "hex", "00ab", "values", 1, 2, "empty", "");

    (void)state;
    assert_true(ok);
    assert_non_null(want);
    assert_true(json_equal(got, want));
    json_decref(got);
    json_decref(want);
    free(text);
}

static void
dig(struct emit *e)
{
    for (int i = 0; i < EMIT_DEPTH_MAX; i++)
        emit_open(e, "deeper", EMIT_BLOCK);
    emit_text(e, "still", "here");
    for (int i = 0; i < EMIT_DEPTH_MAX; i++)
        emit_close(e);
}

static void
refuses_to_go_too_deep(void **state)
{
    (void)state;
    for (int json = 0; json < 2; json++) {
        bool ok;
        char *text = printed(json != 0, dig, &ok);

        assert_false(ok);
        free(text);
    }
}

/* Every byte comes out as text that cannot act on a terminal; the escapes are
 * as long as they can be. */
static void
all_bytes(struct emit *e)
{
    char text[256];

    for (int i = 0; i < 255; i++)
        text[i] = (char)(i + 1);
    text[255] = '\0';
    emit_text(e, "all", text);
    memset(text, 0xff, 255);
    emit_text(e, "longest", text);
}

static void
escapes_every_byte(void **state)
{
    bool ok;
    char *text = printed(false, all_bytes, &ok);
    size_t longest = 0;

    (void)state;
    assert_true(ok);
    for (char *p = text; *p != '\0'; p++) {
        assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
        longest += strncmp(p, "\\xff", 4) == 0;
    }
    assert_int_equal(longest, 1 + 255);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_text),
        cmocka_unit_test(prints_json),
        cmocka_unit_test(refuses_to_go_too_deep),
        cmocka_unit_test(escapes_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
