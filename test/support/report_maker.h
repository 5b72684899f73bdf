/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_REPORT_MAKER_H
#define TEST_SUPPORT_REPORT_MAKER_H

#include "base/bytes.h"

/*
 * make_report builds an unsigned report of `blocks` blocks, block i filled with
 * the byte i, and the opaque data given as hex ("type size value", as on the
 * wire).  The nonce is 00 01 .. 1f, the signature 96 bytes of 0xee.  Memory is
 * exact; the caller releases it with ga_buf_done().
 */
struct ga_buf make_report(unsigned blocks, const char *opaque_hex);

/* Offsets in what make_report() makes. */
#define REPORT_RESPONSE  37
#define REPORT_RECORD    45
#define REPORT_BLOCK_LEN 55

#endif
