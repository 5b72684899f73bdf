/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_chain_parse, ga_cert_parse, ga_anchors_add and the checks of
 * chains.  Seeds: minted chains as PEM, and one certificate as DER. */
#include <stdlib.h>

#include "fuzz/require.h"
#include "x509/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
within(const struct ga_cert *c, struct ga_bytes view)
{
    return view.len == 0 || (view.ptr >= c->der.ptr &&
                             view.ptr + view.len <= c->der.ptr + c->der.len);
}

static void
inspect(const struct ga_cert *c)
{
    char text[GA_SERIAL_TEXT];

    require(within(c, c->tbs) && within(c, c->serial) && within(c, c->issuer));
    require(within(c, c->subject) && within(c, c->spki));
    require(within(c, c->fwid_device_key) && within(c, c->fwid_tcb_info));
    require(c->flaw.state == GA_PASSED || c->flaw.state == GA_FAILED);
    require(c->flaw.state == GA_FAILED || (c->key != NULL && c->signature_ok));
    require(c->key == NULL || ga_bytes_equal(ga_key_spki(c->key), c->spki));
    ga_cert_serial_decimal(c, text);
    ga_cert_serial_hex(c, text);
}

/* No seed is signed by NVIDIA, so that nothing may pass. */
static void
check(const struct ga_chain *chain, const struct ga_chain_rules *rules)
{
    struct ga_check device = { 0 }, rim = { 0 };
    struct ga_chain_facts facts;
    struct ga_bytes fwid;
    struct ga_error err = { 0 };

    ga_device_chain_check(chain, rules, &device, &facts);
    require(device.state == GA_FAILED && device.text[0] != '\0');
    require(!facts.time_aside && facts.anchor == NULL);
    ga_rim_chain_check(&chain->certs, rules, &rim, &facts);
    require(rim.state == GA_FAILED && rim.text[0] != '\0');
    require(!facts.time_aside);
    if (ga_chain_fwid(chain, &fwid, &err) == GA_OK)
        require(fwid.len == 48 && within(chain->certs.cert[0], fwid));
    else
        require(err.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_bytes in = { .ptr = data, .len = size };
    struct ga_error err = { 0 };
    struct ga_chain *chain = NULL;
    struct ga_cert *cert = NULL;
    struct ga_anchors anchors;
    struct ga_facts *facts = NULL;
    enum ga_rc rc = ga_chain_parse(data, size, &chain, &err);

    require(rc == GA_OK || (err.code == rc && err.text[0] != '\0'));
    require(rc == GA_OK || err.offset == GA_NO_OFFSET || err.offset <= size);
    if (ga_cert_parse(in, &cert, NULL) == GA_OK)
        inspect(cert);
    ga_cert_free(cert);
    require(ga_anchors_init(&anchors, NULL) == GA_OK);
    if (rc == GA_OK && ga_facts_new_sized(16, &facts, NULL) == GA_OK) {
        const struct ga_chain_rules rules = { .anchors = &anchors,
                                              .facts = facts,
                                              .at = INT64_C(1761307200) };

        for (size_t i = 0; i < chain->certs.count; i++)
            inspect(chain->certs.cert[i]);
        check(chain, &rules);
    }
    /* What comes as a chain can come as anchors too. */
    if (ga_anchors_add(&anchors, GA_ANCHOR_DEVICE, in, NULL) == GA_OK)
        require(anchors.custom && !anchors.anchor[GA_ANCHOR_DEVICE][1].builtin);
    ga_anchors_done(&anchors);
    ga_facts_free(facts);
    ga_chain_free(chain);
    return 0;
}
