/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of RIMs. */
#define _GNU_SOURCE /* mkdtemp, asprintf */
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rim/store.h"
#include "rim_maker.h"

#define ID "NV_GPU_DRIVER_GH100_1.2.3"

/* Two folders that go with the test, and a RIM to put there. */
struct scratch {
    char dir[2][64];
    struct ga_buf rim;
    struct ga_rim_store *store;
};

static int
setup(void **state)
{
    struct scratch *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    for (size_t i = 0; i < 2; i++) {
        snprintf(s->dir[i], sizeof(s->dir[i]), "/tmp/store_test.XXXXXX");
        assert_non_null(mkdtemp(s->dir[i]));
    }
    s->rim = make_rim(NULL, 0);
    assert_int_equal(ga_rim_store_new(&s->store, NULL), GA_OK);
    *state = s;
    return 0;
}

static int
teardown(void **state)
{
    struct scratch *s = *state;

    ga_rim_store_free(s->store);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rmdir(s->dir[i]), 0);
    ga_buf_done(&s->rim);
    free(s);
    return 0;
}

static void
write_file(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
}

/* Puts the RIM under a name; the caller removes it with drop(). */
static char *
place(const struct scratch *s, size_t dir, const char *name)
{
    char *path = NULL;

    assert_true(asprintf(&path, "%s/%s", s->dir[dir], name) > 0);
    write_file(path, s->rim.ptr, s->rim.len);
    return path;
}

static void
drop(char *path)
{
    unlink(path);
    free(path);
}

static size_t
get(struct scratch *s, const char *id, struct ga_rim_found *found)
{
    size_t n = 99;

    assert_int_equal(ga_rim_store_get(s->store, id, found, &n, NULL), GA_OK);
    return n;
}

static void
add(struct scratch *s, size_t dir)
{
    assert_int_equal(ga_rim_store_add_dir(s->store, s->dir[dir], NULL), GA_OK);
}

static void
finds_every_file_of_an_id_in_order(void **state)
{
    static const char *const names[] = {
        "nv_gpu_driver_gh100_1.2.3.XML",
        ID ".swidtag",
        ID ".xml",
        "NV_GPU_DRIVER_GH100_1.2.30.xml",
        "NV_GPU_DRIVER_GH100_1.2.xml",
        ID ".txt",
        ID,
        ".xml",
        "." ID ".xml",
    };
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    char *path[COUNT(names)], *more = place(s, 1, ID ".xml");

    for (size_t i = 0; i < COUNT(names); i++)
        path[i] = place(s, 0, names[i]);
    add(s, 1);
    add(s, 0);
    assert_int_equal(get(s, ID, found), 4);
    assert_string_equal(found[0].source, more);
    assert_string_equal(found[1].source, path[1]);
    assert_string_equal(found[2].source, path[2]);
    assert_string_equal(found[3].source, path[0]);
    for (size_t i = 0; i < 4; i++) {
        assert_null(found[i].problem);
        assert_string_equal(found[i].rim->version, "1.2.3");
    }
    assert_int_equal(get(s, "nv_gpu_driver_gh100_1.2", found), 1);
    assert_string_equal(found[0].source, path[4]);
    assert_int_equal(get(s, "NV_GPU_DRIVER_GH100_1.2.30", found), 1);
    assert_int_equal(get(s, "", found), 0);
    assert_int_equal(get(s, "NV_GPU_DRIVER_GH100_1.2.4", found), 0);
    assert_int_equal(get(s, "../" ID, found), 0);
    for (size_t i = 0; i < COUNT(names); i++)
        drop(path[i]);
    drop(more);
}

static void
reads_a_file_once(void **state)
{
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    const struct ga_rim *rim;
    char *path = place(s, 0, ID ".xml");

    add(s, 0);
    assert_int_equal(get(s, ID, found), 1);
    rim = found[0].rim;
    drop(path);
    assert_int_equal(get(s, ID, found), 1);
    assert_ptr_equal(found[0].rim, rim);
}

static void
says_why_a_file_cannot_be_read(void **state)
{
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    char *gone = place(s, 0, "gone.xml"), *big = place(s, 0, "big.xml");
    char *none = place(s, 0, "none.xml"), *want = NULL;
    uint8_t *zeros = calloc(1, GA_RIM_MAX + 1);

    assert_non_null(zeros);
    write_file(big, zeros, GA_RIM_MAX + 1);
    write_file(none, "<a/>", 4);
    add(s, 0);
    assert_int_equal(unlink(gone), 0);
    assert_int_equal(get(s, "gone", found), 1);
    assert_null(found[0].rim);
    assert_true(asprintf(&want, "%s: No such file or directory", gone) > 0);
    assert_string_equal(found[0].problem, want);
    free(want);
    assert_int_equal(get(s, "big", found), 1);
    assert_null(found[0].rim);
    assert_true(asprintf(&want, "%s: more than 262144 bytes", big) > 0);
    assert_string_equal(found[0].problem, want);
    free(want);
    /* A RIM that does not parse is there, with its problems. */
    assert_int_equal(get(s, "none", found), 1);
    assert_null(found[0].problem);
    assert_true(found[0].rim->problem_total > 0);
    free(zeros);
    drop(gone);
    drop(big);
    drop(none);
}

static void
escapes_the_source(void **state)
{
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    char *path = place(s, 0, "a\x1b[2J.xml"), *want = NULL;

    add(s, 0);
    assert_int_equal(get(s, "a\x1b[2J", found), 1);
    assert_non_null(found[0].rim);
    assert_true(asprintf(&want, "%s/a\\x1b[2J.xml", s->dir[0]) > 0);
    assert_string_equal(found[0].source, want);
    free(want);
    drop(path);
}

static void
refuses_more_of_one_id_than_it_can_show(void **state)
{
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    struct ga_error err = { 0 };
    char *path = place(s, 0, ID ".xml");
    size_t n = 99;

    for (size_t i = 0; i < GA_RIMS_PER_ID_MAX; i++)
        add(s, 0);
    assert_int_equal(get(s, ID, found), GA_RIMS_PER_ID_MAX);
    add(s, 0);
    assert_int_equal(ga_rim_store_get(s->store, ID, found, &n, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, ID ": more than 16 RIMs");
    assert_int_equal(n, 99);
    drop(path);
}

static void
passes_over_names_that_no_id_has(void **state)
{
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    char longest[GA_RIM_ID_MAX + 6], longer[GA_RIM_ID_MAX + 7];
    char *a, *b;

    snprintf(longest, sizeof(longest), "%096d.xml", 1);
    snprintf(longer, sizeof(longer), "%097d.xml", 1);
    a = place(s, 0, longest);
    b = place(s, 0, longer);
    add(s, 0);
    longest[GA_RIM_ID_MAX] = '\0';
    longer[GA_RIM_ID_MAX + 1] = '\0';
    assert_int_equal(get(s, longest, found), 1);
    assert_int_equal(get(s, longer, found), 0);
    drop(a);
    drop(b);
}

static void
a_folder_that_is_none_changes_nothing(void **state)
{
    struct scratch *s = *state;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    struct ga_error err = { 0 };
    char *path = place(s, 0, ID ".xml");

    add(s, 0);
    assert_int_equal(ga_rim_store_add_dir(s->store, path, &err), GA_E_FILE);
    assert_int_equal(ga_rim_store_add_dir(s->store, "/nonexistent", &err),
                     GA_E_FILE);
    assert_string_equal(err.text, "/nonexistent: No such file or directory");
    assert_int_equal(get(s, ID, found), 1);
    drop(path);
}

static void *
ask(void *store)
{
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    size_t n = 0;

    if (ga_rim_store_get(store, ID, found, &n, NULL) != GA_OK || n != 1)
        return NULL;
    return (void *)(uintptr_t)found[0].rim;
}

static void
threads_get_the_same_rim(void **state)
{
    struct scratch *s = *state;
    pthread_t thread[8];
    void *first = NULL;
    char *path = place(s, 0, ID ".xml");

    add(s, 0);
    for (size_t i = 0; i < COUNT(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask, s->store), 0);
    for (size_t i = 0; i < COUNT(thread); i++) {
        void *rim = NULL;

        assert_int_equal(pthread_join(thread[i], &rim), 0);
        assert_non_null(rim);
        first = first == NULL ? rim : first;
        assert_ptr_equal(rim, first);
    }
    drop(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_every_file_of_an_id_in_order),
        TEST(reads_a_file_once),
        TEST(says_why_a_file_cannot_be_read),
        TEST(escapes_the_source),
        TEST(refuses_more_of_one_id_than_it_can_show),
        TEST(passes_over_names_that_no_id_has),
        TEST(a_folder_that_is_none_changes_nothing),
        TEST(threads_get_the_same_rim),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
