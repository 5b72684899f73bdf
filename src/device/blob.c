/* SPDX-License-Identifier: Apache-2.0 */
/* From a library's buffers to an item of the evidence. */
#include <string.h>

#include "device/blob.h"
#include "gpuattest/nonce.h"

static enum ga_rc
check_size(const struct ga_device_blob *blob, const char *what,
           struct ga_error *err)
{
    if (blob->size >= 1 && blob->size <= blob->cap)
        return GA_OK;
    return ga_fail(err, GA_E_BAD_VALUE, "%s: %s of %zu bytes, not 1 to %zu",
                   blob->from, what, blob->size, blob->cap);
}

enum ga_rc
ga_device_report(const struct ga_device_blob *blob, struct ga_buf *out,
                 struct ga_error *err)
{
    enum ga_rc rc = check_size(blob, "report", err);

    if (rc != GA_OK)
        return rc;
    return ga_buf_copy(ga_bytes_of(blob->buffer, blob->size), out, err);
}

enum ga_rc
ga_device_chain(const struct ga_device_blob *blob, struct ga_buf *out,
                struct ga_error *err)
{
    enum ga_rc rc = check_size(blob, "chain", err);
    size_t n = blob->size;

    if (rc != GA_OK)
        return rc;
    while (n > 0 && blob->buffer[n - 1] == '\0')
        n--;
    if (n == 0)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: chain of NULs alone",
                       blob->from);
    return ga_buf_copy(ga_bytes_of(blob->buffer, n), out, err);
}

enum ga_rc
ga_device_words(const struct ga_device_words *words, struct ga_item *item,
                struct ga_error *err)
{
    char digits[2 * GA_NONCE_LEN + 1];

    ga_nonce_text(words->nonce, digits);
    item->arch = strdup(words->arch);
    item->nonce = strdup(digits);
    item->source = strdup(words->source);
    if (item->arch == NULL || item->nonce == NULL || item->source == NULL)
        return ga_nomem(err);
    return GA_OK;
}
