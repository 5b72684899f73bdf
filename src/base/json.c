/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in and out: jansson, which sees nothing that is not bounded before.
 * Source: rfc8259, sections 2 and 7, for what the scan relies on.
 */
#include <limits.h>

#include "base/json.h"
#include "base/limits.h"

/* Where the scan is: containers that are open, values begun. */
struct scan {
    size_t depth, values;
    bool in_string, escaped;
};

/* Every value but the first comes after '[', '{' or ',', so that this counts
 * each one, well-formed or not, and at most one too many per container. */
static void
step(struct scan *s, uint8_t c)
{
    if (s->in_string) {
        s->in_string = s->escaped || c != '"';
        s->escaped = !s->escaped && c == '\\';
        return;
    }
    s->in_string = c == '"';
    if (c == '[' || c == '{')
        s->depth++;
    else if ((c == ']' || c == '}') && s->depth > 0)
        s->depth--;
    if (c == '[' || c == '{' || c == ',')
        s->values++;
}

/* Bounds what jansson would build: it nests by recursion. */
static enum ga_rc
within_bounds(struct ga_bytes in, struct ga_error *err)
{
    struct scan s = { .values = 1 };

    if (in.len > INT_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "JSON: %zu bytes, not 0 to %d",
                       in.len, INT_MAX);
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] == '\0')
            return ga_fail_at(err, GA_E_SYNTAX, i, "JSON: NUL at byte %zu", i);
        step(&s, in.ptr[i]);
        if (s.depth > GA_JSON_DEPTH_MAX)
            return ga_fail_at(err, GA_E_TOO_LARGE, i,
                              "JSON: more than %d levels at byte %zu",
                              GA_JSON_DEPTH_MAX, i);
        if (s.values > GA_JSON_VALUES_MAX)
            return ga_fail_at(err, GA_E_TOO_LARGE, i,
                              "JSON: more than %d values at byte %zu",
                              GA_JSON_VALUES_MAX, i);
    }
    return GA_OK;
}

/* jansson leaves the text empty where it could not allocate.  Its position is
 * the number of bytes that it had read: it lies on the wrong character or just
 * behind the wrong token. */
static enum ga_rc
translate(const json_error_t *e, struct ga_error *err)
{
    enum json_error_code code = json_error_code(e);
    size_t at = e->position > 0 ? (size_t)e->position : 0;

    if (code == json_error_out_of_memory || e->text[0] == '\0')
        return ga_nomem(err);
    return ga_fail_at(
        err, code == json_error_duplicate_key ? GA_E_DUPLICATE : GA_E_SYNTAX,
        at, "JSON: %s, at byte %zu", e->text, at);
}

enum ga_rc
ga_json_parse(struct ga_bytes in, json_t **out, struct ga_error *err)
{
    const char *text = in.len > 0 ? (const char *)in.ptr : "";
    enum ga_rc rc = within_bounds(in, err);
    json_error_t e;
    json_t *v;

    if (rc != GA_OK)
        return rc;
    v = json_loadb(text, in.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (v == NULL)
        return translate(&e, err);
    *out = v;
    return GA_OK;
}

char *
ga_json_text(const json_t *v, bool indent)
{
    /* Other characters than ASCII may be controls of a terminal. */
    size_t flags = JSON_ENCODE_ANY | JSON_ENSURE_ASCII;

    return json_dumps(v, flags | (indent ? JSON_INDENT(2) : JSON_COMPACT));
}
