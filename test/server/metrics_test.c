/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/log.h"
#include "server/metrics.h"

static void
has(const char *text, const char *line)
{
    if (strstr(text, line) == NULL)
        print_error("no %s in\n%s", line, text);
    assert_non_null(strstr(text, line));
}

static void
prints_what_was_counted(void **state)
{
    static struct server_metrics m;
    const struct server_gauges g = { .verifications = 7,
                                     .key_expires = 1800000000,
                                     .keys = 2 };
    char *text = NULL;

    (void)state;
    server_metrics_request(&m, SERVER_PATH_GPU, 200);
    server_metrics_request(&m, SERVER_PATH_GPU, 200);
    server_metrics_request(&m, SERVER_PATH_OTHER, 404);
    server_metrics_request(&m, SERVER_PATH_GPU, 299);
    server_metrics_time(&m, 1000);
    server_metrics_time(&m, 1001);
    server_metrics_time(&m, 60000000);
    atomic_store(&m.devices_rejected, 3);
    atomic_store(&m.body_bytes, 5);
    assert_int_equal(server_metrics_text(&m, &g, &text, NULL), GA_OK);
    has(text, "gpuattest_requests_total{path=\"gpu\",status=\"200\"} 2\n");
    has(text, "gpuattest_requests_total{path=\"other\",status=\"404\"} 1\n");
    has(text, "gpuattest_requests_total{path=\"gpu\",status=\"other\"} 1\n");
    has(text, "gpuattest_request_seconds_bucket{le=\"0.001\"} 1\n");
    has(text, "gpuattest_request_seconds_bucket{le=\"0.0025\"} 2\n");
    has(text, "gpuattest_request_seconds_bucket{le=\"30\"} 2\n");
    has(text, "gpuattest_request_seconds_bucket{le=\"+Inf\"} 3\n");
    has(text, "gpuattest_request_seconds_count 3\n");
    has(text, "gpuattest_devices_total{result=\"rejected\"} 3\n");
    has(text, "gpuattest_signatures_verified_total 7\n");
    has(text, "gpuattest_signing_key_expires_seconds 1800000000\n");
    has(text, "gpuattest_body_bytes 5\n");
    free(text);
}

static int64_t
fixed(void)
{
    return 1795000000;
}

/* What one call of server_log_line() writes. */
static void
logged(enum server_log_level most, enum server_log_level level, json_t *more,
       char *out, size_t cap)
{
    struct server_log log = { .most = most, .now = fixed };
    int ends[2];
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    log.fd = ends[1];
    server_log_line(&log, level, "event", more);
    close(ends[1]);
    n = read(ends[0], out, cap - 1);
    assert_true(n >= 0);
    out[n] = '\0';
    close(ends[0]);
}

static void
logs_one_object_a_line(void **state)
{
    char line[1024];

    (void)state;
    logged(SERVER_INFO, SERVER_WARN, json_pack("{s:i}", "n", 3), line,
           sizeof(line));
    assert_string_equal(line, "{\"time\":\"2026-11-18T11:06:40Z\",\"level\":"
                              "\"warn\",\"event\":\"event\",\"n\":3}\n");
    logged(SERVER_INFO, SERVER_DEBUG, json_object(), line, sizeof(line));
    assert_string_equal(line, "");
    logged(SERVER_ERROR, SERVER_ERROR, NULL, line, sizeof(line));
    has(line, "\"level\":\"error\",\"event\":\"event\"}\n");
}

static void
escapes_foreign_text(void **state)
{
    char line[1024];

    (void)state;
    logged(SERVER_INFO, SERVER_INFO,
           json_pack("{s:o}", "t", server_log_text("a\n\x1b[31m\xff")), line,
           sizeof(line));
    has(line, "\"t\":\"a\\\\x0a\\\\x1b[31m\\\\xff\"}\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_what_was_counted),
        cmocka_unit_test(logs_one_object_a_line),
        cmocka_unit_test(escapes_foreign_text),
    };

    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
