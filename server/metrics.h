/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_METRICS_H
#define GA_SERVER_METRICS_H

#include <stdatomic.h>

#include "gpuattest/error.h"

/* Whose requests are counted apart. */
enum server_path {
    SERVER_PATH_GPU,
    SERVER_PATH_SWITCH,
    SERVER_PATH_JWKS,
    SERVER_PATH_HEALTH,
    SERVER_PATH_METRICS,
    SERVER_PATH_OTHER,
    SERVER_PATHS
};

/* Statuses that the server answers with; others are counted as the last. */
#define SERVER_STATUSES(X) \
    X(200)                 \
    X(400) X(401) X(404) X(405) X(411) X(413) X(415) X(417) X(500) X(503) X(505)
enum {
#define X(status) SERVER_STATUS_##status,
    SERVER_STATUSES(X)
#undef X
        SERVER_STATUS_COUNT
};

/* Upper bounds of the histogram, in microseconds; the last one has none. */
extern const uint64_t server_buckets[];
#define SERVER_BUCKETS 12

/* Counters are read while others write them: each is right by itself. */
struct server_metrics {
    atomic_ullong requests[SERVER_PATHS][SERVER_STATUS_COUNT + 1];
    atomic_ullong cut_off; /* requests whose client went away */
    atomic_ullong devices_verified, devices_rejected;
    atomic_ullong tokens_true, tokens_false;
    atomic_ullong time[SERVER_BUCKETS + 1]; /* of POST, per bucket */
    atomic_ullong time_sum;                 /* microseconds */
    atomic_ullong reloads_ok, reloads_failed;
    atomic_ullong late; /* connections closed at max-time */
    atomic_llong connections, waiting, working, body_bytes;
};

/* What is known elsewhere, when metrics are printed. */
struct server_gauges {
    uint64_t verifications;
    int64_t key_expires; /* of the signing key; 0: none */
    size_t keys;
};

void server_metrics_request(struct server_metrics *m, enum server_path path,
                            unsigned status);
void server_metrics_time(struct server_metrics *m, uint64_t microseconds);

/* server_metrics_text prints all in Prometheus' text format, version 0.0.4.
 * Errors: GA_E_NOMEM.  The caller frees `*out`. */
GA_MUST_USE enum ga_rc server_metrics_text(const struct server_metrics *m,
                                           const struct server_gauges *g,
                                           char **out, struct ga_error *err);

#endif
