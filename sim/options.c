/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `gpuattest-sim mint`. */
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
const struct sim_option sim_option_rows[] = {
    { "gpus",     "N",    set_gpus,     "GPUs (default 1; 8 at most beside switches)" },
    { "switches", "N",    set_switches, "NVSwitches of an HGX board, up to 4 (default 0)" },
    { "arch",     "ARCH", set_arch,     "hopper (default) or blackwell" },
    { "mode",     "MODE", set_mode,     "spt, mpt or ppcie (default: ppcie with switches,\n"
                                        "                     else mpt for several Blackwell GPUs, else spt)" },
    { "nonce",    "HEX",  set_nonce,    "64 hex digits (default: random)" },
    { "seed",     "TEXT", set_seed,     "same seed, nonce, time and options: same bytes" },
    { "at",       "TIME", set_at,       "time of the world, RFC 3339 (default: the present)" },
    { "driver",   "V",    set_driver,   "driver version (default 580.95.05)" },
    { "defect",   "NAME", set_defect,   "put a defect in; may be given more than once" },
    { "list-defects", NULL, set_list_defects, "print every defect and what must fail, and stop" },
    { "force",    NULL,   set_force,    "write into a folder that is not empty" },
    { "help",     NULL,   set_help,     "print this, and stop" },
};
/* clang-format on */

const size_t sim_option_count =
    sizeof(sim_option_rows) / sizeof(sim_option_rows[0]);

/* "--name=value" or "--name value". */
static const struct sim_option *
find(const char *word, const char **value)
{
    size_t n = strcspn(word, "=");

    *value = word[n] == '=' ? word + n + 1 : NULL;
    for (size_t i = 0; i < sim_option_count; i++)
        if (strlen(sim_option_rows[i].name) == n &&
            strncmp(sim_option_rows[i].name, word, n) == 0)
            return &sim_option_rows[i];
    return NULL;
}

static enum ga_rc
parse_option(int argc, char **argv, int *i, struct sim_request *r,
             struct ga_error *err)
{
    const char *value;
    const struct sim_option *o = find(argv[*i] + 2, &value);

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
        return ga_fail(err, GA_E_INVAL, "--%s: '%s' is not allowed", o->name,
                       value);
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

enum ga_rc
sim_request_parse(int argc, char **argv, ga_time now, struct sim_request *out,
                  struct ga_error *err)
{
    struct sim_request r = { 0 };
    enum ga_rc rc = sim_options_init(&r.world, now, err);

    for (int i = 0; i < argc && rc == GA_OK; i++) {
        if (strncmp(argv[i], "--", 2) == 0)
            rc = parse_option(argc, argv, &i, &r, err);
        else if (argv[i][0] == '-' || r.dir != NULL)
            rc = ga_fail(err, GA_E_INVAL, "unexpected '%s'", argv[i]);
        else
            r.dir = argv[i];
    }
    if (rc != GA_OK)
        return rc;
    if (r.dir == NULL && !r.help && !r.list_defects)
        return ga_fail(err, GA_E_INVAL, "no folder was named");
    complete(&r);
    *out = r;
    return GA_OK;
}

void
sim_print_help(FILE *to)
{
    fputs(
        "usage: gpuattest-sim mint DIR [options]\n\n"
        "Writes a consistent world of evidence, RIMs and OCSP answers, with "
        "roots of\nits own, into DIR.  Nothing in it was made by a device.\n\n",
        to);
    for (size_t i = 0; i < sim_option_count; i++) {
        const struct sim_option *o = &sim_option_rows[i];

        fprintf(to, "  --%s%s%-*s %s\n", o->name, o->arg != NULL ? " " : "",
                (int)(15 - strlen(o->name) - (o->arg != NULL)),
                o->arg != NULL ? o->arg : "", o->help);
    }
    fputs("\nExit status: 0 written, 2 usage, 3 files, 70 internal.\n", to);
}

void
sim_print_defects(FILE *to)
{
    const struct sim_defect *d;

    for (size_t i = 0; (d = sim_defect_at(i)) != NULL; i++) {
        fprintf(to, "%-20s rule %-2u %s\n", d->name, d->rule, d->gain);
        for (size_t k = 0; k < d->expects; k++) {
            const struct sim_expect *e = &d->expect[k];

            fprintf(to, "    %-8s %s %s:%s", e->where, e->check,
                    ga_state_name(e->state), ga_reason_name(e->reason));
            if (e->reason == GA_R_INDEX)
                fprintf(to, "-%u", e->index);
            fputs(e->devices > 1 ? " (of several devices)\n" : "\n", to);
        }
    }
}
