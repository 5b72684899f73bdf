/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_BUNDLES_H
#define GA_CLI_BUNDLES_H

#include "bundle/bundle.h"
#include "cli/cli.h"
#include "verify/context.h"

/* bundle_emit emits the entries as the list "entries", with what their contents
 * say of themselves, and when the first of them ends; `at` is the present.
 * Returns whether every entry can be read and is what the index says. */
bool bundle_emit(struct emit *e, const struct ga_bundle *bundle, ga_time at);

#endif
