/* SPDX-License-Identifier: Apache-2.0 */
/* The chips that are known, and what must agree for each. */
#include <string.h>
#include <strings.h>

#include "base/chips.h"

/* clang-format off */
const struct ga_chip ga_chips[] = {
    { "HOPPER",    GA_KIND_GPU,    "GH100", "GH100", "GSP", GA_FWID_DEVICE_KEY,
      0x0180, { "GH100" }, { "GH100" }, "NV_GPU_DRIVER_GH100", 9 },
    { "BLACKWELL", GA_KIND_GPU,    "GB100", "GB100", "GSP", GA_FWID_TCB_INFO,
      0x01a0, { "GB100" }, { "GB100" }, NULL, 10 },
    { "BLACKWELL", GA_KIND_GPU,    "GB20X", "GB20X", "GSP", GA_FWID_TCB_INFO,
      0x01b0, { "GB202", "GB20X" }, { "GB202", "GB20X" }, NULL, 10 },
    { "LS10",      GA_KIND_SWITCH, "LS_10", "GH100", "FSP", GA_FWID_DEVICE_KEY,
      0,      { NULL },    { "LS10" }, NULL, 0 },
};
/* clang-format on */

const size_t ga_chip_count = sizeof(ga_chips) / sizeof(ga_chips[0]);

const struct ga_chip *
ga_chip_by_cert(const char *name, size_t len)
{
    for (size_t i = 0; i < ga_chip_count; i++)
        if (strlen(ga_chips[i].name) == len &&
            memcmp(ga_chips[i].name, name, len) == 0)
            return &ga_chips[i];
    return NULL;
}

static bool
is_number(unsigned n, const char *text)
{
    unsigned v = 0;

    if (n == 0 || *text == '\0')
        return false;
    for (; *text >= '0' && *text <= '9' && v < 1000; text++)
        v = v * 10 + (unsigned)(*text - '0');
    return *text == '\0' && v == n;
}

bool
ga_chip_is_arch(const struct ga_chip *chip, const char *text)
{
    return strcasecmp(chip->arch, text) == 0 ||
           is_number(chip->nvml_arch, text);
}

bool
ga_arch_known(const char *text)
{
    for (size_t i = 0; i < ga_chip_count; i++)
        if (ga_chip_is_arch(&ga_chips[i], text))
            return true;
    return false;
}
