/* SPDX-License-Identifier: Apache-2.0 */
/* The check *_rim.version: whose RIM it is (rule 12). */
#include <string.h>
#include <strings.h>

#include "rim/rim.h"

/* Groups of `least` to `most` digits of `set`, between dots. */
struct form {
    const char *set;
    size_t least, most; /* digits of one group */
    unsigned least_groups, most_groups;
    const char *text;
};

static const struct form driver_form = {
    "0123456789", 1, 6, 2, 3, "a driver's n.n or n.n.n"
};
static const struct form vbios_form = { "0123456789abcdefABCDEF",  2, 2, 5, 5,
                                        "five pairs of hex digits" };

static bool
has_form(const char *version, const struct form *form)
{
    unsigned groups = 0;

    for (;;) {
        size_t n = strspn(version, form->set);

        if (n < form->least || n > form->most)
            return false;
        groups++;
        if (version[n] != '.')
            return version[n] == '\0' && groups >= form->least_groups &&
                   groups <= form->most_groups;
        version = &version[n + 1];
    }
}

static bool
listed(const char *product, const char *const *products)
{
    for (; *products != NULL; products++)
        if (strcmp(product, *products) == 0)
            return true;
    return false;
}

void
ga_rim_check_version(const struct ga_rim *rim, enum ga_rim_role role,
                     const char *version, const char *const *products,
                     struct ga_check *check)
{
    const struct form *form =
        role == GA_RIM_DRIVER ? &driver_form : &vbios_form;
    /* Hex pairs are numbers; their letters' case says nothing. */
    int (*differ)(const char *, const char *) =
        role == GA_RIM_DRIVER ? strcmp : strcasecmp;

    if (rim->version == NULL)
        ga_check_fail(check, GA_R_VERSION_OTHER, "the RIM has no version");
    else if (!has_form(rim->version, form))
        ga_check_fail(check, GA_R_ROLE_OTHER, "version %s is not %s",
                      rim->version, form->text);
    else if (version == NULL || differ(rim->version, version) != 0)
        ga_check_fail(check, GA_R_VERSION_OTHER, "version %s, not %s",
                      rim->version, version != NULL ? version : "known");
    if (products != NULL && rim->product == NULL)
        ga_check_fail(check, GA_R_PRODUCT_OTHER, "the RIM has no product");
    else if (products != NULL && !listed(rim->product, products))
        ga_check_fail(check, GA_R_PRODUCT_OTHER, "product %s, not %s",
                      rim->product,
                      products[0] != NULL ? products[0] : "known");
    ga_check_pass(check);
}
