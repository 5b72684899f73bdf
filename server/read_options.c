/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, the environment and the file of settings. */
#define _GNU_SOURCE /* secure_getenv */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "server/options.h"

/* Names of both tables together. */
#define NAMES_MAX 64

/* One reading; sources that say a name later than another do not count. */
struct reading {
    struct server_options *o;
    struct ga_error *err;
    size_t seen_count;
    const char *seen[NAMES_MAX]; /* static: of the tables */
};

/* An option of either table. */
struct found {
    const struct server_row *own;
    const struct ga_setting *setting;
    const char *name;
};

static bool
find(const char *name, size_t len, struct found *out)
{
    for (const struct server_row *r = server_rows; r->name != NULL; r++)
        if (strlen(r->name) == len && strncmp(r->name, name, len) == 0) {
            *out = (struct found){ .own = r, .name = r->name };
            return true;
        }
    for (const char *const *s = server_settings; *s != NULL; s++)
        if (strlen(*s) == len && strncmp(*s, name, len) == 0) {
            *out = (struct found){ .setting = ga_setting_find(*s), .name = *s };
            return out->setting != NULL;
        }
    return false;
}

static bool
repeats(const struct found *f)
{
    if (f->own != NULL)
        return f->own->type == SERVER_LIST;
    return f->setting->type == GA_SETTING_LIST ||
           f->setting->type == GA_SETTING_COMMAS;
}

static bool
is_flag(const struct found *f)
{
    return f->own != NULL ? f->own->type == SERVER_FLAG
                          : f->setting->type == GA_SETTING_FLAG;
}

static bool
was_seen(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->seen_count; i++)
        if (r->seen[i] == name)
            return true;
    return false;
}

static enum ga_rc
see(struct reading *r, const char *name)
{
    if (was_seen(r, name))
        return GA_OK;
    if (r->seen_count == NAMES_MAX)
        return ga_fail(r->err, GA_E_INTERNAL, "more than %d options",
                       NAMES_MAX);
    r->seen[r->seen_count++] = name;
    return GA_OK;
}

/* Digits, and for a size one of k and M behind them. */
static bool
parse_number(const char *text, bool size, int64_t *out)
{
    const int64_t most = INT64_C(1) << 40;
    int64_t n = 0;
    size_t digits = 0;

    for (; *text >= '0' && *text <= '9' && n <= most; text++, digits++)
        n = n * 10 + (*text - '0');
    if (size && digits > 0 && (*text == 'k' || *text == 'M')) {
        n *= *text == 'k' ? 1024 : 1024 * 1024;
        text++;
    }
    if (digits == 0 || *text != '\0' || n > most)
        return false;
    *out = n;
    return true;
}

static enum ga_rc
give_number(const struct server_row *row, int64_t *out, const char *value,
            struct ga_error *err)
{
    int64_t n;
    bool ok = row->type == SERVER_DURATION
                  ? ga_duration_parse(value, &n)
                  : parse_number(value, row->type == SERVER_SIZE, &n);

    if (!ok)
        return ga_fail(err, GA_E_INVAL, "\"%.200s\" is no %s", value,
                       row->type == SERVER_DURATION
                           ? "duration like 90s, 15m or 2h"
                       : row->type == SERVER_SIZE ? "size like 4096, 64k or 1M"
                                                  : "number");
    if (n < row->least || n > row->most)
        return ga_fail(err, GA_E_INVAL, "%lld, not %lld to %lld", (long long)n,
                       (long long)row->least, (long long)row->most);
    *out = n;
    return GA_OK;
}

static enum ga_rc
give_choice(const struct server_row *row, unsigned *out, const char *value,
            struct ga_error *err)
{
    size_t len = strlen(value);
    const char *words = row->words;

    for (unsigned i = 0;; i++) {
        size_t n = strcspn(words, "|");

        if (n == len && strncmp(words, value, n) == 0) {
            *out = i;
            return GA_OK;
        }
        if (words[n] == '\0')
            break;
        words += n + 1;
    }
    return ga_fail(err, GA_E_INVAL, "\"%.200s\" is none of %s", value,
                   row->words);
}

static enum ga_rc
give_text(char **out, const char *value, struct ga_error *err)
{
    char *copy;

    if (value[0] == '\0')
        return ga_fail(err, GA_E_INVAL, "the value is empty");
    copy = strdup(value);
    if (copy == NULL)
        return ga_nomem(err);
    free(*out);
    *out = copy;
    return GA_OK;
}

static enum ga_rc
give_list(struct ga_list *list, const char *value, struct ga_error *err)
{
    enum ga_rc rc;

    if (list->count == GA_LIST_MAX)
        return ga_fail(err, GA_E_INVAL, "more than %d values", GA_LIST_MAX);
    rc = give_text(&list->item[list->count], value, err);
    list->count += rc == GA_OK;
    return rc;
}

static enum ga_rc
give_own(const struct server_row *row, struct server_options *o,
         const char *value, struct ga_error *err)
{
    void *member = (char *)o + row->member;

    switch (row->type) {
    case SERVER_FLAG:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
            return ga_fail(err, GA_E_INVAL,
                           "\"%.200s\" is neither true nor false", value);
        *(bool *)member = value[0] == 't';
        return GA_OK;
    case SERVER_TEXT:
        return give_text(member, value, err);
    case SERVER_LIST:
        return give_list(member, value, err);
    case SERVER_CHOICE:
        return give_choice(row, member, value, err);
    case SERVER_NUMBER:
    case SERVER_SIZE:
    case SERVER_DURATION:
    default:
        return give_number(row, member, value, err);
    }
}

/* `who` is what messages call the source: "--listen", a variable, a line. */
static enum ga_rc
give(struct reading *r, const struct found *f, const char *who,
     const char *value)
{
    enum ga_rc rc;

    if (strlen(value) > GA_VALUE_MAX)
        return ga_fail(r->err, GA_E_INVAL, "%s: %zu bytes, not 0 to %d", who,
                       strlen(value), GA_VALUE_MAX);
    rc = f->own != NULL
             ? give_own(f->own, r->o, value, r->err)
             : ga_settings_set(r->o->settings, f->name, value, r->err);
    return ga_within(r->err, rc, "%s", who);
}

/* Reads the option at argv[i]; `*used` is how many words it took. */
static enum ga_rc
read_word(struct reading *r, int argc, char **argv, int i, int *used)
{
    const char *word = argv[i] + 2, *value = strchr(word, '=');
    size_t len = value != NULL ? (size_t)(value - word) : strlen(word);
    struct found f;
    char who[64];
    enum ga_rc rc;

    if (!find(word, len, &f))
        return ga_fail(r->err, GA_E_INVAL, "unknown option \"--%.*s\"",
                       (int)(len < 100 ? len : 100), word);
    snprintf(who, sizeof(who), "--%s", f.name);
    if (was_seen(r, f.name) && !repeats(&f))
        return ga_fail(r->err, GA_E_INVAL, "%s is given twice", who);
    rc = see(r, f.name);
    if (rc != GA_OK)
        return rc;
    *used = 1;
    if (value != NULL)
        return give(r, &f, who, value + 1);
    if (is_flag(&f))
        return give(r, &f, who, "true");
    if (i + 1 >= argc || strncmp(argv[i + 1], "--", 2) == 0)
        return ga_fail(r->err, GA_E_INVAL, "%s needs a value", who);
    *used = 2;
    return give(r, &f, who, argv[i + 1]);
}

static enum ga_rc
read_arguments(struct reading *r, int argc, char **argv, int operands)
{
    int kept = 0, used = 1;
    enum ga_rc rc = GA_OK;

    for (int i = 1; i < argc && rc == GA_OK; i += used) {
        used = 1;
        if (strncmp(argv[i], "--", 2) == 0 && argv[i][2] != '\0')
            rc = read_word(r, argc, argv, i, &used);
        else if (kept < operands)
            argv[++kept] = argv[i];
        else
            rc = ga_fail(r->err, GA_E_INVAL, "\"%.200s\" is not expected",
                         argv[i]);
    }
    if (rc == GA_OK && kept < operands && !r->o->help)
        rc = ga_fail(r->err, GA_E_INVAL, "a word is missing");
    return rc;
}

/* Whom to trust is said where the server is started, by who starts it: an
 * inherited variable is no such place (docs/rules.md). */
static bool
from_environment(const struct found *f)
{
    static const char *const never[] = {
        "device-anchor", "rim-anchor", "allow-custom-anchors",
        "help",          "version",    "from",
        "life"
    };

    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        if (strcmp(f->name, never[i]) == 0)
            return false;
    return f->own != NULL || f->setting->from_env;
}

static void
variable_name(const char *name, char out[NAMES_MAX])
{
    size_t n = (size_t)snprintf(out, NAMES_MAX, "GPUATTEST_");

    for (; *name != '\0' && n + 1 < NAMES_MAX; name++)
        out[n++] = *name == '-' ? '_' : (char)(*name - 'a' + 'A');
    out[n] = '\0';
}

static enum ga_rc
read_variable(struct reading *r, const char *name)
{
    struct found f;
    char who[NAMES_MAX];
    const char *value;
    enum ga_rc rc;

    if (!find(name, strlen(name), &f) || !from_environment(&f) ||
        was_seen(r, f.name))
        return GA_OK;
    variable_name(f.name, who);
    value = secure_getenv(who);
    if (value == NULL || value[0] == '\0')
        return GA_OK;
    rc = see(r, f.name);
    return rc == GA_OK ? give(r, &f, who, value) : rc;
}

static enum ga_rc
read_environment(struct reading *r)
{
    enum ga_rc rc = GA_OK;

    for (const struct server_row *row = server_rows;
         row->name != NULL && rc == GA_OK; row++)
        rc = read_variable(r, row->name);
    for (const char *const *s = server_settings; *s != NULL && rc == GA_OK; s++)
        rc = read_variable(r, *s);
    return rc;
}

/* Cuts blanks off both ends, in place. */
static char *
trim(char *text)
{
    size_t n;

    while (*text == ' ' || *text == '\t')
        text++;
    n = strlen(text);
    while (n > 0 &&
           (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r'))
        n--;
    text[n] = '\0';
    return text;
}

/* One line "name = value"; `earlier` names were said elsewhere and win. */
static enum ga_rc
read_line(struct reading *r, char *line, size_t number, size_t earlier)
{
    char who[320], *value = strchr(line, '='), *name;
    struct found f;
    enum ga_rc rc;

    if (line[0] == '\0' || line[0] == '#')
        return GA_OK;
    snprintf(who, sizeof(who), "%.200s: line %zu", r->o->config, number);
    if (value == NULL)
        return ga_fail(r->err, GA_E_SYNTAX, "%s: no \"name = value\"", who);
    *value++ = '\0';
    name = trim(line);
    value = trim(value);
    if (!find(name, strlen(name), &f) || strcmp(name, "config") == 0 ||
        strcmp(name, "help") == 0 || strcmp(name, "version") == 0)
        return ga_fail(r->err, GA_E_SYNTAX, "%s: unknown setting \"%.100s\"",
                       who, name);
    for (size_t i = 0; i < earlier; i++)
        if (r->seen[i] == f.name)
            return GA_OK;
    if (was_seen(r, f.name) && !repeats(&f))
        return ga_fail(r->err, GA_E_DUPLICATE, "%s: %s is given twice", who,
                       f.name);
    rc = see(r, f.name);
    return rc == GA_OK ? give(r, &f, who, value) : rc;
}

static enum ga_rc
read_config(struct reading *r)
{
    GA_AUTO_BUF struct ga_buf raw = { 0 }, file = { 0 };
    size_t earlier = r->seen_count, number = 1;
    enum ga_rc rc;
    char *line, *end;

    if (r->o->config == NULL)
        return GA_OK;
    rc = ga_file_read(r->o->config, GA_CONFIG_MAX, &raw, r->err);
    if (rc == GA_OK && raw.len > 0)
        rc = ga_buf_copy(ga_view(&raw), &file, r->err);
    if (rc != GA_OK || raw.len == 0)
        return ga_within(r->err, rc, "--config");
    if (memchr(file.ptr, '\0', file.len) != NULL)
        return ga_fail(r->err, GA_E_SYNTAX, "--config: %s: a NUL byte",
                       r->o->config);
    line = (char *)file.ptr;
    for (; rc == GA_OK && line != NULL; line = end, number++) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        rc = read_line(r, trim(line), number, earlier);
    }
    return ga_within(r->err, rc, "--config");
}

static enum ga_rc
set_defaults(struct server_options *o, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (const struct server_row *row = server_rows;
         row->name != NULL && rc == GA_OK; row++)
        if (row->initial != NULL)
            rc = give_own(row, o, row->initial, err);
    return rc;
}

enum ga_rc
server_options_read(int argc, char **argv, int operands,
                    struct server_options *o, struct ga_error *err)
{
    struct reading r = { .o = o, .err = err };
    enum ga_rc rc;

    memset(o, 0, sizeof(*o));
    rc = ga_settings_new(&o->settings, err);
    if (rc == GA_OK)
        rc = set_defaults(o, err);
    if (rc == GA_OK)
        rc = read_arguments(&r, argc, argv, operands);
    if (rc == GA_OK)
        rc = read_environment(&r);
    if (rc == GA_OK)
        rc = read_config(&r);
    return rc;
}

void
server_options_done(struct server_options *o)
{
    ga_settings_free(o->settings);
    for (const struct server_row *row = server_rows; row->name != NULL; row++) {
        void *member = (char *)o + row->member;

        if (row->type == SERVER_TEXT)
            free(*(char **)member);
        for (size_t i = 0;
             row->type == SERVER_LIST && i < ((struct ga_list *)member)->count;
             i++)
            free(((struct ga_list *)member)->item[i]);
    }
    memset(o, 0, sizeof(*o));
}
