/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_PLACES_H
#define GA_X509_PLACES_H

#include "base/chips.h"
#include "x509/cert.h"

/*
 * What stands in which place of a chain, leaf first and root last.
 *
 * In a name, %c is the chip, %i the chip whose Identity it has, %p the
 * processor (all from the row of base/chips.c), %r a revision ("A01"), %n a
 * number, %* anything that is not empty.
 */
struct ga_place {
    const char *role;            /* for messages */
    const char *name;            /* common name; NULL: any */
    const char *organization[2]; /* allowed ones; none: any */
    bool ca;
    unsigned usage_must, usage_may; /* bits of keyUsage */
};

struct ga_places {
    size_t count; /* the root's included */
    size_t first; /* the first one that OCSP is asked for */
    const struct ga_place *place;
};

extern const struct ga_places ga_device_places, ga_rim_places;

/* What the simulator's certificates have in place of those organisations. */
#define GA_SIMULATOR_ORGANIZATION "gpuattest simulator"

/* ga_place_named says whether a certificate has the common name of the place;
 * `chip` may be NULL where the name speaks of none. */
bool ga_place_named(const struct ga_place *place, const struct ga_cert *cert,
                    const struct ga_chip *chip);

/* ga_place_organized says whether it has the organisation of the place. */
bool ga_place_organized(const struct ga_place *place,
                        const struct ga_cert *cert, bool simulator);

/* ga_places_chip finds the chip that most of leaf, BROM and ICA are named for;
 * `agree` receives how many that are.  NULL where none is. */
const struct ga_chip *ga_places_chip(const struct ga_certs *certs,
                                     size_t *agree);

/* How many certificates have to name the chip. */
#define GA_CHIP_NAMES 3

#endif
