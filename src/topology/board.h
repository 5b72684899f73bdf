/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOPOLOGY_BOARD_H
#define GA_TOPOLOGY_BOARD_H

#include "base/bytes.h"
#include "gpuattest/topology.h"

/* A board that owns its texts. */
struct ga_board_copy {
    struct ga_board board;
    char name[64], gpu_arch[16], switch_arch[16];
};

/* ga_board_copy copies one that ga_board_check() accepts.  A copy points into
 * itself: it is made again, not assigned. */
void ga_board_copy(const struct ga_board *board, struct ga_board_copy *out);

/*
 * ga_board_parse reads a board from JSON:
 *
 *     {"name":"hgx-hopper","gpus":8,"switches":4,"gpu_arch":"HOPPER",
 *      "switch_arch":"LS10"}
 *
 * The two architectures may be left out; other members are refused.  Errors of
 * ga_json_parse() and ga_board_check(), GA_E_MISSING.
 */
GA_MUST_USE enum ga_rc ga_board_parse(struct ga_bytes json,
                                      struct ga_board_copy *out,
                                      struct ga_error *err);

/* ga_board_load takes the name of a built-in board, or reads a file. */
GA_MUST_USE enum ga_rc ga_board_load(const char *word,
                                     struct ga_board_copy *out,
                                     struct ga_error *err);

#endif
