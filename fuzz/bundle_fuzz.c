/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_bundle_parse, ga_bundle_dates.  The digest of the index and those
 * in it are made right in a copy, so that what lies behind them is reached. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* docs/bundle.md. */
#define HEAD  24
#define FIXED 54 /* of a row of the index */

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static void
digest(const uint8_t *of, size_t len, uint8_t *to)
{
    must(EVP_Digest(of, len, to, NULL, EVP_sha256(), NULL) == 1);
}

/* Where the row at `at` ends, or 0: it does not fit. */
static size_t
row_end(const uint8_t *file, size_t size, size_t at)
{
    if (size - at < FIXED || size - at < FIXED + (size_t)file[at + 1])
        return 0;
    return at + FIXED + file[at + 1];
}

/* Rows whose contents fit get their digest, and so does the index. */
static void
seal(uint8_t *file, size_t size)
{
    size_t at = HEAD, data, end, count = file[20];

    for (size_t i = 0; i < count; i++) {
        at = row_end(file, size, at);
        if (at == 0 || size - at < 32)
            return;
    }
    data = at + 32;
    end = HEAD;
    for (size_t i = 0; i < count; i++) {
        size_t len;

        end = row_end(file, size, end);
        len = file[end - 36] | (size_t)file[end - 35] << 8;
        if (len > size - data)
            break;
        digest(file + data, len, file + end - 32);
        data += len;
    }
    digest(file, at, file + at);
}

static void
check_entry(const struct ga_bundle_view *v, const uint8_t *data)
{
    struct ga_error err = { 0 };
    int64_t from = -1, until = -1;
    uint8_t want[32];
    enum ga_rc rc = ga_bundle_dates(v, &from, &until, &err);

    digest(v->data, v->len, want);
    must(CRYPTO_memcmp(want, v->sha256, sizeof(want)) == 0);
    must(memcmp(v->data, data + v->offset, v->len) == 0);
    must(strstr(v->name, "../") == NULL || v->kind == GA_BUNDLE_JWKS);
    must(rc != GA_OK || (from >= 0 && until >= 0));
    must(rc == GA_OK || (err.code == rc && err.text[0] != '\0'));
}

/* What is read is what would be written, and nothing else. */
static void
check(const uint8_t *data, size_t size)
{
    struct ga_bundle *bundle = NULL;
    struct ga_bundle_view v;
    struct ga_error err = { 0 };
    void *again = NULL;
    size_t len = 0;
    enum ga_rc rc = ga_bundle_parse(data, size, &bundle, &err);

    if (rc != GA_OK) {
        must(err.code == rc && err.text[0] != '\0' && bundle == NULL);
        must(err.offset == GA_NO_OFFSET || err.offset <= size);
        return;
    }
    for (size_t i = 0; ga_bundle_get(bundle, i, &v); i++)
        check_entry(&v, data);
    must(ga_bundle_bytes(bundle, &again, &len, NULL) == GA_OK);
    must(len == size && memcmp(again, data, size) == 0);
    free(again);
    ga_bundle_free(bundle);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy;

    check(data, size);
    if (size < HEAD + 32)
        return 0;
    copy = malloc(size);
    must(copy != NULL);
    memcpy(copy, data, size);
    seal(copy, size);
    check(copy, size);
    free(copy);
    return 0;
}
