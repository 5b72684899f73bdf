/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, and how they are printed.  Source: prometheus-text */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "gpuattest/version.h"
#include "server/metrics.h"

static const char *const path_names[SERVER_PATHS] = {
    [SERVER_PATH_GPU] = "gpu",         [SERVER_PATH_SWITCH] = "switch",
    [SERVER_PATH_JWKS] = "jwks",       [SERVER_PATH_HEALTH] = "health",
    [SERVER_PATH_METRICS] = "metrics", [SERVER_PATH_OTHER] = "other",
};

static const unsigned statuses[] = {
#define X(status) status,
    SERVER_STATUSES(X)
#undef X
};

const uint64_t server_buckets[SERVER_BUCKETS] = {
    1000,   2500,   5000,    10000,   25000,   50000,
    100000, 250000, 1000000, 2500000, 5000000, 30000000,
};

void
server_metrics_request(struct server_metrics *m, enum server_path path,
                       unsigned status)
{
    size_t i = 0;

    while (i < SERVER_STATUS_COUNT && statuses[i] != status)
        i++;
    atomic_fetch_add(&m->requests[path][i], 1);
}

void
server_metrics_time(struct server_metrics *m, uint64_t microseconds)
{
    size_t i = 0;

    while (i < SERVER_BUCKETS && microseconds > server_buckets[i])
        i++;
    atomic_fetch_add(&m->time[i], 1);
    atomic_fetch_add(&m->time_sum, microseconds);
}

static void
head(FILE *to, const char *name, const char *type, const char *help)
{
    fprintf(to, "# HELP gpuattest_%s %s\n# TYPE gpuattest_%s %s\n", name, help,
            name, type);
}

static void
print_requests(FILE *to, const struct server_metrics *m)
{
    head(to, "requests_total", "counter", "Answered requests.");
    for (size_t p = 0; p < SERVER_PATHS; p++)
        for (size_t s = 0; s <= SERVER_STATUS_COUNT; s++) {
            unsigned long long n = atomic_load(&m->requests[p][s]);

            if (n == 0)
                continue;
            if (s < SERVER_STATUS_COUNT)
                fprintf(to,
                        "gpuattest_requests_total{path=\"%s\",status=\"%u\"} "
                        "%llu\n",
                        path_names[p], statuses[s], n);
            else
                fprintf(to,
                        "gpuattest_requests_total{path=\"%s\",status=\"other\"}"
                        " %llu\n",
                        path_names[p], n);
        }
}

static void
print_time(FILE *to, const struct server_metrics *m)
{
    unsigned long long sum = 0;

    head(to, "request_seconds", "histogram",
         "Time from the whole request to its answer, of attestations.");
    for (size_t i = 0; i < SERVER_BUCKETS; i++) {
        sum += atomic_load(&m->time[i]);
        fprintf(to, "gpuattest_request_seconds_bucket{le=\"%g\"} %llu\n",
                (double)server_buckets[i] / 1e6, sum);
    }
    sum += atomic_load(&m->time[SERVER_BUCKETS]);
    fprintf(to,
            "gpuattest_request_seconds_bucket{le=\"+Inf\"} %llu\n"
            "gpuattest_request_seconds_sum %g\n"
            "gpuattest_request_seconds_count %llu\n",
            sum, (double)atomic_load(&m->time_sum) / 1e6, sum);
}

static void
print_rows(FILE *to, const struct server_metrics *m,
           const struct server_gauges *g)
{
    const struct {
        const char *name, *type, *labels;
        const char *help; /* NULL: of the row before */
        int64_t value;
    } rows[] = {
        { "devices_total", "counter", "{result=\"verified\"}",
          "Devices that were judged.",
          (int64_t)atomic_load(&m->devices_verified) },
        { "devices_total", "counter", "{result=\"rejected\"}", NULL,
          (int64_t)atomic_load(&m->devices_rejected) },
        { "tokens_total", "counter", "{result=\"true\"}",
          "Answers that were signed, by their overall result.",
          (int64_t)atomic_load(&m->tokens_true) },
        { "tokens_total", "counter", "{result=\"false\"}", NULL,
          (int64_t)atomic_load(&m->tokens_false) },
        { "cut_off_total", "counter", "",
          "Requests whose client went away or was too slow.",
          (int64_t)atomic_load(&m->cut_off) },
        { "late_total", "counter", "",
          "Connections that were closed at max-time.",
          (int64_t)atomic_load(&m->late) },
        { "reloads_total", "counter", "{result=\"ok\"}",
          "Times that keys and policies were read again.",
          (int64_t)atomic_load(&m->reloads_ok) },
        { "reloads_total", "counter", "{result=\"failed\"}", NULL,
          (int64_t)atomic_load(&m->reloads_failed) },
        { "signatures_verified_total", "counter", "",
          "Signatures verified since the last reload, without remembered ones.",
          (int64_t)g->verifications },
        { "connections", "gauge", "", "Open connections.",
          atomic_load(&m->connections) },
        { "requests_waiting", "gauge", "", "Requests that wait for a worker.",
          atomic_load(&m->waiting) },
        { "requests_working", "gauge", "", "Requests that are verified now.",
          atomic_load(&m->working) },
        { "body_bytes", "gauge", "", "Bytes of bodies that are held.",
          atomic_load(&m->body_bytes) },
        { "signing_keys", "gauge", "", "Keys in the JWKS.", (int64_t)g->keys },
        { "signing_key_expires_seconds", "gauge", "",
          "When the certificate of the signing key ends, since 1970; 0: none.",
          g->key_expires },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].help != NULL)
            head(to, rows[i].name, rows[i].type, rows[i].help);
        fprintf(to, "gpuattest_%s%s %" PRId64 "\n", rows[i].name,
                rows[i].labels, rows[i].value);
    }
}

enum ga_rc
server_metrics_text(const struct server_metrics *m,
                    const struct server_gauges *g, char **out,
                    struct ga_error *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    if (to == NULL)
        return ga_nomem(err);
    head(to, "build_info", "gauge", "The version of the server.");
    fprintf(to, "gpuattest_build_info{version=\"%d.%d.%d\"} 1\n",
            GPUATTEST_VERSION_MAJOR, GPUATTEST_VERSION_MINOR,
            GPUATTEST_VERSION_PATCH);
    print_requests(to, m);
    print_time(to, m);
    print_rows(to, m, g);
    if (fclose(to) != 0) {
        free(text);
        return ga_nomem(err);
    }
    *out = text;
    return GA_OK;
}
