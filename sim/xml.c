/* SPDX-License-Identifier: Apache-2.0 */
/* XML as it is stored, and its canonical form beside it. */
#include <string.h>

#include "sim/xml.h"

void
sim_xml_done(struct sim_xml *x)
{
    sim_out_done(&x->file);
    sim_out_done(&x->canonical);
}

static void
put_attrs(struct sim_out *o, const struct sim_attr *attrs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sim_put(o, " ", 1);
        sim_put_text(o, attrs[i].name);
        sim_put(o, "=\"", 2);
        sim_put_text(o, attrs[i].value);
        sim_put(o, "\"", 1);
    }
}

/* Rank of an attribute.  Source: c14n11 2.2, document order of the namespace and
 * attribute axes.  No element here has attributes of two namespaces, so that a
 * prefix sorts as its namespace would. */
static int
rank(const char *name)
{
    if (strcmp(name, "xmlns") == 0)
        return 0;
    if (strncmp(name, "xmlns:", 6) == 0)
        return 1;
    return strchr(name, ':') == NULL ? 2 : 3;
}

static bool
before(const struct sim_attr *a, const struct sim_attr *b)
{
    int ra = rank(a->name), rb = rank(b->name);

    return ra != rb ? ra < rb : strcmp(a->name, b->name) < 0;
}

static void
put_sorted(struct sim_out *o, const struct sim_attr *attrs, size_t n)
{
    struct sim_attr sorted[SIM_ATTRS_MAX];

    if (n > SIM_ATTRS_MAX) {
        o->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = i;

        for (; at > 0 && before(&attrs[i], &sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = attrs[i];
    }
    put_attrs(o, sorted, n);
}

void
sim_xml_start(struct sim_xml *x, const char *name, const struct sim_attr *attrs,
              size_t n)
{
    sim_put_format(&x->file, "<%s", name);
    put_attrs(&x->file, attrs, n);
    sim_put_text(&x->file, ">");
    sim_put_format(&x->canonical, "<%s", name);
    put_sorted(&x->canonical, attrs, n);
    sim_put_text(&x->canonical, ">");
}

void
sim_xml_start_part(struct sim_xml *x, const char *name,
                   const struct sim_attr *scope, size_t n)
{
    sim_put_format(&x->file, "<%s>", name);
    sim_put_format(&x->canonical, "<%s", name);
    put_sorted(&x->canonical, scope, n);
    sim_put_text(&x->canonical, ">");
}

void
sim_xml_empty(struct sim_xml *x, const char *name, const struct sim_attr *attrs,
              size_t n)
{
    sim_put_format(&x->file, "<%s", name);
    put_attrs(&x->file, attrs, n);
    sim_put_text(&x->file, "/>");
    sim_put_format(&x->canonical, "<%s", name);
    put_sorted(&x->canonical, attrs, n);
    sim_put_format(&x->canonical, "></%s>", name);
}

void
sim_xml_end(struct sim_xml *x, const char *name)
{
    sim_put_format(&x->file, "</%s>", name);
    sim_put_format(&x->canonical, "</%s>", name);
}

void
sim_xml_text(struct sim_xml *x, const char *text)
{
    sim_put_text(&x->file, text);
    sim_put_text(&x->canonical, text);
}
