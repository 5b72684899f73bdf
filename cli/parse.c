/* SPDX-License-Identifier: Apache-2.0 */
/* The command line and the environment, read by the tables of options. */
#define _GNU_SOURCE /* secure_getenv */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/near.h"
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
    if (role != INPUT_RIM)
        take_stdin(r, from, path);
    o->input[o->input_count++] = (struct input){ role, path };
    if (role == INPUT_OPERAND)
        o->operand_count++;
    else if (role != INPUT_RIM)
        r->half = !r->half;
}

static void
give_text(struct reading *r, const struct option_row *row,
          const struct source *from, const char *value)
{
    if (row->type == OPTION_FILE && value[0] == '\0')
        refuse(r, "%s: the name of the file is empty", from->who);
    if (row->type == OPTION_FILE)
        take_stdin(r, from, value);
    *(const char **)(void *)((char *)r->o + row->member) = value;
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
    else if (row->type == OPTION_TEXT || row->type == OPTION_FILE)
        give_text(r, row, from, value);
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
taken_itself(const struct verb *verb, const char *name, size_t len)
{
    for (const struct option_group *g = verb->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
            if (strlen(g->name[i]) == len &&
                strncmp(g->name[i], name, len) == 0)
                return g->name[i];
    return NULL;
}

/* The same, for a name of another tool too. */
static const char *
taken(const struct verb *verb, const char *name, size_t len)
{
    for (const struct option_alias *a = option_aliases; a->name != NULL; a++)
        if (strlen(a->name) == len && strncmp(a->name, name, len) == 0)
            return taken_itself(verb, a->option, strlen(a->option));
    return taken_itself(verb, name, len);
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
            size_t d = near_distance(name, len, g->name[i]);

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

/* Returns the verb's option of that letter, or NULL. */
static const char *
taken_letter(const struct verb *verb, char letter)
{
    for (const struct option_row *row = option_rows; row->name != NULL; row++)
        if (row->letter == letter && letter != '\0')
            return taken(verb, row->name, strlen(row->name));
    return NULL;
}

/* Finds the option that a word names, and its value where that is in the word:
 * --name, --name=value, -n, -n=value, -nvalue.  Returns NULL where the verb has
 * no such option; `*len` bytes of the word are its name. */
static const char *
named(const struct verb *verb, const char *word, size_t *len,
      const char **value)
{
    const char *name;

    *len = strcspn(word, "=");
    *value = word[*len] == '=' ? word + *len + 1 : NULL;
    if (strncmp(word, "--", 2) == 0)
        return taken(verb, word + 2, *len - 2);
    name = taken_letter(verb, word[1]);
    if (name != NULL && word[2] != '\0') {
        *value = word + (word[2] == '=' ? 3 : 2);
        *len = 2;
    }
    return name;
}

static bool
is_refused(struct reading *r, const char *name, size_t len, const char *value)
{
    const struct refusal *row = r->verb->refused;

    for (; row != NULL && row->name != NULL; row++)
        if (strlen(row->name) == len && strncmp(row->name, name, len) == 0 &&
            (row->value == NULL ||
             (value != NULL && strcmp(row->value, value) == 0))) {
            refuse(r, "--%s%s%s: %s", row->name, row->value != NULL ? " " : "",
                   row->value != NULL ? row->value : "", row->why);
            return true;
        }
    return false;
}

/* Reads the option at argv[i] and its value; returns the index of the last
 * word that was read. */
static int
read_option(struct reading *r, int argc, char **argv, int i)
{
    const char *word = argv[i], *value;
    size_t len;
    const char *name = named(r->verb, word, &len, &value);
    const char *next = i + 1 < argc ? argv[i + 1] : NULL;
    struct option_view view;
    struct source from;

    if (strncmp(word, "--", 2) == 0 &&
        is_refused(r, word + 2, len - 2, value != NULL ? value : next))
        return i;
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
    else if (next != NULL && strncmp(next, "--", 2) != 0)
        give(r, &from, argv[++i]);
    else
        refuse(r, "--%s: needs a value, --%s=%s", name, name, view.arg);
    return i;
}

/* An empty variable counts as none: there is no other way to be rid of one in
 * some places that start programs. */
static const char *
variable(const char *name)
{
    const char *value = secure_getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Gives what another tool's variable says, as that tool would understand it. */
static void
give_alias(struct reading *r, const struct env_alias *alias, const char *value)
{
    struct source from = { .name = alias->option };
    char text[GA_VALUE_MAX + 1];
    size_t len = strlen(value);
    size_t end = alias->ending != NULL ? strlen(alias->ending) : 0;

    snprintf(from.who, sizeof(from.who), "%s", alias->name);
    if (alias->only != NULL && strcmp(value, alias->only) != 0)
        return;
    if (end > 0 && value[len - 1] == '/')
        len--;
    if (end == 0 || len <= end || len > GA_VALUE_MAX ||
        strncmp(value + len - end, alias->ending, end) != 0) {
        give(r, &from, value);
        return;
    }
    snprintf(text, sizeof(text), "%.*s", (int)(len - end), value);
    give(r, &from, text);
}

static void
read_aliases(struct reading *r, const char *name)
{
    for (const struct env_alias *a = env_aliases; a->option != NULL; a++) {
        const char *value =
            strcmp(a->option, name) == 0 ? variable(a->name) : NULL;

        if (value != NULL) {
            give_alias(r, a, value);
            return;
        }
    }
}

static void
read_environment(struct reading *r)
{
    for (const struct option_group *g = r->verb->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
            struct source from = from_environment(g->name[i]);
            const char *value = variable(from.who);
            struct option_view view;

            if (!option_view(g->name[i], &view) || !view.from_env ||
                was_seen(r, view.name))
                continue;
            if (value != NULL)
                give(r, &from, value);
            else
                read_aliases(r, view.name);
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
    o->net = malloc(sizeof(*o->net));
    o->progress = calloc(1, sizeof(*o->progress));
    if (o->net != NULL)
        net_init(o->net, o->settings);
    if (o->net == NULL || o->progress == NULL)
        return ga_nomem(err);
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
    if (o->net != NULL)
        net_done(o->net);
    free(o->net);
    free(o->progress);
    ga_settings_free(o->settings);
    o->net = NULL;
    o->progress = NULL;
    o->settings = NULL;
}
