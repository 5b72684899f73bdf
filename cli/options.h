/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_OPTIONS_H
#define GA_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/settings.h"
#include "cli/net.h"
#include "cli/progress.h"
#include "gpuattest/context.h"

struct options;
struct refusal;

/* Titles and names of a verb's options, in the order of its help.  A name is
 * one of option_rows or of ga_setting_rows. */
#define GROUP_NAMES_MAX 12
struct option_group {
    const char *title;
    const char *name[GROUP_NAMES_MAX];
};

/* One row per verb. */
struct verb {
    const char *name;     /* "rim verify" */
    const char *operands; /* as in the usage line, "FILE...", or "" */
    unsigned least, most; /* how many operands */
    const char *help;     /* one line, no full stop */
    const struct option_group *groups; /* the last one has no title */
    int (*run)(const struct options *o);
    const struct refusal *refused; /* NULL: none; the last one has no name */
};

/* An option of another tool that cannot be had here, or one value of it. */
struct refusal {
    const char *name;
    const char *value; /* NULL: whichever */
    const char *why;
};

/* What an option of the command itself fills. */
enum option_type {
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char *, borrowed from argv */
    OPTION_FILE,   /* the same; "-" is standard input */
    OPTION_CHOICE, /* unsigned, place in `words` */
    OPTION_INPUT   /* one more in options.input */
};

/*
 * One row per option that is no setting of the library.  The parser, help, the
 * completion scripts and the test of the man pages read these rows and
 * ga_setting_rows.
 */
struct option_row {
    const char *name;
    enum option_type type;
    const char *arg;     /* placeholder in help; NULL for a flag, a choice */
    const char *words;   /* of a choice: "text|json" */
    const char *initial; /* default, as text, or NULL */
    const char *help;    /* one line, no full stop */
    size_t member;       /* offset in struct options; of an input its role */
    bool from_env;       /* GPUATTEST_<NAME> may say it */
    char letter;         /* -f for --format, or NUL */
};

extern const struct option_row option_rows[];

/* option_own returns the row of that name in option_rows, or NULL. */
const struct option_row *option_own(const char *name);

/* An option as help, completion and tests see it, whichever table has it. */
struct option_view {
    const char *name;
    const char *arg;   /* placeholder, or words; NULL for a flag */
    const char *words; /* of a choice, else NULL */
    const char *initial;
    const char *help;
    bool repeats, from_env;
    char letter;
};

/* option_view shows the option of that name; false where there is none. */
bool option_view(const char *name, struct option_view *out);

/* Room for "GPUATTEST_" and a name. */
#define ENV_NAME_MAX 64

/* option_env_name writes GPUATTEST_RIM_DIR for rim-dir. */
void option_env_name(const char *name, char out[ENV_NAME_MAX]);

/* Other tools' names for a variable, used where ours is not set. */
struct env_alias {
    const char *option;
    const char *name;
    const char *only;   /* the one value that counts, or NULL */
    const char *ending; /* what the other tool has at the end of its URL, and
                           we have not; or NULL */
};
extern const struct env_alias env_aliases[]; /* the last one has no option */

/* Other tools' names for an option; messages and help say ours. */
struct option_alias {
    const char *name;
    const char *option;
};
extern const struct option_alias option_aliases[]; /* the last has no name */

enum format { FORMAT_TEXT, FORMAT_JSON };

/* Words of --device and of the sources of evidence. */
enum device_word { DEVICE_GPU, DEVICE_NVSWITCH, DEVICE_ALL };
enum source_word { SOURCE_LIVE, SOURCE_FILE };
enum verifier_word { VERIFIER_LOCAL, VERIFIER_REMOTE };

/* Files in the order in which the command line names them. */
enum input_role { INPUT_OPERAND, INPUT_REPORT, INPUT_CHAIN, INPUT_RIM };
struct input {
    enum input_role role;
    const char *path;
};

/* A report and a chain for each of the devices that a set can have. */
#define INPUTS_MAX (2 * GA_DEVICES_MAX)

struct options {
    const struct verb *verb;
    struct ga_settings *settings; /* what the verb takes, from both sources */
    unsigned format, log_level;   /* enum format, enum ga_log_level; 0: off */
    const char *nonce, *version, *bind, *claims, *query;
    unsigned kind, verifier; /* place in the row's words */
    unsigned device, gpu_source, switch_source;
    const char *gpu_file, *switch_file;
    const char *watch, *stage_timeout, *ready_to;
    bool no_ready, manage_ready, dot, unverified;
    const char *output;
    const char *key_file, *token_file, *jwks, *save_jwks;
    const char *eat_key, *eat_issuer, *eat_kid;
    bool eat_relaxed;
    bool verify_rim; /* said by nvattest's callers, and always so */
    bool help;
    struct net *net;           /* owned; borrows the settings */
    struct progress *progress; /* owned */
    size_t input_count, operand_count;
    struct input input[INPUTS_MAX];
};

/*
 * options_parse fills `o` from the environment and then from argv[1] on.
 * Options and operands come in any order; "--" ends the options.  It reads to
 * the end even after an error, so that --format is known when the error, the
 * first one, is printed.  Returns GA_OK, GA_E_INVAL or GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc options_parse(const struct verb *verb, int argc,
                                     char **argv, struct options *o,
                                     struct ga_error *err);
void options_done(struct options *o);

/* options_help prints the help of a verb: a screen of it, or `all`. */
void options_help(const struct verb *verb, bool all, FILE *to);

#endif
