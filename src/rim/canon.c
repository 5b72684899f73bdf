/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical XML 1.1 from parser events.  Source: c14n11. */
#include <stdlib.h>
#include <string.h>

#include "rim/canon.h"

bool
ga_span_is(struct ga_span s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static bool
same(struct ga_span a, struct ga_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Order of code points, which in UTF-8 is the order of bytes. */
static int
order(struct ga_span a, struct ga_span b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n > 0 ? memcmp(a.ptr, b.ptr, n) : 0;

    if (c != 0)
        return c;
    return (a.len > b.len) - (a.len < b.len);
}

static bool
copy(struct ga_xml_scope *scope, const char *text, struct ga_span *out)
{
    size_t n = text != NULL ? strlen(text) : 0;

    if (n > scope->pool_len - scope->pool_used)
        return false;
    *out = (struct ga_span){ scope->pool + scope->pool_used, n };
    if (n > 0)
        memcpy(scope->pool + scope->pool_used, text, n);
    scope->pool_used += n;
    return true;
}

bool
ga_xml_scope_push(struct ga_xml_scope *scope, unsigned depth,
                  const char *prefix, const char *uri)
{
    struct ga_xml_binding b = { .depth = depth };

    if (scope->count == GA_XML_NAMESPACES_MAX ||
        !copy(scope, prefix, &b.prefix) || !copy(scope, uri, &b.uri))
        return false;
    scope->binding[scope->count++] = b;
    return true;
}

void
ga_xml_scope_pop(struct ga_xml_scope *scope, unsigned depth)
{
    while (scope->count > 0 &&
           scope->binding[scope->count - 1].depth >= depth) {
        const struct ga_xml_binding *b = &scope->binding[--scope->count];

        scope->pool_used -= b->prefix.len + b->uri.len;
    }
}

static void
put(const struct ga_sink *sink, struct ga_span s)
{
    if (s.len > 0)
        sink->put(sink->user, s.ptr, s.len);
}

static void
put_text(const struct ga_sink *sink, const char *text)
{
    sink->put(sink->user, text, strlen(text));
}

struct escape {
    char c;
    const char *text;
};

/* c14n11 2.3, "Attribute Nodes" and "Text Nodes". */
static const struct escape in_value[] = {
    { '&', "&amp;" },  { '<', "&lt;" },   { '"', "&quot;" }, { '\t', "&#x9;" },
    { '\n', "&#xA;" }, { '\r', "&#xD;" }, { 0, NULL },
};
static const struct escape in_text[] = {
    { '&', "&amp;" },  { '<', "&lt;" }, { '>', "&gt;" },
    { '\r', "&#xD;" }, { 0, NULL },
};

static void
put_escaped(const struct ga_sink *sink, struct ga_span s,
            const struct escape *table)
{
    size_t from = 0;

    for (size_t i = 0; i < s.len; i++) {
        const struct escape *e = table;

        while (e->text != NULL && e->c != s.ptr[i])
            e++;
        if (e->text == NULL)
            continue;
        put(sink, (struct ga_span){ &s.ptr[from], i - from });
        put_text(sink, e->text);
        from = i + 1;
    }
    put(sink, (struct ga_span){ &s.ptr[from], s.len - from });
}

static void
put_name(const struct ga_sink *sink, const struct ga_xml_name *name)
{
    put(sink, name->prefix);
    if (name->prefix.len > 0)
        put_text(sink, ":");
    put(sink, name->local);
}

static void
put_value(const struct ga_sink *sink, struct ga_span value)
{
    put_text(sink, "=\"");
    put_escaped(sink, value, in_value);
    put_text(sink, "\"");
}

/* The innermost of the first `count` bindings that has this prefix. */
static const struct ga_xml_binding *
find(const struct ga_xml_scope *scope, size_t count, struct ga_span prefix)
{
    while (count > 0)
        if (same(scope->binding[--count].prefix, prefix))
            return &scope->binding[count];
    return NULL;
}

/* Whether binding `i` is written: in a tag whose parent is written, where it
 * changes something; in an apex, where it is in force and names something. */
static bool
rendered(const struct ga_xml_scope *scope, size_t i, unsigned depth, bool apex)
{
    const struct ga_xml_binding *b = &scope->binding[i], *outer;

    if (apex)
        return b->uri.len > 0 && find(scope, scope->count, b->prefix) == b;
    if (b->depth < depth)
        return false;
    outer = find(scope, i, b->prefix);
    if (outer == NULL)
        return b->uri.len > 0;
    return !same(outer->uri, b->uri);
}

static int
by_prefix(const void *a, const void *b)
{
    const struct ga_xml_binding *const *x = a, *const *y = b;

    return order((*x)->prefix, (*y)->prefix);
}

static void
put_namespaces(const struct ga_sink *sink, const struct ga_xml_scope *scope,
               unsigned depth, bool apex)
{
    const struct ga_xml_binding *list[GA_XML_NAMESPACES_MAX];
    size_t n = 0;

    for (size_t i = 0; i < scope->count; i++)
        if (rendered(scope, i, depth, apex))
            list[n++] = &scope->binding[i];
    qsort(list, n, sizeof(list[0]), by_prefix);
    for (size_t i = 0; i < n; i++) {
        put_text(sink, list[i]->prefix.len > 0 ? " xmlns:" : " xmlns");
        put(sink, list[i]->prefix);
        put_value(sink, list[i]->uri);
    }
}

static int
by_name(const void *a, const void *b)
{
    const struct ga_xml_attribute *const *x = a, *const *y = b;
    int c = order((*x)->name.uri, (*y)->name.uri);

    return c != 0 ? c : order((*x)->name.local, (*y)->name.local);
}

static void
put_attributes(const struct ga_sink *sink, const struct ga_xml_element *element)
{
    const struct ga_xml_attribute *list[GA_XML_ATTRIBUTES_MAX];

    for (size_t i = 0; i < element->count; i++)
        list[i] = &element->attribute[i];
    qsort(list, element->count, sizeof(list[0]), by_name);
    for (size_t i = 0; i < element->count; i++) {
        put_text(sink, " ");
        put_name(sink, &list[i]->name);
        put_value(sink, list[i]->value);
    }
}

void
ga_canon_start(const struct ga_sink *sink, const struct ga_xml_element *element,
               const struct ga_xml_scope *scope, unsigned depth, bool apex)
{
    put_text(sink, "<");
    put_name(sink, &element->name);
    put_namespaces(sink, scope, depth, apex);
    put_attributes(sink, element);
    put_text(sink, ">");
}

void
ga_canon_text(const struct ga_sink *sink, struct ga_span text)
{
    put_escaped(sink, text, in_text);
}

void
ga_canon_end(const struct ga_sink *sink, const struct ga_xml_name *name)
{
    put_text(sink, "</");
    put_name(sink, name);
    put_text(sink, ">");
}
