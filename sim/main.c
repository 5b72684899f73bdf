/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest-sim: what stands in for devices and services where there are
 * none. */
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "gpuattest/version.h"
#include "sim/run.h"

/* Everything that is not the answer goes to stderr, escaped. */
static void
say(const char *text)
{
    char line[2 * GA_ERROR_TEXT];

    ga_escape(text, strlen(text), line, sizeof(line));
    fprintf(stderr, "gpuattest-sim: %s\n", line);
}

static int
status_of(enum ga_rc rc)
{
    switch (ga_error_class(rc)) {
    case GA_CLASS_NONE:
        return SIM_EXIT_OK;
    case GA_CLASS_USAGE:
        return SIM_EXIT_USAGE;
    case GA_CLASS_FORMAT:
    case GA_CLASS_IO:
        return SIM_EXIT_FILE;
    case GA_CLASS_SYSTEM:
    default:
        return SIM_EXIT_INTERNAL;
    }
}

static int
give_up(const char *verb, enum ga_rc rc, const struct ga_error *err)
{
    say(err->text);
    if (status_of(rc) == SIM_EXIT_USAGE)
        fprintf(stderr, "gpuattest-sim: see gpuattest-sim %s --help\n", verb);
    return status_of(rc);
}

/* What was printed must have arrived. */
static int
finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return SIM_EXIT_OK;
    say("standard output could not be written");
    return SIM_EXIT_FILE;
}

/* --help and --list-defects: whether it was one of them. */
static bool
print_asked(const struct sim_request *r)
{
    if (r->help)
        sim_print_help(r->verb, stdout);
    else if (r->list_defects)
        sim_print_defects(r->verb, stdout);
    return r->help || r->list_defects;
}

static int
mint(const struct sim_request *r)
{
    struct sim_world *w = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc = sim_world_make(&r->world, &w, &err);

    if (rc == GA_OK)
        rc = sim_world_write(w, r->dir, r->force, &err);
    if (rc != GA_OK) {
        sim_world_free(w);
        return give_up("mint", rc, &err);
    }
    fprintf(stderr,
            "gpuattest-sim: %u GPUs, %u switches, %zu RIMs, %zu OCSP "
            "answers; simulator files, trust them for nothing\n",
            w->o.gpus, w->o.switches, w->rims, w->answers);
    sim_world_free(w);
    printf("%s\n", r->dir);
    return finish();
}

static int
run(const struct sim_request *r)
{
    struct ga_error err = { 0 };
    int status = SIM_EXIT_INTERNAL;
    enum ga_rc rc = sim_run(r, &status, &err);

    if (rc != GA_OK)
        return give_up(r->verb == SIM_RUN ? "run" : "up", rc, &err);
    return status;
}

static const struct verb {
    const char *name;
    enum sim_verb verb;
    int (*run)(const struct sim_request *r);
    const char *help;
} verbs[] = {
    { "mint", SIM_MINT, mint,
      "write a world of evidence, RIMs and OCSP answers" },
    { "run", SIM_RUN, run, "run a command beside simulated devices" },
    { "up", SIM_UP, run, "keep simulated devices up" },
};

static int
start(const struct verb *v, int argc, char **argv)
{
    struct sim_request r;
    struct ga_error err = { 0 };
    enum ga_rc rc =
        sim_request_parse(v->verb, argc, argv, (ga_time)time(NULL), &r, &err);

    if (rc != GA_OK)
        return give_up(v->name, rc, &err);
    return print_asked(&r) ? finish() : v->run(&r);
}

static void
print_verbs(FILE *to)
{
    fputs("usage: gpuattest-sim VERB [options]; see gpuattest-sim VERB "
          "--help\n",
          to);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        fprintf(to, "  %-6s %s\n", verbs[i].name, verbs[i].help);
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
           strcmp(word, "help") == 0;
}

int
main(int argc, char **argv)
{
    if (argc == 2 && is_help(argv[1])) {
        print_verbs(stdout);
        return finish();
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("gpuattest-sim %s\n", ga_version());
        return finish();
    }
    for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return start(&verbs[i], argc - 2, argv + 2);
    print_verbs(stderr);
    return SIM_EXIT_USAGE;
}
