/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* mkstemp */
#include "support/test.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "support/token_maker.h"

static char *
spki_hex(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    char *hex;

    assert_true(n > 0);
    hex = malloc(2 * (size_t)n + 1);
    assert_non_null(hex);
    ga_hex(ga_bytes_of(der, (size_t)n), hex);
    OPENSSL_free(der);
    return hex;
}

void
made_authority_init(struct made_authority *a, const char *subject, bool rsa)
{
    memset(a, 0, sizeof(*a));
    a->key = made_key_new();
    if (rsa) {
        a->rsa = EVP_RSA_gen(2048);
        assert_non_null(a->rsa);
        a->rsa_spki = spki_hex(a->rsa);
    }
    a->spec = (struct made_spec){ .version = 2,
                                  .subject = subject,
                                  .issuer = "CN=an authority nobody shows",
                                  .not_before = "200101000000Z",
                                  .not_after = "491231235959Z",
                                  .key = a->key,
                                  .signer = a->key,
                                  .spki = a->rsa_spki };
    made_serial_of_key(&a->spec);
    made_extend(&a->spec, OID_BASIC_CONSTRAINTS, true, BC_CA);
    made_extend(&a->spec, OID_KEY_USAGE, true, KU_CERT);
}

void
made_authority_done(struct made_authority *a)
{
    made_key_free(a->key);
    EVP_PKEY_free(a->rsa);
    free(a->rsa_spki);
}

struct made_spec
made_leaf(const struct made_authority *a, const char *subject,
          const struct made_key *key)
{
    struct made_spec leaf = { .version = 2,
                              .subject = subject,
                              .issuer = a->spec.subject,
                              .not_before = "200101000000Z",
                              .not_after = "491231235959Z",
                              .key = key,
                              .signer = a->key,
                              .rsa_signer = a->rsa };

    if (a->rsa != NULL)
        leaf.inner = leaf.outer = SHA256_WITH_RSA;
    made_serial_of_key(&leaf);
    made_extend(&leaf, OID_KEY_USAGE, true, KU_SIGN);
    return leaf;
}

static void
write_cert(BIO *to, const struct made_spec *spec)
{
    struct der der = made_der(spec);
    struct ga_buf block =
        made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));

    assert_int_equal(BIO_write(to, block.ptr, (int)block.len), (int)block.len);
    ga_buf_done(&block);
}

struct ga_signer *
made_signer(const struct made_key *key, const struct made_spec *certs,
            size_t count)
{
    struct ga_error err = { 0 };
    struct ga_signer *signer = NULL;
    BIO *to = BIO_new(BIO_s_mem());
    char *pem = NULL;
    long n;

    assert_non_null(to);
    assert_int_equal(
        PEM_write_bio_PrivateKey(to, key->pkey, NULL, NULL, 0, NULL, NULL), 1);
    for (size_t i = 0; i < count; i++)
        write_cert(to, &certs[i]);
    n = BIO_get_mem_data(to, &pem);
    if (ga_signer_parse(pem, (size_t)n, &signer, &err) != GA_OK)
        fail_msg("%s", err.text);
    BIO_free(to);
    return signer;
}

struct ga_signer *
made_token_signer(const struct made_authority *a, const char *subject)
{
    struct made_key *key = made_key_new();
    const struct made_spec certs[] = { made_leaf(a, subject, key), a->spec };
    struct ga_signer *signer = made_signer(key, certs, COUNT(certs));

    made_key_free(key);
    return signer;
}

char *
made_file(struct ga_bytes bytes)
{
    char *path = strdup("/tmp/gpuattest-file-XXXXXX");
    int fd;

    assert_non_null(path);
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    close(fd);
    return path;
}
