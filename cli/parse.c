/* SPDX-License-Identifier: Apache-2.0 */
/* The command line and the environment, read by the tables of options. */
#define _GNU_SOURCE /* secure_getenv */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/options.h"

/* Options of one verb: the groups of the largest one hold 44. */
#define OPTIONS_MAX 64

/* One reading of a command line.  `rc` is that of the first error. */
struct reading {
    const struct verb *verb;
    struct options *o;
    struct ga_error *err;
    enum ga_rc rc;
    size_t seen_count;
    const char *seen[OPTIONS_MAX]; /* names given on the command line */
    const char *stdin_by; /* name of what reads standard input already */
    bool half;            /* the last input is a report that waits for its
                             chain, or the other way round */
};

/* Where a value comes from: an option, or its name in the environment. */
struct source {
    const char *name;       /* of the option; static */
    char who[ENV_NAME_MAX]; /* as messages call it */
};

static struct source
from_option(const char *name)
{
    struct source s = { .name = name };

    snprintf(s.who, sizeof(s.who), "--%s", name);
    return s;
}

static struct source
from_environment(const char *name)
{
    struct source s = { .name = name };

    option_env_name(name, s.who);
    return s;
}

static void refuse(struct reading *r, const char *fmt, ...) GA_PRINTF(2, 3);

static void
refuse(struct reading *r, const char *fmt, ...)
{
    char text[GA_ERROR_TEXT];
    va_list ap;

    if (r->rc != GA_OK)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    r->rc = ga_fail(r->err, GA_E_INVAL, "%s", text);
}

/* Standard input ends where its first reader ends. */
static void
take_stdin(struct reading *r, const struct source *from, const char *path)
{
    if (strcmp(path, "-") != 0)
        return;
    if (r->stdin_by != NULL)
        refuse(r, "%s: standard input is read already, by %s", from->who,
               r->stdin_by);
    else
        r->stdin_by = from->name;
}

static void
add_input(struct reading *r, const struct source *from, enum input_role role,
          const char *path)
{
    struct options *o = r->o;
    const struct input *last =
        o->input_count > 0 ? &o->input[o->input_count - 1] : NULL;

    if (path[0] == '\0') {
        refuse(r, "%s: the name of the file is empty", from->who);
        return;
    }
    if (r->half && last != NULL &&
        (role == INPUT_OPERAND || role == last->role)) {
        refuse(r,
               "--report and --chain come in pairs: one is missing before "
               "\"%.200s\"",
               path);
        return;
    }
    if (o->input_count == INPUTS_MAX) {
        refuse(r, "more than %d files", INPUTS_MAX);
        return;
    }
    take_stdin(r, from, path);
    o->input[o->input_count++] = (struct input){ role, path };
    if (role == INPUT_OPERAND)
        o->operand_count++;
    else
        r->half = !r->half;
}

/* Finds `value` among words that '|' separates. */
static bool
find_word(const char *words, const char *value, unsigned *out)
{
    size_t len = strlen(value);

    for (unsigned i = 0;; i++) {
        size_t n = strcspn(words, "|");

        if (n == len && strncmp(words, value, n) == 0) {
            *out = i;
            return true;
        }
        if (words[n] == '\0')
            return false;
        words += n + 1;
    }
}

static void
give_own(struct reading *r, const struct option_row *row,
         const struct source *from, const char *value)
{
    if (row->type == OPTION_INPUT) {
        add_input(r, from, (enum input_role)row->member, value);
        return;
    }
    if (row->type == OPTION_FLAG)
        *(bool *)(void *)((char *)r->o + row->member) = true;
    else if (row->type == OPTION_TEXT)
        *(const char **)(void *)((char *)r->o + row->member) = value;
    else if (!find_word(row->words, value,
                        (unsigned *)(void *)((char *)r->o + row->member)))
        refuse(r, "%s: \"%.200s\" is none of %s", from->who, value, row->words);
}

/* Takes "rim-dir: " from the front of a text: here it is --rim-dir, or
 * GPUATTEST_RIM_DIR. */
static void
drop_name(struct ga_error *err, const char *name)
{
    size_t n = strlen(name);

    if (strncmp(err->text, name, n) == 0 &&
        strncmp(err->text + n, ": ", 2) == 0)
        memmove(err->text, err->text + n + 2, strlen(err->text + n + 2) + 1);
}

static void
give_setting(struct reading *r, const struct ga_setting *row,
             const struct source *from, const char *value)
{
    enum ga_rc rc;

    if (row->arg != NULL &&
        (strcmp(row->arg, "PEM") == 0 || strcmp(row->arg, "FILE") == 0))
        take_stdin(r, from, value);
    if (r->rc != GA_OK)
        return;
    rc = ga_settings_set(r->o->settings, row->name, value, r->err);
    if (rc != GA_OK)
        drop_name(r->err, row->name);
    r->rc = ga_within(r->err, rc, "%s", from->who);
}

static void
give(struct reading *r, const struct source *from, const char *value)
{
    const struct option_row *own = option_own(from->name);

    if (strlen(value) > GA_VALUE_MAX)
        refuse(r, "%s: %zu bytes, not 0 to %d", from->who, strlen(value),
               GA_VALUE_MAX);
    else if (own != NULL)
        give_own(r, own, from, value);
    else
        give_setting(r, ga_setting_find(from->name), from, value);
}

/* Returns the verb's own spelling of a name, or NULL where it does not take
 * it; `len` bytes of `name` count. */
static const char *
taken(const struct verb *verb, const char *name, size_t len)
{
    for (const struct option_group *g = verb->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
            if (strlen(g->name[i]) == len &&
                strncmp(g->name[i], name, len) == 0)
                return g->name[i];
    return NULL;
}

/* Bytes of the longest name that can be suggested. */
#define NEAR_MAX 40

/* Edit distance (Levenshtein) of `alen` bytes from a name. */
static size_t
distance(const char *a, size_t alen, const char *b)
{
    size_t row[NEAR_MAX + 1], blen = strlen(b);

    if (blen > NEAR_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= blen; j++)
        row[j] = j;
    for (size_t i = 1; i <= alen; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= blen; j++) {
            size_t above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[blen];
}

/* Returns the option that was probably meant (two slips at most, and less than
 * half of a short name), or NULL. */
static const char *
nearest(const struct verb *verb, const char *name, size_t len)
{
    const char *found = NULL;
    size_t best = 3;

    for (const struct option_group *g = verb->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
            size_t d = distance(name, len, g->name[i]);

            if (d < best && 2 * d < strlen(g->name[i])) {
                best = d;
                found = g->name[i];
            }
        }
    return found;
}

static void
refuse_unknown(struct reading *r, const char *word, size_t len)
{
    const char *near = strncmp(word, "--", 2) == 0
                           ? nearest(r->verb, word + 2, len - 2)
                           : NULL;
    /* The error text has room for a name, not for a whole file. */
    int n = len < GA_ERROR_TEXT / 4 ? (int)len : GA_ERROR_TEXT / 4;

    if (near != NULL)
        refuse(r, "unknown option \"%.*s\"; did you mean --%s?", n, word, near);
    else
        refuse(r, "unknown option \"%.*s\"", n, word);
}

static bool
was_seen(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->seen_count; i++)
        if (strcmp(r->seen[i], name) == 0)
            return true;
    return false;
}

/* Two values for one thing are a mistake whose outcome nobody should have to
 * guess: neither the first nor the last wins. */
static void
see(struct reading *r, const struct option_view *view)
{
    bool again = was_seen(r, view->name);

    if (again && !view->repeats)
        refuse(r, "--%s: given twice", view->name);
    if (!again && r->seen_count < OPTIONS_MAX)
        r->seen[r->seen_count++] = view->name;
}

/* Reads the option at argv[i] and its value; returns the index of the last
 * word that was read. */
static int
read_option(struct reading *r, int argc, char **argv, int i)
{
    const char *word = strcmp(argv[i], "-h") == 0 ? "--help" : argv[i];
    size_t len = strcspn(word, "=");
    const char *value = word[len] == '=' ? word + len + 1 : NULL;
    const char *name =
        strncmp(word, "--", 2) == 0 ? taken(r->verb, word + 2, len - 2) : NULL;
    struct option_view view;
    struct source from;

    if (name == NULL || !option_view(name, &view)) {
        refuse_unknown(r, word, len);
        return i;
    }
    see(r, &view);
    from = from_option(view.name);
    if (view.arg == NULL && value != NULL && option_own(name) != NULL)
        refuse(r, "--%s: takes no value", name);
    else if (view.arg == NULL)
        give(r, &from, value != NULL ? value : "true");
    else if (value != NULL)
        give(r, &from, value);
    else if (i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0)
        give(r, &from, argv[++i]);
    else
        refuse(r, "--%s: needs a value, --%s=%s", name, name, view.arg);
    return i;
}

/* An empty variable counts as none: there is no other way to be rid of one in
 * some places that start programs. */
static void
read_environment(struct reading *r)
{
    for (const struct option_group *g = r->verb->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
            struct source from = from_environment(g->name[i]);
            const char *value = secure_getenv(from.who);
            struct option_view view;

            if (value != NULL && value[0] != '\0' &&
                option_view(g->name[i], &view) && view.from_env &&
                !was_seen(r, view.name))
                give(r, &from, value);
        }
}

static void
read_arguments(struct reading *r, int argc, char **argv)
{
    const struct source operand = { .name = "FILE", .who = "FILE" };
    bool options = true;

    for (int i = 1; i < argc; i++)
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
            i = read_option(r, argc, argv, i);
        else if (r->o->operand_count == r->verb->most)
            refuse(r, "one argument too many: \"%.200s\"", argv[i]);
        else
            add_input(r, &operand, INPUT_OPERAND, argv[i]);
}

enum ga_rc
options_parse(const struct verb *verb, int argc, char **argv, struct options *o,
              struct ga_error *err)
{
    struct reading r = { .verb = verb, .o = o, .err = err };
    enum ga_rc rc;

    memset(o, 0, sizeof(*o));
    o->verb = verb;
    o->log_level = GA_LOG_WARN;
    rc = ga_settings_new(&o->settings, err);
    if (rc != GA_OK)
        return rc;
    read_arguments(&r, argc, argv);
    read_environment(&r);
    if (o->help)
        return GA_OK;
    if (r.half)
        refuse(&r, "--report and --chain come in pairs: one is missing at the "
                   "end");
    if (o->operand_count < verb->least)
        refuse(&r, "nothing to read: name %s", verb->operands);
    return r.rc;
}

void
options_done(struct options *o)
{
    ga_settings_free(o->settings);
    o->settings = NULL;
}
