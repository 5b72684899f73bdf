/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one cold verification costs, as a multiple of its bare P-384
 * verifications, measured in turns in one run so that a noisy machine shifts
 * both alike.
 *
 *     bench_cold NONCE EVIDENCE SETTING=VALUE...
 *
 * Cold means: from settings and files to a verdict, with nothing remembered.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gpuattest/gpuattest.h"
#include "x509/ecdsa.h"

#define ROUNDS 31
#define BARE   64 /* verifications in one timing of the bare cost */

struct input {
    const char *nonce, *evidence;
    char **settings;
    int setting_count;
};

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK) {
        fprintf(stderr, "bench_cold: %s\n", err->text);
        exit(3);
    }
}

static struct ga_context *
context(const struct input *in)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };

    must(ga_settings_new(&set, &err), &err);
    for (int i = 0; i < in->setting_count; i++) {
        char name[64] = "";
        const char *eq = strchr(in->settings[i], '=');

        if (eq == NULL || (size_t)(eq - in->settings[i]) >= sizeof(name)) {
            fprintf(stderr, "bench_cold: not SETTING=VALUE\n");
            exit(2);
        }
        memcpy(name, in->settings[i], (size_t)(eq - in->settings[i]));
        must(ga_settings_set(set, name, eq + 1, &err), &err);
    }
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

/* One verification from nothing; returns seconds. */
static double
cold(const struct input *in, uint64_t *verifications)
{
    double start = now();
    struct ga_context *ctx = context(in);
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    struct ga_nonce nonce;
    double end;

    must(ga_nonce_parse(in->nonce, &nonce, &err), &err);
    must(ga_evidence_new(&evidence, &err), &err);
    must(ga_evidence_load(evidence, in->evidence, &err), &err);
    must(ga_verify(ctx, evidence, &nonce, &result, &err), &err);
    end = now();
    if (!ga_result_verified(result)) {
        fprintf(stderr, "bench_cold: %s\n", ga_result_summary(result));
        exit(1);
    }
    *verifications = ga_context_verifications(ctx);
    ga_result_free(result);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    return end - start;
}

/* A key and a signature that verify: RFC 6979 A.2.6, SHA-384, "sample". */
static const char point_hex[] =
    "04EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64"
    "DEF8F0EA9055866064A254515480BC13"
    "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1"
    "288B231C3AE0D4FE7344FD2533264720";
static const char rs_hex[] =
    "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
    "81A648152E44ACF96E36DD1E80FABE46"
    "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
    "A329C145786E679E7B82C71A38628AC8";

static size_t
unhex(const char *hex, uint8_t *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (; hex[0] != '\0'; hex += 2)
        out[n++] = (uint8_t)((strchr(digits, hex[0]) - digits) << 4 |
                             (strchr(digits, hex[1]) - digits));
    return n;
}

static double
bare(const struct ga_key *key, const struct ga_signature *sig,
     const uint8_t digest[GA_SHA384_LEN])
{
    double start = now();
    int good = 0;

    for (int i = 0; i < BARE; i++)
        good += ga_ecdsa_verify(key, digest, sig);
    if (good != BARE) {
        fprintf(stderr, "bench_cold: the test vector does not verify\n");
        exit(70);
    }
    return (now() - start) / BARE;
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
    struct input in = { 0 };
    double whole[ROUNDS], one[ROUNDS], ratio[ROUNDS];
    uint8_t point[GA_POINT_LEN], digest[GA_SHA384_LEN];
    struct ga_signature sig;
    struct ga_key *key = NULL;
    struct ga_error err = { 0 };
    uint64_t verifications = 0;

    if (argc < 3) {
        fprintf(stderr, "usage: bench_cold NONCE EVIDENCE SETTING=VALUE...\n");
        return 2;
    }
    in = (struct input){ argv[1], argv[2], argv + 3, argc - 3 };
    unhex(point_hex, point);
    unhex(rs_hex, sig.rs);
    must(ga_key_of_point(ga_bytes_of(point, sizeof(point)), &key, &err), &err);
    if (!ga_sha384(ga_bytes_of("sample", 6), digest))
        return 70;
    cold(&in, &verifications); /* warms the processor, not the verifier */
    for (int i = 0; i < ROUNDS; i++) {
        one[i] = bare(key, &sig, digest);
        whole[i] = cold(&in, &verifications);
        ratio[i] = whole[i] / ((double)verifications * one[i]);
    }
    qsort(whole, ROUNDS, sizeof(double), by_value);
    qsort(one, ROUNDS, sizeof(double), by_value);
    qsort(ratio, ROUNDS, sizeof(double), by_value);
    printf("P-384 verifications        %llu\n",
           (unsigned long long)verifications);
    printf("one bare verification      %.3f ms (median of %d)\n",
           one[ROUNDS / 2] * 1e3, ROUNDS);
    printf("one cold verification      %.3f ms (median)\n",
           whole[ROUNDS / 2] * 1e3);
    printf("cold over its bare cost    %.3f (median; %.3f to %.3f)\n",
           ratio[ROUNDS / 2], ratio[0], ratio[ROUNDS - 1]);
    ga_key_free(key);
    return 0;
}
