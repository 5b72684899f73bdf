/* SPDX-License-Identifier: Apache-2.0 */
/* A world is consistent, and comes from its seed alone. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "sim/world.h"
#include "support/fixtures.h"

#define NOW INT64_C(1795000000)

static struct sim_options
options(unsigned gpus, unsigned switches)
{
    struct sim_options o;

    assert_int_equal(sim_options_init(&o, NOW, NULL), GA_OK);
    memset(o.nonce.bytes, 0x5a, sizeof(o.nonce.bytes));
    o.gpus = gpus;
    o.switches = switches;
    o.mode = switches > 0 ? GA_MODE_PPCIE : GA_MODE_SPT;
    o.seed = "world";
    return o;
}

static struct sim_world *
mint(const struct sim_options *o)
{
    struct sim_world *w = NULL;
    struct ga_error err = { 0 };

    if (sim_world_make(o, &w, &err) != GA_OK)
        fail_msg("%s", err.text);
    return w;
}

static struct ga_report *
report_of(const struct sim_device *d)
{
    struct ga_report *r = NULL;

    assert_int_equal(ga_report_parse(d->report.ptr, d->report.len, &r, NULL),
                     GA_OK);
    return r;
}

static void
expect_equal(const struct ga_buf *a, const struct ga_buf *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->ptr, b->ptr, a->len);
}

static void
one_seed_makes_the_same_bytes(void **state)
{
    struct sim_options o = options(2, 1);
    struct sim_world *a = mint(&o), *b = mint(&o);

    (void)state;
    for (size_t i = 0; i < a->devices; i++) {
        expect_equal(&a->device[i].report, &b->device[i].report);
        expect_equal(&a->device[i].chain, &b->device[i].chain);
    }
    assert_int_equal(a->rims, 3);
    for (size_t i = 0; i < a->rims; i++)
        expect_equal(&a->rim[i].xml, &b->rim[i].xml);
    assert_int_equal(a->answers, b->answers);
    for (size_t i = 0; i < a->answers; i++)
        expect_equal(&a->answer[i].der, &b->answer[i].der);
    sim_world_free(a);
    sim_world_free(b);
}

static void
a_device_does_not_depend_on_how_many_there_are(void **state)
{
    struct sim_options one = options(1, 0), many = options(8, 0);
    struct sim_world *a = mint(&one), *b = mint(&many);

    (void)state;
    expect_equal(&a->device[0].chain, &b->device[0].chain);
    expect_equal(&a->device[0].report, &b->device[0].report);
    sim_world_free(a);
    sim_world_free(b);
}

static void
no_seed_makes_other_keys_each_time(void **state)
{
    struct sim_options o = options(1, 0);
    struct sim_world *a, *b;

    (void)state;
    o.seed = NULL;
    a = mint(&o);
    b = mint(&o);
    assert_memory_not_equal(a->pki.ca[SIM_A_DEVICE_ROOT].cert.key.point,
                            b->pki.ca[SIM_A_DEVICE_ROOT].cert.key.point,
                            GA_POINT_LEN);
    assert_memory_not_equal(a->device[0].id.pdi, b->device[0].id.pdi,
                            GA_PDI_LEN);
    sim_world_free(a);
    sim_world_free(b);
}

/* Source: spec-protocol, 2: PDI in the BROM's serial, SHA-1 of the key in the leaf's. */
static void
serial_numbers_follow_the_rules(void **state)
{
    struct sim_options o = options(2, 2);
    struct sim_world *w = mint(&o);

    (void)state;
    for (size_t i = 0; i < w->devices; i++) {
        const struct sim_identity *id = &w->device[i].id;
        uint8_t sha1[20];

        assert_int_equal(id->brom.serial_len, 9);
        assert_int_equal(id->brom.serial[0], i < 2 ? 0x41 : 0x50);
        assert_memory_equal(id->brom.serial + 1, id->pdi, GA_PDI_LEN);
        assert_int_equal(EVP_Digest(id->leaf.key.point, GA_POINT_LEN, sha1,
                                    NULL, EVP_sha1(), NULL),
                         1);
        sha1[0] = (uint8_t)((sha1[0] & 0x3f) | 0x40);
        assert_int_equal(id->leaf.serial_len, sizeof(sha1));
        assert_memory_equal(id->leaf.serial, sha1, sizeof(sha1));
    }
    sim_world_free(w);
}

static void
no_key_and_no_serial_number_comes_twice(void **state)
{
    struct sim_options o = options(8, 4);
    struct sim_world *w = mint(&o);
    const struct sim_cert *cert[64];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < SIM_AUTHORITIES; i++) {
        assert_true(w->pki.made[i]);
        cert[n++] = &w->pki.ca[i].cert;
        cert[n++] = &w->pki.ca[i].responder;
    }
    for (size_t i = 0; i < w->devices; i++) {
        cert[n++] = &w->device[i].id.brom;
        cert[n++] = &w->device[i].id.leaf;
    }
    for (size_t i = 0; i < w->rims; i++)
        cert[n++] = &w->rim[i].signer;
    assert_true(n <= COUNT(cert));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(cert[i]->key.point, cert[k]->key.point,
                                    GA_POINT_LEN);
            assert_true(cert[i]->serial_len != cert[k]->serial_len ||
                        memcmp(cert[i]->serial, cert[k]->serial,
                               cert[i]->serial_len) != 0);
        }
    sim_world_free(w);
}

static bool
in_list(const uint8_t pdi[GA_PDI_LEN], const uint8_t (*list)[GA_PDI_LEN],
        size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(list[i], pdi, GA_PDI_LEN) == 0)
            return true;
    return false;
}

/* Source: spec-protocol, 7: every GPU names exactly the switches, every switch exactly the
 * GPUs and itself. */
static void
boards_are_consistent(void **state)
{
    static const struct {
        unsigned gpus, switches;
    } boards[] = { { 8, 4 }, { 2, 1 }, { 3, 2 }, { 1, 4 }, { 0, 4 } };

    (void)state;
    for (size_t b = 0; b < COUNT(boards); b++) {
        struct sim_options o = options(boards[b].gpus, boards[b].switches);
        struct sim_world *w = mint(&o);

        for (size_t i = 0; i < w->devices; i++) {
            struct ga_report *r = report_of(&w->device[i]);
            bool gpu = i < o.gpus;
            size_t others = gpu ? o.switches : o.gpus;
            size_t first = gpu ? o.gpus : 0;
            uint8_t pdis[SIM_LINKS][GA_PDI_LEN], own[GA_PDI_LEN];
            size_t n = ga_report_pdis(r, pdis, SIM_LINKS);

            assert_int_equal(ga_report_is_switch(r), !gpu);
            assert_int_equal(ga_report_own_pdi(r, own), !gpu);
            if (!gpu)
                assert_memory_equal(own, w->device[i].id.pdi, GA_PDI_LEN);
            assert_true(n <= SIM_LINKS && n >= others);
            for (size_t k = 0; k < others; k++)
                assert_true(in_list(w->device[first + k].id.pdi,
                                    (const uint8_t(*)[GA_PDI_LEN])pdis, n));
            for (size_t k = 0; k < n; k++) {
                bool known = false;

                for (size_t d = 0; d < others; d++)
                    known = known || memcmp(w->device[first + d].id.pdi,
                                            pdis[k], GA_PDI_LEN) == 0;
                assert_true(known);
            }
            ga_report_free(r);
        }
        sim_world_free(w);
    }
}

/* As many ports of a switch lead to a GPU as links of the GPU to the switch; a
 * GPU has 18. */
static unsigned
ports_to(const struct sim_device *nvswitch, const struct sim_device *gpu)
{
    const struct sim_report_spec *s = &nvswitch->spec;
    unsigned n = 0;

    for (size_t p = 0; p < SIM_PORTS; p++) {
        if (s->port[p] == 0xff)
            continue;
        assert_true(s->port[p] < SIM_SLOTS);
        n += memcmp(s->gpu[s->port[p]], gpu->id.pdi, GA_PDI_LEN) == 0;
    }
    return n;
}

static unsigned
links_to(const struct sim_device *gpu, const struct sim_device *nvswitch)
{
    unsigned n = 0;

    for (size_t l = 0; l < SIM_LINKS; l++)
        n += memcmp(gpu->spec.link[l], nvswitch->id.pdi, GA_PDI_LEN) == 0;
    return n;
}

static void
ports_lead_to_the_gpus(void **state)
{
    struct sim_options o = options(8, 4);
    struct sim_world *w = mint(&o);

    (void)state;
    for (size_t g = 0; g < o.gpus; g++) {
        unsigned all = 0;

        for (size_t s = o.gpus; s < w->devices; s++) {
            unsigned links = links_to(&w->device[g], &w->device[s]);

            assert_in_range(links, 4, 5);
            assert_int_equal(ports_to(&w->device[s], &w->device[g]), links);
            all += links;
        }
        assert_int_equal(all, SIM_LINKS);
    }
    sim_world_free(w);
}

/* The ids that reports lead to are those that RIMs have. */
static void
every_report_finds_its_rims(void **state)
{
    static const struct {
        const char *chip;
        unsigned switches;
    } rows[] = { { "GH100", 1 }, { "GB100", 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sim_options o = options(1, rows[i].switches);
        struct sim_world *w;

        o.gpu = ga_chip_by_cert(rows[i].chip, 5);
        w = mint(&o);
        for (size_t d = 0; d < w->devices; d++) {
            struct ga_report *r = report_of(&w->device[d]);

            for (enum ga_rim_role role = 0; role < GA_RIM_ROLES; role++) {
                char id[GA_RIM_ID_TEXT];
                bool found = false;

                if ((role == GA_RIM_BIOS) != ga_report_is_switch(r))
                    continue;
                assert_int_equal(ga_report_rim_id(r, role, id, NULL), GA_OK);
                for (size_t k = 0; k < w->rims; k++)
                    found = found || (w->rim[k].spec.role == role &&
                                      strcmp(w->rim[k].id, id) == 0);
                if (!found)
                    fail_msg("no RIM %s", id);
            }
            ga_report_free(r);
        }
        sim_world_free(w);
    }
}

/* Every active golden value has the device's value among its alternatives, and
 * the devices of a board do not all have the first. */
static void
goldens_match_what_devices_measure(void **state)
{
    struct sim_options o = options(4, 1);
    struct sim_world *w = mint(&o);
    unsigned second = 0;

    (void)state;
    for (size_t d = 0; d < w->devices; d++)
        for (size_t r = 0; r < w->rims; r++) {
            const struct sim_rim_spec *s = &w->rim[r].spec;

            if ((s->role == GA_RIM_BIOS) != (d >= o.gpus))
                continue;
            for (size_t n = 0; n < SIM_RESOURCES; n++) {
                const struct sim_golden *g = &s->golden[n];
                const uint8_t *runtime = w->device[d].spec.block[n];
                unsigned matches = 0;

                for (unsigned a = 0; a < g->alternatives; a++)
                    if (memcmp(g->hash[a], runtime, GA_SHA384_LEN) == 0) {
                        matches++;
                        second += g->active && a > 0;
                    }
                if (g->active)
                    assert_true(n < w->device[d].spec.blocks && matches == 1);
            }
        }
    assert_true(second > 0);
    sim_world_free(w);
}

static void
fields_follow_the_driver(void **state)
{
    static const struct {
        const char *driver;
        bool fwid, ppcie, version, flag;
    } rows[] = {
        { "535.86.09", false, false, false, false },
        { "550.90.07", true, true, false, false },
        { "580.95.05", true, true, true, true },
        { "590.12", true, true, true, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sim_options o = options(1, 0);
        struct sim_world *w;
        struct ga_report *r;

        o.driver = rows[i].driver;
        w = mint(&o);
        r = report_of(&w->device[0]);
        assert_string_equal(r->driver, rows[i].driver);
        assert_int_equal(ga_report_find(r, GA_FIELD_FWID) != NULL,
                         rows[i].fwid);
        assert_int_equal(ga_report_find(r, GA_FIELD_PROTECTED_PCIE_STATUS) !=
                             NULL,
                         rows[i].ppcie);
        assert_int_equal(ga_report_find(r, GA_FIELD_OPAQUE_DATA_VERSION) !=
                             NULL,
                         rows[i].version);
        assert_int_equal(ga_report_find(r, GA_FIELD_FEATURE_FLAG) != NULL,
                         rows[i].flag);
        ga_report_free(r);
        sim_world_free(w);
    }
}

static void
reports_say_the_mode(void **state)
{
    static const struct {
        enum ga_mode mode;
        uint8_t status, flag;
    } rows[] = { { GA_MODE_SPT, 0x55, 0 },
                 { GA_MODE_MPT, 0x55, 1 },
                 { GA_MODE_PPCIE, 0xaa, 2 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sim_options o = options(1, 1);
        struct sim_world *w;
        struct ga_report *r;

        o.mode = rows[i].mode;
        w = mint(&o);
        r = report_of(&w->device[0]);
        assert_int_equal(
            ga_report_find(r, GA_FIELD_PROTECTED_PCIE_STATUS)->value.ptr[0],
            rows[i].status);
        assert_int_equal(ga_report_find(r, GA_FIELD_FEATURE_FLAG)->value.ptr[0],
                         rows[i].flag);
        ga_report_free(r);
        r = report_of(&w->device[1]);
        assert_int_equal(
            ga_report_find(r, GA_FIELD_LOCK_SWITCH_STATUS)->value.ptr[0],
            rows[i].mode == GA_MODE_PPCIE);
        ga_report_free(r);
        sim_world_free(w);
    }
}

static void
the_largest_set_is_made(void **state)
{
    struct sim_options o = options(GA_DEVICES_MAX, 0);
    struct sim_world *w = mint(&o);

    (void)state;
    assert_int_equal(w->devices, GA_DEVICES_MAX);
    assert_string_equal(w->device[GA_DEVICES_MAX - 1].label, "GPU-127");
    sim_world_free(w);
    sim_world_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_makes_the_same_bytes),
        cmocka_unit_test(a_device_does_not_depend_on_how_many_there_are),
        cmocka_unit_test(no_seed_makes_other_keys_each_time),
        cmocka_unit_test(serial_numbers_follow_the_rules),
        cmocka_unit_test(no_key_and_no_serial_number_comes_twice),
        cmocka_unit_test(boards_are_consistent),
        cmocka_unit_test(ports_lead_to_the_gpus),
        cmocka_unit_test(every_report_finds_its_rims),
        cmocka_unit_test(goldens_match_what_devices_measure),
        cmocka_unit_test(fields_follow_the_driver),
        cmocka_unit_test(reports_say_the_mode),
        cmocka_unit_test(the_largest_set_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
