/* SPDX-License-Identifier: Apache-2.0 */
/* The measurement record: blocks in DMTF form. */
#include <string.h>

#include "spdm/parse.h"

#define DMTF 1 /* MeasurementSpecification: the DMTF's, bit 0 */
/* DMTFSpecMeasurementValueType 1: mutable firmware, as a digest; the one type
 * that real reports have. */
#define VALUE_TYPE  1
#define DMTF_HEADER 3 /* value type and value size, inside MeasurementSize */

/* One block: Source: dsp0274, "Measurement block format" and "DMTF measurement
 * specification format". */
static enum ga_rc
parse_block(struct ga_reader *r, uint8_t *index, struct ga_block *out,
            struct ga_error *err)
{
    size_t at = r->origin + r->pos;
    uint8_t specification;
    uint16_t size, value_size;

    if (!ga_read_u8(r, "Index", index) ||
        !ga_read_u8(r, "MeasurementSpecification", &specification) ||
        !ga_read_u16le(r, "MeasurementSize", &size) ||
        !ga_read_u8(r, "DMTFSpecMeasurementValueType", &out->value_type) ||
        !ga_read_u16le(r, "DMTFSpecMeasurementValueSize", &value_size) ||
        !ga_read_bytes(r, "DMTFSpecMeasurementValue", value_size, &out->value))
        return ga_reader_error(r, err);
    if (specification != DMTF)
        return ga_fail_at(err, GA_E_BAD_VALUE, at + 1,
                          "MeasurementSpecification: %u, not %d", specification,
                          DMTF);
    if (size != value_size + DMTF_HEADER)
        return ga_fail_at(err, GA_E_BAD_VALUE, at + 2,
                          "MeasurementSize: %u, not %u (value size and %d)",
                          size, value_size + DMTF_HEADER, DMTF_HEADER);
    if (out->value_type != VALUE_TYPE)
        return ga_fail_at(err, GA_E_BAD_VALUE, at + 4,
                          "DMTFSpecMeasurementValueType: %u, not %d",
                          out->value_type, VALUE_TYPE);
    if (value_size < 1 || value_size > GA_MEASUREMENT_MAX)
        return ga_fail_at(err, GA_E_BAD_VALUE, at + 5,
                          "DMTFSpecMeasurementValueSize: %u, not 1 to %d",
                          value_size, GA_MEASUREMENT_MAX);
    return GA_OK;
}

/* With n blocks of indexes in 1..n and none twice, none is missing either. */
static enum ga_rc
place(struct ga_report *out, size_t blocks, size_t at, uint8_t index,
      const struct ga_block *block, struct ga_error *err)
{
    if (index < 1 || index > blocks)
        return ga_fail_at(err, GA_E_BAD_VALUE, at, "Index: %u, not 1 to %zu",
                          index, blocks);
    if (out->block[index - 1].value.ptr != NULL)
        return ga_fail_at(err, GA_E_DUPLICATE, at, "Index: %u stands twice",
                          index);
    out->block[index - 1] = *block;
    return GA_OK;
}

enum ga_rc
ga_measurements_parse(struct ga_reader *record, size_t blocks,
                      struct ga_report *out, struct ga_error *err)
{
    if (blocks < 1 || blocks > GA_BLOCKS_MAX)
        return ga_fail_at(err, GA_E_BAD_VALUE, record->origin - 4,
                          "NumberOfBlocks: %zu, not 1 to %d", blocks,
                          GA_BLOCKS_MAX);
    for (size_t i = 0; i < blocks; i++) {
        size_t at = record->origin + record->pos;
        struct ga_block block;
        uint8_t index;
        enum ga_rc rc = parse_block(record, &index, &block, err);

        if (rc == GA_OK)
            rc = place(out, blocks, at, index, &block, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "block %zu", i + 1);
    }
    out->block_count = blocks;
    return ga_reader_done(record, err);
}
