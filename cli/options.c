/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the command's own options, and what help shows of both tables. */
#include "cli/options.h"
#include "cli/verbs.h"

#include <string.h>

#define AT(member) offsetof(struct options, member)
/* clang-format off */
const struct option_row option_rows[] = {
    { "nonce", OPTION_TEXT, "HEX", NULL, NULL,
      "the nonce you chose: 64 hex digits", AT(nonce), false, '\0' },
    { "report", OPTION_INPUT, "FILE", NULL, NULL,
      "raw report; comes with --chain", INPUT_REPORT, false, '\0' },
    { "chain", OPTION_INPUT, "FILE", NULL, NULL,
      "its certificates, PEM", INPUT_CHAIN, false, '\0' },
    { "verifier", OPTION_CHOICE, NULL, "local|remote", "local",
      "who verifies: this machine, or the attestation service", AT(verifier), false, '\0' },
    { "service-key-file", OPTION_FILE, "FILE", NULL, NULL,
      "file with the key that the attestation service is shown", AT(key_file), false, '\0' },
    { "token-file", OPTION_FILE, "FILE", NULL, NULL,
      "the token: a detached EAT, a JWS, a result", AT(token_file), false, '\0' },
    { "jwks", OPTION_FILE, "FILE|URL", NULL, NULL,
      "the issuer's keys [the attestation service's]", AT(jwks), false, '\0' },
    { "save-jwks", OPTION_TEXT, "FILE", NULL, NULL,
      "keep the keys that tokens were verified with, or signed", AT(save_jwks), false, '\0' },
    { "eat-key", OPTION_TEXT, "PEM", NULL, NULL,
      "sign the result as a detached EAT, with this key", AT(eat_key), false, '\0' },
    { "eat-issuer", OPTION_TEXT, "URL", NULL, NULL,
      "who signs it", AT(eat_issuer), false, '\0' },
    { "eat-kid", OPTION_TEXT, "KID", NULL, NULL,
      "name of the key [its thumbprint]", AT(eat_kid), false, '\0' },
    { "eat-allow-relaxed", OPTION_FLAG, NULL, NULL, NULL,
      "let it say true although something was let pass, and name that", AT(eat_relaxed), false, '\0' },
    { "device", OPTION_CHOICE, NULL, "gpu|nvswitch|all", "gpu",
      "which devices", AT(device), false, 'd' },
    { "gpu-evidence-source", OPTION_CHOICE, NULL, "nvml|file", "nvml",
      "where the GPUs' evidence comes from", AT(gpu_source), false, '\0' },
    { "gpu-evidence-file", OPTION_FILE, "FILE", NULL, NULL,
      "their evidence, as collect-evidence prints it", AT(gpu_file), false, '\0' },
    { "nvswitch-evidence-source", OPTION_CHOICE, NULL, "nscq|file", "nscq",
      "where the NVSwitches' evidence comes from", AT(switch_source), false, '\0' },
    { "nvswitch-evidence-file", OPTION_FILE, "FILE", NULL, NULL,
      "their evidence", AT(switch_file), false, '\0' },
    { "verify-rim-signatures", OPTION_FLAG, NULL, NULL, NULL,
      "always done; understood for nvattest's callers", AT(verify_rim), false, '\0' },
    { "verify-rim-cert-chain", OPTION_FLAG, NULL, NULL, NULL,
      "always done; understood for nvattest's callers", AT(verify_rim), false, '\0' },
    { "gpu-evidence", OPTION_FILE, "FILE", NULL, NULL,
      "the GPUs' evidence, in place of devices", AT(gpu_file), false, '\0' },
    { "switch-evidence", OPTION_FILE, "FILE", NULL, NULL,
      "the NVSwitches' evidence, in place of devices", AT(switch_file), false, '\0' },
    { "no-ready", OPTION_FLAG, NULL, NULL, NULL,
      "leave the ready state as it is", AT(no_ready), false, '\0' },
    { "manage-ready", OPTION_FLAG, NULL, NULL, NULL,
      "turn the ready state on when all holds, and off otherwise", AT(manage_ready), false, '\0' },
    { "watch", OPTION_TEXT, "D", NULL, NULL,
      "stay, and attest again so often and when devices change", AT(watch), false, '\0' },
    { "stage-timeout", OPTION_TEXT, "D", NULL, "2m",
      "give up on a stage that takes longer", AT(stage_timeout), false, '\0' },
    { "set", OPTION_TEXT, "on|off", NULL, NULL,
      "what the ready state becomes", AT(ready_to), false, '\0' },
    { "dot", OPTION_FLAG, NULL, NULL, NULL,
      "print for Graphviz", AT(dot), false, '\0' },
    { "unverified", OPTION_FLAG, NULL, NULL, NULL,
      "verify nothing, show what reports say", AT(unverified), false, '\0' },
    { "bind", OPTION_FILE, "FILE", NULL, NULL,
      "derive the nonce from a file", AT(bind), false, '\0' },
    { "rim", OPTION_INPUT, "RIM", NULL, NULL,
      "its id, or the version of a driver or of a VBIOS", INPUT_RIM, false, '\0' },
    { "output", OPTION_TEXT, "FILE", NULL, NULL,
      "where to write", AT(output), false, 'o' },
    { "version", OPTION_TEXT, "V", NULL, NULL,
      "the version that the RIM must have", AT(version), false, '\0' },
    { "input", OPTION_TEXT, "CLAIMS", NULL, NULL,
      "file of the claims, or the JSON of verify", AT(claims), false, '\0' },
    { "query", OPTION_TEXT, "Q", NULL, "data.policy.nv_match",
      "what is asked of a Rego policy", AT(query), false, '\0' },
    { "kind", OPTION_CHOICE, NULL, "auto|report|chain|rim|ocsp|evidence|token|jwks", "auto",
      "what FILE is, where its content does not tell", AT(kind), false, '\0' },
    { "format", OPTION_CHOICE, NULL, "text|json", "text",
      "how to print", AT(format), true, 'f' },
    { "log-level", OPTION_CHOICE, NULL, "off|error|warn|info|debug|trace", "warn",
      "what to log on stderr", AT(log_level), true, 'l' },
    { "help", OPTION_FLAG, NULL, NULL, NULL,
      "print this help", AT(help), false, 'h' },
    { NULL, OPTION_FLAG, NULL, NULL, NULL, NULL, 0, false, '\0' },
};

/* Where ours is not set; of several names the first that is set counts.
 * Source: nvtrust */
const struct env_alias env_aliases[] = {
    { "rim-url", "NVAT_RIM_SERVICE_BASE_URL", NULL, NULL },
    { "rim-url", "NV_RIM_URL", NULL, "/v1/rim" },
    { "ocsp-url", "NVAT_OCSP_BASE_URL", NULL, NULL },
    { "ocsp-url", "NV_OCSP_URL", NULL, NULL },
    { "nras-url", "NVAT_NRAS_BASE_URL", NULL, NULL },
    { "nras-url", "NV_NRAS_GPU_URL", NULL, NULL },
    { "nras-url", "NV_NRAS_NVSWITCH_URL", NULL, NULL },
    { "service-key", "NV_ATTESTATION_SERVICE_KEY", NULL, NULL },
    { "service-key", "NVIDIA_ATTESTATION_SERVICE_KEY", NULL, NULL },
    { "allow-hold", "NV_ALLOW_HOLD_CERT", "true", NULL },
    { "log-level", "NVAT_LOG_LEVEL", NULL, NULL },
    { "format", "NVAT_FORMAT", NULL, NULL },
    { "tls-ca-cert", "NVAT_TLS_CA_CERT", NULL, NULL },
    { "tls-ca-path", "NVAT_TLS_CA_PATH", NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

/* Source: nvtrust */
const struct option_alias option_aliases[] = {
    { "relying-party-policy", "policy" },
    { NULL, NULL },
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
            .letter = own->letter,
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

/* Prints the words of `text` from column `from` on. */
static void
print_wrapped(FILE *to, const char *text, size_t from)
{
    size_t at = from;

    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        const char *gap = "";

        if (at > from)
            gap = " ";
        if (at > from && at + 1 + n > HELP_WIDTH) {
            fprintf(to, "\n%*s", (int)from, "");
            at = from;
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
    char text[512], letter[] = { ' ', '(', '-', view->letter, ')', '\0' };
    int n =
        fprintf(to, "  --%s%s%s%s", view->name, view->arg != NULL ? " " : "",
                view->arg != NULL ? view->arg : "", dots(view));
    size_t used = n > 0 ? (size_t)n : 0;

    if (used + 1 < HELP_COLUMN)
        fprintf(to, "%*s", (int)(HELP_COLUMN - used), "");
    else
        fprintf(to, "\n%*s", HELP_COLUMN, "");
    snprintf(text, sizeof(text), "%s%s%s%s%s", view->help,
             view->initial != NULL ? " [" : "",
             view->initial != NULL ? view->initial : "",
             view->initial != NULL ? "]" : "",
             view->letter != '\0' ? letter : "");
    print_wrapped(to, text, HELP_COLUMN);
}

/* So many options can be explained on a screen of 40 lines or so.  Where there
 * are more, only those of these groups are, and the others are named. */
#define SCREEN_OPTIONS 30
static const char *const often[] = { "evidence", "devices", "ready state",
                                     "collateral", "output" };

static bool
is_often(const struct option_group *g)
{
    for (size_t i = 0; i < sizeof(often) / sizeof(often[0]); i++)
        if (strcmp(often[i], g->title) == 0)
            return true;
    return false;
}

static size_t
count_options(const struct verb *verb)
{
    size_t n = 0;

    for (const struct option_group *g = verb->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
            n++;
    return n;
}

/* A group's title, and the names of its options alone. */
static void
print_names(FILE *to, const struct option_group *g)
{
    char text[(GROUP_NAMES_MAX + 1) * ENV_NAME_MAX];
    size_t n = (size_t)snprintf(text, sizeof(text), "%s:", g->title);

    for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, " --%s", g->name[i]);
    fputs("  ", to);
    print_wrapped(to, text, 4);
}

static void
print_group(FILE *to, const struct option_group *g)
{
    fprintf(to, "%s:\n", g->title);
    for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
        struct option_view view;

        if (option_view(g->name[i], &view))
            print_option(to, &view);
    }
}

void
options_help(const struct verb *verb, bool all, FILE *to)
{
    bool brief = !all && count_options(verb) > SCREEN_OPTIONS;

    fprintf(to, "usage: gpuattest %s [options]%s%s\n%s.\n", verb->name,
            verb->operands[0] != '\0' ? " " : "", verb->operands, verb->help);
    for (const struct option_group *g = verb->groups; g->title != NULL; g++)
        if (!brief || is_often(g))
            print_group(to, g);
    if (!brief)
        return;
    fprintf(to, "explained by \"gpuattest help %s all\":\n", verb->name);
    for (const struct option_group *g = verb->groups; g->title != NULL; g++)
        if (!is_often(g))
            print_names(to, g);
}
