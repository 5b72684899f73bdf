/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

/* A new folder per test, with its path below it. */
static char dir[] = "/tmp/gpuattest-file-XXXXXX";
static char path[256];

static int
make_dir(void **state)
{
    (void)state;
    memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
    return mkdtemp(dir) == NULL;
}

static int
remove_dir(void **state)
{
    char command[300];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf -- '%s'", dir);
    return system(command);
}

static const char *
in_dir(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void
put(const char *name, const void *data, size_t len)
{
    FILE *f = fopen(in_dir(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void
reads_files_of_every_size_up_to_the_bound(void **state)
{
    uint8_t data[100];

    (void)state;
    memset(data, 0xa5, sizeof(data));
    for (size_t n = 0; n <= sizeof(data); n++) {
        struct ga_buf b = { 0 };

        put("x", data, n);
        assert_int_equal(ga_file_read(in_dir("x"), 100, &b, NULL), GA_OK);
        assert_int_equal(b.len, n);
        assert_memory_equal(b.ptr, data, n);
        assert_int_equal(b.ptr[n], 0);
        ga_buf_done(&b);
    }
}

static void
refuses_a_file_above_its_bound(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };
    char expect[400];

    (void)state;
    put("x", "12345", 5);
    assert_int_equal(ga_file_read(in_dir("x"), 4, &b, &err), GA_E_TOO_LARGE);
    snprintf(expect, sizeof(expect), "%s: more than 4 bytes", path);
    assert_string_equal(err.text, expect);
    assert_null(b.ptr);
}

/* /proc files say that they are empty, and are not. */
static void
does_not_believe_the_size(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_file_read("/proc/self/status", 100000, &b, NULL),
                     GA_OK);
    assert_true(b.len > 100);
    ga_buf_done(&b);
    assert_int_equal(ga_file_read("/proc/self/status", 20, &b, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "/proc/self/status: more than 20 bytes");
}

static void
says_why_it_cannot_read(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };
    char expect[400];

    (void)state;
    assert_int_equal(ga_file_read(in_dir("no"), 4, &b, &err), GA_E_FILE);
    snprintf(expect, sizeof(expect), "%s: No such file or directory", path);
    assert_string_equal(err.text, expect);
    assert_int_equal(ga_file_read(dir, 4, &b, &err), GA_E_FILE);
    snprintf(expect, sizeof(expect), "%s: neither a file nor a pipe", dir);
    assert_string_equal(err.text, expect);
    assert_int_equal(ga_file_read("/dev/zero", 4, &b, &err), GA_E_FILE);
    assert_string_equal(err.text, "/dev/zero: neither a file nor a pipe");
    assert_int_equal(ga_file_read("", 4, &b, &err), GA_E_FILE);
    assert_string_equal(err.text, ": No such file or directory");
    assert_null(b.ptr);
}

/* Regular by its mode, of no size, and nothing can be read at its start. */
static void
says_why_a_read_failed(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_file_read("/proc/self/mem", 4, &b, &err), GA_E_FILE);
    assert_string_equal(err.text, "/proc/self/mem: Input/output error");
    assert_int_equal(ga_file_read_secret("/proc/self/mem", 4, &b, &err),
                     GA_E_FILE);
    assert_string_equal(err.text, "/proc/self/mem: Input/output error");
    assert_null(b.ptr);
}

static void
takes_a_bound_that_is_none(void **state)
{
    struct ga_buf b = { 0 };

    (void)state;
    put("x", "12345", 5);
    assert_int_equal(ga_file_read(in_dir("x"), SIZE_MAX, &b, NULL), GA_OK);
    assert_string_equal((char *)b.ptr, "12345");
    ga_buf_done(&b);
}

static void
reads_secrets_that_are_the_owner_s_alone(void **state)
{
    struct ga_buf b = { 0 };

    (void)state;
    put("key", "12345", 5);
    for (mode_t mode = 0400; mode <= 0600; mode += 0200) {
        assert_int_equal(chmod(in_dir("key"), mode), 0);
        assert_int_equal(ga_file_read_secret(path, 5, &b, NULL), GA_OK);
        assert_int_equal(b.len, 5);
        assert_string_equal((char *)b.ptr, "12345");
        ga_buf_done(&b);
    }
}

static void
refuses_a_secret(const char *name, size_t max, enum ga_rc rc, const char *why)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };
    char expect[400];

    assert_int_equal(ga_file_read_secret(in_dir(name), max, &b, &err), rc);
    snprintf(expect, sizeof(expect), "%s: %s", path, why);
    assert_string_equal(err.text, expect);
    assert_null(b.ptr);
}

static void
refuses_secrets_that_others_can_use(void **state)
{
    (void)state;
    put("key", "12345", 5);
    for (mode_t bit = 01; bit <= 040; bit <<= 1) {
        char why[80];

        assert_int_equal(chmod(in_dir("key"), 0600 | bit), 0);
        snprintf(why, sizeof(why),
                 "mode %03o, which others can use; chmod 600 it", 0600 | bit);
        refuses_a_secret("key", 5, GA_E_FILE, why);
    }
    assert_int_equal(chmod(in_dir("key"), 0600), 0);
    refuses_a_secret("key", 4, GA_E_TOO_LARGE, "more than 4 bytes");
    refuses_a_secret("no", 5, GA_E_FILE, "No such file or directory");
    refuses_a_secret(".", 5, GA_E_FILE, "not a regular file");
}

/* Reads `n` bytes that another process writes in small pieces. */
static enum ga_rc
through_pipe(size_t n, size_t max, struct ga_buf *b, struct ga_error *err)
{
    int fds[2], saved = dup(STDIN_FILENO);
    enum ga_rc rc;
    pid_t child;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        for (size_t i = 0; i < n; i++)
            if (write(fds[1], "x", 1) != 1)
                break;
        _exit(0);
    }
    close(fds[1]);
    assert_true(dup2(fds[0], STDIN_FILENO) >= 0);
    close(fds[0]);
    rc = ga_file_read("-", max, b, err);
    assert_true(dup2(saved, STDIN_FILENO) >= 0);
    close(saved);
    return rc;
}

static void
reads_standard_input(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(through_pipe(40000, 40000, &b, NULL), GA_OK);
    assert_int_equal(b.len, 40000);
    assert_int_equal(b.ptr[39999], 'x');
    ga_buf_done(&b);
    assert_int_equal(through_pipe(40001, 40000, &b, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "standard input: more than 40000 bytes");
    assert_int_equal(through_pipe(0, 0, &b, NULL), GA_OK);
    assert_int_equal(b.len, 0);
    ga_buf_done(&b);
}

static void
escapes_names(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_file_read("/nowhere/\x1b[31m", 4, &b, &err), GA_E_FILE);
    assert_string_equal(err.text,
                        "/nowhere/\\x1b[31m: No such file or directory");
}

/* Collects names with a blank after each. */
struct seen {
    char names[256];
    size_t count, stop_at;
};

static enum ga_rc
note(void *user, const char *full, const char *name, struct ga_error *err)
{
    struct seen *s = user;
    size_t used = strlen(s->names);

    assert_memory_equal(full, dir, strlen(dir));
    assert_string_equal(full + strlen(dir) + 1, name);
    snprintf(s->names + used, sizeof(s->names) - used, "%s ", name);
    if (++s->count == s->stop_at)
        return ga_fail(err, GA_E_SYNTAX, "stopped");
    return GA_OK;
}

static void
visits_in_order_what_has_the_ending(void **state)
{
    static const char *const endings[] = { ".xml", ".swidtag", NULL };
    struct seen s = { 0 }, all = { 0 }, stopped = { .stop_at = 2 };
    struct ga_error err = { 0 };

    (void)state;
    put("b.xml", "", 0);
    put("a.SwidTag", "", 0);
    put("C.XML", "", 0);
    put(".hidden.xml", "", 0);
    put("d.der", "", 0);
    put("xml", "", 0);
    assert_int_equal(mkdir(in_dir("folder.xml"), 0700), 0);
    assert_int_equal(symlink("b.xml", in_dir("e.xml")), 0);
    assert_int_equal(ga_dir_each(dir, endings, note, &s, NULL), GA_OK);
    assert_string_equal(s.names, "C.XML a.SwidTag b.xml e.xml ");
    assert_int_equal(ga_dir_each(dir, NULL, note, &all, NULL), GA_OK);
    assert_string_equal(all.names, "C.XML a.SwidTag b.xml d.der e.xml xml ");
    assert_int_equal(ga_dir_each(dir, NULL, note, &stopped, &err), GA_E_SYNTAX);
    assert_string_equal(err.text, "stopped");
    assert_int_equal(stopped.count, 2);
}

static void
refuses_a_link_that_leads_nowhere(void **state)
{
    struct seen s = { 0 };
    struct ga_error err = { 0 };
    char expect[400];

    (void)state;
    put("a.der", "", 0);
    assert_int_equal(symlink("gone", in_dir("b.der")), 0);
    assert_int_equal(ga_dir_each(dir, NULL, note, &s, &err), GA_E_FILE);
    snprintf(expect, sizeof(expect), "%s: b.der: No such file or directory",
             dir);
    assert_string_equal(err.text, expect);
    assert_int_equal(s.count, 0);
}

static void
refuses_a_folder_that_is_none(void **state)
{
    struct seen s = { 0 };
    struct ga_error err = { 0 };
    char expect[400];

    (void)state;
    put("file", "", 0);
    assert_int_equal(ga_dir_each(in_dir("file"), NULL, note, &s, &err),
                     GA_E_FILE);
    snprintf(expect, sizeof(expect), "%s: Not a directory", path);
    assert_string_equal(err.text, expect);
}

static void
refuses_a_folder_of_too_many_files(void **state)
{
    struct seen s = { 0 };
    struct ga_error err = { 0 };
    char expect[400];

    (void)state;
    for (int i = 0; i < GA_DIR_FILES_MAX + 1; i++) {
        char name[16];

        snprintf(name, sizeof(name), "%d", i);
        put(name, "", 0);
    }
    assert_int_equal(ga_dir_each(dir, NULL, note, &s, &err), GA_E_TOO_LARGE);
    snprintf(expect, sizeof(expect), "%s: more than 4096 files", dir);
    assert_string_equal(err.text, expect);
    assert_int_equal(s.count, 0);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(reads_files_of_every_size_up_to_the_bound),
        IN_DIR(refuses_a_file_above_its_bound),
        cmocka_unit_test(does_not_believe_the_size),
        IN_DIR(says_why_it_cannot_read),
        cmocka_unit_test(says_why_a_read_failed),
        IN_DIR(takes_a_bound_that_is_none),
        IN_DIR(reads_secrets_that_are_the_owner_s_alone),
        IN_DIR(refuses_secrets_that_others_can_use),
        cmocka_unit_test(reads_standard_input),
        cmocka_unit_test(escapes_names),
        IN_DIR(visits_in_order_what_has_the_ending),
        IN_DIR(refuses_a_link_that_leads_nowhere),
        IN_DIR(refuses_a_folder_that_is_none),
        IN_DIR(refuses_a_folder_of_too_many_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
