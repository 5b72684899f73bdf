/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_json_parse against jansson's reader.  What ours takes, jansson
 * takes as well, and reads the same in it; what ours refuses, jansson refuses,
 * but for what only ours bounds, depth and the count of values, and for a NUL,
 * which jansson takes for the end of text behind a value.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Numbers with a fraction or an exponent, which nothing of ours reads, are the
 * same but for rounding. */
static bool
same_real(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b)) ||
           fmax(fabs(a), fabs(b)) < 1e-300;
}

/* Both are within GA_JSON_DEPTH_MAX. */
static bool
same(const json_t *a, const json_t *b)
{
    const char *key;
    const json_t *value;
    bool equal = json_typeof(a) == json_typeof(b);

    if (json_is_real(a) && equal)
        return same_real(json_real_value(a), json_real_value(b));
    if (json_is_object(a) && equal) {
        equal = json_object_size(a) == json_object_size(b);
        json_object_foreach((json_t *)(uintptr_t)a, key, value)
        {
            const json_t *other = json_object_get(b, key);

            equal = equal && other != NULL && same(value, other);
        }
        return equal;
    }
    if (json_is_array(a) && equal) {
        equal = json_array_size(a) == json_array_size(b);
        for (size_t i = 0; i < json_array_size(a) && equal; i++)
            equal = same(json_array_get(a, i), json_array_get(b, i));
        return equal;
    }
    return equal && json_equal(a, b) == 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_error err = { 0 };
    json_error_t why;
    json_t *ours = NULL, *theirs;
    enum ga_rc rc = ga_json_parse(ga_bytes_of(data, size), &ours, &err);

    theirs = json_loadb((const char *)data, size,
                        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (rc == GA_OK)
        require(theirs != NULL && same(ours, theirs));
    else
        require(theirs == NULL || rc == GA_E_TOO_LARGE ||
                memchr(data, '\0', size) != NULL);
    json_decref(ours);
    json_decref(theirs);
    return 0;
}
