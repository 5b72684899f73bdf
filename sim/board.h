/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_BOARD_H
#define GA_SIM_BOARD_H

#include "sim/world.h"

/* sim_board_report fills in what a device's report says: firmware that the
 * RIMs stand for, the mode, and who is connected to whom on the board. */
GA_MUST_USE enum ga_rc sim_board_report(const struct sim_world *w,
                                        const struct sim_device *d,
                                        struct sim_report_spec *out,
                                        struct ga_error *err);

/* Versions of a chip's VBIOS or BIOS as text ("96.00.CF.00.02"). */
const char *sim_board_vbios(const struct ga_chip *chip);

/* sim_board_rim_id computes the id that a report asks for in a role, by
 * docs/sources.md#spec-protocol, 3; false where the report has no such role. */
GA_MUST_USE bool sim_board_rim_id(const struct sim_report_spec *spec,
                                  const struct ga_chip *chip,
                                  enum ga_rim_role role,
                                  char out[GA_RIM_ID_TEXT]);

#endif
