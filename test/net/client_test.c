/* SPDX-License-Identifier: Apache-2.0 */
/* A client that cannot be made, one that speaks TLS, and the memory cache. */
#define _GNU_SOURCE /* mkdtemp */
#include "net/scene.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "gpuattest/version.h"

static struct bad {
    const char *name, *setting, *value;
    enum ga_rc rc;
    const char *text;
} bads[] = {
    { "RIM service without TLS", "rim-url", "http://h", GA_E_INVAL,
      "rim-url: \"http://h\" is not https" },
    { "responder without TLS", "ocsp-url", "http://h", GA_E_INVAL,
      "ocsp-url: \"http://h\" is not https" },
    { "no time", "timeout", "0s", GA_E_INVAL, "timeout: 0 s, not 1 to 3600" },
    { "more than an hour", "timeout", "3601s", GA_E_INVAL,
      "timeout: 3601 s, not 1 to 3600" },
    { "no such file", "tls-ca-cert", "/nowhere", GA_E_FILE,
      "tls-ca-cert: /nowhere: no file that can be read" },
    { "a directory", "tls-ca-cert", "/", GA_E_FILE,
      "tls-ca-cert: /: no file that can be read" },
    { "a file without certificates", "tls-ca-cert", "/proc/self/status",
      GA_E_SYNTAX, "tls-ca-cert: /proc/self/status: no certificate in PEM" },
    { "no such directory", "tls-ca-path", "/nowhere", GA_E_FILE,
      "tls-ca-path: /nowhere: no directory that can be read" },
    { "a file", "tls-ca-path", "/dev/null", GA_E_FILE,
      "tls-ca-path: /dev/null: no directory that can be read" },
    { "no cache directory", "cache-dir", "/dev/null/x", GA_E_FILE,
      "cache-dir: /dev/null/x: Not a directory" },
};

static void
is_not_made(void **state)
{
    const struct bad *b = *state;
    struct ga_settings *set = NULL;
    struct ga_net *net = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(
        ga_settings_set(set, "no-cache",
                        strcmp(b->setting, "cache-dir") == 0 ? "false" : "true",
                        NULL),
        GA_OK);
    assert_int_equal(ga_settings_set(set, b->setting, b->value, NULL), GA_OK);
    assert_int_equal(ga_net_new(set, &net, &err), b->rc);
    assert_string_equal(err.text, b->text);
    assert_null(net);
    ga_settings_free(set);
}

/* The two libraries can be installed apart. */
static void
needs_the_library_of_its_own_version(void **state)
{
    struct ga_settings *set = NULL;
    struct ga_net *net = NULL;
    struct ga_error err = { 0 };
    char text[160];

    (void)state;
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "no-cache", "true", NULL), GA_OK);
    set->version = 0x000263;
    assert_int_equal(ga_net_new(set, &net, &err), GA_E_UNREACHABLE);
    snprintf(text, sizeof(text),
             "libgpuattest-net is of version %s, and libgpuattest of 0.2.99: "
             "both must be of one version",
             ga_version());
    assert_string_equal(err.text, text);
    assert_null(net);
    ga_settings_free(set);
}

static void
has_defaults(void **state)
{
    char dir[] = "/tmp/ga-home-XXXXXX";
    struct ga_net *net = NULL;

    (void)state;
    assert_non_null(mkdtemp(dir));
    setenv("XDG_CACHE_HOME", dir, 1);
    assert_int_equal(ga_net_new(NULL, &net, NULL), GA_OK);
    assert_string_equal(net->rim.text, "https://rim.attestation.nvidia.com");
    assert_string_equal(net->ocsp.text, "https://ocsp.ndis.nvidia.com/");
    assert_int_equal(net->ocsp_age, 3600);
    ga_net_free(net);
    ga_net_free(NULL);
    unsetenv("XDG_CACHE_HOME");
    remove_all(dir);
}

/* A certificate of its own issuing for `host`, and its key, as PEM. */
static void
write_certificate(const char *path, const char *host)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    X509_EXTENSION *san =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, host);
    FILE *f = fopen(path, "w");

    assert_true(f != NULL && key != NULL && san != NULL);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_set_pubkey(x, key);
    X509_add_ext(x, san, -1);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(f, x), 1);
    assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL),
                     1);
    fclose(f);
    X509_EXTENSION_free(san);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void
answer_nothing(void *user, const struct request *in, struct response *out)
{
    (void)user;
    (void)in;
    out->status = 404;
}

static struct trust {
    const char *name, *names; /* of the certificate */
    bool trusted;
    enum ga_rc rc;
    const char *text; /* part of it */
} trusts[] = {
    { "the authority that was named", "IP:127.0.0.1", true, GA_E_MISSING,
      "HTTP 404 (not there), tried once" },
    { "no authority that the system knows", "IP:127.0.0.1", false,
      GA_E_UNREACHABLE, "self-signed certificate, tried once" },
    { "another host's certificate", "IP:127.0.0.2", true, GA_E_UNREACHABLE,
      "no alternative certificate subject name matches target host name "
      "'127.0.0.1', tried once" },
};

/* The same with the certificates of a directory, which is empty: the system's
 * do not come in by the back door, and neither does our file. */
static void
trusts_whom_it_is_told_to(void **state)
{
    const struct trust *t = *state;
    char dir[] = "/tmp/ga-tls-XXXXXX", pem[64], url[64];
    struct ga_settings *set = NULL;
    struct ga_fetch_item item = rim_item("NV_A");
    struct ga_net *net = NULL;
    struct server *server;

    assert_non_null(mkdtemp(dir));
    snprintf(pem, sizeof(pem), "%s/server.pem", dir);
    write_certificate(pem, t->names);
    server = server_start_tls(answer_nothing, NULL, pem);
    snprintf(url, sizeof(url), "https://127.0.0.1:%u", server_port(server));
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "rim-url", url, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "no-cache", "true", NULL), GA_OK);
    if (t->trusted)
        assert_int_equal(ga_settings_set(set, "tls-ca-cert", pem, NULL), GA_OK);
    else
        assert_int_equal(ga_settings_set(set, "tls-ca-path", dir, NULL), GA_OK);
    assert_int_equal(ga_net_new(set, &net, NULL), GA_OK);
    assert_int_equal(ga_net_fetch(net, &item, 1, NULL), GA_OK);
    if (strstr(item.text, t->text) == NULL)
        fail_msg("%s", item.text);
    assert_int_equal(item.rc, t->rc);
    ga_net_free(net);
    ga_settings_free(set);
    server_stop(server);
    remove_all(dir);
}

static void
put(struct ga_cache *cache, unsigned n, size_t len)
{
    static uint8_t bytes[GA_CACHE_BODY_MAX];
    struct ga_entry entry = { .fetched = 100, .body = { bytes, len } };
    struct ga_entry_name name = { .bytes = { (uint8_t)n, (uint8_t)(n >> 8) } };

    ga_cache_put(cache, &name, &entry, "source");
}

static bool
has(struct ga_cache *cache, unsigned n, size_t len)
{
    struct ga_cache_want want = { .now = 100, .max_age = 1, .max = SIZE_MAX };
    struct ga_entry_name name = { .bytes = { (uint8_t)n, (uint8_t)(n >> 8) } };
    struct ga_cached out;

    if (!ga_cache_get(cache, &name, &want, &out))
        return false;
    assert_int_equal(out.body.len, len);
    assert_string_equal(out.source, "source");
    ga_buf_done(&out.body);
    return true;
}

static void
bounds_the_number_of_entries(void **state)
{
    struct ga_cache *cache = NULL;

    (void)state;
    assert_int_equal(ga_cache_new(NULL, &cache, NULL), GA_OK);
    for (unsigned i = 0; i < GA_CACHE_ENTRIES_MAX; i++)
        put(cache, i, 3);
    assert_true(has(cache, 0, 3));
    put(cache, GA_CACHE_ENTRIES_MAX, 3);
    assert_false(has(cache, 0, 3));
    assert_true(has(cache, 1, 3));
    assert_true(has(cache, GA_CACHE_ENTRIES_MAX, 3));
    /* What is replaced makes no other go, and is young again. */
    put(cache, 1, 5);
    assert_true(has(cache, 2, 3));
    put(cache, 5000, 3);
    assert_false(has(cache, 2, 3));
    assert_true(has(cache, 1, 5));
    ga_cache_free(cache);
}

static void
bounds_the_bytes(void **state)
{
    enum { FULL = GA_CACHE_BYTES_MAX / GA_CACHE_BODY_MAX };
    struct ga_cache *cache = NULL;

    (void)state;
    assert_int_equal(ga_cache_new(NULL, &cache, NULL), GA_OK);
    for (unsigned i = 0; i < FULL; i++)
        put(cache, i, GA_CACHE_BODY_MAX);
    assert_true(has(cache, 0, GA_CACHE_BODY_MAX));
    put(cache, 999, 1);
    assert_false(has(cache, 0, GA_CACHE_BODY_MAX));
    assert_true(has(cache, 1, GA_CACHE_BODY_MAX));
    put(cache, 1000, 1);
    assert_true(has(cache, 1, GA_CACHE_BODY_MAX));
    ga_cache_free(cache);
}

#define ROWS(table, function)                                 \
    for (size_t i = 0; i < COUNT(table); i++)                 \
        rows[n++] = (struct CMUnitTest)                       \
        {                                                     \
            .name = (table)[i].name, .test_func = (function), \
            .initial_state = &(table)[i]                      \
        }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults),
        cmocka_unit_test(needs_the_library_of_its_own_version),
        cmocka_unit_test(bounds_the_number_of_entries),
        cmocka_unit_test(bounds_the_bytes),
    };
    struct CMUnitTest rows[COUNT(bads) + COUNT(trusts)];
    size_t n = 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    ROWS(bads, is_not_made);
    ROWS(trusts, trusts_whom_it_is_told_to);
    return failed + cmocka_run_group_tests_name("clients", rows, NULL, NULL);
}
