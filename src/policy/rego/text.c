/* SPDX-License-Identifier: Apache-2.0 */
/* Values as text and as JSON, and back. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/limits.h"
#include "policy/rego/value.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* JSON's grammar of a number: jansson is asked for the value alone. */
static bool
is_number(const char *text, size_t len, bool *whole)
{
    size_t i = len > 0 && text[0] == '-' ? 1 : 0, start = i;

    *whole = true;
    while (i < len && is_digit(text[i]))
        i++;
    if (i == start || (text[start] == '0' && i > start + 1))
        return false;
    if (i < len && text[i] == '.') {
        *whole = false;
        start = ++i;
        while (i < len && is_digit(text[i]))
            i++;
        if (i == start)
            return false;
    }
    if (i < len && (text[i] == 'e' || text[i] == 'E')) {
        *whole = false;
        i++;
        if (i < len && (text[i] == '+' || text[i] == '-'))
            i++;
        start = i;
        while (i < len && is_digit(text[i]))
            i++;
        if (i == start)
            return false;
    }
    return i == len;
}

const struct rego_value *
rego_number(struct rego_pool *pool, const char *text, size_t len)
{
    bool whole;
    int64_t i = 0;
    GA_AUTO(json_t) *j = NULL;

    if (!is_number(text, len, &whole))
        return NULL;
    if (!whole) {
        j = json_loadb(text, len, JSON_DECODE_ANY, NULL);
        if (!json_is_real(j)) {
            rego_lacking(pool, "number out of range");
            return NULL;
        }
        return rego_real(pool, json_real_value(j));
    }
    for (size_t k = text[0] == '-' ? 1 : 0; k < len; k++) {
        int digit = text[0] == '-' ? '0' - text[k] : text[k] - '0';

        if (__builtin_mul_overflow(i, 10, &i) ||
            __builtin_add_overflow(i, digit, &i)) {
            rego_lacking(pool, "whole number of more than 64 bits");
            return NULL;
        }
    }
    return rego_integer(pool, i);
}

/* The shortest digits that give the same double again. */
static bool
print_real(struct rego_pool *pool, struct rego_buffer *out, double d)
{
    for (size_t digits = 15;; digits++) {
        GA_AUTO(json_t) *j = json_real(d);
        GA_AUTO(json_t) *again = NULL;
        GA_AUTO_FREE char *text =
            json_dumps(j, JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));

        if (text == NULL)
            return rego_fail(pool, GA_E_NOMEM, "%s", ga_strerror(GA_E_NOMEM));
        again = json_loads(text, JSON_DECODE_ANY, NULL);
        if (digits == 17 || json_real_value(again) == d)
            return rego_puts(pool, out, text);
    }
}

static bool
print_string(struct rego_pool *pool, struct rego_buffer *out,
             const struct rego_value *v)
{
    GA_AUTO(json_t) *j = json_stringn(v->as.text, v->n);
    GA_AUTO_FREE char *text = json_dumps(j, JSON_ENCODE_ANY);

    if (text == NULL)
        return rego_fail(pool, GA_E_NOMEM, "%s", ga_strerror(GA_E_NOMEM));
    return rego_puts(pool, out, text);
}

static bool
print_scalar(struct rego_pool *pool, struct rego_buffer *out,
             const struct rego_value *v)
{
    char digits[24];

    if (v->kind == REGO_NULL)
        return rego_puts(pool, out, "null");
    if (v->kind == REGO_BOOLEAN)
        return rego_puts(pool, out, v->truth ? "true" : "false");
    if (v->kind == REGO_STRING)
        return print_string(pool, out, v);
    if (!v->truth)
        return print_real(pool, out, v->as.d);
    snprintf(digits, sizeof(digits), "%lld", (long long)v->as.i);
    return rego_puts(pool, out, digits);
}

/* JSON has no keys but strings: others stand as their text. */
static bool
print_key(struct rego_pool *pool, struct rego_buffer *out,
          const struct rego_value *key)
{
    struct rego_buffer text = { 0 };

    if (key->kind == REGO_STRING)
        return print_string(pool, out, key);
    if (!rego_print(pool, &text, key, true))
        return false;
    return print_string(pool, out,
                        &(struct rego_value){ .kind = REGO_STRING,
                                              .n = text.n,
                                              .as.text = text.text });
}

static bool
print_items(struct rego_pool *pool, struct rego_buffer *out,
            const struct rego_value *v, bool json)
{
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0 && !rego_puts(pool, out, json ? "," : ", "))
            return false;
        if (v->kind != REGO_OBJECT) {
            if (!rego_print(pool, out, v->as.item[i], json))
                return false;
            continue;
        }
        if (!(json ? print_key(pool, out, rego_key(v, i))
                   : rego_print(pool, out, rego_key(v, i), false)) ||
            !rego_puts(pool, out, json ? ":" : ": ") ||
            !rego_print(pool, out, rego_at(v, i), json))
            return false;
    }
    return true;
}

/* Recursion ends: see rego_compare(). */
bool
rego_print(struct rego_pool *pool, struct rego_buffer *out,
           const struct rego_value *v, bool json)
{
    bool square = v->kind == REGO_ARRAY || (json && v->kind == REGO_SET);

    if (!rego_charge(pool, 1))
        return false;
    if (!rego_is_collection(v))
        return print_scalar(pool, out, v);
    if (v->kind == REGO_SET && v->n == 0 && !json)
        return rego_puts(pool, out, "set()");
    return rego_puts(pool, out, square ? "[" : "{") &&
           print_items(pool, out, v, json) &&
           rego_puts(pool, out, square ? "]" : "}");
}

static const struct rego_value *from_json(struct rego_pool *pool, json_t *j,
                                          unsigned depth);

static const struct rego_value *
from_array(struct rego_pool *pool, json_t *j, unsigned depth)
{
    struct rego_values list = { 0 };

    for (size_t i = 0; i < json_array_size(j); i++)
        if (!rego_add(pool, &list,
                      from_json(pool, json_array_get(j, i), depth)))
            return NULL;
    return rego_array(pool, &list);
}

static const struct rego_value *
from_object(struct rego_pool *pool, json_t *j, unsigned depth)
{
    struct rego_values list = { 0 };

    for (void *i = json_object_iter(j); i != NULL;
         i = json_object_iter_next(j, i)) {
        const char *key = json_object_iter_key(i);

        if (!rego_add(pool, &list, rego_string_of(pool, key)) ||
            !rego_add(pool, &list,
                      from_json(pool, json_object_iter_value(i), depth)))
            return NULL;
    }
    return rego_object(pool, &list);
}

/* Recursion ends at GA_POLICY_VALUE_DEPTH_MAX. */
static const struct rego_value *
from_json(struct rego_pool *pool, json_t *j, unsigned depth)
{
    if (depth > GA_POLICY_VALUE_DEPTH_MAX) {
        rego_fail(pool, GA_E_TOO_LARGE, "value nests deeper than %d",
                  GA_POLICY_VALUE_DEPTH_MAX);
        return NULL;
    }
    if (!rego_charge(pool, 1))
        return NULL;
    switch (json_typeof(j)) {
    case JSON_NULL:
        return rego_null();
    case JSON_TRUE:
    case JSON_FALSE:
        return rego_boolean(json_is_true(j));
    case JSON_INTEGER:
        return rego_integer(pool, json_integer_value(j));
    case JSON_REAL:
        return rego_real(pool, json_real_value(j));
    case JSON_STRING:
        return rego_string(pool, json_string_value(j), json_string_length(j));
    case JSON_ARRAY:
        return from_array(pool, j, depth + 1);
    case JSON_OBJECT:
        return from_object(pool, j, depth + 1);
    }
    return NULL;
}

const struct rego_value *
rego_from_json(struct rego_pool *pool, json_t *j)
{
    return from_json(pool, j, 0);
}
