/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 5: the firmware identifier in both forms, and what is wrong with it. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/chains.h"
#include "support/fixtures.h"
#include "x509/chain_scene.h"

/* In rows, K is the SPKI of the issuer, F a FWID of sha384 and 48 bytes. */
#define FWID48                                                         \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a" \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
#define ZERO48                                                         \
    "0000000000000000000000000000000000000000000000000000000000000000" \
    "00000000000000000000000000000000"
#define SHA384 "0609608648016503040202"
#define F      "303d" SHA384 "0430" FWID48
#define Z      "303d" SHA384 "0430" ZERO48

struct row {
    const char *name;
    enum made_kind kind;
    const char *value; /* hex */
    enum ga_rc rc;
    const char *text;
};

/* clang-format off */
static struct row rows[] = {
#define H MADE_HOPPER
#define B MADE_BLACKWELL
    { "device key", H, "3081ba 020101 K" F, GA_OK, "" },
    { "device key of a switch", MADE_SWITCH, "3081ba 020101 K" F, GA_OK, "" },
    { "bytes behind", H, "3081ba 020101 K" F "00", GA_E_TRAILING, "leaf: FWID: 1 bytes left over at 189" },
    { "no sequence", H, "0500", GA_E_SYNTAX, "leaf: FWID: extension: tag 0x05 at 0, not 0x30" },
    { "cut short", H, "3081ba 020101", GA_E_SYNTAX, "leaf: FWID: extension: need 186 bytes at 3, have 3" },
    { "long length", H, "308200ba 020101 K" F, GA_E_SYNTAX, "leaf: FWID: extension: length not in its shortest form at 1" },
    { "no FWID", H, "307b 020101 K", GA_E_SYNTAX, "leaf: FWID: fwid: need 1 bytes at 125, have 0" },
    { "something behind the FWID", H, "3081bc 020101 K" F "0500", GA_E_SYNTAX, "leaf: FWID: extension: 2 bytes left over at 189" },
    { "version 2", H, "3081ba 020102 K" F, GA_E_BAD_VALUE, "leaf: FWID: version: not 1" },
    { "no version", H, "3081b7 K" F, GA_E_SYNTAX, "leaf: FWID: version: tag 0x30 at 3, not 0x02" },
    { "other key", H, "3081ba 020101 X" F, GA_E_BAD_VALUE, "leaf: FWID: device key: not the key of the leaf's issuer" },
    { "other hash", H, "3081ba 020101 K 303d 0609608648016503040201 0430" FWID48, GA_E_BAD_VALUE, "leaf: FWID: fwid: algorithm is not SHA-384" },
    { "32 bytes", H, "3081aa 020101 K 302d " SHA384 "0420 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", GA_E_BAD_VALUE, "leaf: FWID: fwid: 32 bytes, not 48" },
    { "49 bytes", H, "3081bb 020101 K 303e " SHA384 "0431" FWID48 "5a", GA_E_BAD_VALUE, "leaf: FWID: fwid: 49 bytes, not 48" },
    { "all zero", H, "3081ba 020101 K" Z, GA_E_BAD_VALUE, "leaf: FWID: fwid: all zero" },
    { "no octet string", H, "3081ba 020101 K 303d" SHA384 "0c30" FWID48, GA_E_SYNTAX, "leaf: FWID: digest: tag 0x0c at 139, not 0x04" },
    { "more in the FWID", H, "3081bc 020101 K 303f" SHA384 "0430" FWID48 "0500", GA_E_SYNTAX, "leaf: FWID: fwid: 2 bytes left over at 189" },
    { "TCB info", B, "3041 a63f" F, GA_OK, "" },
    { "every field", B, "3063 80024142 81024142 82024142 830101 840100 850100 a63f" F "870500800000 01 8801c0 890100", GA_OK, "" },
    { "flags mask", B, "3046 a63f" F "8a03078000", GA_OK, "" },
    { "a second, empty one", B, "308180 a67e" F Z, GA_OK, "" },
    { "the empty one first", B, "308180 a67e" Z F, GA_E_BAD_VALUE, "leaf: FWID: fwid: all zero" },
    { "no fwids", B, "3003 840100", GA_E_BAD_VALUE, "leaf: FWID: no fwids" },
    { "empty fwids", B, "3002 a600", GA_E_SYNTAX, "leaf: FWID: fwid: need 1 bytes at 4, have 0" },
    { "empty info", B, "3000", GA_E_BAD_VALUE, "leaf: FWID: no fwids" },
    { "out of order", B, "3044 a63f" F "840100", GA_E_SYNTAX, "leaf: FWID: extension: 3 bytes left over at 67" },
    { "a field twice", B, "3081 82 a63f" F "a63f" F, GA_E_SYNTAX, "leaf: FWID: extension: 65 bytes left over at 68" },
    { "unknown field", B, "3044 a63f" F "8b0100", GA_E_SYNTAX, "leaf: FWID: extension: 3 bytes left over at 67" },
    { "second one broken", B, "3045 a643" F "30020500", GA_E_SYNTAX, "leaf: FWID: hashAlg: tag 0x05 at 69, not 0x06" },
    { "second one with a padded arc", B, "3047 a645" F "3004 06028001", GA_E_SYNTAX, "leaf: FWID: element: content of tag 0x06 at 69 is not DER" },
    { "bytes behind the info", B, "3041 a63f" F "0500", GA_E_TRAILING, "leaf: FWID: 2 bytes left over at 67" },
    { "the older form on Blackwell", B, "3081ba 020101 K" F, GA_E_SYNTAX, "leaf: FWID: extension: 186 bytes left over at 3" },
};
/* clang-format on */

static void
put_spki(char *out, size_t cap, const struct made_key *k)
{
    struct ga_bytes spki = ga_key_spki(k->key);
    size_t n = strlen(out);

    for (size_t i = 0; i < spki.len; i++)
        n += (size_t)snprintf(&out[n], cap - n, "%02x", spki.ptr[i]);
}

static struct der
value_of(const char *text)
{
    char hex[1024] = "";

    for (; *text != '\0'; text++) {
        size_t n = strlen(hex);

        if (*text == 'K' || *text == 'X')
            put_spki(hex, sizeof(hex),
                     *text == 'K' ? world.key[1] : world.stranger);
        else
            snprintf(&hex[n], sizeof(hex) - n, "%c", *text);
    }
    return der_hex(hex);
}

static void
is_judged(void **state)
{
    const struct row *row = *state;
    struct made_chain made = made_chain_of(row->kind, false, world.key);
    struct ga_bytes fwid = { 0 };
    struct ga_error err = { 0 };
    struct ga_chain *chain;

    made_find(&made.spec[0],
              row->kind == MADE_BLACKWELL ? OID_TCB_INFO : OID_FWID)
        ->value = value_of(row->value);
    chain = chain_of(&made);
    assert_int_equal(ga_chain_fwid(chain, &fwid, &err), row->rc);
    assert_string_equal(err.text, row->text);
    assert_int_equal(fwid.len, row->rc == GA_OK ? 48 : 0);
    for (size_t i = 0; i < fwid.len; i++)
        assert_int_equal(fwid.ptr[i], 0x5a);
    ga_chain_free(chain);
}

static void
misses_the_extension(void **state)
{
    static const struct {
        enum made_kind kind;
        const char *oid, *text;
    } forms[] = {
        { MADE_HOPPER, OID_FWID, "leaf: FWID: no extension 2.23.133.5.4.1" },
        { MADE_BLACKWELL, OID_TCB_INFO,
          "leaf: FWID: no extension 2.23.133.5.4.1.1" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct made_chain made = made_chain_of(forms[i].kind, false, world.key);
        struct ga_bytes fwid = { 0 };
        struct ga_error err = { 0 };
        struct ga_chain *chain;

        made_drop(&made.spec[0], forms[i].oid);
        chain = chain_of(&made);
        assert_int_equal(ga_chain_fwid(chain, &fwid, &err), GA_E_MISSING);
        assert_string_equal(err.text, forms[i].text);
        ga_chain_free(chain);
    }
}

static void
needs_the_chips_names(void **state)
{
    struct made_chain made = made_chain_of(MADE_HOPPER, false, world.key);
    struct ga_bytes fwid = { 0 };
    struct ga_error err = { 0 };
    struct ga_chain *chain;

    (void)state;
    made.spec[2].subject = made.spec[1].issuer = "CN=another";
    chain = chain_of(&made);
    assert_null(chain->chip);
    assert_int_equal(ga_chain_fwid(chain, &fwid, &err), GA_E_MISSING);
    assert_string_equal(err.text, "leaf: FWID: the chain's names are not those "
                                  "of a known chip");
    ga_chain_free(chain);
}

static void
reads_real_ones(void **state)
{
    static const struct {
        const char *path, *fwid;
    } real[] = {
        { "gpu/h100-550.90.07/chain.pem",
          "f5c384aebb579217a2c66b17ed0f28e6a9b8d639041acd7b4721cec004f7275494ba"
          "94bb5cdfdb3055ee051762b1f75d" },
        { "gpu/gb100-575.32/chain.pem",
          "d090cab1b6e6ffddca83d1781e25b3f040fa1f3c7608230cb5f41b1c1b99f5f74834"
          "9e59d0ef8eb830c9bc79ccf77502" },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(real); i++) {
        struct ga_buf pem = fixture(real[i].path), want = unhex(real[i].fwid);
        struct ga_chain *chain = NULL;
        struct ga_bytes fwid;

        assert_int_equal(ga_chain_parse(pem.ptr, pem.len, &chain, NULL), GA_OK);
        assert_int_equal(ga_chain_fwid(chain, &fwid, NULL), GA_OK);
        assert_true(ga_bytes_equal(fwid, ga_view(&want)));
        ga_chain_free(chain);
        ga_buf_done(&want);
        ga_buf_done(&pem);
    }
}

int
main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(misses_the_extension),
        cmocka_unit_test(needs_the_chips_names),
        cmocka_unit_test(reads_real_ones),
    };
    struct CMUnitTest all[COUNT(others) + COUNT(rows)];

    memcpy(all, others, sizeof(others));
    for (size_t i = 0; i < COUNT(rows); i++)
        all[COUNT(others) + i] = (struct CMUnitTest){
            .name = rows[i].name,
            .test_func = is_judged,
            .initial_state = &rows[i],
        };
    return cmocka_run_group_tests(all, make_world, free_world);
}
