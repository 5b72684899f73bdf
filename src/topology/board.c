/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of boards: a table, and files of the caller's. */
#include <stdio.h>
#include <string.h>

#include "base/chips.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "topology/board.h"

/* Source: spec-protocol, 7 */
static const struct ga_board boards[] = {
    { "hgx-hopper", 8, 4, "HOPPER", "LS10" },
};

/* Places in a switch's and in a GPU's report.  Source: spec-protocol, 1 */
#define GPUS_MAX     8
#define SWITCHES_MAX 18

const struct ga_board *
ga_board_at(size_t i)
{
    return i < sizeof(boards) / sizeof(boards[0]) ? &boards[i] : NULL;
}

const struct ga_board *
ga_board_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof(boards) / sizeof(boards[0]);
         i++)
        if (strcmp(boards[i].name, name) == 0)
            return &boards[i];
    return NULL;
}

static enum ga_rc
check_number(const char *what, unsigned n, unsigned max, struct ga_error *err)
{
    if (n >= 1 && n <= max)
        return GA_OK;
    return ga_fail(err, GA_E_BAD_VALUE, "%s: %u, not 1 to %u", what, n, max);
}

static enum ga_rc
check_arch(const char *what, const char *arch, enum ga_kind kind,
           struct ga_error *err)
{
    if (arch == NULL)
        return GA_OK;
    for (size_t i = 0; i < ga_chip_count; i++)
        if (ga_chips[i].kind == kind && strcmp(ga_chips[i].arch, arch) == 0)
            return GA_OK;
    return ga_fail(err, GA_E_BAD_VALUE, "%s: \"%s\" is not known", what, arch);
}

/* A word that can stand in texts. */
static enum ga_rc
check_name(const char *name, struct ga_error *err)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t n = strlen(name);

    if (n >= 1 && n < sizeof(((struct ga_board_copy *)0)->name) &&
        strspn(name, allowed) == n)
        return GA_OK;
    return ga_fail(err, GA_E_BAD_VALUE,
                   "name: \"%.80s\", not 1 to %zu letters, digits, - _ and .",
                   name, sizeof(((struct ga_board_copy *)0)->name) - 1);
}

enum ga_rc
ga_board_check(const struct ga_board *board, struct ga_error *err)
{
    enum ga_rc rc;

    if (board == NULL || board->name == NULL)
        return ga_fail(err, GA_E_INVAL, "board: NULL");
    rc = check_name(board->name, err);
    if (rc == GA_OK)
        rc = check_number("gpus", board->gpus, GPUS_MAX, err);
    if (rc == GA_OK)
        rc = check_number("switches", board->switches, SWITCHES_MAX, err);
    if (rc == GA_OK)
        rc = check_arch("gpu_arch", board->gpu_arch, GA_KIND_GPU, err);
    if (rc == GA_OK)
        rc = check_arch("switch_arch", board->switch_arch, GA_KIND_SWITCH, err);
    return ga_within(err, rc, "board");
}

/* The members of a file, and where they go. */
static const struct member {
    const char *name;
    size_t number; /* offset in struct ga_board; of a text SIZE_MAX */
    size_t text, text_size, pointer;
    bool needed;
} members[] = {
#define TEXT(member, needed)                                       \
    {                                                              \
#member, SIZE_MAX, offsetof(struct ga_board_copy, member), \
            sizeof(((struct ga_board_copy *)0)->member),           \
            offsetof(struct ga_board, member), needed              \
    }
#define NUMBER(member)                                            \
    {                                                             \
#member, offsetof(struct ga_board, member), 0, 0, 0, true \
    }
    TEXT(name, true),         NUMBER(gpus),
    NUMBER(switches),         TEXT(gpu_arch, false),
    TEXT(switch_arch, false),
#undef TEXT
#undef NUMBER
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

static const struct member *
member_find(const char *name)
{
    for (size_t i = 0; i < MEMBERS; i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

static enum ga_rc
take(const struct member *m, const json_t *v, struct ga_board_copy *out,
     struct ga_error *err)
{
    json_int_t n = json_integer_value(v);
    const char *text = json_string_value(v);
    int written;

    if (m->number != SIZE_MAX) {
        if (!json_is_integer(v) || n < 0 || n > GA_DEVICES_MAX)
            return ga_fail(err, GA_E_BAD_VALUE, "%s: no number from 0 to %d",
                           m->name, GA_DEVICES_MAX);
        *(unsigned *)(void *)((char *)&out->board + m->number) = (unsigned)n;
        return GA_OK;
    }
    if (text == NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: no text", m->name);
    written = snprintf((char *)out + m->text, m->text_size, "%s", text);
    if (written < 0 || (size_t)written >= m->text_size)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %zu bytes, not 1 to %zu",
                       m->name, strlen(text), m->text_size - 1);
    return GA_OK;
}

/* Points the board's texts at the copy's own. */
static void
attach(struct ga_board_copy *b)
{
    b->board.name = b->name;
    b->board.gpu_arch = b->gpu_arch[0] != '\0' ? b->gpu_arch : NULL;
    b->board.switch_arch = b->switch_arch[0] != '\0' ? b->switch_arch : NULL;
}

static enum ga_rc
take_all(json_t *object, struct ga_board_copy *out, struct ga_error *err)
{
    const char *key;
    json_t *v;
    enum ga_rc rc = GA_OK;

    json_object_foreach(object, key, v)
    {
        const struct member *m = member_find(key);

        if (m == NULL)
            return ga_fail(err, GA_E_BAD_VALUE, "\"%.64s\" is not known", key);
        rc = take(m, v, out, err);
        if (rc != GA_OK)
            return rc;
    }
    for (size_t i = 0; i < MEMBERS; i++)
        if (members[i].needed &&
            json_object_get(object, members[i].name) == NULL)
            return ga_fail(err, GA_E_MISSING, "no %s", members[i].name);
    return rc;
}

enum ga_rc
ga_board_parse(struct ga_bytes json, struct ga_board_copy *out,
               struct ga_error *err)
{
    GA_AUTO(json_t) *v = NULL;
    struct ga_board_copy board = { 0 };
    enum ga_rc rc = ga_json_parse(json, &v, err);

    if (rc != GA_OK)
        return rc;
    if (!json_is_object(v))
        return ga_fail(err, GA_E_BAD_VALUE, "board: no object");
    rc = ga_within(err, take_all(v, &board, err), "board");
    attach(&board);
    if (rc == GA_OK)
        rc = ga_board_check(&board.board, err);
    if (rc != GA_OK)
        return rc;
    *out = board;
    attach(out);
    return GA_OK;
}

void
ga_board_copy(const struct ga_board *board, struct ga_board_copy *out)
{
    *out = (struct ga_board_copy){ .board = *board };
    snprintf(out->name, sizeof(out->name), "%s", board->name);
    if (board->gpu_arch != NULL)
        snprintf(out->gpu_arch, sizeof(out->gpu_arch), "%s", board->gpu_arch);
    if (board->switch_arch != NULL)
        snprintf(out->switch_arch, sizeof(out->switch_arch), "%s",
                 board->switch_arch);
    attach(out);
}

enum ga_rc
ga_board_load(const char *word, struct ga_board_copy *out, struct ga_error *err)
{
    const struct ga_board *known = ga_board_find(word);
    GA_AUTO_BUF struct ga_buf file = { 0 };
    enum ga_rc rc;

    if (known != NULL) {
        ga_board_copy(known, out);
        return GA_OK;
    }
    rc = ga_file_read(word, GA_CONFIG_MAX, &file, err);
    if (rc != GA_OK)
        return rc;
    return ga_within(err, ga_board_parse(ga_view(&file), out, err), "%s", word);
}
