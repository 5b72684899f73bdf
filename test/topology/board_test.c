/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of boards, from the table and from files. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/fixtures.h"
#include "topology/board.h"

static void
knows_hgx_hopper(void **state)
{
    const struct ga_board *b = ga_board_find("hgx-hopper");

    (void)state;
    assert_non_null(b);
    assert_ptr_equal(b, ga_board_at(0));
    assert_int_equal(b->gpus, 8);
    assert_int_equal(b->switches, 4);
    assert_string_equal(b->gpu_arch, "HOPPER");
    assert_string_equal(b->switch_arch, "LS10");
    assert_null(ga_board_find("hgx"));
    assert_null(ga_board_find(NULL));
    for (size_t i = 0; ga_board_at(i) != NULL; i++)
        assert_int_equal(ga_board_check(ga_board_at(i), NULL), GA_OK);
}

static void
reads_a_board(void **state)
{
    static const char text[] = "{\"name\":\"mine\",\"gpus\":4,\"switches\":18,"
                               "\"switch_arch\":\"LS10\"}";
    struct ga_board_copy b, again;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_board_parse(ga_bytes_of(text, strlen(text)), &b, &err),
                     GA_OK);
    assert_string_equal(b.board.name, "mine");
    assert_int_equal(b.board.gpus, 4);
    assert_int_equal(b.board.switches, 18);
    assert_null(b.board.gpu_arch);
    assert_string_equal(b.board.switch_arch, "LS10");
    assert_ptr_equal(b.board.name, b.name);
    ga_board_copy(&b.board, &again);
    assert_ptr_equal(again.board.name, again.name);
    assert_string_equal(again.board.switch_arch, "LS10");
    assert_int_equal(ga_board_load("hgx-hopper", &b, &err), GA_OK);
    assert_ptr_equal(b.board.gpu_arch, b.gpu_arch);
    assert_int_equal(b.board.gpus, 8);
}

static const struct {
    const char *text;
    enum ga_rc rc;
    const char *why;
} bad[] = {
    { "[]", GA_E_BAD_VALUE, "board: no object" },
    { "{\"gpus\":8,\"switches\":4}", GA_E_MISSING, "board: no name" },
    { "{\"name\":\"b\",\"switches\":4}", GA_E_MISSING, "board: no gpus" },
    { "{\"name\":\"b\",\"gpus\":8}", GA_E_MISSING, "board: no switches" },
    { "{\"name\":\"b\",\"gpus\":0,\"switches\":4}", GA_E_BAD_VALUE,
      "board: gpus: 0, not 1 to 8" },
    { "{\"name\":\"b\",\"gpus\":9,\"switches\":4}", GA_E_BAD_VALUE,
      "board: gpus: 9, not 1 to 8" },
    { "{\"name\":\"b\",\"gpus\":8,\"switches\":19}", GA_E_BAD_VALUE,
      "board: switches: 19, not 1 to 18" },
    { "{\"name\":\"b\",\"gpus\":-1,\"switches\":4}", GA_E_BAD_VALUE,
      "board: gpus: no number from 0 to 128" },
    { "{\"name\":\"b\",\"gpus\":8.0,\"switches\":4}", GA_E_BAD_VALUE,
      "board: gpus: no number from 0 to 128" },
    { "{\"name\":\"b\",\"gpus\":4294967304,\"switches\":4}", GA_E_BAD_VALUE,
      "board: gpus: no number from 0 to 128" },
    { "{\"name\":\"\",\"gpus\":8,\"switches\":4}", GA_E_BAD_VALUE,
      "board: name: \"\", not 1 to 63 letters, digits, - _ and ." },
    { "{\"name\":\"a b\",\"gpus\":8,\"switches\":4}", GA_E_BAD_VALUE,
      "board: name: \"a b\", not 1 to 63 letters, digits, - _ and ." },
    { "{\"name\":8,\"gpus\":8,\"switches\":4}", GA_E_BAD_VALUE,
      "board: name: no text" },
    { "{\"name\":\"b\",\"gpus\":8,\"switches\":4,\"gpu_arch\":\"LS10\"}",
      GA_E_BAD_VALUE, "board: gpu_arch: \"LS10\" is not known" },
    { "{\"name\":\"b\",\"gpus\":8,\"switches\":4,\"switch_arch\":\"HOPPER\"}",
      GA_E_BAD_VALUE, "board: switch_arch: \"HOPPER\" is not known" },
    { "{\"name\":\"b\",\"gpus\":8,\"switches\":4,\"gpu_arch\":"
      "\"HOPPERHOPPERHOPPER\"}",
      GA_E_BAD_VALUE, "board: gpu_arch: 18 bytes, not 1 to 15" },
    { "{\"name\":\"b\",\"gpus\":8,\"switches\":4,\"links\":18}", GA_E_BAD_VALUE,
      "board: \"links\" is not known" },
};

static void
refuses_what_is_no_board(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_board_copy b = { .name = "untouched" };
        struct ga_error err = { 0 };

        assert_int_equal(
            ga_board_parse(ga_bytes_of(bad[i].text, strlen(bad[i].text)), &b,
                           &err),
            bad[i].rc);
        assert_string_equal(err.text, bad[i].why);
        assert_string_equal(b.name, "untouched");
    }
}

static void
reads_a_board_from_a_file(void **state)
{
    static const char good[] = "{\"name\":\"b\",\"gpus\":2,\"switches\":1}";
    char path[] = "/tmp/gpuattest-board-XXXXXX", expect[128];
    int fd = mkstemp(path);
    struct ga_board_copy b = { .name = "untouched" };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(write(fd, "[1", 2), 2);
    assert_int_equal(ga_board_load(path, &b, &err), GA_E_SYNTAX);
    snprintf(expect, sizeof(expect), "%s: JSON: ',' or ']' expected at byte 2",
             path);
    assert_string_equal(err.text, expect);
    assert_string_equal(b.name, "untouched");
    assert_int_equal(pwrite(fd, good, strlen(good), 0), strlen(good));
    assert_int_equal(ga_board_load(path, &b, &err), GA_OK);
    assert_ptr_equal(b.board.name, b.name);
    assert_string_equal(b.name, "b");
    assert_int_equal(b.board.gpus, 2);
    assert_null(b.board.gpu_arch);
    close(fd);
    unlink(path);
}

static void
refuses_a_file_that_is_not_there(void **state)
{
    struct ga_board_copy b;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_board_load("/nowhere/board", &b, &err), GA_E_FILE);
    assert_non_null(strstr(err.text, "/nowhere/board"));
}

static void
refuses_boards_of_the_caller(void **state)
{
    struct ga_board b = { "b", 8, 4, NULL, NULL };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_board_check(&b, &err), GA_OK);
    assert_int_equal(ga_board_check(NULL, &err), GA_E_INVAL);
    b.name = NULL;
    assert_int_equal(ga_board_check(&b, &err), GA_E_INVAL);
    b = (struct ga_board){ "b", 8, 4, "ADA", NULL };
    assert_int_equal(ga_board_check(&b, &err), GA_E_BAD_VALUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_hgx_hopper),
        cmocka_unit_test(reads_a_board),
        cmocka_unit_test(refuses_what_is_no_board),
        cmocka_unit_test(reads_a_board_from_a_file),
        cmocka_unit_test(refuses_a_file_that_is_not_there),
        cmocka_unit_test(refuses_boards_of_the_caller),
    };

    return cmocka_run_group_tests_name("boards", tests, NULL, NULL);
}
