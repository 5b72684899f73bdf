/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/options.h"
#include "support/doc_table.h"

#define WORDS_MAX 16

/* Words that blanks part; `line` is a copy that outlives the options. */
static enum ga_rc
read_line(char *line, int operands, struct server_options *o,
          struct ga_error *err)
{
    char *argv[WORDS_MAX] = { (char[]){ "gpuattest-server" } };
    int argc = 1;

    for (char *p = line; *p != '\0' && argc < WORDS_MAX;) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p == ' ')
            *p++ = '\0';
    }
    return server_options_read(argc, argv, operands, o, err);
}

static void
starts_with_the_safe_ones(void **state)
{
    struct server_options o;

    (void)state;
    assert_int_equal(read_line((char[]){ "" }, 0, &o, NULL), GA_OK);
    assert_string_equal(o.listen, "127.0.0.1:8080");
    assert_false(o.plain_http);
    assert_false(o.allow_relaxed);
    assert_null(o.api_keys);
    assert_int_equal(o.max_body, 1024 * 1024);
    assert_int_equal(o.max_memory, 64 * 1024 * 1024);
    assert_int_equal(o.max_items, 64);
    assert_int_equal(o.max_time, 30);
    assert_int_equal(o.token_lifetime, 3600);
    assert_int_equal(o.log_level, SERVER_INFO);
    assert_false(o.settings->allow_custom_anchors);
    server_options_done(&o);
}

static const struct {
    const char *line;
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { "--what", GA_E_INVAL, "unknown option \"--what\"" },
    { "--at 2025-01-01T00:00:00Z", GA_E_INVAL, "unknown option \"--at\"" },
    { "--relax device.ocsp", GA_E_INVAL, "unknown option \"--relax\"" },
    { "--no-ocsp", GA_E_INVAL, "unknown option \"--no-ocsp\"" },
    { "word", GA_E_INVAL, "\"word\" is not expected" },
    { "--listen", GA_E_INVAL, "--listen needs a value" },
    { "--listen --offline", GA_E_INVAL, "--listen needs a value" },
    { "--listen=", GA_E_INVAL, "--listen: the value is empty" },
    { "--listen a --listen b", GA_E_INVAL, "--listen is given twice" },
    { "--offline --offline", GA_E_INVAL, "--offline is given twice" },
    { "--plain-http=maybe", GA_E_INVAL,
      "--plain-http: \"maybe\" is neither true nor false" },
    { "--max-items 0", GA_E_INVAL, "--max-items: 0, not 1 to 128" },
    { "--max-items 129", GA_E_INVAL, "--max-items: 129, not 1 to 128" },
    { "--max-items -1", GA_E_INVAL, "--max-items: \"-1\" is no number" },
    { "--max-items 1k", GA_E_INVAL, "--max-items: \"1k\" is no number" },
    { "--max-body 2M", GA_E_INVAL, "--max-body: 2097152, not 1024 to 1048576" },
    { "--max-body k", GA_E_INVAL,
      "--max-body: \"k\" is no size like 4096, 64k or 1M" },
    { "--max-body 99999999999999999999", GA_E_INVAL,
      "--max-body: \"99999999999999999999\" is no size like 4096, 64k or 1M" },
    { "--max-time 30", GA_E_INVAL,
      "--max-time: \"30\" is no duration like 90s, 15m or 2h" },
    { "--max-time 2h", GA_E_INVAL, "--max-time: 7200, not 1 to 3600" },
    { "--log-level loud", GA_E_INVAL,
      "--log-level: \"loud\" is none of error|warn|info|debug" },
    { "--timeout x", GA_E_INVAL,
      "--timeout: timeout: \"x\" is no duration like 90s, 15m, 2h or 65d" },
    { "--config /nowhere/at/all", GA_E_FILE, NULL },
};

static void
refuses_what_it_does_not_understand(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct server_options o;
        struct ga_error err = { 0 };
        char line[200];

        snprintf(line, sizeof(line), "%s", bad[i].line);
        assert_int_equal(read_line(line, 0, &o, &err), bad[i].rc);
        if (bad[i].text != NULL)
            assert_string_equal(err.text, bad[i].text);
        server_options_done(&o);
    }
}

static void
leaves_operands_in_place(void **state)
{
    char line[] = "--api-keys f name";
    char *argv[] = { (char[]){ "add" }, line, line + 11, line + 13, NULL };
    struct server_options o;

    (void)state;
    line[10] = line[12] = '\0';
    assert_int_equal(server_options_read(4, argv, 1, &o, NULL), GA_OK);
    assert_string_equal(argv[1], "name");
    assert_string_equal(o.api_keys, "f");
    server_options_done(&o);
    assert_int_equal(read_line((char[]){ "" }, 1, &o, NULL), GA_E_INVAL);
    server_options_done(&o);
}

static void
write_file(char *path, const char *text)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void
takes_words_before_variables_before_the_file(void **state)
{
    char path[] = "/tmp/gpuattest-options-XXXXXX", line[128];
    struct server_options o;

    (void)state;
    write_file(path, "# all of it\n\nlisten = 127.0.0.1:1\n"
                     "max-items=5\r\n max-queue = 7 \nrim-dir = a\n"
                     "rim-dir = b\noffline = true\n");
    setenv("GPUATTEST_LISTEN", "127.0.0.1:2", 1);
    setenv("GPUATTEST_MAX_ITEMS", "6", 1);
    setenv("GPUATTEST_DEVICE_ANCHOR", "/nowhere", 1);
    setenv("GPUATTEST_ALLOW_CUSTOM_ANCHORS", "true", 1);
    snprintf(line, sizeof(line), "--config %s --listen 127.0.0.1:3", path);
    assert_int_equal(read_line(line, 0, &o, NULL), GA_OK);
    assert_string_equal(o.listen, "127.0.0.1:3");
    assert_int_equal(o.max_items, 6);
    assert_int_equal(o.max_queue, 7);
    assert_int_equal(o.settings->rim_dir.count, 2);
    assert_string_equal(o.settings->rim_dir.item[1], "b");
    assert_true(o.settings->offline);
    /* Whom to trust is said by nobody's environment. */
    assert_int_equal(o.settings->device_anchor.count, 0);
    assert_false(o.settings->allow_custom_anchors);
    server_options_done(&o);
    unsetenv("GPUATTEST_LISTEN");
    unsetenv("GPUATTEST_MAX_ITEMS");
    unsetenv("GPUATTEST_DEVICE_ANCHOR");
    unsetenv("GPUATTEST_ALLOW_CUSTOM_ANCHORS");
    unlink(path);
}

static const struct {
    const char *file, *text; /* behind "--config: <path>: " */
} bad_files[] = {
    { "listen", "line 1: no \"name = value\"" },
    { "\nwhat = x\n", "line 2: unknown setting \"what\"" },
    { "config = x\n", "line 1: unknown setting \"config\"" },
    { "relax = device.ocsp\n", "line 1: unknown setting \"relax\"" },
    { "listen = a\nlisten = b\n", "line 2: listen is given twice" },
    { "max-items = 0\n", "line 1: 0, not 1 to 128" },
};

static void
refuses_a_file_by_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_files); i++) {
        char path[] = "/tmp/gpuattest-options-XXXXXX", line[64], text[160];
        struct server_options o;
        struct ga_error err = { 0 };

        write_file(path, bad_files[i].file);
        snprintf(line, sizeof(line), "--config %s", path);
        assert_int_not_equal(read_line(line, 0, &o, &err), GA_OK);
        snprintf(text, sizeof(text), "--config: %s: %s", path,
                 bad_files[i].text);
        assert_string_equal(err.text, text);
        server_options_done(&o);
        unlink(path);
    }
}

/* docs/server.md, "Settings", has the server's own rows. */
static void
is_documented_row_by_row(void **state)
{
    struct doc_row doc[64];
    size_t n = doc_table("docs/server.md", "## Settings", doc, COUNT(doc));
    size_t i = 0;

    (void)state;
    for (const struct server_row *r = server_rows; r->name != NULL; r++) {
        if (strcmp(r->name, "help") == 0 || strcmp(r->name, "version") == 0)
            continue;
        assert_true(i < n);
        assert_string_equal(doc[i].cell[0], r->name);
        assert_string_equal(doc[i].cell[1],
                            r->initial != NULL ? r->initial : "");
        i++;
    }
    assert_int_equal(i, n);
}

static void
names_settings_of_the_verifier_that_exist(void **state)
{
    (void)state;
    for (const char *const *s = server_settings; *s != NULL; s++)
        assert_non_null(ga_setting_find(*s));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_with_the_safe_ones),
        cmocka_unit_test(refuses_what_it_does_not_understand),
        cmocka_unit_test(leaves_operands_in_place),
        cmocka_unit_test(takes_words_before_variables_before_the_file),
        cmocka_unit_test(refuses_a_file_by_line),
        cmocka_unit_test(is_documented_row_by_row),
        cmocka_unit_test(names_settings_of_the_verifier_that_exist),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
