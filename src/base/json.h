/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_JSON_H
#define GA_BASE_JSON_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/cleanup.h"

GA_DEFINE_AUTO(json_t, json_decref);

/*
 * ga_json_parse reads exactly one JSON value: duplicate keys, NUL characters,
 * trailing text, values beyond GA_JSON_VALUES_MAX and nesting beyond
 * GA_JSON_DEPTH_MAX (both counted before anything is built) are refused.
 * Integers have 64 bits; other numbers are kept as a double, rounded.
 * Errors: GA_E_SYNTAX, GA_E_DUPLICATE or GA_E_TOO_LARGE with the byte offset of
 * what is wrong or, for a string, a number or a key, of its beginning;
 * GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc ga_json_parse(struct ga_bytes in, json_t **out,
                                     struct ga_error *err);

/* ga_json_text prints `v` in the order in which its keys were set, indented by
 * two blanks or on one line, in ASCII.  NULL when out of memory; the caller
 * frees it. */
char *ga_json_text(const json_t *v, bool indent);

#endif
