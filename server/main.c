/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest-server: verification of evidence over HTTP. */
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "gpuattest/version.h"
#include "server/apikeys.h"
#include "server/keys.h"
#include "server/server.h"

/* Words go to stderr, escaped. */
static void
say(const char *text)
{
    char line[2 * GA_ERROR_TEXT];

    ga_escape(text, strlen(text), line, sizeof(line));
    fprintf(stderr, "gpuattest-server: %s\n", line);
}

static int
give_up(enum ga_rc rc, const struct ga_error *err)
{
    say(err->text);
    switch (ga_error_class(rc)) {
    case GA_CLASS_USAGE:
        say("see gpuattest-server --help");
        return SERVER_EXIT_USAGE;
    case GA_CLASS_FORMAT:
        return SERVER_EXIT_FILE;
    case GA_CLASS_IO:
        return SERVER_EXIT_LISTEN;
    case GA_CLASS_NONE:
    case GA_CLASS_SYSTEM:
    default:
        return SERVER_EXIT_INTERNAL;
    }
}

/* What was printed must have arrived. */
static int
finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return SERVER_EXIT_OK;
    say("standard output could not be written");
    return SERVER_EXIT_INTERNAL;
}

/* SIGHUP reads again, SIGTERM and SIGINT end. */
static void
serve_until_told(struct server *s, const sigset_t *signals)
{
    int number = 0;

    for (;;) {
        if (sigwait(signals, &number) != 0)
            return;
        if (number != SIGHUP)
            return;
        server_reload(s);
    }
}

static int
run(const struct server_options *o, const char *const *words)
{
    struct server s;
    struct ga_error err = { 0 };
    sigset_t signals;
    enum ga_rc rc;

    (void)words;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    /* Before the first thread: all of them leave these to this one. */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    rc = server_start(&s, o, &err);
    if (rc == GA_OK) {
        printf("listening on %s://%s\n", o->tls_cert != NULL ? "https" : "http",
               s.address.text);
        if (fflush(stdout) != 0)
            say("standard output is closed");
        server_log_line(&s.log, SERVER_INFO, "started",
                        json_pack("{s:s,s:s}", "address", s.address.text,
                                  "issuer", s.issuer));
        serve_until_told(&s, &signals);
        server_log_line(&s.log, SERVER_INFO, "stopping", NULL);
    }
    server_stop(&s);
    return rc == GA_OK ? SERVER_EXIT_OK : give_up(rc, &err);
}

static int
anchor(const struct server_options *o, const char *const *words)
{
    GA_AUTO_FREE char *pem = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc = server_keys_anchor(o->signing_key, &pem, &err);

    (void)words;
    if (rc != GA_OK)
        return give_up(rc, &err);
    fputs(pem, stdout);
    return finish();
}

static int
signer_add(const struct server_options *o, const char *const *words)
{
    const ga_time now = (ga_time)time(NULL);
    const struct server_key_life life = { .now = now,
                                          .from = ga_time_plus(now, o->from),
                                          .life = o->life };
    GA_AUTO_FREE char *file = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc = server_keys_add(o->signing_key, &life, &file, &err);

    (void)words;
    if (rc != GA_OK)
        return give_up(rc, &err);
    printf("%s\n", file);
    return finish();
}

static int
key_add(const struct server_options *o, const char *const *words)
{
    char key[SERVER_APIKEY_TEXT];
    struct ga_error err = { 0 };
    enum ga_rc rc =
        o->api_keys != NULL
            ? server_apikeys_add(o->api_keys, words[0], key, &err)
            : ga_fail(&err, GA_E_INVAL, "key add: --api-keys is missing");

    if (rc != GA_OK)
        return give_up(rc, &err);
    printf("%s\n", key);
    OPENSSL_cleanse(key, sizeof(key));
    return finish();
}

/* The first one whose words the command line begins with; the last one has
 * none. */
static const struct verb {
    const char *first, *second;
    int operands;
    int (*run)(const struct server_options *o, const char *const *words);
} verbs[] = {
    { "run", NULL, 0, run },
    { "anchor", NULL, 0, anchor },
    { "signer", "add", 0, signer_add },
    { "key", "add", 1, key_add },
    { NULL, NULL, 0, run },
};

static const struct verb *
find_verb(int argc, char **argv, int *words)
{
    const struct verb *v = verbs;

    for (; v->first != NULL; v++) {
        if (argc < 2 || strcmp(argv[1], v->first) != 0)
            continue;
        if (v->second == NULL || (argc > 2 && strcmp(argv[2], v->second) == 0))
            break;
    }
    *words = (v->first != NULL) + (v->second != NULL);
    return v;
}

/* Half of a verb: what must stand behind it, or NULL. */
static const char *
second_word(int argc, char **argv)
{
    for (const struct verb *v = verbs; argc > 1 && v->first != NULL; v++)
        if (strcmp(argv[1], v->first) == 0)
            return v->second;
    return NULL;
}

int
main(int argc, char **argv)
{
    struct server_options o;
    struct ga_error err = { 0 };
    int words, status;
    const struct verb *v = find_verb(argc, argv, &words);
    const char *second = words == 0 ? second_word(argc, argv) : NULL;
    enum ga_rc rc =
        server_options_read(argc - words, argv + words, v->operands, &o, &err);

    if (rc != GA_OK && second != NULL)
        rc = ga_fail(&err, GA_E_INVAL, "\"%s\" needs a second word: %s",
                     argv[1], second);
    if (rc != GA_OK)
        status = give_up(rc, &err);
    else if (o.help) {
        server_options_help(stdout);
        status = finish();
    } else if (o.version) {
        printf("gpuattest-server %d.%d.%d\n", GPUATTEST_VERSION_MAJOR,
               GPUATTEST_VERSION_MINOR, GPUATTEST_VERSION_PATCH);
        status = finish();
    } else
        status = v->run(&o, (const char *const *)&argv[words + 1]);
    server_options_done(&o);
    return status;
}
