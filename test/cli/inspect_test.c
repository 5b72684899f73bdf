/* SPDX-License-Identifier: Apache-2.0 */
/* What inspect shows of a report, against what another parser found. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/inspect.h"
#include "support/fixtures.h"

/* Returns what inspect prints as JSON; the kind's object is called "it". */
static json_t *
inspected(const char *path,
          enum ga_rc (*inspect)(struct emit *e, const char *key,
                                struct ga_bytes in, struct ga_error *err))
{
    GA_AUTO_BUF struct ga_buf in = fixture(path);
    struct ga_error err = { 0 };
    struct emit e;
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    json_t *all;

    assert_non_null(to);
    emit_start(&e, true, to);
    if (inspect(&e, "it", ga_view(&in), &err) != GA_OK)
        fail_msg("%s: %s", path, err.text);
    assert_true(emit_done(&e));
    fclose(to);
    all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(all);
    free(text);
    return all;
}

static json_t *
parsed(const char *path)
{
    GA_AUTO_BUF struct ga_buf in = fixture(path);
    json_t *all = json_loadb((const char *)in.ptr, in.len, 0, NULL);

    assert_non_null(all);
    return all;
}

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        fail_msg("no text \"%s\"", key);
    return text;
}

/* "0x11" there is "11" here; a number is a number. */
static void
same(const json_t *theirs, const char *their_key, const json_t *ours,
     const char *our_key)
{
    const json_t *value = json_object_get(theirs, their_key);

    assert_non_null(value);
    if (json_is_integer(value))
        assert_int_equal(json_integer_value(value),
                         json_integer_value(json_object_get(ours, our_key)));
    else
        assert_string_equal(json_string_value(value) + strlen("0x"),
                            text_of(ours, our_key));
}

/* Members of the message's head; every other member is a table of its own. */
static const struct {
    const char *theirs, *ours;
} heads[] = {
    { "SPDMVersion", "spdm_version" },
    { "RequestResponseCode", "code" },
    { "Param1", "param1" },
    { "Param2", "param2" },
    { "NumberOfBlocks", "number_of_blocks" },
    { "MeasurementRecordLength", "measurement_record_length" },
    { "Nonce", "nonce" },
    { "OpaqueLength", "opaque_length" },
    { "Signature", "signature" },
    { "SlotIDParam", "slot" },
};

static void
same_head(json_t *theirs, const json_t *ours)
{
    const char *key;
    json_t *value;

    json_object_foreach(theirs, key, value)
    {
        size_t i = 0;

        if (json_is_object(value))
            continue;
        while (i < COUNT(heads) && strcmp(heads[i].theirs, key) != 0)
            i++;
        if (i == COUNT(heads))
            fail_msg("nothing is compared with %s", key);
        same(theirs, key, ours, heads[i].ours);
    }
}

static void
same_blocks(json_t *theirs, const json_t *ours)
{
    json_t *blocks = json_object_get(theirs, "MeasurementBlocks"), *value;
    const char *key;
    size_t count = json_array_size(ours);

    assert_int_equal(
        json_integer_value(json_object_get(theirs, "NumberOfBlocks")), count);
    assert_int_equal(json_object_size(blocks), count);
    json_object_foreach(blocks, key, value)
    {
        char index[8];
        size_t i = 0;

        for (; i < count; i++) {
            json_t *b = json_array_get(ours, i);

            snprintf(index, sizeof(index), "%d",
                     (int)json_integer_value(json_object_get(b, "index")));
            if (strcmp(index, key) == 0)
                break;
        }
        if (i == count)
            fail_msg("no block %s", key);
        same(value, "DMTFSpecMeasurementValueType", json_array_get(ours, i),
             "type");
        same(value, "DMTFSpecMeasurementValueSize", json_array_get(ours, i),
             "size");
        same(value, "DMTFSpecMeasurementValue", json_array_get(ours, i),
             "value");
        assert_int_equal(json_object_size(value), 3);
    }
}

/* Their fields by our type; those that they split into a list have the key of
 * the list in "derived", or the place of the hex in the value. */
static const struct {
    const char *theirs;
    int type;
    const char *derived;
} fields[] = {
    { "DRIVER_VERSION", 3, NULL },
    { "GPU_INFO", 4, NULL },
    { "VBIOS_VERSION", 6, NULL },
    { "NVDEC0_STATUS", 11, NULL },
    { "MSRSCNT", 12, "measurement_counts" },
    { "CPRINFO", 13, NULL },
    { "BOARD_ID", 14, NULL },
    { "CHIP_SKU", 15, NULL },
    { "CHIP_SKU_MOD", 16, NULL },
    { "PROJECT", 17, NULL },
    { "PROJECT_SKU", 18, NULL },
    { "PROJECT_SKU_MOD", 19, NULL },
    { "FWID", 20, NULL },
    { "PROTECTED_PCIE_STATUS", 21, NULL },
    { "DEVICE_PDI", 22, NULL },
    { "DISABLED_PORTS", 23, "disabled_ports" },
    { "SWITCH_POSITION_ID", 24, NULL },
    { "SWITCH_LOCK_STATUS", 25, NULL },
    { "SWITCH_GPU_PDIS", 26, "pdis" },
    { "SWITCH_PORT", 26, "port_gpu" },
};

static const json_t *
field_of(const json_t *opaque, int type)
{
    for (size_t i = 0; i < json_array_size(opaque); i++) {
        const json_t *f = json_array_get(opaque, i);

        if (json_integer_value(json_object_get(f, "type")) == type)
            return f;
    }
    fail_msg("no field %d", type);
    return NULL;
}

static void
same_list(const json_t *theirs, const json_t *ours, const char *name)
{
    if (json_array_size(theirs) != json_array_size(ours))
        fail_msg("%s: %zu items, not %zu", name, json_array_size(ours),
                 json_array_size(theirs));
    for (size_t i = 0; i < json_array_size(theirs); i++) {
        const json_t *t = json_array_get(theirs, i);
        const json_t *o = json_array_get(ours, i);
        char number[8];

        if (json_is_integer(t)) {
            assert_int_equal(json_integer_value(t), json_integer_value(o));
            continue;
        }
        snprintf(number, sizeof(number), "%02x", (int)json_integer_value(o));
        assert_string_equal(json_string_value(t) + strlen("0x"),
                            json_is_string(o) ? json_string_value(o) : number);
    }
}

static void
same_field(const char *name, const json_t *theirs, const json_t *report)
{
    size_t i = 0;

    while (i < COUNT(fields) && strcmp(fields[i].theirs, name) != 0)
        i++;
    if (i == COUNT(fields))
        fail_msg("nothing is compared with %s", name);
    if (json_is_array(theirs))
        same_list(theirs,
                  json_object_get(json_object_get(report, "derived"),
                                  fields[i].derived),
                  name);
    else
        assert_string_equal(
            json_string_value(theirs) + strlen("0x"),
            text_of(field_of(json_object_get(report, "opaque"), fields[i].type),
                    "value"));
}

static void
same_report(const char *folder)
{
    char path[128];
    json_t *ours, *theirs, *report, *value;
    const char *key;

    snprintf(path, sizeof(path), "%s/report.bin", folder);
    ours = inspected(path, inspect_report);
    report = json_object_get(ours, "it");
    snprintf(path, sizeof(path), "%s/parsed.json", folder);
    theirs = parsed(path);
    same_head(theirs, json_object_get(report, "response"));
    same_blocks(json_object_get(theirs, "MeasurementRecord"),
                json_object_get(report, "blocks"));
    json_object_foreach(json_object_get(json_object_get(theirs, "OpaqueData"),
                                        "OpaqueDataField"),
                        key, value)
    {
        same_field(key + strlen("OPAQUE_FIELD_ID_"), value, report);
    }
    json_decref(ours);
    json_decref(theirs);
}

static void
agrees_on_a_gpu(void **state)
{
    (void)state;
    need_fixtures();
    same_report("gpu/h100-580.159.03");
}

static void
agrees_on_a_switch(void **state)
{
    (void)state;
    need_fixtures();
    same_report("switch/ls10-96.10.55.00.01");
}

static void
agrees_on_a_request(void **state)
{
    json_t *ours, *theirs;

    (void)state;
    need_fixtures();
    ours = inspected("gpu/h100-580.159.03/report.bin", inspect_report);
    theirs = parsed("gpu/h100-580.159.03/parsed-request.json");
    same_head(theirs, json_object_get(json_object_get(ours, "it"), "request"));
    json_decref(ours);
    json_decref(theirs);
}

/* What tells a person which device and which RIMs these are. */
static void
derives_versions_and_rim_ids(void **state)
{
    json_t *ours, *derived;

    (void)state;
    need_fixtures();
    ours = inspected("gpu/h100-550.90.07/report.bin", inspect_report);
    derived = json_object_get(json_object_get(ours, "it"), "derived");
    assert_string_equal(text_of(derived, "driver"), "550.90.07");
    assert_string_equal(text_of(derived, "vbios"), "96.00.9F.00.01");
    assert_string_equal(text_of(derived, "driver_rim"),
                        "NV_GPU_DRIVER_GH100_550.90.07");
    assert_string_equal(text_of(derived, "vbios_rim"),
                        "NV_GPU_VBIOS_1010_0200_882_96009F0001");
    assert_null(json_object_get(derived, "bios_rim"));
    json_decref(ours);
    ours = inspected("switch/ls10-96.10.55.00.01/report.bin", inspect_report);
    derived = json_object_get(json_object_get(ours, "it"), "derived");
    assert_string_equal(text_of(derived, "bios_rim"),
                        "NV_SWITCH_BIOS_5612_0002_890_9610550001");
    assert_string_equal(text_of(derived, "own_pdi"), "203eb31ad9ed0008");
    assert_null(json_object_get(derived, "driver_rim"));
    json_decref(ours);
}

/* NRAS said these of the same devices. */
static void
shows_a_chain(void **state)
{
    json_t *ours, *chain, *certs;

    (void)state;
    need_fixtures();
    ours = inspected("gpu/h100-550.90.07/chain.pem", inspect_chain);
    chain = json_object_get(ours, "it");
    certs = json_object_get(chain, "certificates");
    assert_string_equal(text_of(chain, "ueid"),
                        "478176379286082186618948445787393647364802107249");
    assert_string_equal(text_of(chain, "hwmodel"), "GH100 A01 GSP BROM");
    assert_string_equal(text_of(chain, "arch"), "HOPPER");
    assert_int_equal(strlen(text_of(chain, "fwid")), 96);
    assert_int_equal(json_array_size(certs), 5);
    assert_string_equal(text_of(json_array_get(certs, 0), "not_after"),
                        "9999-12-31T23:59:59Z");
    for (size_t i = 0; i + 1 < 5; i++)
        assert_string_equal(text_of(json_array_get(certs, i), "issuer"),
                            text_of(json_array_get(certs, i + 1), "subject"));
    json_decref(ours);
}

static void
shows_a_rim(void **state)
{
    json_t *ours, *rim;

    (void)state;
    need_fixtures();
    ours =
        inspected("gpu/h100-550.90.07/rims/NV_GPU_DRIVER_GH100_550.90.07.xml",
                  inspect_rim);
    rim = json_object_get(ours, "it");
    assert_string_equal(text_of(rim, "version"), "550.90.07");
    assert_true(json_is_true(json_object_get(rim, "digest_matches")));
    assert_int_equal(json_array_size(json_object_get(rim, "problems")), 0);
    assert_int_equal(json_array_size(json_object_get(rim, "signers")), 4);
    assert_int_equal(json_array_size(json_object_get(rim, "active")), 21);
    assert_int_equal(
        json_array_size(json_object_get(rim, "active")) +
            (size_t)json_integer_value(json_object_get(rim, "inactive")),
        64);
    json_decref(ours);
}

static void
shows_an_ocsp_answer(void **state)
{
    json_t *ours, *answers;

    (void)state;
    need_fixtures();
    ours = inspected("gpu/h100-550.90.07/ocsp/device-brom.der", inspect_ocsp);
    answers = json_object_get(json_object_get(ours, "it"), "answers");
    assert_int_equal(json_array_size(answers), 1);
    assert_string_equal(text_of(json_array_get(answers, 0), "status"), "good");
    assert_true(json_array_size(json_object_get(json_object_get(ours, "it"),
                                                "certificates")) >= 1);
    json_decref(ours);
}

static void
shows_every_item_of_evidence(void **state)
{
    static const struct {
        const char *path;
        size_t items;
    } files[] = {
        { "evidence/gpu-list-4.json", 4 },
        { "evidence/switch-list-1.json", 1 },
        { "evidence/nvrust-gpu-8.json", 8 },
        { "ppcie/hgx-h100-switch.json", 4 },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(files); i++) {
        json_t *ours = inspected(files[i].path, inspect_evidence);
        json_t *items = json_object_get(ours, "it");

        assert_int_equal(json_array_size(items), files[i].items);
        for (size_t k = 0; k < files[i].items; k++) {
            json_t *item = json_array_get(items, k);

            assert_non_null(
                json_object_get(json_object_get(item, "report"), "blocks"));
            assert_non_null(
                json_object_get(json_object_get(item, "chain"), "ueid"));
        }
        json_decref(ours);
    }
}

/* Shows `in` as text and as JSON; whatever it is, both are whole. */
static void
shown_whole(enum ga_rc (*inspect)(struct emit *e, const char *key,
                                  struct ga_bytes in, struct ga_error *err),
            struct ga_bytes in)
{
    for (int json = 0; json < 2; json++) {
        struct ga_error err = { 0 };
        struct emit e;
        char *text = NULL;
        size_t len = 0;
        FILE *to = open_memstream(&text, &len);
        enum ga_rc rc;

        assert_non_null(to);
        emit_start(&e, json != 0, to);
        rc = inspect(&e, "it", in, &err);
        assert_int_equal(e.depth, 0);
        assert_true(emit_done(&e));
        fclose(to);
        assert_true(rc == GA_OK || (err.code == rc && err.text[0] != '\0'));
        if (json != 0) {
            json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

            assert_non_null(all);
            json_decref(all);
        }
        free(text);
    }
}

/* Prefixes and flipped bits, at steps that no structure has. */
static void
shows_damaged_files_whole(void **state)
{
    static const struct {
        const char *path;
        enum ga_rc (*inspect)(struct emit *e, const char *key,
                              struct ga_bytes in, struct ga_error *err);
    } files[] = {
        { "gpu/h100-550.90.07/report.bin", inspect_report },
        { "switch/ls10-96.10.55.00.01/report.bin", inspect_report },
        { "gpu/h100-550.90.07/chain.pem", inspect_chain },
        { "gpu/h100-550.90.07/ocsp/device-brom.der", inspect_ocsp },
        { "bad/rim-leaf-expired.xml", inspect_rim },
        { "evidence/gpu-list-1.json", inspect_evidence },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(files); i++) {
        GA_AUTO_BUF struct ga_buf in = fixture(files[i].path);

        for (size_t n = 0; n < in.len; n += 1 + in.len / 97) {
            struct ga_buf copy = { .ptr = malloc(n > 0 ? n : 1), .len = n };

            assert_non_null(copy.ptr);
            memcpy(copy.ptr, in.ptr, n);
            shown_whole(files[i].inspect, ga_view(&copy));
            free(copy.ptr);
            in.ptr[n] ^= (uint8_t)(1 << n % 8);
            shown_whole(files[i].inspect, ga_view(&in));
            in.ptr[n] ^= (uint8_t)(1 << n % 8);
        }
        for (size_t k = 0; k < COUNT(files); k++)
            shown_whole(files[k].inspect, ga_view(&in));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_on_a_gpu),
        cmocka_unit_test(agrees_on_a_switch),
        cmocka_unit_test(agrees_on_a_request),
        cmocka_unit_test(derives_versions_and_rim_ids),
        cmocka_unit_test(shows_a_chain),
        cmocka_unit_test(shows_a_rim),
        cmocka_unit_test(shows_an_ocsp_answer),
        cmocka_unit_test(shows_every_item_of_evidence),
        cmocka_unit_test(shows_damaged_files_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
