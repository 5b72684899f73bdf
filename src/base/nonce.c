/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces: made, read and written. */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/hex.h"
#include "gpuattest/nonce.h"

enum ga_rc
ga_nonce_random(struct ga_nonce *out, struct ga_error *err)
{
    struct ga_nonce nonce;

    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "nonce: nowhere to put it");
    if (RAND_bytes(nonce.bytes, sizeof(nonce.bytes)) != 1)
        return ga_fail(err, GA_E_INTERNAL,
                       "nonce: the system has no random bytes");
    *out = nonce;
    return GA_OK;
}

enum ga_rc
ga_nonce_parse(const char *text, struct ga_nonce *out, struct ga_error *err)
{
    const char *digits = text;

    if (text == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nonce: none given");
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        digits += 2;
    if (!ga_unhex(digits, strlen(digits), out->bytes, sizeof(out->bytes)))
        return ga_fail(err, GA_E_INVAL, "nonce: \"%s\" is not 64 hex digits",
                       text);
    return GA_OK;
}

void
ga_nonce_text(const struct ga_nonce *nonce, char out[2 * GA_NONCE_LEN + 1])
{
    ga_hex(ga_bytes_of(nonce->bytes, sizeof(nonce->bytes)), out);
}

/* What is hashed before the file, its NUL included: no other use of SHA-256
 * over the same bytes comes to the same nonce. */
#define BIND_TAG "gpuattest nonce bind v1"

typedef FILE file;
static void
close_file(FILE *f)
{
    if (f != NULL && f != stdin)
        fclose(f);
}
GA_DEFINE_AUTO(file, close_file);
GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);

/* Hashes all that `f` has; `*any` says whether that was anything. */
static enum ga_rc
hash_file(EVP_MD_CTX *md, FILE *f, const char *path, bool *any,
          struct ga_error *err)
{
    uint8_t block[16 * 1024];
    size_t n;

    while ((n = fread(block, 1, sizeof(block), f)) > 0) {
        *any = true;
        if (EVP_DigestUpdate(md, block, n) != 1)
            return ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
    }
    if (ferror(f))
        return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
    return GA_OK;
}

enum ga_rc
ga_nonce_bind(const char *path, struct ga_nonce *out, struct ga_error *err)
{
    GA_AUTO(EVP_MD_CTX) *md = NULL;
    GA_AUTO(file) *f = NULL;
    struct ga_nonce nonce;
    bool any = false;
    enum ga_rc rc;

    if (path == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nonce: nothing to bind");
    f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (f == NULL)
        return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
    md = EVP_MD_CTX_new();
    if (md == NULL)
        return ga_nomem(err);
    if (EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(md, BIND_TAG, sizeof(BIND_TAG)) != 1)
        return ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
    rc = hash_file(md, f, path, &any, err);
    if (rc != GA_OK)
        return rc;
    if (!any)
        return ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (EVP_DigestFinal_ex(md, nonce.bytes, NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
    *out = nonce;
    return GA_OK;
}
