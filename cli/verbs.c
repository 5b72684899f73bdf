/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs, and the way from the command line to one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"

/* clang-format off */
static const struct option_group verify_groups[] = {
    { "evidence", { "nonce", "report", "chain", "arch", "verifier" } },
    { "collateral", { "rim-dir", "rim-signed-after", "ocsp-dir", "offline" } },
    { "services", { "rim-url", "ocsp-url", "timeout", "rim-store",
                    "ocsp-cert-id-hash" } },
    { "caches and TLS", { "cache-dir", "no-cache", "ocsp-cache-age",
                          "tls-ca-cert", "tls-ca-path" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "rules", { "ocsp-nonce", "allow-hold", "no-ocsp", "relax", "expect-gpus",
                 "expect-switches" } },
    { "policies", { "policy", "policy-input", "allow-policy-relax",
                    "min-driver", "min-vbios", "expect-ueid" } },
    { "anchors", { "device-anchor", "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "claims-version", "threads", "log-level", "help" } },
    { NULL, { NULL } },
};

static const struct option_group rim_groups[] = {
    { "rules", { "version", "allow-hold", "no-ocsp",
                 "ocsp-nonce", "relax" } },
    { "collateral", { "ocsp-dir", "offline" } },
    { "time", { "at", "ocsp-grace", "ocsp-max-age", "ocsp-skew",
                "rim-grace" } },
    { "anchors", { "rim-anchor", "allow-custom-anchors" } },
    { "output", { "format", "log-level", "help" } },
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
      cmd_verify },
    { "rim verify", "FILE", 1, 1,
      "verify a reference manifest (RIM) alone", rim_groups,
      cmd_rim_verify },
    { "inspect", "FILE", 1, 1,
      "show a report, chain, RIM, OCSP answer or evidence, unverified",
      inspect_groups, cmd_inspect },
    { "policy check", "FILE...", 1, GA_LIST_MAX,
      "load policies and say what is wrong with them", policy_groups,
      cmd_policy_check },
    { "policy test", "FILE", 1, 1,
      "ask a policy about claims in a file", policy_test_groups,
      cmd_policy_test },
    { "policy show", "[PROFILE]", 0, 1,
      "print the built-in rules: strict, nvattest or offline", policy_groups,
      cmd_policy_show },
    { "version", "", 0, 0,
      "print the versions of this program and its libraries", version_groups,
      cmd_version },
    { NULL, NULL, 0, 0, NULL, NULL, NULL },
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

static int
top_help(void)
{
    puts("usage: gpuattest VERB [options] [FILE...]\n"
         "Verify the attestation evidence of NVIDIA GPUs and NVSwitches.\n"
         "verbs:");
    for (const struct verb *v = verbs; v->name != NULL; v++)
        printf("  %-13s%s\n", v->name, v->help);
    puts("  help VERB    print the options of a verb\n"
         "\n"
         "FILE can be - for standard input. Options can also be said in the\n"
         "environment, as GPUATTEST_RIM_DIR for --rim-dir.\n"
         "exit status:\n"
         "  0 verified, 1 rejected, 2 usage, 3 malformed input,\n"
         "  4 service or device unavailable, 70 internal error");
    return EXIT_SUCCESS;
}

/* Where no verb is known, no table says what the options mean: this looks for
 * the one that decides how the error is printed. */
static bool
asks_for_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--format=json") == 0 ||
            (strcmp(argv[i], "--format") == 0 && i + 1 < argc &&
             strcmp(argv[i + 1], "json") == 0))
            return true;
    return false;
}

static int
no_verb(int argc, char **argv)
{
    struct options o = { .format = asks_for_json(argc, argv) ? FORMAT_JSON
                                                             : FORMAT_TEXT };
    struct ga_error err = { 0 };
    enum ga_rc rc;

    if (argc < 2)
        rc = ga_fail(&err, GA_E_INVAL, "no verb");
    else if (strcmp(argv[1], "rim") == 0)
        rc = ga_fail(&err, GA_E_INVAL, "\"rim\" needs a second word: verify");
    else if (strcmp(argv[1], "policy") == 0)
        rc = ga_fail(&err, GA_E_INVAL,
                     "\"policy\" needs a second word: check, test or show");
    else
        rc = ga_fail(&err, GA_E_INVAL, "unknown verb \"%.200s\"", argv[1]);
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
    if (v == NULL)
        return no_verb(argc, argv);
    options_help(v, stdout);
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
        options_help(v, stdout);
        return EXIT_SUCCESS;
    }
    return v->run(&o);
}

int
run(int argc, char **argv)
{
    char *version[] = { argv[0], (char[]){ "version" }, NULL };
    const struct verb *v;
    int words = 0;

    if (argc > 1 && is_help(argv[1]))
        return help(argc - 1, argv + 1);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        argv = version;
    v = verb_find(argc, argv, &words);
    if (v == NULL)
        return no_verb(argc, argv);
    return run_verb(v, argc - words, argv + words);
}
