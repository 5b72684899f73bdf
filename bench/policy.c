/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What loading and asking a policy cost, as multiples of a bare P-384
 * verification, measured in turns in one run so that a noisy machine shifts
 * all alike.
 *
 *     bench_policy POLICY CLAIMS
 *
 * CLAIMS is a list of device claims in JSON, which is parsed outside of what
 * is measured.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "policy/rego/rego.h"
#include "x509/ecdsa.h"

#define ROUNDS 31
#define REPEAT 32 /* of each thing in one timing */

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
        fprintf(stderr, "bench_policy: %s\n", err->text);
        exit(3);
    }
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

struct vector {
    struct ga_key *key;
    struct ga_signature sig;
    uint8_t digest[GA_SHA384_LEN];
};

static void
unhex(const char *hex, uint8_t *out)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; hex[0] != '\0'; hex += 2)
        *out++ = (uint8_t)((strchr(digits, hex[0]) - digits) << 4 |
                           (strchr(digits, hex[1]) - digits));
}

static double
bare(const struct vector *v)
{
    double start = now();
    int good = 0;

    for (int i = 0; i < REPEAT; i++)
        good += ga_ecdsa_verify(v->key, v->digest, &v->sig);
    if (good != REPEAT)
        exit(70);
    return (now() - start) / REPEAT;
}

static struct rego_policy *
load(const struct ga_rego_module *module)
{
    struct rego_policy *policy = NULL;
    struct ga_error err = { 0 };

    must(ga_rego_load(module, 1, NULL, &policy, NULL, &err), &err);
    return policy;
}

static double
loading(const struct ga_rego_module *module)
{
    double start = now();

    for (int i = 0; i < REPEAT; i++)
        ga_rego_free(load(module));
    return (now() - start) / REPEAT;
}

static double
asking(const struct rego_policy *policy, json_t *claims)
{
    double start = now();

    for (int i = 0; i < REPEAT; i++) {
        struct ga_rego_answer answer;
        struct ga_error err = { 0 };

        must(ga_rego_eval(policy, "data.policy.nv_match", claims, NULL, NULL, 0,
                          &answer, &err),
             &err);
        if (!ga_rego_true(&answer)) {
            fprintf(stderr, "bench_policy: the policy does not pass\n");
            exit(1);
        }
        ga_rego_answer_done(&answer);
    }
    return (now() - start) / REPEAT;
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median(double *values)
{
    qsort(values, ROUNDS, sizeof(double), by_value);
    return values[ROUNDS / 2];
}

static struct vector
vector(void)
{
    struct vector v;
    struct ga_error err = { 0 };
    uint8_t point[GA_POINT_LEN];

    unhex(point_hex, point);
    unhex(rs_hex, v.sig.rs);
    must(ga_key_of_point(ga_bytes_of(point, sizeof(point)), &v.key, &err),
         &err);
    if (!ga_sha384(ga_bytes_of("sample", 6), v.digest))
        exit(70);
    return v;
}

int
main(int argc, char **argv)
{
    double one[ROUNDS], l[ROUNDS], a[ROUNDS], l_ratio[ROUNDS], a_ratio[ROUNDS];
    GA_AUTO_BUF struct ga_buf text = { 0 }, json = { 0 };
    struct ga_rego_module module;
    struct rego_policy *policy;
    struct ga_error err = { 0 };
    struct vector v;
    json_t *claims = NULL;

    if (argc != 3) {
        fprintf(stderr, "usage: bench_policy POLICY CLAIMS\n");
        return 2;
    }
    must(ga_file_read(argv[1], GA_POLICY_MAX, &text, &err), &err);
    must(ga_file_read(argv[2], GA_EVIDENCE_MAX, &json, &err), &err);
    must(ga_json_parse(ga_view(&json), &claims, &err), &err);
    module = (struct ga_rego_module){ .name = argv[1], .text = ga_view(&text) };
    policy = load(&module);
    v = vector();
    for (int i = 0; i < ROUNDS; i++) {
        one[i] = bare(&v);
        l[i] = loading(&module);
        a[i] = asking(policy, claims);
        l_ratio[i] = l[i] / one[i];
        a_ratio[i] = a[i] / one[i];
    }
    printf("one bare verification      %.3f ms (median of %d)\n",
           median(one) * 1e3, ROUNDS);
    printf("loading                    %.3f ms (median)\n", median(l) * 1e3);
    printf("asking                     %.3f ms (median)\n", median(a) * 1e3);
    printf("loading over verification  %.3f (median; at most 2)\n",
           median(l_ratio));
    printf("asking over verification   %.3f (median; at most 0.5)\n",
           median(a_ratio));
    ga_rego_free(policy);
    ga_key_free(v.key);
    json_decref(claims);
    return 0;
}
