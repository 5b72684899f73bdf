/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_BLOB_H
#define GA_DEVICE_BLOB_H

#include "base/bytes.h"
#include "evidence/evidence.h"

/* Bytes that a library says it wrote, and where. */
struct ga_device_blob {
    const uint8_t *buffer;
    size_t size;      /* the library's word */
    size_t cap;       /* the buffer's own size */
    const char *from; /* "library: symbol", for messages */
};

/* ga_device_report copies a report; GA_E_BAD_VALUE unless its size is 1 to that
 * of the buffer. */
GA_MUST_USE enum ga_rc ga_device_report(const struct ga_device_blob *blob,
                                        struct ga_buf *out,
                                        struct ga_error *err);

/* ga_device_chain does the same for a chain, without the NULs behind it, and
 * wants a byte to be left. */
GA_MUST_USE enum ga_rc ga_device_chain(const struct ga_device_blob *blob,
                                       struct ga_buf *out,
                                       struct ga_error *err);

/* What goes into an item of the evidence beside its bytes. */
struct ga_device_words {
    const char *arch;
    const struct ga_nonce *nonce;
    const char *source;
};

/* ga_device_words copies them; `item` owns the copies, whatever comes back. */
GA_MUST_USE enum ga_rc ga_device_words(const struct ga_device_words *words,
                                       struct ga_item *item,
                                       struct ga_error *err);

#endif
