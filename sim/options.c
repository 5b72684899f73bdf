/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#include <string.h>

#include "base/escape.h"
#include "sim/options.h"

static bool
number(const char *text, unsigned *out)
{
    unsigned v = 0;

    if (*text == '\0' || strlen(text) > 4)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        v = v * 10 + (unsigned)(*text - '0');
    if (*text == '\0')
        *out = v;
    return *text == '\0';
}

static bool
set_gpus(struct sim_request *r, const char *value)
{
    r->gpus_given = true;
    return number(value, &r->world.gpus);
}

static bool
set_switches(struct sim_request *r, const char *value)
{
    r->switches_given = true;
    return number(value, &r->world.switches);
}

static bool
set_arch(struct sim_request *r, const char *value)
{
    /* clang-format off */
    static const struct {
        const char *word, *chip;
    } words[] = { { "hopper", "GH100" }, { "blackwell", "GB100" } };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].word, value) == 0) {
            r->world.gpu =
                ga_chip_by_cert(words[i].chip, strlen(words[i].chip));
            return true;
        }
    return false;
}

static bool
set_mode(struct sim_request *r, const char *value)
{
    r->mode_given = true;
    for (enum ga_mode m = GA_MODE_SPT; m <= GA_MODE_PPCIE; m++)
        if (strcmp(ga_mode_name(m), value) == 0) {
            r->world.mode = m;
            return true;
        }
    return false;
}

static bool
set_nonce(struct sim_request *r, const char *value)
{
    return ga_nonce_parse(value, &r->world.nonce, NULL) == GA_OK;
}

static bool
set_seed(struct sim_request *r, const char *value)
{
    r->world.seed = value;
    /* It stands in world.json. */
    return *value != '\0' && ga_utf8_valid(value, strlen(value));
}

static bool
set_at(struct sim_request *r, const char *value)
{
    return ga_time_parse(value, &r->world.at);
}

static bool
set_driver(struct sim_request *r, const char *value)
{
    r->world.driver = value;
    return *value != '\0';
}

static bool
set_defect(struct sim_request *r, const char *value)
{
    const struct sim_defect *d = sim_defect_find(value);

    /* Twice would undo some of them. */
    for (size_t i = 0; i < r->world.defects; i++)
        if (r->world.defect[i] == d)
            return false;
    if (d == NULL && r->verb != SIM_MINT)
        return sim_ailments_add(&r->ill, value);
    if (d == NULL || r->world.defects == SIM_DEFECTS_MAX)
        return false;
    r->world.defect[r->world.defects++] = d;
    return true;
}

static bool
set_list_defects(struct sim_request *r, const char *value)
{
    (void)value;
    return r->list_defects = true;
}

static bool
set_force(struct sim_request *r, const char *value)
{
    (void)value;
    return r->force = true;
}

static bool
set_help(struct sim_request *r, const char *value)
{
    (void)value;
    return r->help = true;
}

/* clang-format off */
#define ANY (SIM_MINT | SIM_RUN | SIM_UP)
const struct sim_option sim_option_rows[] = {
    { "gpus",     "N",    set_gpus,     "GPUs (default 1; 8 at most beside switches)", "numbers up to 128", ANY },
    { "switches", "N",    set_switches, "NVSwitches of an HGX board, up to 4 (default 0)", "numbers up to 4", ANY },
    { "arch",     "ARCH", set_arch,     "hopper (default) or blackwell", "hopper or blackwell", ANY },
    { "mode",     "MODE", set_mode,     "spt, mpt or ppcie (default: ppcie with switches,\n"
                                        "                     else mpt for several Blackwell GPUs, else spt)", "spt, mpt or ppcie", ANY },
    { "nonce",    "HEX",  set_nonce,    "64 hex digits, of what is written to files\n"
                                        "                     (default: random)", "64 hex digits", ANY },
    { "seed",     "TEXT", set_seed,     "same seed, nonce, time and options: same bytes", "text in UTF-8", ANY },
    { "at",       "TIME", set_at,       "time of the world, RFC 3339 (default: the present)", "times like 2026-01-02T03:04:05Z", SIM_MINT },
    { "driver",   "V",    set_driver,   "driver version (default 580.95.05)", "versions like 580.95.05", ANY },
    { "defect",   "NAME", set_defect,   "put a defect in; may be given more than once", "names of --list-defects, each once", ANY },
    { "list-defects", NULL, set_list_defects, "print every defect and what must fail, and stop", NULL, ANY },
    { "force",    NULL,   set_force,    "write into a folder that is not empty", NULL, SIM_MINT },
    { "help",     NULL,   set_help,     "print this, and stop", NULL, ANY },
};
/* clang-format on */

const size_t sim_option_count =
    sizeof(sim_option_rows) / sizeof(sim_option_rows[0]);

/* "--name=value" or "--name value". */
static const struct sim_option *
find(enum sim_verb verb, const char *word, const char **value)
{
    size_t n = strcspn(word, "=");

    *value = word[n] == '=' ? word + n + 1 : NULL;
    for (size_t i = 0; i < sim_option_count; i++)
        if ((sim_option_rows[i].verbs & verb) != 0 &&
            strlen(sim_option_rows[i].name) == n &&
            strncmp(sim_option_rows[i].name, word, n) == 0)
            return &sim_option_rows[i];
    return NULL;
}

static enum ga_rc
parse_option(int argc, char **argv, int *i, struct sim_request *r,
             struct ga_error *err)
{
    const char *value;
    const struct sim_option *o = find(r->verb, argv[*i] + 2, &value);

    if (o == NULL)
        return ga_fail(err, GA_E_INVAL, "unknown option '%s'", argv[*i]);
    if (o->arg != NULL && value == NULL) {
        if (*i + 1 >= argc)
            return ga_fail(err, GA_E_INVAL, "--%s needs %s", o->name, o->arg);
        value = argv[++*i];
    } else if (o->arg == NULL && value != NULL) {
        return ga_fail(err, GA_E_INVAL, "--%s takes no value", o->name);
    }
    if (!o->set(r, value))
        return ga_fail(err, GA_E_INVAL, "--%s: '%s' is not allowed, only %s",
                       o->name, value, o->only);
    return GA_OK;
}

/* Defaults that depend on what was said: a defect needs its devices, and the
 * mode follows from them. */
static void
complete(struct sim_request *r)
{
    struct sim_options *o = &r->world;

    for (size_t i = 0; i < o->defects; i++) {
        if (!r->gpus_given && o->gpus < o->defect[i]->gpus)
            o->gpus = o->defect[i]->gpus;
        if (!r->switches_given && o->switches < o->defect[i]->switches)
            o->switches = o->defect[i]->switches;
    }
    if (r->mode_given)
        return;
    if (o->switches > 0)
        o->mode = GA_MODE_PPCIE;
    else if (o->gpus > 1 && o->gpu->fwid == GA_FWID_TCB_INFO)
        o->mode = GA_MODE_MPT;
}

/* What the verb needs, and what it cannot use. */
static enum ga_rc
check_request(const struct sim_request *r, struct ga_error *err)
{
    if (r->help || r->list_defects)
        return GA_OK;
    if (r->verb == SIM_MINT && r->dir == NULL)
        return ga_fail(err, GA_E_INVAL, "no folder was named");
    if (r->verb == SIM_RUN && r->command == NULL)
        return ga_fail(err, GA_E_INVAL, "no command was named");
    for (size_t i = 0; r->verb != SIM_MINT && i < r->world.defects; i++)
        if (r->world.defect[i]->files_only != NULL)
            return ga_fail(
                err, GA_E_INVAL, "--defect: '%s' is one of files: %s",
                r->world.defect[i]->name, r->world.defect[i]->files_only);
    return GA_OK;
}

enum ga_rc
sim_request_parse(enum sim_verb verb, int argc, char **argv, ga_time now,
                  struct sim_request *out, struct ga_error *err)
{
    struct sim_request r = { .verb = verb };
    enum ga_rc rc = sim_options_init(&r.world, now, err);

    for (int i = 0; i < argc && rc == GA_OK && r.command == NULL; i++) {
        bool last = strcmp(argv[i], "--") == 0;

        if (verb == SIM_RUN && (last || argv[i][0] != '-'))
            r.command = i + last < argc ? &argv[i + last] : NULL;
        else if (strncmp(argv[i], "--", 2) == 0 && !last)
            rc = parse_option(argc, argv, &i, &r, err);
        else if (argv[i][0] == '-' || r.dir != NULL || verb != SIM_MINT)
            rc = ga_fail(err, GA_E_INVAL, "unexpected '%s'", argv[i]);
        else
            r.dir = argv[i];
    }
    if (rc == GA_OK)
        rc = check_request(&r, err);
    if (rc != GA_OK)
        return rc;
    complete(&r);
    *out = r;
    return GA_OK;
}

static const struct {
    enum sim_verb verb;
    const char *head, *tail;
} help_texts[] = {
    { SIM_MINT,
      "usage: gpuattest-sim mint DIR [options]\n\n"
      "Writes a consistent world of evidence, RIMs and OCSP answers, with "
      "roots of\nits own, into DIR.  Nothing in it was made by a device.\n\n",
      "\nExit status: 0 written, 2 usage, 3 files, 70 internal.\n" },
    { SIM_RUN,
      "usage: gpuattest-sim run [options] [--] COMMAND...\n\n"
      "Runs COMMAND where NVML, NSCQ, the RIM service and the OCSP responder "
      "are\nsimulated.  No device is asked.\n\n",
      "\nExit status: the command's; 2 usage, 3 files, 70 internal.\n" },
    { SIM_UP,
      "usage: gpuattest-sim up [options]\n\n"
      "Prints the environment of a simulated machine, and keeps it until it "
      "is\ninterrupted.\n\n",
      "\nExit status: 0 ended, 2 usage, 3 files, 70 internal.\n" },
};

void
sim_print_help(enum sim_verb verb, FILE *to)
{
    size_t text = 0;

    while (help_texts[text].verb != verb)
        text++;
    fputs(help_texts[text].head, to);
    for (size_t i = 0; i < sim_option_count; i++) {
        const struct sim_option *o = &sim_option_rows[i];

        if ((o->verbs & verb) != 0)
            fprintf(to, "  --%s%s%-*s %s\n", o->name, o->arg != NULL ? " " : "",
                    (int)(15 - strlen(o->name) - (o->arg != NULL)),
                    o->arg != NULL ? o->arg : "", o->help);
    }
    fputs(help_texts[text].tail, to);
}

static void
print_expect(const struct sim_expect *e, FILE *to)
{
    fprintf(to, "    %-8s %s %s:%s", e->where, e->check,
            ga_state_name(e->state), ga_reason_name(e->reason));
    if (e->reason == GA_R_INDEX)
        fprintf(to, "-%u", e->index);
    fputs(e->devices > 1 ? " (of several devices)\n" : "\n", to);
}

static void
print_troubles(FILE *to)
{
    for (size_t i = 0; i < sim_trouble_count; i++) {
        const struct sim_trouble *t = &sim_troubles[i];

        fprintf(to, "%s%s exit %d  %s\n", t->name,
                t->arg == SIM_ARG_NONE      ? ""
                : t->arg == SIM_ARG_COUNT   ? "[:COUNT]"
                : t->arg == SIM_ARG_SECONDS ? "[:SECONDS]"
                                            : "[:MS]",
                t->status, t->what);
        for (size_t k = 0; k < t->expects; k++)
            print_expect(&t->expect[k], to);
    }
    for (size_t i = 0; i < sim_board_trouble_count; i++) {
        const struct sim_board_trouble *t = &sim_board_troubles[i];

        fprintf(to, "%s ppcie exit %d  %s%s%s\n", t->name, t->status, t->what,
                t->stage[0] != '\0' ? ": " : "", t->stage);
    }
    for (size_t i = 0; sim_token_fault_at(i) != NULL; i++) {
        const struct sim_token_fault *f = sim_token_fault_at(i);

        fprintf(to, "%s  %s\n    %s\n", f->name, f->gain, f->expect);
    }
    fputs("nvml:CALL ACTION...  a call of NVML fails, gpuattest-sim(1)\n"
          "nscq:CALL ACTION...  a call of NSCQ fails\n"
          "setting:NAME=VALUE   the driver says this of the host\n",
          to);
}

void
sim_print_defects(enum sim_verb verb, FILE *to)
{
    const struct sim_defect *d;

    for (size_t i = 0; (d = sim_defect_at(i)) != NULL; i++) {
        if (verb != SIM_MINT && d->files_only != NULL)
            continue;
        fprintf(to, "%-20s rule %-2u %s\n", d->name, d->rule, d->gain);
        for (size_t k = 0; k < d->expects; k++)
            print_expect(&d->expect[k], to);
    }
    if (verb != SIM_MINT)
        print_troubles(to);
}
