/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_VALUE_H
#define GA_POLICY_REGO_VALUE_H

#include <jansson.h>

#include "policy/rego/pool.h"

/*
 * Values of the language.  They never change and live as long as their pool.
 * The order of the kinds is that of the language's total order.
 * Source: rego-policy-language
 */
enum rego_kind {
    REGO_NULL,
    REGO_BOOLEAN,
    REGO_NUMBER,
    REGO_STRING,
    REGO_ARRAY,
    REGO_OBJECT,
    REGO_SET
};

/*
 * Whole numbers are kept as 64-bit integers and are exact: what does not fit is
 * an error, never rounded.  Other numbers are doubles; a double that is whole
 * and small enough to be exact is turned into an integer when it is made, so
 * that equal numbers have one form.
 */
struct rego_value {
    enum rego_kind kind;
    bool truth;     /* of a boolean; of a number: is an integer */
    uint16_t depth; /* 0 for scalars, else one more than the deepest element */
    size_t n;       /* bytes, elements, or pairs */
    union {
        int64_t i;
        double d;
        const char *text; /* UTF-8, a NUL behind it */
        /* elements; a set's are sorted; an object's keys are sorted, each
         * followed by its value */
        const struct rego_value **item;
    } as;
};

/* What the constructors below cannot make (memory, depth) is NULL, and the
 * pool says why. */
const struct rego_value *rego_null(void);
const struct rego_value *rego_boolean(bool truth);
const struct rego_value *rego_integer(struct rego_pool *pool, int64_t i);
const struct rego_value *rego_real(struct rego_pool *pool, double d);
const struct rego_value *rego_string(struct rego_pool *pool, const char *text,
                                     size_t len);
const struct rego_value *rego_string_of(struct rego_pool *pool,
                                        const char *text);

/* Lists of values in the making. */
struct rego_values {
    const struct rego_value **item;
    size_t n, cap;
};

bool rego_add(struct rego_pool *pool, struct rego_values *list,
              const struct rego_value *v);

/* These take the list over.  An object's list holds keys and values in turn;
 * a key with two values is an error. */
const struct rego_value *rego_array(struct rego_pool *pool,
                                    struct rego_values *list);
const struct rego_value *rego_set(struct rego_pool *pool,
                                  struct rego_values *list);
const struct rego_value *rego_object(struct rego_pool *pool,
                                     struct rego_values *list);

bool rego_sort(struct rego_pool *pool, struct rego_values *list);

/* rego_compare is the total order: negative, 0, positive.  Each value visited
 * is a step of `pool` (which may be NULL); after a failure the result means
 * nothing. */
int rego_compare(struct rego_pool *pool, const struct rego_value *a,
                 const struct rego_value *b);

static inline bool
rego_equal(struct rego_pool *pool, const struct rego_value *a,
           const struct rego_value *b)
{
    return rego_compare(pool, a, b) == 0;
}

/* rego_get finds the value under a key, the element at an index, or the member
 * of a set; NULL where there is none. */
const struct rego_value *rego_get(struct rego_pool *pool,
                                  const struct rego_value *in,
                                  const struct rego_value *key);
bool rego_has(struct rego_pool *pool, const struct rego_value *set,
              const struct rego_value *member);

static inline bool
rego_is_collection(const struct rego_value *v)
{
    return v->kind >= REGO_ARRAY;
}

static inline const struct rego_value *
rego_key(const struct rego_value *object, size_t i)
{
    return object->as.item[2 * i];
}

static inline const struct rego_value *
rego_at(const struct rego_value *object, size_t i)
{
    return object->as.item[2 * i + 1];
}

/* rego_kind_name returns the language's name of a kind ("string"). */
const char *rego_kind_name(enum rego_kind kind);

/* Numbers. rego_whole is false where `v` is no integer of 64 bits. */
bool rego_whole(const struct rego_value *v, int64_t *out);
double rego_double(const struct rego_value *v);
/* rego_number reads a number in the form of JSON: NULL where it is none (no
 * failure) or does not fit (a failure). */
const struct rego_value *rego_number(struct rego_pool *pool, const char *text,
                                     size_t len);

/* rego_print appends `v` in the language's own form; `json` writes sets as
 * arrays and keys that are no strings as their text, without blanks. */
bool rego_print(struct rego_pool *pool, struct rego_buffer *out,
                const struct rego_value *v, bool json);

/* rego_from_json takes a value of JSON, by copy. */
const struct rego_value *rego_from_json(struct rego_pool *pool, json_t *j);

#endif
