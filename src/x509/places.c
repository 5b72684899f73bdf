/* SPDX-License-Identifier: Apache-2.0 */
/* The table of places, and how names are compared with it. */
#include <string.h>

#include "x509/places.h"

#define SIGN    GA_KU_DIGITAL_SIGNATURE
#define CERT    GA_KU_KEY_CERT_SIGN
#define CERTCRL (GA_KU_KEY_CERT_SIGN | GA_KU_CRL_SIGN)
#define CORP                 \
    {                        \
        "NVIDIA Corporation" \
    }
#define EITHER                         \
    {                                  \
        "NVIDIA Corporation", "NVIDIA" \
    }
#define ROOT     \
    {            \
        "NVIDIA" \
    }

/* Names and usage of every real chain at hand.  Source: spec-protocol, 2, 3 */
/* clang-format off */
static const struct ga_place device[] = {
    { "leaf", "%c %r %p FMC LF", CORP, false, SIGN, SIGN },
    { "BROM", "%c %r %p BROM", CORP, true, CERT, CERT },
    { "Provisioner ICA", "NVIDIA %c Provisioner ICA %n", CORP, true, CERTCRL, CERTCRL },
    { "Identity", "NVIDIA %i Identity", CORP, true, CERTCRL, CERTCRL },
    { "root", "NVIDIA Device Identity CA", ROOT, true, CERTCRL, CERTCRL },
};

static const struct ga_place rim[] = {
    { "RIM signer", NULL, { NULL }, false, SIGN, SIGN },
    { "RIM L3", "NVIDIA Reference Value %*", EITHER, true, CERT, CERTCRL },
    { "RIM L2", "NVIDIA Reference Value %*", EITHER, true, CERT, CERTCRL },
    { "RIM root", "NVIDIA CoRIM signing Root CA", ROOT, true, CERT, CERTCRL },
};
/* clang-format on */

const struct ga_places ga_device_places = { sizeof(device) / sizeof(device[0]),
                                            1, device };
const struct ga_places ga_rim_places = { sizeof(rim) / sizeof(rim[0]), 0, rim };

static size_t
prefix(const char *text, const char *with)
{
    size_t n = strlen(with);

    return strncmp(text, with, n) == 0 ? n : 0;
}

static size_t
digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* How much of `text` the letter stands for; 0: it does not fit. */
static size_t
fit(char letter, const char *text, const struct ga_chip *chip)
{
    switch (letter) {
    case 'c':
        return chip != NULL ? prefix(text, chip->name) : 0;
    case 'i':
        return chip != NULL ? prefix(text, chip->identity) : 0;
    case 'p':
        return chip != NULL ? prefix(text, chip->processor) : 0;
    case 'r':
        if (*text < 'A' || *text > 'Z')
            return 0;
        return text[1] != '\0' && digits(&text[1]) == 2 ? 3 : 0;
    case 'n':
        return digits(text);
    case '*':
        return strlen(text);
    default:
        return 0;
    }
}

static bool
matches(const char *pattern, const char *text, const struct ga_chip *chip)
{
    size_t at = 0;

    for (; *pattern != '\0'; pattern++) {
        size_t n = 1;

        if (*pattern == '%')
            n = fit(*++pattern, &text[at], chip);
        else if (*pattern != text[at])
            return false;
        if (n == 0)
            return false;
        at += n;
    }
    return text[at] == '\0';
}

bool
ga_place_named(const struct ga_place *place, const struct ga_cert *cert,
               const struct ga_chip *chip)
{
    return place->name == NULL || matches(place->name, cert->common_name, chip);
}

bool
ga_place_organized(const struct ga_place *place, const struct ga_cert *cert,
                   bool simulator)
{
    if (simulator)
        return strcmp(cert->organization, GA_SIMULATOR_ORGANIZATION) == 0;
    if (place->organization[0] == NULL)
        return true;
    for (size_t i = 0; i < 2; i++)
        if (place->organization[i] != NULL &&
            strcmp(cert->organization, place->organization[i]) == 0)
            return true;
    return false;
}

const struct ga_chip *
ga_places_chip(const struct ga_certs *certs, size_t *agree)
{
    const struct ga_chip *best = NULL;

    *agree = 0;
    for (size_t i = 0; i < ga_chip_count; i++) {
        size_t n = 0;

        for (size_t k = 0; k < GA_CHIP_NAMES && k < certs->count; k++)
            n += ga_place_named(&device[k], certs->cert[k], &ga_chips[i]);
        if (n > *agree) {
            *agree = n;
            best = &ga_chips[i];
        }
    }
    return best;
}
