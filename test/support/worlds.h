/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_WORLDS_H
#define TEST_SUPPORT_WORLDS_H

#include "gpuattest/gpuattest.h"
#include "sim/world.h"

/*
 * A world of the simulator in a temporary folder, for tests that need evidence
 * that verifies, or that has one defect.  Seeded, so that a failing test fails
 * again.
 */
struct minted {
    struct sim_world *world;
    char dir[64];
};

/* mint makes a world of `gpus` and `switches` in mode ppcie where there are
 * switches, else spt, with the defects named (NULL-terminated; NULL: none). */
void mint(struct minted *m, unsigned gpus, unsigned switches,
          const char *const *defects);

/* mint_options does the same for options that the test has filled in. */
void mint_options(struct minted *m, const struct sim_options *o);

/* minted_done removes the folder. */
void minted_done(struct minted *m);

/* minted_settings makes settings that trust the world's roots, use its RIMs and
 * answers and stand at its time, and what its defects say of settings. */
struct ga_settings *minted_settings(const struct minted *m);

/* minted_verify verifies the world's evidence file with its nonce.  `settings`
 * is NULL or a list of name, value, ... on top of minted_settings(). */
struct ga_result *minted_verify(const struct minted *m,
                                const char *const *settings);

/* minted_path writes DIR/name to a buffer of the caller. */
void minted_path(const struct minted *m, const char *name, char *out,
                 size_t cap);

#endif
