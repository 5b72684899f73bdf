/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attests this machine's devices again and again in one process:
 *
 *     soak COUNT one|each [RESIDENT]
 *
 * with one context and one client for all of it, or with new ones each time.
 * All must be verified.  RESIDENT: kilobytes by which the memory of this process
 * may have grown from a fifth of COUNT on.  Prints what it grew by.
 */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpuattest/collect.h"
#include "gpuattest/net.h"
#include "gpuattest/verify.h"

/* What verifies, made once or each time. */
struct verifier {
    struct ga_settings *set;
    struct ga_net *net;
    struct ga_context *ctx;
};

static enum ga_rc
fetch(void *user, struct ga_fetch_item *items, size_t count,
      struct ga_error *err)
{
    const struct verifier *v = user;

    return ga_net_fetch(v->net, items, count, err);
}

/* As gpuattest-sim run says. */
static enum ga_rc
set_up(struct verifier *v, struct ga_error *err)
{
    static const char *const names[][2] = {
        { "rim-url", "GPUATTEST_RIM_URL" },
        { "ocsp-url", "GPUATTEST_OCSP_URL" },
        { "device-anchor", "GPUATTEST_DEVICE_ANCHOR" },
        { "rim-anchor", "GPUATTEST_RIM_ANCHOR" },
        { "cache-dir", "GPUATTEST_CACHE_DIR" },
    };
    const struct ga_seams seams = { .size = sizeof(seams),
                                    .user = v,
                                    .fetch = fetch };
    enum ga_rc rc = ga_settings_new(&v->set, err);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && rc == GA_OK;
         i++) {
        const char *value = secure_getenv(names[i][1]);

        rc = ga_settings_set(v->set, names[i][0], value != NULL ? value : "",
                             err);
    }
    if (rc == GA_OK)
        rc = ga_net_new(v->set, &v->net, err);
    if (rc == GA_OK)
        rc = ga_context_new(v->set, &seams, &v->ctx, err);
    return rc;
}

static void
tear_down(struct verifier *v)
{
    ga_context_free(v->ctx);
    ga_net_free(v->net);
    ga_settings_free(v->set);
    memset(v, 0, sizeof(*v));
}

static enum ga_rc
attest(const struct verifier *v, bool *verified, struct ga_error *err)
{
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;
    struct ga_nonce nonce;
    struct ga_host host;
    enum ga_rc rc = ga_nonce_random(&nonce, err);

    if (rc == GA_OK)
        rc = ga_evidence_new(&evidence, err);
    if (rc == GA_OK)
        rc = ga_collect(v->ctx, GA_DEVICES_ALL, &nonce, evidence, err);
    if (rc == GA_OK)
        rc = ga_host_read(v->ctx, GA_DEVICES_ALL, &host, err);
    if (rc == GA_OK)
        rc = ga_verify_live(v->ctx, evidence, &nonce, GA_DEVICES_ALL, &host,
                            &result, err);
    if (rc == GA_OK) {
        *verified = ga_result_verified(result);
        if (!*verified)
            fprintf(stderr, "soak: %s\n", ga_result_summary(result));
    }
    ga_result_free(result);
    ga_evidence_free(evidence);
    return rc;
}

/* Kilobytes, or -1. */
static long
resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    char line[128], *rest = line;
    long pages = -1;

    if (f == NULL)
        return -1;
    if (fgets(line, sizeof(line), f) != NULL) {
        (void)strtol(line, &rest, 10);
        pages = strtol(rest, NULL, 10);
    }
    fclose(f);
    return pages > 0 ? pages * (sysconf(_SC_PAGESIZE) / 1024) : -1;
}

static bool
once(struct verifier *v, bool each)
{
    struct ga_error err = { 0 };
    bool verified = false;
    enum ga_rc rc = v->ctx == NULL ? set_up(v, &err) : GA_OK;

    if (rc == GA_OK)
        rc = attest(v, &verified, &err);
    if (rc != GA_OK)
        fprintf(stderr, "soak: %s\n", err.text);
    if (each)
        tear_down(v);
    return rc == GA_OK && verified;
}

int
main(int argc, char **argv)
{
    long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    bool each = argc > 2 && strcmp(argv[2], "each") == 0;
    long allowed = argc > 3 ? strtol(argv[3], NULL, 10) : -1;
    struct verifier v = { 0 };
    long before = -1, grown;

    if (count <= 0 || (!each && strcmp(argv[2], "one") != 0))
        return 2;
    for (long i = 0; i < count; i++) {
        if (!once(&v, each))
            return 1;
        if (i == count / 5)
            before = resident();
    }
    grown = resident() - before;
    tear_down(&v);
    printf("%ld attestations, %ld KiB more\n", count, grown);
    return allowed >= 0 && grown > allowed ? 1 : 0;
}
