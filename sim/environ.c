/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of a command beside a simulated machine. */
#define _GNU_SOURCE /* secure_getenv, asprintf, environ */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/environ.h"

void
sim_environ_done(struct sim_environ *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->text[i]);
    *e = (struct sim_environ){ 0 };
}

/* Whether both are of one variable. */
static bool
same_name(const char *a, const char *b)
{
    size_t n = strcspn(a, "=");

    return n == strcspn(b, "=") && strncmp(a, b, n) == 0;
}

/* Where the variable stands, or would. */
static size_t
find(const struct sim_environ *e, const char *name)
{
    size_t i = 0;

    while (i < e->count && !same_name(e->text[i], name))
        i++;
    return i;
}

/* Takes `text` over. */
static enum ga_rc
put(struct sim_environ *e, char *text, struct ga_error *err)
{
    size_t i;

    if (text == NULL)
        return ga_nomem(err);
    i = find(e, text);
    if (i == SIM_VARIABLES) {
        free(text);
        return ga_fail(err, GA_E_INTERNAL, "more than %d variables",
                       SIM_VARIABLES);
    }
    if (i == e->count)
        e->text[e->count++] = NULL;
    free(e->text[i]);
    e->text[i] = text;
    return GA_OK;
}

enum ga_rc
sim_environ_set(struct sim_environ *e, struct ga_error *err, const char *name,
                const char *fmt, ...)
{
    char *value = NULL, *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&value, fmt, ap) < 0)
        value = NULL;
    va_end(ap);
    if (value != NULL && asprintf(&text, "%s=%s", name, value) < 0)
        text = NULL;
    free(value);
    return put(e, text, err);
}

enum ga_rc
sim_environ_unset(struct sim_environ *e, const char *name, struct ga_error *err)
{
    return put(e, strdup(name), err);
}

enum ga_rc
sim_environ_put_first(struct sim_environ *e, const char *name,
                      const char *value, char separator, struct ga_error *err)
{
    const char *old = secure_getenv(name);

    return old != NULL && old[0] != '\0'
               ? sim_environ_set(e, err, name, "%s%c%s", value, separator, old)
               : sim_environ_set(e, err, name, "%s", value);
}

char **
sim_environ_list(const struct sim_environ *e)
{
    size_t n = 0, have = 0;
    char **list;

    while (environ[have] != NULL)
        have++;
    list = calloc(have + e->count + 1, sizeof(*list));
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < have; i++)
        if (find(e, environ[i]) == e->count)
            list[n++] = environ[i];
    for (size_t i = 0; i < e->count; i++)
        if (strchr(e->text[i], '=') != NULL)
            list[n++] = e->text[i];
    return list;
}

/* In single quotes, where only a single quote has a meaning. */
static void
print_quoted(const char *value, FILE *to)
{
    for (fputc('\'', to); *value != '\0'; value++)
        fputs(*value == '\'' ? "'\\''" : (char[]){ *value, '\0' }, to);
    fputs("'\n", to);
}

void
sim_environ_print(const struct sim_environ *e, FILE *to)
{
    for (size_t i = 0; i < e->count; i++) {
        const char *text = e->text[i], *value = strchr(text, '=');

        if (value == NULL) {
            fprintf(to, "unset %s\n", text);
        } else {
            fprintf(to, "export %.*s=", (int)(value - text), text);
            print_quoted(value + 1, to);
        }
    }
}
