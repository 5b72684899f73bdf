/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The usage example of nvrust, step by step: GPUs, NVSwitches, topology.
 *
 *     seed [SETTING=VALUE...]
 *
 * Settings are those of docs/settings.md, for example rim-dir=rims.
 */
#include <gpuattest/gpuattest.h>
#include <gpuattest/net.h>
#include <stdio.h>
#include <string.h>

/* What every step needs. */
struct session {
    struct ga_settings *settings;
    struct ga_net *net;
    struct ga_context *ctx;
    struct ga_nonce nonce;
    struct ga_error err;
};

static enum ga_rc
open_session(struct session *s, int argc, char **argv)
{
    struct ga_seams seams = { .size = sizeof(seams), .fetch = ga_net_fetch };
    enum ga_rc rc = ga_settings_new(&s->settings, &s->err);

    for (int i = 1; i < argc && rc == GA_OK; i++) {
        char *value = strchr(argv[i], '=');

        if (value != NULL)
            *value++ = '\0';
        rc = ga_settings_set(s->settings, argv[i], value, &s->err);
    }
    if (rc == GA_OK)
        rc = ga_net_new(s->settings, &s->net, &s->err);
    seams.user = s->net;
    if (rc == GA_OK)
        rc = ga_context_new(s->settings, &seams, &s->ctx, &s->err);
    return rc == GA_OK ? ga_nonce_random(&s->nonce, &s->err) : rc;
}

static void
close_session(struct session *s)
{
    ga_context_free(s->ctx);
    ga_net_free(s->net);
    ga_settings_free(s->settings);
}

/* Steps 1 and 2: evidence of one kind, collected and verified. */
static enum ga_rc
attest(struct session *s, unsigned kind, struct ga_result **out)
{
    struct ga_evidence *evidence = NULL;
    struct ga_host host;
    enum ga_rc rc = ga_evidence_new(&evidence, &s->err);

    if (rc == GA_OK)
        rc = ga_collect(s->ctx, kind, &s->nonce, evidence, &s->err);
    if (rc == GA_OK)
        rc = ga_host_read(s->ctx, kind, &host, &s->err);
    if (rc == GA_OK)
        rc = ga_verify_live(s->ctx, evidence, &s->nonce, kind, &host, out,
                            &s->err);
    ga_evidence_free(evidence);
    if (rc == GA_OK)
        printf("%s\n", ga_result_summary(*out));
    return rc;
}

static void
show(const struct ga_topology *t)
{
    struct ga_check_view rule;

    for (size_t i = 0; ga_topology_rule(t, i, &rule); i++)
        printf("%s: %s%s%s\n", rule.name,
               rule.state == GA_PASSED ? "passed" : "failed",
               rule.text != NULL ? ": " : "",
               rule.text != NULL ? rule.text : "");
}

/* Step 3: the GPUs name a set of switches, and the switches are that set. */
static enum ga_rc
check_topology(struct session *s, const struct ga_result *gpus,
               const struct ga_result *switches, int *holds)
{
    const struct ga_board *board = ga_board_find("hgx-hopper");
    struct ga_topology *of_gpus = NULL, *of_switches = NULL;
    struct ga_pdi_set unique;
    enum ga_rc rc = ga_gpu_topology_check(gpus, board, &of_gpus, &s->err);

    if (rc == GA_OK) {
        show(of_gpus);
        ga_topology_switches(of_gpus, &unique);
        printf("unique switches: %zu\n", unique.count);
        rc = ga_switch_topology_check(switches, board, &unique, &of_switches,
                                      &s->err);
    }
    if (rc == GA_OK) {
        show(of_switches);
        *holds = ga_topology_holds(of_gpus) && ga_topology_holds(of_switches);
    }
    ga_topology_free(of_switches);
    ga_topology_free(of_gpus);
    return rc;
}

int
main(int argc, char **argv)
{
    struct session s = { 0 };
    struct ga_result *gpus = NULL, *switches = NULL;
    int holds = 0, status = 2;
    enum ga_rc rc = open_session(&s, argc, argv);

    if (rc == GA_OK)
        rc = attest(&s, GA_DEVICES_GPU, &gpus);
    if (rc == GA_OK)
        rc = attest(&s, GA_DEVICES_SWITCH, &switches);
    if (rc == GA_OK)
        rc = check_topology(&s, gpus, switches, &holds);
    if (rc == GA_OK)
        status =
            holds && ga_result_verified(gpus) && ga_result_verified(switches)
                ? 0
                : 1;
    else
        fprintf(stderr, "no verdict: %s\n", s.err.text);
    ga_result_free(switches);
    ga_result_free(gpus);
    close_session(&s);
    return status;
}
