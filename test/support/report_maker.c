/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"
#include "support/report_maker.h"

struct ga_buf
make_report(unsigned blocks, const char *opaque_hex)
{
    struct ga_buf opaque = unhex(opaque_hex), b = { 0 };
    size_t record = (size_t)blocks * REPORT_BLOCK_LEN;
    uint8_t *p;

    b.len = 37 + 8 + record + 32 + 2 + opaque.len + 96;
    b.ptr = calloc(1, b.len);
    assert_non_null(b.ptr);
    p = b.ptr;
    memcpy(p, "\x11\xe0\x01\xff", 4);
    for (unsigned i = 0; i < 32; i++)
        p[4 + i] = (uint8_t)i;
    p += 37;
    memcpy(p, "\x11\x60", 2);
    p[4] = (uint8_t)blocks;
    p[5] = (uint8_t)record;
    p[6] = (uint8_t)(record >> 8);
    p += 8;
    for (unsigned i = 1; i <= blocks; i++, p += REPORT_BLOCK_LEN) {
        memcpy(p, "\x00\x01\x33\x00\x01\x30\x00", 7);
        p[0] = (uint8_t)i;
        memset(p + 7, (int)i, 48);
    }
    p += 32; /* response nonce */
    p[0] = (uint8_t)opaque.len;
    p[1] = (uint8_t)(opaque.len >> 8);
    memcpy(p + 2, opaque.ptr, opaque.len);
    memset(p + 2 + opaque.len, 0xee, 96);
    ga_buf_done(&opaque);
    return b;
}
