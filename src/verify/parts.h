/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_PARTS_H
#define GA_VERIFY_PARTS_H

#include "gpuattest/collect.h"
#include "gpuattest/verify.h"

/*
 * One verification in several steps, as protected PCIe has them: GPUs, then
 * NVSwitches, then the board.  A part is a result of its own, judged without
 * topology and policies; joined, the set is judged as ga_verify() would have
 * judged all evidence at once.
 */

/* What of it was collected from this host; devices 0 and host NULL: nothing. */
struct ga_live {
    unsigned devices; /* enum ga_devices */
    const struct ga_host *host;
    bool no_board; /* the setting topology is not for this set */
};

/* ga_verify_part verifies one part; errors as ga_verify_live(). */
GA_MUST_USE enum ga_rc ga_verify_part(struct ga_context *ctx,
                                      const struct ga_evidence *evidence,
                                      const struct ga_nonce *nonce,
                                      const struct ga_live *live,
                                      struct ga_result **out,
                                      struct ga_error *err);

/* ga_verify_join makes one result of parts, whose devices it takes: they are
 * left empty, for ga_result_free().  GA_E_INVAL where they are for different
 * nonces; on failure of any kind the parts are empty or as they were. */
GA_MUST_USE enum ga_rc ga_verify_join(struct ga_context *ctx,
                                      struct ga_result *const *parts,
                                      size_t count, const struct ga_live *live,
                                      struct ga_result **out,
                                      struct ga_error *err);

#endif
