/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, medians, counted allocations, and the bare verification that all
 * else is compared with. */
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/timing.h"
#include "x509/ecdsa.h"

void
die(const char *why)
{
    fprintf(stderr, "bench: %s\n", why);
    exit(3);
}

void
must(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK)
        die(err->text);
}

static double
clock_of(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
now(void)
{
    return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

double
wall(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void
sort_doubles(double *x, size_t n)
{
    qsort(x, n, sizeof(*x), by_value);
}

double
median_of(double *x, size_t n)
{
    sort_doubles(x, n);
    return x[n / 2];
}

static uint64_t own, crypto;

/* The linker's --wrap sends the verifier's calls here.  What the C library
 * allocates for itself (strdup) comes by its own name. */
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__wrap_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
char *__wrap_strndup(const char *s, size_t n);

static void
count(uint64_t *counter)
{
    __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

void *
__wrap_malloc(size_t n)
{
    count(&own);
    return __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    count(&own);
    return __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
    count(&own);
    return __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
    count(&own);
    return __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
    count(&own);
    return __real_strndup(s, n);
}

static void *
crypto_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    count(&crypto);
    return __real_malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    count(&crypto);
    return __real_realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

void
allocs_init(void)
{
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) !=
        1)
        die("libcrypto has allocated already");
}

struct allocs
allocs_now(void)
{
    return (struct allocs){ __atomic_load_n(&own, __ATOMIC_RELAXED),
                            __atomic_load_n(&crypto, __ATOMIC_RELAXED) };
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

static struct ga_key *key;
static struct ga_signature sig;
static uint8_t digest[GA_SHA384_LEN];

static void
unhex(const char *hex, uint8_t *out)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; hex[0] != '\0'; hex += 2)
        *out++ = (uint8_t)((strchr(digits, hex[0]) - digits) << 4 |
                           (strchr(digits, hex[1]) - digits));
}

void
bare_init(void)
{
    uint8_t point[GA_POINT_LEN];
    struct ga_error err = { 0 };

    unhex(point_hex, point);
    unhex(rs_hex, sig.rs);
    must(ga_key_of_point(ga_bytes_of(point, sizeof(point)), &key, &err), &err);
    if (!ga_sha384(ga_bytes_of("sample", 6), digest))
        die("SHA-384 failed");
}

void
bare_done(void)
{
    ga_key_free(key);
}

static void *
verify_some(void *unused)
{
    int good = 0;

    (void)unused;
    for (int i = 0; i < BARE; i++)
        good += ga_ecdsa_verify(key, digest, &sig);
    if (good != BARE)
        die("the test vector does not verify");
    return NULL;
}

double
bare(void)
{
    double start = now();

    verify_some(NULL);
    return (now() - start) / BARE;
}

double
bare_twice(void)
{
    double start = wall();
    pthread_t other;

    if (pthread_create(&other, NULL, verify_some, NULL) != 0)
        die("no thread");
    verify_some(NULL);
    pthread_join(other, NULL);
    return (wall() - start) / (2 * BARE);
}
