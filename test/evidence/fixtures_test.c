/* SPDX-License-Identifier: Apache-2.0 */
/* Real evidence: right counts, and the same bytes as the raw files. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpuattest/evidence.h"
#include "support/fixtures.h"

static struct ga_evidence *
load(const char *path)
{
    char *full = fixture_path(path);
    struct ga_evidence *e = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    if (ga_evidence_load(e, full, &err) != GA_OK)
        fail_msg("%s", err.text);
    free(full);
    return e;
}

static struct ga_evidence_view
view(const struct ga_evidence *e, size_t i)
{
    struct ga_evidence_view v = { 0 };

    assert_int_equal(ga_evidence_get(e, i, &v, NULL), GA_OK);
    return v;
}

static void
gives_the_bytes_of_the_raw_files(void **state)
{
    static const struct {
        const char *folder, *arch;
    } rows[] = {
        { "gpu/h100-550.90.07", "HOPPER" },
        { "gpu/h100-580.159.03", "HOPPER" },
        { "gpu/h100-535.86.09", "HOPPER" },
        { "gpu/gb100-575.32", "BLACKWELL" },
        { "switch/ls10-96.10.55.00.01", "LS10" },
        { "bad/report-signature", "HOPPER" },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[128];
        struct ga_evidence *e;
        struct ga_evidence_view v;
        struct ga_buf report, chain, nonce;

        snprintf(path, sizeof(path), "%s/evidence.json", rows[i].folder);
        e = load(path);
        snprintf(path, sizeof(path), "%s/report.bin", rows[i].folder);
        report = fixture(path);
        snprintf(path, sizeof(path), "%s/chain.pem", rows[i].folder);
        chain = fixture(path);
        snprintf(path, sizeof(path), "%s/nonce.hex", rows[i].folder);
        nonce = fixture(path);
        assert_int_equal(ga_evidence_count(e), 1);
        v = view(e, 0);
        assert_int_equal(v.report_len, report.len);
        assert_memory_equal(v.report, report.ptr, report.len);
        assert_int_equal(v.chain_len, chain.len);
        assert_memory_equal(v.chain, chain.ptr, chain.len);
        assert_string_equal(v.arch, rows[i].arch);
        assert_int_equal(strlen(v.nonce), 64);
        assert_memory_equal(v.nonce, nonce.ptr, 64);
        ga_buf_done(&report);
        ga_buf_done(&chain);
        ga_buf_done(&nonce);
        ga_evidence_free(e);
    }
}

static void
counts_the_devices_of_each_file(void **state)
{
    static const struct {
        const char *path;
        size_t count;
        const char *arch;
    } rows[] = {
        { "evidence/gpu-list-1.json", 1, "HOPPER" },
        { "evidence/gpu-list-4.json", 4, "HOPPER" },
        { "evidence/nvrust-gpu-8.json", 8, NULL },
        { "evidence/switch-list-1.json", 1, "LS10" },
        { "evidence/switch-list-4.json", 4, "LS10" },
        { "ppcie/hgx-h100-gpu.json", 8, "HOPPER" },
        { "ppcie/hgx-h100-switch.json", 4, "LS10" },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_evidence *e = load(rows[i].path);

        assert_int_equal(ga_evidence_count(e), rows[i].count);
        for (size_t k = 0; k < rows[i].count; k++) {
            struct ga_evidence_view v = view(e, k);

            assert_true(v.report_len > 2000 && v.chain_len > 3000);
            assert_memory_equal(v.report, "\x11\xe0\x01\xff", 4);
            assert_memory_equal(v.chain, "-----BEGIN CERTIFICATE-----", 27);
            if (rows[i].arch != NULL)
                assert_string_equal(v.arch, rows[i].arch);
            assert_int_equal(v.arch == NULL, rows[i].arch == NULL);
            assert_int_equal(v.nonce == NULL, rows[i].arch == NULL);
        }
        ga_evidence_free(e);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_bytes_of_the_raw_files),
        cmocka_unit_test(counts_the_devices_of_each_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
