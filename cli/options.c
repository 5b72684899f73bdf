/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the command's own options, and what help shows of both tables. */
#include "cli/options.h"

#include <string.h>

#define AT(member) offsetof(struct options, member)
/* clang-format off */
const struct option_row option_rows[] = {
    { "nonce", OPTION_TEXT, "HEX", NULL, NULL,
      "the nonce you chose: 64 hex digits", AT(nonce), false },
    { "report", OPTION_INPUT, "FILE", NULL, NULL,
      "raw report; comes with --chain", INPUT_REPORT, false },
    { "chain", OPTION_INPUT, "FILE", NULL, NULL,
      "its certificates, PEM", INPUT_CHAIN, false },
    { "verifier", OPTION_CHOICE, NULL, "local|remote", "local",
      "who verifies; remote is for later", AT(verifier), false },
    { "version", OPTION_TEXT, "V", NULL, NULL,
      "the version that the RIM must have", AT(version), false },
    { "input", OPTION_TEXT, "CLAIMS", NULL, NULL,
      "file of the claims, or the JSON of verify", AT(claims), false },
    { "query", OPTION_TEXT, "Q", NULL, "data.policy.nv_match",
      "what is asked of a Rego policy", AT(query), false },
    { "kind", OPTION_CHOICE, NULL, "auto|report|chain|rim|ocsp|evidence", "auto",
      "what FILE is, where its content does not tell", AT(kind), false },
    { "format", OPTION_CHOICE, NULL, "text|json", "text",
      "how to print", AT(format), true },
    { "log-level", OPTION_CHOICE, NULL, "off|error|warn|info|debug|trace", "warn",
      "what to log on stderr", AT(log_level), true },
    { "help", OPTION_FLAG, NULL, NULL, NULL,
      "print this help", AT(help), false },
    { NULL, OPTION_FLAG, NULL, NULL, NULL, NULL, 0, false },
};
/* clang-format on */

const struct option_row *
option_own(const char *name)
{
    for (const struct option_row *r = option_rows; r->name != NULL; r++)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}

bool
option_view(const char *name, struct option_view *out)
{
    const struct option_row *own = option_own(name);
    const struct ga_setting *set = ga_setting_find(name);

    memset(out, 0, sizeof(*out));
    if (own != NULL)
        *out = (struct option_view){
            .name = own->name,
            .arg = own->words != NULL ? own->words : own->arg,
            .words = own->words,
            .initial = own->initial,
            .help = own->help,
            .repeats = own->type == OPTION_INPUT,
            .from_env = own->from_env,
        };
    else if (set != NULL)
        *out = (struct option_view){
            .name = set->name,
            .arg = set->type == GA_SETTING_FLAG ? NULL : set->arg,
            .words = set->type == GA_SETTING_CHOICE ? set->words : NULL,
            .initial = set->initial,
            .help = set->help,
            .repeats =
                set->type == GA_SETTING_LIST || set->type == GA_SETTING_COMMAS,
            .from_env = set->from_env,
        };
    return out->name != NULL;
}

void
option_env_name(const char *name, char out[ENV_NAME_MAX])
{
    size_t n = (size_t)snprintf(out, ENV_NAME_MAX, "GPUATTEST_");

    for (; *name != '\0' && n + 1 < ENV_NAME_MAX; name++)
        out[n++] = *name == '-'                   ? '_'
                   : *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A')
                                                  : *name;
    out[n] = '\0';
}

/* Where the text of an option begins in help, and where lines end. */
#define HELP_COLUMN 29
#define HELP_WIDTH  79

/* Prints the words of `text` from column HELP_COLUMN on. */
static void
print_wrapped(FILE *to, const char *text)
{
    size_t at = HELP_COLUMN;

    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        const char *gap = "";

        if (at > HELP_COLUMN)
            gap = " ";
        if (at > HELP_COLUMN && at + 1 + n > HELP_WIDTH) {
            fprintf(to, "\n%*s", HELP_COLUMN, "");
            at = HELP_COLUMN;
            gap = "";
        }
        fprintf(to, "%s%.*s", gap, (int)n, text);
        at += strlen(gap) + n;
        text += n + (text[n] == ' ');
    }
    fputc('\n', to);
}

/* "DIR..." of an option that can be given again. */
static const char *
dots(const struct option_view *view)
{
    size_t n = view->arg != NULL ? strlen(view->arg) : 0;

    if (!view->repeats || (n > 3 && strcmp(view->arg + n - 3, "...") == 0))
        return "";
    return "...";
}

static void
print_option(FILE *to, const struct option_view *view)
{
    char text[512];
    int n =
        fprintf(to, "  --%s%s%s%s", view->name, view->arg != NULL ? " " : "",
                view->arg != NULL ? view->arg : "", dots(view));
    size_t used = n > 0 ? (size_t)n : 0;

    if (used + 1 < HELP_COLUMN)
        fprintf(to, "%*s", (int)(HELP_COLUMN - used), "");
    else
        fprintf(to, "\n%*s", HELP_COLUMN, "");
    snprintf(text, sizeof(text), "%s%s%s%s", view->help,
             view->initial != NULL ? " [" : "",
             view->initial != NULL ? view->initial : "",
             view->initial != NULL ? "]" : "");
    print_wrapped(to, text);
}

void
options_help(const struct verb *verb, FILE *to)
{
    fprintf(to, "usage: gpuattest %s [options]%s%s\n%s.\n", verb->name,
            verb->operands[0] != '\0' ? " " : "", verb->operands, verb->help);
    for (const struct option_group *g = verb->groups; g->title != NULL; g++) {
        fprintf(to, "%s:\n", g->title);
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
            struct option_view view;

            if (option_view(g->name[i], &view))
                print_option(to, &view);
        }
    }
}
