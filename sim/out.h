/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_OUT_H
#define GA_SIM_OUT_H

#include "base/bytes.h"

/*
 * sim_out is memory that grows while something is written into it.  The first
 * allocation that fails marks it failed; later calls do nothing, so that a
 * writer asks once, in sim_out_take(), whether everything went well.
 * Use: SIM_AUTO_OUT struct sim_out o = { 0 };
 */
struct sim_out {
    uint8_t *ptr;
    size_t len, cap;
    bool failed;
};

#define SIM_AUTO_OUT __attribute__((cleanup(sim_out_done)))

void sim_out_done(struct sim_out *o);

void sim_put(struct sim_out *o, const void *bytes, size_t n);
void sim_put_bytes(struct sim_out *o, struct ga_bytes bytes);
void sim_put_zeros(struct sim_out *o, size_t n);
void sim_put_u8(struct sim_out *o, unsigned v);
/* Little-endian, as SPDM has them (DSP0274 1.1). */
void sim_put_u16(struct sim_out *o, unsigned v);
void sim_put_u24(struct sim_out *o, unsigned v);
void sim_put_u32(struct sim_out *o, unsigned v);
void sim_put_text(struct sim_out *o, const char *text);
void sim_put_format(struct sim_out *o, const char *fmt, ...) GA_PRINTF(2, 3);
void sim_put_hex(struct sim_out *o, struct ga_bytes in);
/* Base64 in lines of `width` characters, 0: one line; no newline at the end. */
void sim_put_base64(struct sim_out *o, struct ga_bytes in, size_t width);

/* sim_insert moves what stands from `at` on and puts bytes there. */
void sim_insert(struct sim_out *o, size_t at, const void *bytes, size_t n);

static inline struct ga_bytes
sim_out_view(const struct sim_out *o)
{
    return ga_bytes_of(o->ptr, o->len);
}

/* sim_out_take hands the memory to `out`, with a NUL behind it that is not
 * counted.  Errors: GA_E_NOMEM. */
GA_MUST_USE enum ga_rc sim_out_take(struct sim_out *o, struct ga_buf *out,
                                    struct ga_error *err);

#endif
