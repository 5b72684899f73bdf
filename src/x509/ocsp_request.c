/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP requests: one certificate, one nonce.  Source: rfc6960, 4.1 */
#include <openssl/evp.h>
#include <string.h>

#include "base/hex.h"
#include "x509/der.h"
#include "x509/ocsp_answer.h"
#include "x509/ocsp_request.h"

/* SHA-384, and nonce and serial number of full length, make 205. */
#define REQUEST_MAX 256

/* DER is written from its end to its start, so that every length is known when
 * its header is put before it. */
struct writer {
    uint8_t bytes[REQUEST_MAX];
    size_t at; /* first byte that is written */
    bool full;
};

static struct ga_bytes
written(const struct writer *w)
{
    return ga_bytes_of(w->bytes + w->at, sizeof(w->bytes) - w->at);
}

static void
put(struct writer *w, const void *value, size_t len)
{
    w->full = w->full || len > w->at;
    if (w->full || len == 0)
        return;
    w->at -= len;
    memcpy(w->bytes + w->at, value, len);
}

/* Puts the header of an element before everything that was written since
 * `end`, which is what written() had for its length. */
static void
wrap(struct writer *w, uint8_t tag, size_t end)
{
    size_t len = written(w).len - end;
    uint8_t header[3] = { tag, (uint8_t)len, 0 };

    /* Lengths from 128 on have an octet that counts theirs; one octet holds
     * all up to REQUEST_MAX - 1. */
    if (len < 0x80) {
        put(w, header, 2);
        return;
    }
    header[1] = 0x81;
    header[2] = (uint8_t)len;
    put(w, header, 3);
}

static void
element(struct writer *w, uint8_t tag, struct ga_bytes value)
{
    size_t end = written(w).len;

    put(w, value.ptr, value.len);
    wrap(w, tag, end);
}

/* requestExtensions with the nonce alone.  Source: rfc8954 */
static void
put_nonce(struct writer *w, struct ga_bytes nonce)
{
    /* id-pkix-ocsp-nonce */
    static const uint8_t oid[] = { 0x2b, 0x06, 0x01, 0x05, 0x05,
                                   0x07, 0x30, 0x01, 0x02 };

    if (nonce.len == 0)
        return;
    element(w, GA_DER_OCTET_STRING, nonce);
    wrap(w, GA_DER_OCTET_STRING, 0);
    element(w, GA_DER_OID, ga_bytes_of(oid, sizeof(oid)));
    wrap(w, GA_DER_SEQUENCE, 0); /* Extension */
    wrap(w, GA_DER_SEQUENCE, 0); /* Extensions */
    wrap(w, GA_DER_CONTEXT_CONS(2), 0);
}

/* What a CertID is made of. */
struct cert_id {
    struct ga_bytes oid; /* of the hash */
    uint8_t name_hash[EVP_MAX_MD_SIZE], key_hash[EVP_MAX_MD_SIZE];
    size_t hash_len;
    struct ga_bytes serial;
};

static void
put_cert_id(struct writer *w, const struct cert_id *id)
{
    size_t end = written(w).len, inner;

    element(w, GA_DER_INTEGER, id->serial);
    element(w, GA_DER_OCTET_STRING, ga_bytes_of(id->key_hash, id->hash_len));
    element(w, GA_DER_OCTET_STRING, ga_bytes_of(id->name_hash, id->hash_len));
    inner = written(w).len;
    element(w, GA_DER_NULL, ga_bytes_of(NULL, 0));
    element(w, GA_DER_OID, id->oid);
    wrap(w, GA_DER_SEQUENCE, inner);
    wrap(w, GA_DER_SEQUENCE, end);
}

static enum ga_rc
fill_cert_id(const struct ga_cert *cert, const struct ga_issuer *issuer,
             enum ga_ocsp_cert_id hash, struct cert_id *id,
             struct ga_error *err)
{
    static const char *const names[] = {
        [GA_OCSP_CERT_ID_SHA256] = "sha256",
        [GA_OCSP_CERT_ID_SHA1] = "sha1",
        [GA_OCSP_CERT_ID_SHA384] = "sha384",
    };
    size_t i = (size_t)hash;
    struct ga_ocsp_digest name, key;

    if (i >= sizeof(names) / sizeof(names[0]) || issuer->key == NULL)
        return ga_fail(err, GA_E_INVAL, "OCSP request: no such hash or no key");
    if (cert->serial.len < 1 || cert->serial.len > GA_SERIAL_MAX)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "OCSP request: serial number of %zu bytes, not 1 to %d",
                       cert->serial.len, GA_SERIAL_MAX);
    if (!ga_ocsp_hash_make(names[i], issuer->name, &name) ||
        !ga_ocsp_hash_make(names[i], ga_key_point(issuer->key), &key))
        return ga_fail(err, GA_E_INTERNAL, "OCSP request: %s fails", names[i]);
    id->oid = name.oid;
    id->hash_len = name.len;
    memcpy(id->name_hash, name.bytes, name.len);
    memcpy(id->key_hash, key.bytes, key.len);
    id->serial = cert->serial;
    return GA_OK;
}

static enum ga_rc
make_key(const struct cert_id *id, char key[65], struct ga_error *err)
{
    struct writer w = { .at = REQUEST_MAX };
    uint8_t digest[32];
    struct ga_bytes der;

    put_cert_id(&w, id);
    der = written(&w);
    if (w.full ||
        EVP_Digest(der.ptr, der.len, digest, NULL, EVP_sha256(), NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "OCSP request: no key");
    ga_hex(ga_bytes_of(digest, sizeof(digest)), key);
    return GA_OK;
}

enum ga_rc
ga_ocsp_request_make(const struct ga_cert *cert, const struct ga_issuer *issuer,
                     enum ga_ocsp_cert_id hash, struct ga_bytes nonce,
                     struct ga_ocsp_request *out, struct ga_error *err)
{
    struct writer w = { .at = REQUEST_MAX };
    struct cert_id id;
    size_t end;
    char key[65];
    enum ga_rc rc;

    if (nonce.len > GA_OCSP_NONCE_MAX)
        return ga_fail(err, GA_E_INVAL,
                       "OCSP request: nonce of %zu bytes, not 0 to %d",
                       nonce.len, GA_OCSP_NONCE_MAX);
    rc = fill_cert_id(cert, issuer, hash, &id, err);
    if (rc == GA_OK)
        rc = make_key(&id, key, err);
    if (rc != GA_OK)
        return rc;
    put_nonce(&w, nonce);
    end = written(&w).len;
    put_cert_id(&w, &id);
    wrap(&w, GA_DER_SEQUENCE, end); /* Request */
    wrap(&w, GA_DER_SEQUENCE, end); /* requestList */
    wrap(&w, GA_DER_SEQUENCE, 0);   /* TBSRequest */
    wrap(&w, GA_DER_SEQUENCE, 0);   /* OCSPRequest */
    if (w.full)
        return ga_fail(err, GA_E_INTERNAL, "OCSP request: above %d bytes",
                       REQUEST_MAX);
    rc = ga_buf_copy(written(&w), &out->der, err);
    if (rc == GA_OK)
        memcpy(out->key, key, sizeof(key));
    return rc;
}
