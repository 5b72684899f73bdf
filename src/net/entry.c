/* SPDX-License-Identifier: Apache-2.0 */
/* Cached answers as files. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/reader.h"
#include "net/entry.h"

GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);

#define MAGIC     "GPUATTC\x01"
#define MAGIC_LEN 8
#define NONCE_MAX 32
/* Everything before the digest. */
#define SUMMED_LEN (GA_ENTRY_HEAD - 32)

static bool
sha256_of(const struct ga_bytes *parts, size_t count, uint8_t out[32])
{
    GA_AUTO(EVP_MD_CTX) *md = EVP_MD_CTX_new();

    if (md == NULL || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
        return false;
    for (size_t i = 0; i < count; i++)
        if (EVP_DigestUpdate(md, parts[i].ptr, parts[i].len) != 1)
            return false;
    return EVP_DigestFinal_ex(md, out, NULL) == 1;
}

bool
ga_entry_name_of(enum ga_fetch_kind kind, const char *url, struct ga_bytes key,
                 bool with_nonce, struct ga_entry_name *out)
{
    /* The NUL behind the URL keeps it apart from the key. */
    const uint8_t head[2] = { (uint8_t)kind, with_nonce };
    const struct ga_bytes parts[] = { { head, sizeof(head) },
                                      { (const uint8_t *)url, strlen(url) + 1 },
                                      key };

    return sha256_of(parts, sizeof(parts) / sizeof(parts[0]), out->bytes);
}

static void
put_le(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

enum ga_rc
ga_entry_write(const struct ga_entry_name *name, const struct ga_entry *entry,
               struct ga_buf *out, struct ga_error *err)
{
    size_t len = GA_ENTRY_HEAD + entry->body.len;
    const struct ga_bytes body = entry->body;
    struct ga_bytes parts[2];
    uint8_t *file;

    if (body.len > GA_CACHE_BODY_MAX || entry->nonce.len > NONCE_MAX ||
        entry->fetched < 0)
        return ga_fail(err, GA_E_INVAL, "cache: answer above its bounds");
    file = calloc(1, len);
    if (file == NULL)
        return ga_nomem(err);
    memcpy(file, MAGIC, MAGIC_LEN);
    put_le(file + 8, (uint64_t)entry->fetched, 8);
    memcpy(file + 16, name->bytes, GA_ENTRY_NAME);
    file[48] = (uint8_t)entry->nonce.len;
    if (entry->nonce.len > 0)
        memcpy(file + 49, entry->nonce.ptr, entry->nonce.len);
    put_le(file + 81, body.len, 4);
    if (body.len > 0)
        memcpy(file + GA_ENTRY_HEAD, body.ptr, body.len);
    parts[0] = ga_bytes_of(file, SUMMED_LEN);
    parts[1] = body;
    if (!sha256_of(parts, 2, file + SUMMED_LEN)) {
        free(file);
        return ga_fail(err, GA_E_INTERNAL, "cache: no digest");
    }
    *out = (struct ga_buf){ .ptr = file, .len = len };
    return GA_OK;
}

/* The fields as they stand in the file. */
struct head {
    struct ga_bytes magic, name, nonce, digest, body;
    uint64_t fetched;
    uint8_t nonce_len;
    uint32_t len;
};

static enum ga_rc
read_head(struct ga_reader *r, struct head *h, struct ga_error *err)
{
    if (!ga_read_bytes(r, "magic", MAGIC_LEN, &h->magic) ||
        !ga_read_u64le(r, "fetched", &h->fetched) ||
        !ga_read_bytes(r, "name", GA_ENTRY_NAME, &h->name) ||
        !ga_read_u8(r, "nonce length", &h->nonce_len) ||
        !ga_read_bytes(r, "nonce", NONCE_MAX, &h->nonce) ||
        !ga_read_u32le(r, "length", &h->len) ||
        !ga_read_bytes(r, "digest", 32, &h->digest) ||
        !ga_read_bytes(r, "body", h->len, &h->body))
        return ga_reader_error(r, err);
    return ga_reader_done(r, err);
}

static enum ga_rc
check_digest(struct ga_bytes file, const struct head *h, struct ga_error *err)
{
    const struct ga_bytes parts[] = { { file.ptr, SUMMED_LEN }, h->body };
    uint8_t digest[32];

    if (!sha256_of(parts, 2, digest))
        return ga_fail(err, GA_E_INTERNAL, "no digest");
    if (!ga_bytes_equal(ga_bytes_of(digest, sizeof(digest)), h->digest))
        return ga_fail(err, GA_E_BAD_VALUE, "digest differs");
    return GA_OK;
}

enum ga_rc
ga_entry_read(struct ga_bytes file, const struct ga_entry_name *name,
              struct ga_entry *out, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(file);
    struct head h = { 0 };
    enum ga_rc rc = read_head(&r, &h, err);

    if (rc == GA_OK)
        rc = check_digest(file, &h, err);
    if (rc == GA_OK && !ga_bytes_equal(h.magic, ga_bytes_of(MAGIC, MAGIC_LEN)))
        rc = ga_fail(err, GA_E_BAD_VALUE, "another magic or version");
    if (rc == GA_OK &&
        !ga_bytes_equal(h.name, ga_bytes_of(name->bytes, GA_ENTRY_NAME)))
        rc = ga_fail(err, GA_E_BAD_VALUE, "answer to another question");
    if (rc == GA_OK && (h.nonce_len > NONCE_MAX || h.fetched > INT64_MAX ||
                        h.len > GA_CACHE_BODY_MAX))
        rc = ga_fail(err, GA_E_BAD_VALUE, "field above its bound");
    if (rc != GA_OK)
        return ga_within(err, rc, "cache");
    *out = (struct ga_entry){ .fetched = (int64_t)h.fetched,
                              .nonce = { h.nonce.ptr, h.nonce_len },
                              .body = h.body };
    return GA_OK;
}
