/* SPDX-License-Identifier: Apache-2.0 */
/* Golden values: the attributes of a Resource. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "rim/read.h"

/* What a Resource is called in a problem's text, once its index is known. */
struct label {
    char text[24];
};

/* Decimal digits without sign, blank or leading zero, at most `max`. */
static bool
number(struct ga_span s, unsigned max, unsigned *out)
{
    unsigned v = 0;

    if (s.len == 0 || s.len > 9 || (s.len > 1 && s.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        v = v * 10 + (unsigned)(s.ptr[i] - '0');
    }
    if (v > max)
        return false;
    *out = v;
    return true;
}

/* The value of a required attribute, or false after a note. */
static bool
need(struct ga_rim_reader *r, const struct label *l, const char *name,
     struct ga_span *out)
{
    const struct ga_xml_attribute *a = ga_rim_attribute(r, "", name);

    if (a == NULL) {
        ga_rim_note(r, false, GA_E_MISSING, "%s: no %s", l->text, name);
        return false;
    }
    *out = a->value;
    return true;
}

static bool
need_number(struct ga_rim_reader *r, const struct label *l, const char *name,
            unsigned min, unsigned max, unsigned *out)
{
    struct ga_span s;

    if (!need(r, l, name, &s))
        return false;
    if (number(s, max, out) && *out >= min)
        return true;
    ga_rim_note(r, false, GA_E_BAD_VALUE,
                "%s: %s \"%.*s\" is no number from %u to %u", l->text, name,
                GA_NAME(s), min, max);
    return false;
}

static bool
need_word(struct ga_rim_reader *r, const struct label *l, const char *name,
          const char *word)
{
    struct ga_span s;

    if (!need(r, l, name, &s))
        return false;
    if (ga_span_is(s, word))
        return true;
    ga_rim_note(r, false, GA_E_BAD_VALUE, "%s: %s \"%.*s\", not %s", l->text,
                name, GA_NAME(s), word);
    return false;
}

static bool
need_active(struct ga_rim_reader *r, const struct label *l, bool *out)
{
    struct ga_span s;

    if (!need(r, l, "active", &s))
        return false;
    *out = ga_span_is(s, "True");
    if (*out || ga_span_is(s, "False"))
        return true;
    ga_rim_note(r, false, GA_E_BAD_VALUE,
                "%s: active \"%.*s\", not True or False", l->text, GA_NAME(s));
    return false;
}

static bool
named_hash(const struct ga_xml_attribute *a)
{
    return a->name.local.len >= 4 && memcmp(a->name.local.ptr, "Hash", 4) == 0;
}

/* Every attribute called Hash... or in the hashes' namespace is a hash of that
 * namespace; returns how many there are, and notes the others. */
static unsigned
count_hashes(struct ga_rim_reader *r, const struct label *l, bool *good)
{
    unsigned n = 0;

    for (size_t i = 0; i < r->element.count; i++) {
        const struct ga_xml_attribute *a = &r->element.attribute[i];
        bool ours = ga_span_is(a->name.uri, GA_NS_SHA384);

        if (ours && named_hash(a)) {
            n++;
        } else if (ours) {
            *good = false;
            ga_rim_note(r, false, GA_E_BAD_VALUE,
                        "%s: attribute %.*s is not admitted", l->text,
                        GA_NAME(a->name.local));
        } else if (named_hash(a)) {
            *good = false;
            ga_rim_note(r, false, GA_E_BAD_VALUE,
                        "%s: %.*s is not in namespace %s", l->text,
                        GA_NAME(a->name.local), GA_NS_SHA384);
        }
    }
    return n;
}

static bool
read_hash(struct ga_rim_reader *r, const struct label *l, unsigned n,
          uint8_t out[GA_SHA384_LEN])
{
    const struct ga_xml_attribute *a;
    char name[16];

    snprintf(name, sizeof(name), "Hash%u", n);
    a = ga_rim_attribute(r, GA_NS_SHA384, name);
    if (a == NULL) {
        ga_rim_note(r, false, GA_E_MISSING, "%s: no %s", l->text, name);
        return false;
    }
    if (ga_unhex(a->value.ptr, a->value.len, out, GA_SHA384_LEN))
        return true;
    ga_rim_note(r, false, GA_E_BAD_VALUE, "%s: %s is not %d hex digits",
                l->text, name, 2 * GA_SHA384_LEN);
    return false;
}

static bool
read_hashes(struct ga_rim_reader *r, const struct label *l,
            struct ga_resource *out)
{
    uint8_t hash[GA_RIM_ALTERNATIVES_MAX][GA_SHA384_LEN];
    bool good = true;
    unsigned n = count_hashes(r, l, &good);

    if (!need_number(r, l, "alternatives", 1, GA_RIM_ALTERNATIVES_MAX,
                     &out->alternatives))
        return false;
    if (n != out->alternatives) {
        ga_rim_note(r, false, n == 0 ? GA_E_MISSING : GA_E_BAD_VALUE,
                    "%s: %u Hash attributes, alternatives says %u", l->text, n,
                    out->alternatives);
        return false;
    }
    for (unsigned i = 0; i < n; i++)
        good = read_hash(r, l, i, hash[i]) && good;
    if (!good)
        return false;
    out->hash = (const uint8_t(*)[GA_SHA384_LEN])(void *)ga_rim_keep(
        r, hash, n * GA_SHA384_LEN);
    return out->hash != NULL;
}

static bool
read_index(struct ga_rim_reader *r, struct label *l, unsigned *out)
{
    if (!need_number(r, l, "index", 0, GA_RIM_RESOURCES_MAX - 1, out))
        return false;
    snprintf(l->text, sizeof(l->text), "Resource %u", *out);
    if (!r->index_seen[*out]) {
        r->index_seen[*out] = true;
        return true;
    }
    ga_rim_note(r, false, GA_E_DUPLICATE, "%s: index stands twice", l->text);
    return false;
}

static bool
read_name(struct ga_rim_reader *r, struct ga_resource *out)
{
    const struct ga_xml_attribute *a = ga_rim_attribute(r, "", "name");

    out->name = a != NULL ? ga_rim_keep(r, a->value.ptr, a->value.len) : "";
    return out->name != NULL;
}

void
ga_rim_read_resource(struct ga_rim_reader *r)
{
    struct label l = { "Resource" };
    struct ga_resource one = { 0 };
    bool good = read_index(r, &l, &one.index);

    good = need_word(r, &l, "type", "Measurement") && good;
    if (need_active(r, &l, &one.active))
        r->active += one.active;
    else
        good = false;
    good = need_word(r, &l, "size", "48") && good;
    good = read_hashes(r, &l, &one) && good;
    good = read_name(r, &one) && good;
    if (good)
        r->rim->resource[r->rim->resource_count++] = one;
}
