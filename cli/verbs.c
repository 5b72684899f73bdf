/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs, and the way from the command line to one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"

/* clang-format off */
static const struct option_group verify_groups[] = {
    { "evidence", { "nonce", "report", "chain", "arch", "verifier" } },
    { "collateral", { "rim-dir", "rim-signed-after", "ocsp-dir", "bundle",
                      "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "attestation service", { "nras-url", "service-key", "service-key-file",
                               "issuer", "clock-skew-leeway-seconds",
                               "token-anchor", "save-jwks" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "rules", { "ocsp-nonce", "allow-hold", "no-ocsp", "relax", "expect-gpus",
                 "expect-switches", "topology" } },
    { "policies", { "profile", "policy", "policy-input", "allow-policy-relax",
                    "min-driver", "min-vbios", "expect-ueid" } },
    { "anchors", { "device-anchor", "rim-anchor", "allow-custom-anchors" } },
    { "signed result", { "eat-key", "eat-issuer", "eat-kid",
                         "eat-allow-relaxed" } },
    { "output", { "format", "claims-version", "threads", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group attest_groups[] = {
    { "devices", { "device", "nonce", "gpu-evidence-source",
                   "gpu-evidence-file", "nvswitch-evidence-source",
                   "nvswitch-evidence-file", "verifier" } },
    { "ready state", { "manage-ready", "stage-timeout" } },
    { "collateral", { "rim-dir", "rim-signed-after", "ocsp-dir", "bundle",
                      "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "attestation service", { "nras-url", "service-key", "service-key-file",
                               "issuer", "clock-skew-leeway-seconds",
                               "token-anchor", "save-jwks" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "rules", { "ocsp-nonce", "allow-hold", "no-ocsp", "relax", "expect-gpus",
                 "expect-switches", "topology" } },
    { "of nvattest", { "verify-rim-signatures", "verify-rim-cert-chain" } },
    { "policies", { "profile", "policy", "policy-input", "allow-policy-relax",
                    "min-driver", "min-vbios", "expect-ueid" } },
    { "anchors", { "device-anchor", "rim-anchor", "allow-custom-anchors" } },
    { "signed result", { "eat-key", "eat-issuer", "eat-kid",
                         "eat-allow-relaxed" } },
    { "output", { "format", "claims-version", "threads", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group collect_groups[] = {
    { "devices", { "device", "nonce", "gpu-evidence-source",
                   "gpu-evidence-file", "nvswitch-evidence-source",
                   "nvswitch-evidence-file" } },
    { "output", { "format", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group ppcie_groups[] = {
    { "devices", { "nonce", "gpu-evidence", "switch-evidence", "verifier",
                   "topology" } },
    { "ready state", { "no-ready", "watch", "stage-timeout" } },
    { "attestation service", { "nras-url", "service-key", "service-key-file",
                               "issuer", "clock-skew-leeway-seconds",
                               "token-anchor", "save-jwks" } },
    { "collateral", { "rim-dir", "rim-signed-after", "ocsp-dir", "bundle",
                      "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "time", { "ocsp-grace", "ocsp-max-age", "ocsp-skew", "rim-grace" } },
    { "rules", { "ocsp-nonce", "allow-hold" } },
    { "policies", { "profile", "policy", "policy-input", "min-driver",
                    "min-vbios", "expect-ueid" } },
    { "anchors", { "device-anchor", "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "claims-version", "threads", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group topology_groups[] = {
    { "evidence", { "nonce", "topology", "unverified" } },
    { "collateral", { "rim-dir", "rim-signed-after", "ocsp-dir", "bundle",
                      "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "rules", { "ocsp-nonce", "allow-hold", "no-ocsp", "relax" } },
    { "anchors", { "device-anchor", "rim-anchor", "allow-custom-anchors" } },
    { "output", { "dot", "format", "claims-version", "threads", "log-level",
                  "help" } },
    { NULL, { NULL } },
};

static const struct option_group ready_groups[] = {
    { "options", { "set", "format", "log-level", "help" } },
    { NULL, { NULL } },
};

/* What ppcie does not take. */
static const struct refusal ppcie_refused[] = {
    { "at", NULL, "devices are attested as of the present" },
    { "relax", NULL, "the ready state stands for every check" },
    { "no-ocsp", NULL, "the ready state stands for every check" },
    { NULL, NULL, NULL },
};

/* What nvattest takes and this version does not. */
static const struct refusal refused[] = {
    { "gpu-evidence-source", "corelib",
      "its library is not public; nvml and file are there" },
    { "gpu-architecture", NULL,
      "belongs to corelib; the signed evidence says what the device is" },
    { "no-verify-rim-signatures", NULL,
      "values that nobody signed say nothing about a device" },
    { "no-verify-rim-cert-chain", NULL,
      "values that anybody could have signed say nothing about a device" },
    { NULL, NULL, NULL },
};

static const struct option_group token_groups[] = {
    { "token", { "token-file", "nonce", "jwks", "bundle", "save-jwks", "issuer", "at",
                 "clock-skew-leeway-seconds" } },
    { "rules", { "expect-gpus", "expect-switches", "expect-ueid", "relax",
                 "allow-hold" } },
    { "policies", { "policy", "policy-input", "min-driver", "min-vbios" } },
    { "anchors", { "token-anchor", "allow-custom-anchors" } },
    { "attestation service", { "nras-url", "timeout", "tls-ca-cert",
                               "tls-ca-path" } },
    { "output", { "format", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group rim_groups[] = {
    { "rules", { "version", "allow-hold", "no-ocsp",
                 "ocsp-nonce", "relax" } },
    { "collateral", { "ocsp-dir", "bundle", "offline" } },
    { "services", { "ocsp-url", "timeout", "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "anchors", { "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group rim_get_groups[] = {
    { "collateral", { "rim-dir", "ocsp-dir" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "rules", { "version", "allow-hold", "no-ocsp", "ocsp-nonce", "relax" } },
    { "time", { "ocsp-max-age", "ocsp-skew", "rim-grace" } },
    { "anchors", { "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group rim_check_groups[] = {
    { "collateral", { "rim-dir", "ocsp-dir", "bundle", "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "rules", { "allow-hold", "no-ocsp", "ocsp-nonce", "relax" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "anchors", { "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group bundle_create_groups[] = {
    { "contents", { "output", "rim", "jwks", "issuer" } },
    { "collateral", { "rim-dir", "ocsp-dir", "bundle", "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "rules", { "allow-hold", "no-ocsp", "ocsp-nonce", "relax" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "anchors", { "device-anchor", "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "threads", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group bundle_show_groups[] = {
    { "options", { "at", "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group rim_ls_groups[] = {
    { "options", { "rim-url", "timeout", "cache-dir", "no-cache", "tls-ca-cert",
                   "tls-ca-path", "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group rim_id_groups[] = {
    { "options", { "rim-dir", "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group nonce_groups[] = {
    { "options", { "bind", "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group diff_groups[] = {
    { "options", { "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group inspect_groups[] = {
    { "options", { "kind", "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group policy_groups[] = {
    { "options", { "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group policy_test_groups[] = {
    { "options", { "input", "policy-input", "query", "at", "format", "help" } },
    { NULL, { NULL } },
};

static const struct option_group version_groups[] = {
    { "options", { "format", "help" } },
    { NULL, { NULL } },
};

const struct verb verbs[] = {
    { "verify", "FILE...", 0, INPUTS_MAX,
      "verify the evidence of GPUs and NVSwitches", verify_groups,
      cmd_verify, NULL },
    { "attest", "", 0, 0,
      "collect and verify the evidence of this host's devices", attest_groups,
      cmd_attest, refused },
    { "collect-evidence", "", 0, 0,
      "collect evidence from this host's devices, unverified", collect_groups,
      cmd_collect_evidence, refused },
    { "ppcie", "", 0, 0,
      "attest a board in protected PCIe mode, and turn it ready", ppcie_groups,
      cmd_ppcie, ppcie_refused },
    { "topology", "[FILE...]", 0, INPUTS_MAX,
      "show who is connected to whom on a board", topology_groups,
      cmd_topology, NULL },
    { "ready", "", 0, 0,
      "show or set the GPUs' ready state, unverified", ready_groups, cmd_ready,
      NULL },
    { "verify-token", "", 0, 0,
      "verify a token of an attestation service", token_groups,
      cmd_verify_token, NULL },
    { "rim verify", "FILE", 1, 1,
      "verify a reference manifest (RIM) alone", rim_groups,
      cmd_rim_verify, NULL },
    { "rim check", "DRIVER VBIOS...", 1, INPUTS_MAX,
      "say whether devices with these versions can be attested now",
      rim_check_groups, cmd_rim_check, NULL },
    { "rim get", "ID", 1, 1,
      "fetch a RIM, verify it and keep it in a directory", rim_get_groups,
      cmd_rim_get, NULL },
    { "rim ls", "", 0, 0,
      "list the ids that the RIM service has", rim_ls_groups, cmd_rim_ls,
      NULL },
    { "rim id", "FILE", 1, 1,
      "say which RIMs a report asks for, unverified", rim_id_groups,
      cmd_rim_id, NULL },
    { "bundle create", "FILE...", 0, INPUTS_MAX,
      "put what a verification needs into one file",
      bundle_create_groups, cmd_bundle_create, NULL },
    { "bundle show", "FILE", 1, 1,
      "show what is in a bundle, unverified", bundle_show_groups,
      cmd_bundle_show, NULL },
    { "inspect", "FILE", 1, 1,
      "show a file, unverified: report, chain, RIM, token, others",
      inspect_groups, cmd_inspect, NULL },
    { "diff", "FILE FILE...", 2, INPUTS_MAX,
      "compare two reports, or a report and RIMs, unverified", diff_groups,
      cmd_diff, NULL },
    { "nonce", "", 0, 0,
      "make a nonce", nonce_groups, cmd_nonce, NULL },
    { "policy check", "FILE...", 1, GA_LIST_MAX,
      "load policies and say what is wrong with them", policy_groups,
      cmd_policy_check, NULL },
    { "policy test", "FILE", 1, 1,
      "ask a policy about claims in a file", policy_test_groups,
      cmd_policy_test, NULL },
    { "policy show", "[PROFILE]", 0, 1,
      "print the built-in rules: strict, nvattest or offline", policy_groups,
      cmd_policy_show, NULL },
    { "version", "", 0, 0,
      "print the versions of this program and its libraries", version_groups,
      cmd_version, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
/* clang-format on */

const struct verb *
verb_find(int argc, char **argv, int *words)
{
    for (const struct verb *v = verbs; argc > 1 && v->name != NULL; v++) {
        size_t first = strcspn(v->name, " ");
        const char *second = v->name[first] == ' ' ? v->name + first + 1 : NULL;

        if (strlen(argv[1]) != first || strncmp(argv[1], v->name, first) != 0)
            continue;
        if (second != NULL && (argc < 3 || strcmp(argv[2], second) != 0))
            continue;
        *words = second != NULL ? 2 : 1;
        return v;
    }
    return NULL;
}

/* Verbs of two words share a line of help; every first word is here. */
static const struct {
    const char *first, *help;
} families[] = {
    { "rim", "reference manifests (RIMs)" },
    { "bundle", "RIMs and OCSP answers in one file" },
    { "policy", "policies without evidence" },
};

static const char *
family_help(const char *first, size_t len)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        if (strlen(families[i].first) == len &&
            strncmp(families[i].first, first, len) == 0)
            return families[i].help;
    return NULL;
}

/* Writes "verify, get or id": what can stand behind a first word; false where
 * no verb begins with it. */
static bool
second_words(const char *first, char *out, size_t cap)
{
    size_t len = strlen(first), used = 0, last = 0;

    for (const struct verb *v = verbs; v->name != NULL; v++) {
        if (strncmp(v->name, first, len) != 0 || v->name[len] != ' ')
            continue;
        last = used;
        used += (size_t)snprintf(out + used, cap - used, "%s%s",
                                 used > 0 ? ", " : "", v->name + len + 1);
    }
    if (last > 0) {
        char tail[32];

        snprintf(tail, sizeof(tail), "%s", out + last + 2);
        snprintf(out + last, cap - last, " or %s", tail);
    }
    return used > 0;
}

/* The line of a verb, or of its family where it is the first one of it. */
static void
help_line(const struct verb *v)
{
    size_t len = strcspn(v->name, " ");
    char first[32], seconds[128];

    if (v->name[len] == '\0') {
        printf("  %-16s %s\n", v->name, v->help);
        return;
    }
    if (v > verbs && strncmp(v[-1].name, v->name, len + 1) == 0)
        return;
    snprintf(first, sizeof(first), "%.*s", (int)len, v->name);
    if (second_words(first, seconds, sizeof(seconds)))
        printf("  %-16s %s: %s\n", first, family_help(first, len), seconds);
}

static int
top_help(void)
{
    puts("usage: gpuattest VERB [options] [FILE...]\n"
         "Verify the attestation evidence of NVIDIA GPUs and NVSwitches.\n"
         "verbs:");
    for (const struct verb *v = verbs; v->name != NULL; v++)
        help_line(v);
    puts("  help VERB [all]  print the options of a verb\n"
         "\n"
         "FILE can be - for standard input. Options can also be said in the\n"
         "environment, as GPUATTEST_RIM_DIR for --rim-dir.\n"
         "exit status:\n"
         "  0 verified, 1 rejected, 2 usage, 3 malformed input,\n"
         "  4 service or device unavailable, 70 internal error");
    return EXIT_SUCCESS;
}

/* The verbs that begin with one word, each with its own line. */
static int
print_family(const char *first)
{
    size_t len = strlen(first);

    printf("usage: gpuattest %s VERB [options]\n%s.\nverbs:\n", first,
           family_help(first, len));
    for (const struct verb *v = verbs; v->name != NULL; v++)
        if (strncmp(v->name, first, len) == 0 && v->name[len] == ' ')
            printf("  %-16s %s\n", v->name, v->help);
    printf("  help %s VERB%*sprint the options of one\n", first, (int)(7 - len),
           "");
    return EXIT_SUCCESS;
}

/* Where no verb is known, this one's options decide how that is printed: what
 * else is wrong with the line has no meaning without a verb. */
static const struct verb no_name = { .name = "", .groups = version_groups };

static int
no_verb(int argc, char **argv, int globals)
{
    __attribute__((cleanup(options_done))) struct options o;
    struct ga_error err = { 0 };
    char words[128];
    enum ga_rc rc = options_parse(&no_name, argc, argv, &o, &err);

    o.verb = NULL;
    argv += globals;
    if (argc - globals < 2)
        rc = ga_fail(&err, GA_E_INVAL, "no verb");
    else if (argv[1][0] == '-' && argv[1][1] != '\0')
        rc = ga_fail(&err, GA_E_INVAL,
                     "option \"%.200s\" before the verb: gpuattest VERB "
                     "[options]",
                     argv[1]);
    else if (second_words(argv[1], words, sizeof(words)))
        rc = ga_fail(&err, GA_E_INVAL, "\"%s\" needs a second word: %s",
                     argv[1], words);
    else
        rc = ga_fail(&err, GA_E_INVAL, "unknown verb \"%.200s\"", argv[1]);
    return say_error(&o, rc, &err);
}

/* help VERB, and something behind it that is not "all". */
static int
no_such_help(const struct verb *v, const char *word)
{
    const struct options o = { .format = FORMAT_TEXT };
    struct ga_error err = { 0 };
    enum ga_rc rc =
        ga_fail(&err, GA_E_INVAL,
                "help %s: \"%.200s\" is one word too many, only \"all\" can "
                "follow",
                v->name, word);

    return say_error(&o, rc, &err);
}

static int
help(int argc, char **argv)
{
    const struct verb *v;
    int words;

    if (argc < 2)
        return top_help();
    v = verb_find(argc, argv, &words);
    if (v == NULL && argc == 2 && family_help(argv[1], strlen(argv[1])) != NULL)
        return print_family(argv[1]);
    if (v == NULL)
        return no_verb(argc, argv, 0);
    for (int i = 1 + words; i < argc; i++)
        if (i > 1 + words || strcmp(argv[i], "all") != 0)
            return no_such_help(v, argv[i]);
    options_help(v, argc > 1 + words, stdout);
    return EXIT_SUCCESS;
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
           strcmp(word, "help") == 0;
}

/* Runs `v` on the words behind its name; argv[0] is the name's last word. */
static int
run_verb(const struct verb *v, int argc, char **argv)
{
    __attribute__((cleanup(options_done))) struct options o;
    struct ga_error err = { 0 };
    enum ga_rc rc = options_parse(v, argc, argv, &o, &err);

    if (rc != GA_OK)
        return say_error(&o, rc, &err);
    if (o.help) {
        options_help(v, false, stdout);
        return EXIT_SUCCESS;
    }
    return v->run(&o);
}

/* Options of the command as a whole, as nvattest has them: they can stand
 * before the verb too. */
static bool
is_global(const char *word, bool *takes_next)
{
    static const char *const names[] = { "--format", "--log-level", "-f",
                                         "-l" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t n = strlen(names[i]);

        if (strncmp(word, names[i], n) != 0)
            continue;
        *takes_next = word[n] == '\0';
        if (word[n] == '\0' || word[n] == '=' || n == 2)
            return true;
    }
    return false;
}

/* Returns how many words of them stand before the verb. */
static int
leading_globals(int argc, char **argv)
{
    int count = 0;

    for (bool next = false;
         1 + count < argc && is_global(argv[1 + count], &next);)
        count += next && 2 + count < argc ? 2 : 1;
    return count;
}

/* Moves `count` words from behind argv[0] to behind the `words` after them. */
static void
move_behind(char **argv, int count, int words)
{
    for (int i = 1; i <= words; i++) {
        char *word = argv[count + i];

        memmove(argv + i + 1, argv + i, (size_t)count * sizeof(*argv));
        argv[i] = word;
    }
}

int
run(int argc, char **argv)
{
    char version[] = "version";
    const int globals = leading_globals(argc, argv);
    const int left = argc - globals;
    char **const line = argv + globals; /* the verb is its word 1 */
    const struct verb *v;
    int words = 0;

    if (left > 1 && is_help(line[1]))
        return help(left - 1, line + 1);
    if (left == 2 && strcmp(line[1], "--version") == 0)
        line[1] = version;
    if (left == 3 && is_help(line[2]) &&
        family_help(line[1], strlen(line[1])) != NULL)
        return print_family(line[1]);
    v = verb_find(left, line, &words);
    if (v == NULL)
        return no_verb(argc, argv, globals);
    move_behind(argv, globals, words);
    return run_verb(v, argc - words, argv + words);
}
