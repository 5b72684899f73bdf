/* SPDX-License-Identifier: Apache-2.0 */
/* A device's chain: what it is called. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "x509/cert_cache.h"
#include "x509/chain.h"
#include "x509/places.h"

GA_DEFINE_AUTO_STRUCT(ga_chain, ga_chain_free);

/* Bytes of a PDI: the last ones of the BROM's serial number.
 * Source: spec-protocol, 2 */
#define PDI_LEN 8

void
ga_chain_free(struct ga_chain *chain)
{
    if (chain == NULL)
        return;
    ga_certs_done(&chain->certs);
    free(chain);
}

/* The digits of the last bytes; a serial number that is shorter has no PDI. */
static void
name_device(struct ga_chain *c)
{
    const struct ga_cert *brom = c->certs.cert[1];
    size_t n;

    ga_cert_serial_decimal(c->certs.cert[0], c->ueid);
    ga_cert_serial_hex(brom, c->device_id);
    n = strlen(c->device_id);
    if (n > (size_t)2 * PDI_LEN)
        memcpy(c->pdi, &c->device_id[n - (size_t)2 * PDI_LEN], sizeof(c->pdi));
}

enum ga_rc
ga_chain_read(struct ga_bytes pem, struct ga_cert_cache *cache,
              struct ga_chain **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_chain) *chain = NULL;
    const struct ga_chip *chip;
    size_t agree;
    enum ga_rc rc;

    chain = calloc(1, sizeof(*chain));
    if (chain == NULL)
        return ga_nomem(err);
    rc = ga_certs_read_pem(pem, cache, &chain->certs, err);
    if (rc != GA_OK)
        return rc;
    chip = ga_places_chip(&chain->certs, &agree);
    if (agree == GA_CHIP_NAMES) {
        chain->chip = chip;
        name_device(chain);
    }
    *out = GA_TAKE(chain);
    return GA_OK;
}

enum ga_rc
ga_chain_parse(const void *pem, size_t len, struct ga_chain **out,
               struct ga_error *err)
{
    if (pem == NULL || len == 0)
        return ga_fail(err, GA_E_INVAL, "no chain");
    return ga_chain_read(ga_bytes_of(pem, len), NULL, out, err);
}

size_t
ga_chain_count(const struct ga_chain *chain)
{
    return chain->certs.count;
}

const uint8_t *
ga_chain_der(const struct ga_chain *chain, size_t i, size_t *len)
{
    if (i >= chain->certs.count)
        return NULL;
    *len = chain->certs.cert[i]->der.len;
    return chain->certs.cert[i]->der.ptr;
}

static const char *
or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

const char *
ga_chain_ueid(const struct ga_chain *chain)
{
    return or_null(chain->ueid);
}

const char *
ga_chain_device_id(const struct ga_chain *chain)
{
    return or_null(chain->device_id);
}

const char *
ga_chain_pdi(const struct ga_chain *chain)
{
    return or_null(chain->pdi);
}

const char *
ga_chain_hwmodel(const struct ga_chain *chain)
{
    return chain->chip != NULL ? or_null(chain->certs.cert[1]->common_name)
                               : NULL;
}
