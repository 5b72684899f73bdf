/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_TOPOLOGY_H
#define GPUATTEST_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"
#include "gpuattest/report.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How the GPUs and NVSwitches of a board are connected, by what each of them
 * says in its signed report: a GPU names the switches behind its links, a
 * switch names itself and the GPUs.  Devices are named by PDIs, 8 bytes, which
 * are the last 8 bytes of the serial number of a device's BROM certificate.
 */

/* A kind of board.  Every GPU is connected to every switch of it. */
struct ga_board {
    const char *name;        /* "hgx-hopper" */
    unsigned gpus;           /* 1 to 8: a switch's report has room for 8 */
    unsigned switches;       /* 1 to 18: a GPU has 18 links */
    const char *gpu_arch;    /* "HOPPER"; NULL: any */
    const char *switch_arch; /* "LS10"; NULL: any */
};

/* ga_board_find returns the built-in board of that name, NULL where there is
 * none; ga_board_at the i-th of them, NULL behind the last one. */
GA_API const struct ga_board *ga_board_find(const char *name);
GA_API const struct ga_board *ga_board_at(size_t i);

/*
 * ga_board_check holds a board of the caller's against the bounds above.
 * Returns GA_OK, or GA_E_INVAL, GA_E_BAD_VALUE (a number or a text that is not
 * allowed).
 */
GA_API GA_MUST_USE enum ga_rc ga_board_check(const struct ga_board *board,
                                             struct ga_error *err);

/* PDIs without repetition, in ascending order. */
#define GA_PDI_SET_MAX 18
struct ga_pdi_set {
    size_t count;
    uint8_t pdi[GA_PDI_SET_MAX][GA_PDI_LEN];
};

/*
 * ga_topology is what was found: the rules, each with its state and reason, and
 * the graph.  It does not change, owns what it shows, and outlives what it was
 * made from; threads may read it together.
 */
struct ga_topology;

/*
 * ga_topology_check makes the rules topology.board, .gpu, .switch, .identity
 * and .lock of docs/checks.md over the devices of a verification's result.
 * `mode` PPCIE is what .lock holds: signed modes and the switches' locks.
 *
 * A device whose report was not signed by its chain for the caller's nonce
 * takes no part, and leaves every rule not checked.  A topology that holds says
 * nothing about the devices' firmware: ga_result_verdict() does.
 *
 * ga_gpu_topology_check makes topology.gpu alone, whose outcome is the set of
 * switches, ga_topology_switches(); ga_switch_topology_check makes
 * topology.switch alone, against that set.  Both look at the devices of their
 * kind.
 *
 * Return GA_OK when there is a topology, one that does not hold included, or
 *   GA_E_INVAL   NULL, or a board that ga_board_check() refuses
 *   GA_E_NOMEM
 * `*out` is released with ga_topology_free(); untouched on failure.
 */
GA_API GA_MUST_USE enum ga_rc ga_topology_check(const struct ga_result *result,
                                                const struct ga_board *board,
                                                struct ga_topology **out,
                                                struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_gpu_topology_check(
    const struct ga_result *result, const struct ga_board *board,
    struct ga_topology **out, struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_switch_topology_check(
    const struct ga_result *result, const struct ga_board *board,
    const struct ga_pdi_set *switches, struct ga_topology **out,
    struct ga_error *err);

/* One device as bytes that nobody verified: a report, see ga_report_parse(),
 * and its certificates, PEM, or NULL. */
struct ga_unverified_device {
    const void *report;
    size_t report_len;
    const void *chain;
    size_t chain_len;
};

/*
 * ga_topology_check_unverified makes the same rules over bare bytes, GPUs and
 * switches in any order, for tools that show what reports say.  NOTHING IS
 * VERIFIED: anybody can have written these bytes.  Without certificates
 * topology.identity is not checked.  ga_topology_verified() of the outcome is
 * false, and so is ga_topology_holds(): ask ga_topology_consistent().
 *
 * Returns as ga_topology_check(), and what ga_report_parse() and
 * ga_chain_parse() return; GA_E_MISSING for no device, GA_E_TOO_LARGE for more
 * than 128.
 */
GA_API GA_MUST_USE enum ga_rc ga_topology_check_unverified(
    const struct ga_unverified_device *devices, size_t count,
    const struct ga_board *board, struct ga_topology **out,
    struct ga_error *err);

/* ga_topology_free releases `topology`.  NULL is allowed. */
GA_API void ga_topology_free(struct ga_topology *topology);

/* ga_topology_verified says whether it was made of verified reports alone. */
GA_API bool ga_topology_verified(const struct ga_topology *topology);

/* ga_topology_holds says whether every rule that was asked for passed, over
 * verified reports.  False for NULL. */
GA_API bool ga_topology_holds(const struct ga_topology *topology);

/* ga_topology_consistent says whether no rule failed, and none was left
 * unchecked but topology.identity of devices without certificates.  False for
 * NULL. */
GA_API bool ga_topology_consistent(const struct ga_topology *topology);

/* ga_topology_rule shows rule `i` (from 0), in the order of docs/checks.md;
 * false behind the last one.  Its text names the device. */
GA_API GA_MUST_USE bool ga_topology_rule(const struct ga_topology *topology,
                                         size_t i, struct ga_check_view *out);

/* ga_topology_switches gives the set of switches that the GPUs name: what most
 * of them name where they do not agree, empty without GPUs. */
GA_API void ga_topology_switches(const struct ga_topology *topology,
                                 struct ga_pdi_set *out);

/* A GPU or a switch of the graph. */
struct ga_node_view {
    const char *label; /* "GPU-0"; "?" for one that is named and is not there */
    const char *pdi;   /* 16 upper-case hex digits, or NULL: not known */
    bool attested;     /* false: named by others alone, or bare bytes */
};

/* ga_topology_gpu and ga_topology_switch show node `i` of a kind, those that
 * are only named behind the others; false behind the last one. */
GA_API GA_MUST_USE bool ga_topology_gpu(const struct ga_topology *topology,
                                        size_t i, struct ga_node_view *out);
GA_API GA_MUST_USE bool ga_topology_switch(const struct ga_topology *topology,
                                           size_t i, struct ga_node_view *out);

/* What is known of GPU `gpu` and switch `sw` together. */
struct ga_link_view {
    unsigned links; /* of the GPU's report: how often it names the switch */
    bool named_by_switch; /* the switch's report names the GPU */
};

/* ga_topology_link shows it; zeros where there are no such nodes. */
GA_API struct ga_link_view ga_topology_link(const struct ga_topology *topology,
                                            size_t gpu, size_t sw);

/* How to print a topology. */
enum ga_topology_form {
    GA_TOPOLOGY_MATRIX,   /* GPUs by switches, for a person */
    GA_TOPOLOGY_GRAPHVIZ, /* for dot(1) */
    GA_TOPOLOGY_JSON      /* the object of docs/result.schema.json */
};

/* ga_topology_print prints it; each form says so where nothing was verified.
 * The caller releases the text with ga_text_free().  GA_E_INVAL, GA_E_NOMEM. */
GA_API GA_MUST_USE enum ga_rc ga_topology_print(
    const struct ga_topology *topology, enum ga_topology_form form, char **out,
    struct ga_error *err);

/* ga_result_topology borrows the topology of a verification with the setting
 * "topology"; NULL without it. */
GA_API const struct ga_topology *ga_result_topology(
    const struct ga_result *result);

#ifdef __cplusplus
}
#endif
#endif
