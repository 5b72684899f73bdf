/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_LIVE_H
#define GA_CLI_LIVE_H

#include "cli/cli.h"
#include "gpuattest/collect.h"

/* Which devices attest and collect-evidence are about, and where each kind's
 * evidence comes from; enum ga_devices. */
struct sources {
    unsigned live, files;
    struct ga_nonce nonce;
    bool made; /* the nonce is ours */
};

/* sources_of reads the options of the two verbs; GA_E_INVAL where they do not
 * fit together. */
GA_MUST_USE enum ga_rc sources_of(const struct options *o, struct sources *out,
                                  struct ga_error *err);

/* sources_gather loads and collects, GPUs first. */
GA_MUST_USE enum ga_rc sources_gather(struct ga_context *ctx,
                                      const struct options *o,
                                      const struct sources *s,
                                      struct ga_evidence *evidence,
                                      struct ga_error *err);

#endif
