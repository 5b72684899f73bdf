/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_report_parse and everything that reads a parsed report.  Seeds:
 * minted reports. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "spdm/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
within(const struct ga_report *r, struct ga_bytes view)
{
    return view.ptr >= r->bytes.ptr &&
           view.ptr + view.len <= r->bytes.ptr + r->bytes.len;
}

/* The parts are views of our copy, and nothing is left between them. */
static void
check_shape(const struct ga_report *r, size_t size)
{
    require(r->signed_part.len + r->signature.len + r->zeros_dropped == size);
    require(r->signature.len == 96 && r->nonce.len == 32);
    require(r->response_nonce.len == 32 && r->zeros_dropped < size);
    require(within(r, r->signed_part) && within(r, r->signature));
    require(within(r, r->nonce) && within(r, r->response_nonce));
    require(r->block_count > 0 && r->block_count <= GA_BLOCKS_MAX);
    require(r->field_count <= GA_OPAQUE_FIELDS_MAX);
    for (size_t i = 0; i < r->block_count; i++)
        require(within(r, r->block[i].value) &&
                r->block[i].value.len <= GA_MEASUREMENT_MAX);
    for (size_t i = 0; i < r->field_count; i++) {
        const struct ga_opaque_field *f = &r->field[i];

        require(within(r, f->value) && f->offset <= size);
        for (size_t n = 0; n < i; n++)
            require(r->field[n].type != f->type);
    }
}

static bool
is_id(const char *id)
{
    size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");

    return n > 0 && n <= GA_RIM_ID_MAX && id[n] == '\0' &&
           strstr(id, "..") == NULL;
}

static void
check_answers(const struct ga_report *r)
{
    uint8_t pdis[32][GA_PDI_LEN], own[GA_PDI_LEN];
    struct ga_check mode = { 0 };
    char id[GA_RIM_ID_TEXT];

    for (int role = 0; role < GA_RIM_ROLES; role++)
        if (ga_report_rim_id(r, (enum ga_rim_role)role, id, NULL) == GA_OK)
            require(is_id(id));
    require(ga_report_pdis(r, pdis, 32) <= 32);
    if (ga_report_own_pdi(r, own))
        require(ga_report_is_switch(r));
    ga_report_mode(r, &mode);
    require(mode.state != GA_NOT_CHECKED);
    require(mode.state != GA_FAILED || mode.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_report *report = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_report_parse(data, size, &report, &err);

    if (rc == GA_OK) {
        check_shape(report, size);
        check_answers(report);
    } else {
        require(report == NULL && err.code == rc && err.text[0] != '\0');
        require(err.offset == GA_NO_OFFSET || err.offset <= size);
    }
    ga_report_free(report);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_report(data, size, max, seed);
}
