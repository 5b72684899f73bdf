/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOPOLOGY_TOPOLOGY_H
#define GA_TOPOLOGY_TOPOLOGY_H

#include "base/checks.h"
#include "base/chips.h"
#include "base/limits.h"
#include "gpuattest/topology.h"
#include "spdm/report.h"

/* Places for PDIs in a report: 18 links of a GPU, 8 GPUs of a switch. */
#define GA_PDI_PLACES_MAX 18

/* What one report says of its neighbours: the extractors. */
struct ga_neighbours {
    enum ga_kind kind;
    bool has_field; /* GPU: 22, switch: 26 */
    size_t count;   /* PDIs that it names, repetitions kept, 00.. dropped */
    uint8_t pdi[GA_PDI_PLACES_MAX][GA_PDI_LEN]; /* as certificates have them */
    bool has_own; /* switch: field 22, whatever stands there */
    uint8_t own[GA_PDI_LEN];
    bool has_lock; /* switch: field 25 */
    uint16_t lock;
};

/* ga_neighbours_read reads fields 22, 25 and 26 of a report that was parsed. */
void ga_neighbours_read(const struct ga_report *report,
                        struct ga_neighbours *out);

/* ga_pdi_is_one says whether it is a PDI: 00.. and FF.. are none. */
bool ga_pdi_is_one(const uint8_t pdi[GA_PDI_LEN]);

/* A device as the rules see it; borrowed. */
struct ga_topology_device {
    const char *label;
    const char *arch;  /* NULL: not known */
    enum ga_mode mode; /* signed */
    bool verified;     /* signed by its chain, for the caller's nonce */
    bool has_identity; /* the BROM certificate's serial number has a PDI */
    uint8_t identity[GA_PDI_LEN];
    struct ga_neighbours says;
};

/* What to hold, over which devices. */
struct ga_topology_input {
    const struct ga_board *board;
    const struct ga_topology_device *device;
    size_t count;
    bool bare; /* bytes that nobody verified */
    /* For topology.switch alone; NULL: the set that the GPUs name. */
    const struct ga_pdi_set *switches;
    unsigned rules; /* 1 << (GA_CHECK_TOPOLOGY_x - GA_CHECK_TOPOLOGY_BOARD) */
};

#define GA_TOPOLOGY_RULES (GA_CHECK_TOPOLOGY_LOCK - GA_CHECK_TOPOLOGY_BOARD + 1)
#define GA_TOPOLOGY_RULE(id) \
    (1u << (GA_CHECK_TOPOLOGY_##id - GA_CHECK_TOPOLOGY_BOARD))
#define GA_TOPOLOGY_ALL ((1u << GA_TOPOLOGY_RULES) - 1)

/* ga_topology_make makes the rules that are asked for. */
GA_MUST_USE enum ga_rc ga_topology_make(const struct ga_topology_input *in,
                                        struct ga_topology **out,
                                        struct ga_error *err);

/* ga_topology_rule_check returns a rule as it was made, zeroed where it was not
 * asked for. */
const struct ga_check *ga_topology_rule_check(const struct ga_topology *t,
                                              enum ga_check_id id);

#endif
