/* SPDX-License-Identifier: Apache-2.0 */
/* PDIs: found in reports, compared, collected in sets. */
#include <string.h>

#include "base/hex.h"
#include "base/reader.h"
#include "topology/pdi.h"

/* GPUs in a switch's field 26, before a byte per port.  Source: spec-protocol,
 * 1. */
#define SWITCH_PLACES 8

static bool
is_all(const uint8_t pdi[GA_PDI_LEN], uint8_t byte)
{
    for (size_t i = 0; i < GA_PDI_LEN; i++)
        if (pdi[i] != byte)
            return false;
    return true;
}

bool
ga_pdi_is_one(const uint8_t pdi[GA_PDI_LEN])
{
    return !is_all(pdi, 0x00) && !is_all(pdi, 0xff);
}

void
ga_pdi_text(const uint8_t pdi[GA_PDI_LEN], char out[GA_PDI_TEXT])
{
    ga_hex(ga_bytes_of(pdi, GA_PDI_LEN), out);
    for (size_t i = 0; i + 1 < GA_PDI_TEXT; i++)
        if (out[i] >= 'a' && out[i] <= 'f')
            out[i] = (char)(out[i] - 'a' + 'A');
}

bool
ga_pdi_equal(const uint8_t a[GA_PDI_LEN], const uint8_t b[GA_PDI_LEN])
{
    return ga_bytes_equal(ga_bytes_of(a, GA_PDI_LEN),
                          ga_bytes_of(b, GA_PDI_LEN));
}

/* A GPU's field has its PDIs back to front; an unused place is zero. */
static void
read_places(struct ga_bytes field, size_t places, bool reversed,
            struct ga_neighbours *out)
{
    struct ga_reader r = ga_reader_of(field);
    struct ga_bytes raw;

    for (size_t i = 0; i < places && ga_read_bytes(&r, "PDI", GA_PDI_LEN, &raw);
         i++) {
        uint8_t *pdi = out->pdi[out->count];

        for (size_t k = 0; k < GA_PDI_LEN; k++)
            pdi[k] = raw.ptr[reversed ? GA_PDI_LEN - 1 - k : k];
        out->count += !is_all(pdi, 0x00);
    }
}

static void
read_switch(const struct ga_report *report, struct ga_neighbours *out)
{
    const struct ga_opaque_field *own = ga_report_find(report, GA_FIELD_PDI);
    const struct ga_opaque_field *lock =
        ga_report_find(report, GA_FIELD_LOCK_SWITCH_STATUS);
    struct ga_reader r;
    struct ga_bytes raw;

    if (own != NULL) {
        r = ga_reader_of(own->value);
        out->has_own = ga_read_bytes(&r, "PDI", GA_PDI_LEN, &raw);
        if (out->has_own)
            memcpy(out->own, raw.ptr, GA_PDI_LEN);
    }
    if (lock != NULL) {
        r = ga_reader_of(lock->value);
        out->has_lock = ga_read_u16le(&r, "lock", &out->lock);
    }
}

void
ga_neighbours_read(const struct ga_report *report, struct ga_neighbours *out)
{
    bool gpu = report->kind == GA_KIND_GPU;
    const struct ga_opaque_field *f =
        ga_report_find(report, gpu ? GA_FIELD_PDI : GA_FIELD_SWITCH_GPU_PDIS);

    *out =
        (struct ga_neighbours){ .kind = report->kind, .has_field = f != NULL };
    if (f != NULL)
        read_places(f->value, gpu ? GA_PDI_PLACES_MAX : SWITCH_PLACES, gpu,
                    out);
    if (!gpu)
        read_switch(report, out);
}

void
ga_pdi_set_add(struct ga_pdi_set *set, const uint8_t pdi[GA_PDI_LEN])
{
    size_t at = 0;

    while (at < set->count && memcmp(set->pdi[at], pdi, GA_PDI_LEN) < 0)
        at++;
    if (set->count == GA_PDI_SET_MAX ||
        (at < set->count && ga_pdi_equal(set->pdi[at], pdi)))
        return;
    memmove(set->pdi[at + 1], set->pdi[at], (set->count - at) * GA_PDI_LEN);
    memcpy(set->pdi[at], pdi, GA_PDI_LEN);
    set->count++;
}

bool
ga_pdi_set_has(const struct ga_pdi_set *set, const uint8_t pdi[GA_PDI_LEN])
{
    for (size_t i = 0; i < set->count; i++)
        if (ga_pdi_equal(set->pdi[i], pdi))
            return true;
    return false;
}

bool
ga_pdi_set_equal(const struct ga_pdi_set *a, const struct ga_pdi_set *b)
{
    return ga_bytes_equal(ga_bytes_of(a->pdi, a->count * GA_PDI_LEN),
                          ga_bytes_of(b->pdi, b->count * GA_PDI_LEN));
}

struct ga_pdi_set
ga_neighbours_set(const struct ga_neighbours *says)
{
    struct ga_pdi_set set = { 0 };

    for (size_t i = 0; i < says->count; i++)
        if (ga_pdi_is_one(says->pdi[i]))
            ga_pdi_set_add(&set, says->pdi[i]);
    return set;
}
