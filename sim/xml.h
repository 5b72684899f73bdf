/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_XML_H
#define GA_SIM_XML_H

#include "sim/out.h"

/*
 * A writer of XML in two forms at a time: `file` is what is stored, with
 * attributes in the order given and empty elements closed in place, as real
 * RIMs have it; `canonical` is the same in Canonical XML 1.1 (C14N 1.1:
 * namespace declarations first, then attributes by namespace and name, start and
 * end tag always).  Values need no escaping: they are ours and hold no markup.
 */
struct sim_xml {
    struct sim_out file;
    struct sim_out canonical;
};

#define SIM_AUTO_XML __attribute__((cleanup(sim_xml_done)))
void sim_xml_done(struct sim_xml *x);

struct sim_attr {
    const char *name; /* with its prefix */
    const char *value;
};

/* Attributes of one element: the largest here has 15. */
#define SIM_ATTRS_MAX 20

/* sim_xml_start writes a start tag, sim_xml_empty an element without content.
 * sim_xml_start_part begins a part of the document that has a canonical form of
 * its own: there, the namespace declarations in `scope`, which stand further
 * out, are repeated (C14N 1.1 2.4). */
void sim_xml_start(struct sim_xml *x, const char *name,
                   const struct sim_attr *attrs, size_t n);
void sim_xml_start_part(struct sim_xml *x, const char *name,
                        const struct sim_attr *scope, size_t n);
void sim_xml_empty(struct sim_xml *x, const char *name,
                   const struct sim_attr *attrs, size_t n);
void sim_xml_end(struct sim_xml *x, const char *name);
void sim_xml_text(struct sim_xml *x, const char *text);

#endif
