/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_entry_read.  The digest is made right in a copy, so that what lies
 * behind it is reached. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "net/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where name and digest lie; see net/entry.h. */
#define NAME_AT   16
#define DIGEST_AT 85

static void
seal(uint8_t *file, size_t size)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    require(md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
            EVP_DigestUpdate(md, file, DIGEST_AT) == 1 &&
            EVP_DigestUpdate(md, file + GA_ENTRY_HEAD, size - GA_ENTRY_HEAD) ==
                1 &&
            EVP_DigestFinal_ex(md, file + DIGEST_AT, NULL) == 1);
    EVP_MD_CTX_free(md);
}

/* What is read is what would be written, and nothing else. */
static void
check(struct ga_bytes file, const struct ga_entry_name *name)
{
    struct ga_entry entry = { 0 };
    struct ga_buf again = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_entry_read(file, name, &entry, &err);

    if (rc != GA_OK) {
        require(err.code == rc && err.text[0] != '\0' &&
                entry.body.ptr == NULL);
        require(err.offset == GA_NO_OFFSET || err.offset <= file.len);
        return;
    }
    require(entry.body.len + GA_ENTRY_HEAD == file.len);
    require(entry.nonce.len <= 32 && entry.fetched >= 0);
    require(ga_entry_write(name, &entry, &again, NULL) == GA_OK);
    require(ga_bytes_equal(ga_view(&again), file));
    ga_buf_done(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_entry_name name = { { 0 } };
    uint8_t *copy;

    check(ga_bytes_of(data, size), &name);
    if (size < GA_ENTRY_HEAD)
        return 0;
    memcpy(name.bytes, data + NAME_AT, sizeof(name.bytes));
    check(ga_bytes_of(data, size), &name);
    copy = malloc(size);
    require(copy != NULL);
    memcpy(copy, data, size);
    seal(copy, size);
    check(ga_bytes_of(copy, size), &name);
    free(copy);
    return 0;
}
