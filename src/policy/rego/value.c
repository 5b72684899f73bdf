/* SPDX-License-Identifier: Apache-2.0 */
/* Values: constructors, the total order, lookup. */
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/value.h"

/* Whole doubles below it are exact, 2^53. */
#define EXACT 9007199254740992.0

const struct rego_value *
rego_null(void)
{
    static const struct rego_value null = { .kind = REGO_NULL };

    return &null;
}

const struct rego_value *
rego_boolean(bool truth)
{
    static const struct rego_value values[2] = {
        { .kind = REGO_BOOLEAN, .truth = false },
        { .kind = REGO_BOOLEAN, .truth = true },
    };

    return &values[truth];
}

static struct rego_value *
fresh(struct rego_pool *pool, enum rego_kind kind)
{
    struct rego_value *v = rego_alloc(pool, 1, sizeof(*v));

    if (v != NULL)
        v->kind = kind;
    return v;
}

const struct rego_value *
rego_integer(struct rego_pool *pool, int64_t i)
{
    struct rego_value *v = fresh(pool, REGO_NUMBER);

    if (v == NULL)
        return NULL;
    v->truth = true;
    v->as.i = i;
    return v;
}

const struct rego_value *
rego_real(struct rego_pool *pool, double d)
{
    struct rego_value *v;

    if (!isfinite(d)) {
        rego_lacking(pool, "number out of range");
        return NULL;
    }
    if (fabs(d) < EXACT && d == trunc(d))
        return rego_integer(pool, (int64_t)d);
    v = fresh(pool, REGO_NUMBER);
    if (v != NULL)
        v->as.d = d;
    return v;
}

const struct rego_value *
rego_string(struct rego_pool *pool, const char *text, size_t len)
{
    char *copy = rego_text(pool, text, len);
    struct rego_value *v = fresh(pool, REGO_STRING);

    if (v == NULL)
        return NULL;
    v->as.text = copy;
    v->n = len;
    return v;
}

const struct rego_value *
rego_string_of(struct rego_pool *pool, const char *text)
{
    return rego_string(pool, text, strlen(text));
}

bool
rego_add(struct rego_pool *pool, struct rego_values *list,
         const struct rego_value *v)
{
    if (v == NULL || !rego_charge(pool, 1))
        return false;
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 8 : list->cap * 2;
        const struct rego_value **more = rego_alloc(pool, cap, sizeof(*more));

        if (more == NULL)
            return false;
        for (size_t i = 0; i < list->n; i++)
            more[i] = list->item[i];
        list->item = more;
        list->cap = cap;
    }
    list->item[list->n++] = v;
    return true;
}

static const struct rego_value *
collection(struct rego_pool *pool, enum rego_kind kind,
           const struct rego_values *list)
{
    struct rego_value *v = fresh(pool, kind);
    uint16_t deepest = 0;

    if (v == NULL)
        return NULL;
    for (size_t i = 0; i < list->n; i++)
        if (list->item[i]->depth > deepest)
            deepest = list->item[i]->depth;
    if (deepest >= GA_POLICY_VALUE_DEPTH_MAX) {
        rego_fail(pool, GA_E_TOO_LARGE, "value nests deeper than %d",
                  GA_POLICY_VALUE_DEPTH_MAX);
        return NULL;
    }
    v->depth = (uint16_t)(deepest + 1);
    v->n = kind == REGO_OBJECT ? list->n / 2 : list->n;
    v->as.item = list->item;
    return v;
}

const struct rego_value *
rego_array(struct rego_pool *pool, struct rego_values *list)
{
    return collection(pool, REGO_ARRAY, list);
}

/* A run of `width`-wide entries is merged with the next one. */
static void
merge(struct rego_pool *pool, const struct rego_value **from,
      const struct rego_value **to, size_t width, size_t low, size_t mid,
      size_t high)
{
    size_t a = low, b = mid;

    for (size_t i = low; i < high; i++) {
        bool left = a < mid &&
                    (b >= high ||
                     rego_compare(pool, from[a * width], from[b * width]) <= 0);
        size_t source = left ? a++ : b++;

        for (size_t j = 0; j < width; j++)
            to[i * width + j] = from[source * width + j];
    }
}

static bool
sorted(struct rego_pool *pool, const struct rego_value **item, size_t n,
       size_t width)
{
    for (size_t i = 1; i < n; i++)
        if (rego_compare(pool, item[(i - 1) * width], item[i * width]) > 0)
            return false;
    return true;
}

/* Merge sort from the bottom up: stable, and every comparison is counted. */
static bool
sort(struct rego_pool *pool, struct rego_values *list, size_t width)
{
    size_t n = list->n / width;
    const struct rego_value **from = list->item, **to;

    if (sorted(pool, from, n, width))
        return !rego_failed(pool);
    to = rego_alloc(pool, list->n, sizeof(*to));
    if (to == NULL)
        return false;
    for (size_t run = 1; run < n && !rego_failed(pool); run *= 2) {
        const struct rego_value **swap = from;

        for (size_t low = 0; low < n; low += 2 * run) {
            size_t mid = low + run < n ? low + run : n;
            size_t high = low + 2 * run < n ? low + 2 * run : n;

            merge(pool, from, to, width, low, mid, high);
        }
        from = to;
        to = swap;
    }
    list->item = from;
    return !rego_failed(pool);
}

bool
rego_sort(struct rego_pool *pool, struct rego_values *list)
{
    return sort(pool, list, 1);
}

const struct rego_value *
rego_set(struct rego_pool *pool, struct rego_values *list)
{
    size_t n = 0;

    if (!sort(pool, list, 1))
        return NULL;
    for (size_t i = 0; i < list->n; i++)
        if (n == 0 || !rego_equal(pool, list->item[n - 1], list->item[i]))
            list->item[n++] = list->item[i];
    list->n = n;
    return rego_failed(pool) ? NULL : collection(pool, REGO_SET, list);
}

const struct rego_value *
rego_object(struct rego_pool *pool, struct rego_values *list)
{
    size_t n = 0;

    if (!sort(pool, list, 2))
        return NULL;
    for (size_t i = 0; i < list->n; i += 2) {
        const struct rego_value *key = list->item[i], *v = list->item[i + 1];

        if (n == 0 || !rego_equal(pool, list->item[n - 2], key)) {
            list->item[n++] = key;
            list->item[n++] = v;
        } else if (!rego_equal(pool, list->item[n - 1], v)) {
            rego_fail(pool, GA_E_DUPLICATE,
                      "object: one key has two different values");
            return NULL;
        }
    }
    list->n = n;
    return rego_failed(pool) ? NULL : collection(pool, REGO_OBJECT, list);
}

static int
order(bool less, bool greater)
{
    return less ? -1 : greater ? 1 : 0;
}

/* The exact order of a double that is no small whole number and an integer. */
static int
compare_mixed(int64_t i, double d)
{
    double whole = trunc(d);

    if (d >= 9223372036854775808.0)
        return -1;
    if (d < -9223372036854775808.0)
        return 1;
    if (i != (int64_t)whole)
        return i < (int64_t)whole ? -1 : 1;
    return order(whole<d, whole> d);
}

static int
compare_numbers(const struct rego_value *a, const struct rego_value *b)
{
    if (a->truth && b->truth)
        return order(a->as.i<b->as.i, a->as.i> b->as.i);
    if (a->truth)
        return compare_mixed(a->as.i, b->as.d);
    if (b->truth)
        return -compare_mixed(b->as.i, a->as.d);
    return order(a->as.d<b->as.d, a->as.d> b->as.d);
}

static int
compare_texts(const struct rego_value *a, const struct rego_value *b)
{
    size_t n = a->n < b->n ? a->n : b->n;
    int way = n == 0 ? 0 : memcmp(a->as.text, b->as.text, n);

    return way != 0 ? way : order(a->n<b->n, a->n> b->n);
}

/* Recursion ends: rego_array() and its kin keep depth below
 * GA_POLICY_VALUE_DEPTH_MAX. */
int
rego_compare(struct rego_pool *pool, const struct rego_value *a,
             const struct rego_value *b)
{
    size_t n;

    if (pool != NULL && !rego_charge(pool, 1))
        return 0;
    if (a == b)
        return 0;
    if (a->kind != b->kind)
        return order(a->kind<b->kind, a->kind> b->kind);
    switch (a->kind) {
    case REGO_NULL:
        return 0;
    case REGO_BOOLEAN:
        return order(!a->truth && b->truth, a->truth && !b->truth);
    case REGO_NUMBER:
        return compare_numbers(a, b);
    case REGO_STRING:
        return compare_texts(a, b);
    case REGO_ARRAY:
    case REGO_OBJECT:
    case REGO_SET:
        break;
    }
    n = a->n < b->n ? a->n : b->n;
    for (size_t i = 0; i < (a->kind == REGO_OBJECT ? 2 * n : n); i++) {
        int way = rego_compare(pool, a->as.item[i], b->as.item[i]);

        if (way != 0)
            return way;
    }
    return order(a->n<b->n, a->n> b->n);
}

/* The place of `key` among sorted entries, or (size_t)-1. */
static size_t
find(struct rego_pool *pool, const struct rego_value *in, size_t width,
     const struct rego_value *key)
{
    size_t low = 0, high = in->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int way = rego_compare(pool, key, in->as.item[mid * width]);

        if (way == 0)
            return mid;
        if (way < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return (size_t)-1;
}

const struct rego_value *
rego_get(struct rego_pool *pool, const struct rego_value *in,
         const struct rego_value *key)
{
    size_t at;
    int64_t i;

    if (in->kind == REGO_ARRAY)
        return rego_whole(key, &i) && i >= 0 && (uint64_t)i < in->n
                   ? in->as.item[i]
                   : NULL;
    if (in->kind != REGO_OBJECT && in->kind != REGO_SET)
        return NULL;
    at = find(pool, in, in->kind == REGO_OBJECT ? 2 : 1, key);
    if (at == (size_t)-1 || (pool != NULL && rego_failed(pool)))
        return NULL;
    return in->kind == REGO_OBJECT ? rego_at(in, at) : in->as.item[at];
}

bool
rego_has(struct rego_pool *pool, const struct rego_value *set,
         const struct rego_value *member)
{
    return find(pool, set, 1, member) != (size_t)-1;
}

const char *
rego_kind_name(enum rego_kind kind)
{
    static const char *const names[] = { "null",  "boolean", "number", "string",
                                         "array", "object",  "set" };

    return names[kind];
}

bool
rego_whole(const struct rego_value *v, int64_t *out)
{
    if (v->kind != REGO_NUMBER || !v->truth)
        return false;
    *out = v->as.i;
    return true;
}

double
rego_double(const struct rego_value *v)
{
    return v->truth ? (double)v->as.i : v->as.d;
}
