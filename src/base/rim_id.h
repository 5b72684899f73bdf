/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_RIM_ID_H
#define GA_BASE_RIM_ID_H

#include <stdbool.h>

/*
 * ga_rim_id_ok says whether a RIM can be asked for under that id: 1 to
 * GA_RIM_ID_MAX of A-Z, 0-9, _ and ., no dot first and no two in a row, so that
 * it stays a name in a path and in a URL (docs/rules.md 9).
 */
bool ga_rim_id_ok(const char *id);

#endif
