/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SPDM_PARSE_H
#define GA_SPDM_PARSE_H

#include "base/reader.h"
#include "spdm/report.h"

/* The parts of ga_report_parse(): each reads its piece of the report to its
 * end and fills in the members of `out` that belong to it. */
GA_MUST_USE enum ga_rc ga_measurements_parse(struct ga_reader *record,
                                             size_t blocks,
                                             struct ga_report *out,
                                             struct ga_error *err);
GA_MUST_USE enum ga_rc ga_opaque_parse(struct ga_reader *opaque,
                                       struct ga_report *out,
                                       struct ga_error *err);

#endif
