/* SPDX-License-Identifier: Apache-2.0 */
/* The cache directory: rights, several processes, sudden death, its bounds. */
#define _GNU_SOURCE /* setenv, mkdtemp */
#include "net/scene.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char dir[64], cache_dir[96];

static int
make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/ga-disk-XXXXXX");
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(cache_dir, sizeof(cache_dir), "%s/a/b", dir);
    return 0;
}

static int
remove_dir(void **state)
{
    (void)state;
    remove_all(dir);
    return 0;
}

static struct ga_disk *
open_disk(const char *path)
{
    struct ga_disk *disk = NULL;
    struct ga_error err = { 0 };

    if (ga_disk_open(path, &disk, &err) != GA_OK)
        fail_msg("%s", err.text);
    return disk;
}

static struct ga_entry_name
name_of(unsigned n)
{
    struct ga_entry_name name;

    assert_true(ga_entry_name_of(GA_FETCH_RIM, "u", ga_bytes_of(&n, sizeof(n)),
                                 false, &name));
    return name;
}

/* Writes an entry of so many bytes, all of them `fill`. */
static void
write_entry(const struct ga_disk *disk, const struct ga_entry_name *name,
            uint8_t fill, size_t len)
{
    struct ga_entry entry = { .fetched = 1 };
    struct ga_buf body = { .ptr = malloc(len), .len = len }, file = { 0 };

    memset(body.ptr, fill, len);
    entry.body = ga_view(&body);
    if (ga_entry_write(name, &entry, &file, NULL) == GA_OK)
        ga_disk_write(disk, name, ga_view(&file));
    ga_buf_done(&body);
    ga_buf_done(&file);
}

/* Whether there is an entry; the test fails where it is broken. */
static bool
read_entry(const struct ga_disk *disk, const struct ga_entry_name *name,
           struct ga_buf *file, struct ga_entry *entry)
{
    struct ga_error err = { 0 };

    if (!ga_disk_read(disk, name, file))
        return false;
    if (ga_entry_read(ga_view(file), name, entry, &err) != GA_OK)
        fail_msg("%s", err.text);
    return true;
}

static mode_t
mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void
belongs_to_the_user_alone(void **state)
{
    mode_t before = umask(0);
    struct ga_disk *disk = open_disk(cache_dir);
    struct ga_entry_name name = name_of(1);
    char path[80], *file = ga_disk_file(disk, &name);

    (void)state;
    write_entry(disk, &name, 'x', 10);
    assert_int_equal(mode_of(cache_dir), 0700);
    snprintf(path, sizeof(path), "%s/a", dir);
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(mode_of(file), 0600);
    assert_int_equal(strlen(strrchr(file, '/')), 1 + 64 + 6);
    free(file);
    ga_disk_free(disk);
    umask(before);
}

static void
refuses_a_directory_that_others_write_to(void **state)
{
    struct ga_disk *disk = NULL;
    struct ga_error err = { 0 };
    char want[256];

    (void)state;
    for (unsigned bit = 020; bit >= 02; bit >>= 3) {
        assert_int_equal(chmod(dir, 0700 | bit), 0);
        assert_int_equal(ga_disk_open(dir, &disk, &err), GA_E_FILE);
        snprintf(want, sizeof(want),
                 "cache-dir: %s: is another user's, or others may write to it",
                 dir);
        assert_string_equal(err.text, want);
        assert_null(disk);
    }
    assert_int_equal(chmod(dir, 0755), 0);
    ga_disk_free(open_disk(dir));
}

static void
names_what_cannot_be_a_directory(void **state)
{
    struct ga_disk *disk = NULL;
    struct ga_error err = { 0 };
    char path[96], want[256];
    int fd;

    (void)state;
    snprintf(path, sizeof(path), "%s/file", dir);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(ga_disk_open(path, &disk, &err), GA_E_FILE);
    snprintf(want, sizeof(want), "cache-dir: %s: Not a directory", path);
    assert_string_equal(err.text, want);
}

/* Where nobody named a directory, there may be none. */
static void
finds_its_directory_where_xdg_says(void **state)
{
    struct ga_disk *disk;
    struct ga_entry_name name = name_of(1);
    char want[160], *file;
    char *home = getenv("HOME") != NULL ? strdup(getenv("HOME")) : NULL;

    (void)state;
    setenv("XDG_CACHE_HOME", dir, 1);
    disk = open_disk(NULL);
    file = ga_disk_file(disk, &name);
    snprintf(want, sizeof(want), "%s/gpuattest/", dir);
    assert_int_equal(strncmp(file, want, strlen(want)), 0);
    free(file);
    ga_disk_free(disk);
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", dir, 1);
    disk = open_disk(NULL);
    file = ga_disk_file(disk, &name);
    snprintf(want, sizeof(want), "%s/.cache/gpuattest/", dir);
    assert_int_equal(strncmp(file, want, strlen(want)), 0);
    free(file);
    ga_disk_free(disk);
    setenv("HOME", "/dev/null", 1);
    assert_null(open_disk(NULL));
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_null(open_disk(NULL));
    if (home != NULL)
        setenv("HOME", home, 1);
    free(home);
}

static void
does_not_follow_links_or_read_what_is_no_file(void **state)
{
    struct ga_disk *disk = open_disk(cache_dir);
    struct ga_entry_name name = name_of(1), other = name_of(2);
    char *file = ga_disk_file(disk, &name), *to = ga_disk_file(disk, &other);
    struct ga_buf b = { 0 };

    (void)state;
    write_entry(disk, &name, 'x', 10);
    assert_int_equal(rename(file, to), 0);
    assert_int_equal(symlink(to, file), 0);
    assert_false(ga_disk_read(disk, &name, &b));
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_false(ga_disk_read(disk, &name, &b));
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkdir(file, 0700), 0);
    assert_false(ga_disk_read(disk, &name, &b));
    assert_null(b.ptr);
    free(file);
    free(to);
    ga_disk_free(disk);
}

/* Whatever byte of a file is wrong, and however short it is, the service is
 * asked again and the file is replaced. */
static void
asks_again_where_a_file_is_broken(void **state)
{
    static const char *const list[] = { NULL };
    struct scene s = { 0 };
    struct ga_fetch_item item = rim_item("NV_A");
    struct ga_entry_name name;
    struct ga_disk *disk;
    char url[64], *path;
    unsigned asked = 1;

    (void)state;
    scene_open(&s, list);
    fetch(&s, &item, 1);
    items_done(&item, 1);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/base",
             server_port(s.server));
    assert_true(ga_entry_name_of(GA_FETCH_RIM, url, ga_bytes_of("NV_A", 4),
                                 false, &name));
    disk = open_disk(s.cache);
    path = ga_disk_file(disk, &name);
    for (size_t at = 0; at < GA_ENTRY_HEAD + 3; at++) {
        struct ga_buf file = { 0 };
        FILE *f;

        assert_true(ga_disk_read(disk, &name, &file));
        file.ptr[at] ^= 0x10;
        f = fopen(path, "wb");
        fwrite(file.ptr, 1, at % 5 == 4 ? at : file.len, f);
        fclose(f);
        ga_buf_done(&file);
        scene_client(&s, list);
        fetch(&s, &item, 1);
        expect_rim(&item);
        items_done(&item, 1);
        assert_int_equal(server_requests(s.server), ++asked);
    }
    free(path);
    ga_disk_free(disk);
    scene_close(&s);
}

#define SHARED 8
/* Writes the same names as others do, for a while or until it is killed.
 * Every body says in each of its bytes who wrote it. */
static void
write_for_ever(uint8_t fill, unsigned rounds)
{
    struct ga_disk *disk = open_disk(cache_dir);

    for (unsigned i = 0; rounds == 0 || i < rounds; i++) {
        struct ga_entry_name name = name_of(i % SHARED);

        write_entry(disk, &name, fill, 20000 + 1000 * (size_t)fill + i % 50);
    }
    ga_disk_free(disk);
    _exit(0);
}

static pid_t
start_writer(uint8_t fill, unsigned rounds)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        write_for_ever(fill, rounds);
    return pid;
}

/* Reads everything there is; each must be one writer's work. */
static unsigned
expect_whole_entries(const struct ga_disk *disk)
{
    unsigned found = 0;

    for (unsigned i = 0; i < SHARED; i++) {
        struct ga_entry_name name = name_of(i);
        struct ga_buf file = { 0 };
        struct ga_entry e;

        if (!read_entry(disk, &name, &file, &e))
            continue;
        found++;
        for (size_t k = 0; k < e.body.len; k++)
            assert_int_equal(e.body.ptr[k], e.body.ptr[0]);
        ga_buf_done(&file);
    }
    return found;
}

static void
is_shared_by_processes(void **state)
{
    pid_t a = start_writer(1, 300), b = start_writer(2, 300);
    struct ga_disk *disk = open_disk(cache_dir); /* not the writers' to lose */
    int running = 2;

    (void)state;
    while (running > 0) {
        int status;

        expect_whole_entries(disk);
        if (waitpid(-1, &status, WNOHANG) > 0) {
            assert_int_equal(status, 0);
            running--;
        }
    }
    (void)a;
    (void)b;
    assert_int_equal(expect_whole_entries(disk), SHARED);
    assert_int_equal(count_files(cache_dir, ".tmp"), 0);
    ga_disk_free(disk);
}

static void
survives_being_killed_at_any_moment(void **state)
{
    pid_t whole = start_writer(1, SHARED);
    struct ga_disk *disk = open_disk(cache_dir);
    unsigned left = 0;

    (void)state;
    /* Everything is there once, however little time the others get. */
    assert_int_equal(waitpid(whole, NULL, 0), whole);
    for (unsigned i = 0; i < 120; i++) {
        pid_t pid = start_writer((uint8_t)(1 + i % 3), 0);
        struct timespec t = { .tv_nsec = 1000000 + 97000 * (long)(i % 60) };

        nanosleep(&t, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        expect_whole_entries(disk);
    }
    assert_int_equal(expect_whole_entries(disk), SHARED);
    /* What was left half-written goes an hour later. */
    left = count_files(cache_dir, ".tmp");
    ga_disk_tidy(disk, 100, 1u << 30);
    assert_int_equal(count_files(cache_dir, ".tmp"), left);
    ga_disk_free(disk);
}

static void
set_age(const char *path, time_t seconds)
{
    struct timespec t[2];

    clock_gettime(CLOCK_REALTIME, &t[0]);
    t[0].tv_sec -= seconds;
    t[1] = t[0];
    assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

static void
make_file(const char *name, time_t age)
{
    char path[256];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", cache_dir, name);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    set_age(path, age);
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
tidies_what_is_its_own_alone(void **state)
{
    static const struct {
        const char *name;
        time_t age;
        bool stays;
    } files[] = {
        { HEX64 ".0123456789abcdef.tmp", 3700, false },
        { HEX64 ".fedcba9876543210.tmp", 3500, true },
        { HEX64 ".0123456789abcdeg.tmp", 3700, true },
        { HEX64 ".0123456789abcdef.tmp2", 3700, true },
        { "0123.0123456789abcdef.tmp", 3700, true },
        { HEX64 "0.cache", 3700, true },
        { "0123.cache", 3700, true },
        { "thesis.tex", 3700, true },
    };
    struct ga_disk *disk = open_disk(cache_dir);

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++)
        make_file(files[i].name, files[i].age);
    ga_disk_tidy(disk, 0, 0);
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", cache_dir, files[i].name);
        assert_int_equal(access(path, F_OK) == 0, files[i].stays);
    }
    ga_disk_free(disk);
}

/* Entries 0 (the oldest) to 5, of 1,000 bytes with their head. */
static struct ga_disk *
six_entries(void)
{
    struct ga_disk *disk = open_disk(cache_dir);

    for (unsigned i = 0; i < 6; i++) {
        struct ga_entry_name name = name_of(i);
        char *path = ga_disk_file(disk, &name);

        write_entry(disk, &name, 'x', 1000 - GA_ENTRY_HEAD);
        set_age(path, 600 - 60 * (time_t)i);
        free(path);
    }
    return disk;
}

static void
lets_the_oldest_go(void **state)
{
    static const struct {
        size_t files;
        uint64_t bytes;
        unsigned left;
    } rows[] = {
        { 6, 6000, 6 }, { 5, 6000, 5 }, { 6, 5999, 5 },
        { 6, 2000, 2 }, { 1, 9999, 1 }, { 9, 999, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_disk *disk = six_entries();

        ga_disk_tidy(disk, rows[i].files, rows[i].bytes);
        for (unsigned n = 0; n < 6; n++) {
            struct ga_entry_name name = name_of(n);
            struct ga_buf b = { 0 };

            assert_int_equal(ga_disk_read(disk, &name, &b),
                             n >= 6 - rows[i].left);
            ga_buf_done(&b);
        }
        ga_disk_free(disk);
    }
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        TEST(belongs_to_the_user_alone),
        TEST(refuses_a_directory_that_others_write_to),
        TEST(names_what_cannot_be_a_directory),
        TEST(finds_its_directory_where_xdg_says),
        TEST(does_not_follow_links_or_read_what_is_no_file),
        TEST(asks_again_where_a_file_is_broken),
        TEST(is_shared_by_processes),
        TEST(survives_being_killed_at_any_moment),
        TEST(tidies_what_is_its_own_alone),
        TEST(lets_the_oldest_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
