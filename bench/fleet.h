/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_FLEET_H
#define BENCH_FLEET_H

#include "bench/timing.h"
#include "gpuattest/gpuattest.h"
#include "sim/world.h"

/*
 * A fleet that the simulator makes, so that measuring needs no file from
 * elsewhere: GPUs of one model with the same authorities, firmware and RIMs, in
 * a temporary folder.
 */
struct fleet {
    struct sim_world *world;
    char dir[64];
};

void fleet_make(struct fleet *f, unsigned gpus);
/* The same, as of another time than the fleet's usual one. */
void fleet_make_at(struct fleet *f, unsigned gpus, int64_t at);
/* A whole board in protected PCIe mode; its contexts have its topology. */
void fleet_make_board(struct fleet *f);
void fleet_done(struct fleet *f);

/* fleet_context trusts the fleet's roots and uses its RIMs and answers.
 * `threads`: the setting; `ocsp` false: no-ocsp. */
struct ga_context *fleet_context(const struct fleet *f, const char *threads,
                                 bool ocsp);

/* fleet_evidence shows `count` devices from number `first` on, with the reports
 * as they stand in the world, or new ones for `nonce`, signed by the devices'
 * own keys. */
struct ga_evidence *fleet_evidence(struct fleet *f, size_t first, size_t count,
                                   const struct ga_nonce *nonce);

/* verify_timed verifies, ends the program unless the set is verified, and
 * returns seconds. */
double verify_timed(struct ga_context *ctx, const struct ga_evidence *evidence,
                    const struct ga_nonce *nonce);

#endif
