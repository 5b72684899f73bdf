/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: certificates. */
#include <stdio.h>

#include "base/cleanup.h"
#include "cli/inspect.h"
#include "x509/chain.h"
#include "x509/name.h"

GA_DEFINE_AUTO_STRUCT(ga_chain, ga_chain_free);

/* Bits of keyUsage, RFC 5280 4.2.1.3. */
static const char *const usages[] = {
    "digitalSignature", "nonRepudiation", "keyEncipherment",
    "dataEncipherment", "keyAgreement",   "keyCertSign",
    "cRLSign",          "encipherOnly",   "decipherOnly",
};

/* Room for a Name as text, as in ga_cert. */
#define NAME_TEXT 256

/* A DER Name as ga_cert.subject_text is. */
static void
show_name(struct emit *e, const char *key, struct ga_bytes name)
{
    struct ga_reader r = ga_reader_of(name);
    struct ga_der der;
    struct ga_name parts;
    char text[NAME_TEXT];

    if (ga_der_take(&r, key, GA_DER_SEQUENCE, &der, NULL) != GA_OK ||
        ga_name_parse(&der, &parts, NULL) != GA_OK) {
        emit_text(e, key, NULL);
        return;
    }
    ga_name_text(&parts, text, sizeof(text));
    emit_text(e, key, text);
}

static void
show_usage(struct emit *e, const struct ga_cert *cert)
{
    emit_open(e, "key_usage", EMIT_VALUES);
    for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++)
        if (cert->has_key_usage && cert->key_usage & 1u << i)
            emit_text(e, "usage", usages[i]);
    emit_close(e);
}

static void
show_cert(struct emit *e, const struct ga_cert *cert, size_t i)
{
    char label[40], decimal[GA_SERIAL_TEXT];

    snprintf(label, sizeof(label), "certificate %zu", i);
    ga_cert_serial_decimal(cert, decimal);
    emit_open(e, label, EMIT_BLOCK);
    emit_text(e, "subject", cert->subject_text);
    show_name(e, "issuer", cert->issuer);
    emit_hex(e, "serial", cert->serial);
    emit_text(e, "serial_decimal", decimal);
    emit_time(e, "not_before", cert->not_before);
    emit_time(e, "not_after", cert->not_after);
    emit_bool(e, "ca", cert->ca);
    show_usage(e, cert);
    emit_bool(e, "ocsp_signing", cert->eku_ocsp_signing);
    if (cert->fwid_device_key.len > 0)
        emit_hex(e, "extension_2.23.133.5.4.1", cert->fwid_device_key);
    if (cert->fwid_tcb_info.len > 0)
        emit_hex(e, "extension_2.23.133.5.4.1.1", cert->fwid_tcb_info);
    emit_bool(e, "simulator", cert->simulator);
    emit_hex(e, "key", cert->spki);
    if (cert->flaw.state == GA_FAILED)
        emit_text(e, "problem", cert->flaw.text);
    emit_close(e);
}

void
inspect_certs(struct emit *e, const char *key, const struct ga_certs *certs)
{
    emit_open(e, key, EMIT_LIST);
    for (size_t i = 0; i < certs->count; i++)
        show_cert(e, certs->cert[i], i);
    emit_close(e);
}

static void
show_fwid(struct emit *e, const struct ga_chain *chain)
{
    struct ga_error err = { 0 };
    struct ga_bytes fwid;
    enum ga_rc rc = ga_chain_fwid(chain, &fwid, &err);

    if (rc == GA_OK)
        emit_hex(e, "fwid", fwid);
    else
        emit_text(e, "fwid", NULL);
    if (rc != GA_OK && rc != GA_E_MISSING)
        emit_text(e, "fwid_problem", err.text);
}

enum ga_rc
inspect_chain(struct emit *e, const char *key, struct ga_bytes in,
              struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_chain) *chain = NULL;
    enum ga_rc rc = ga_chain_parse(in.ptr, in.len, &chain, err);

    emit_open(e, key, EMIT_BLOCK);
    if (rc != GA_OK) {
        emit_error(e, "error", err);
        emit_close(e);
        return rc;
    }
    emit_text(e, "arch", chain->chip != NULL ? chain->chip->arch : NULL);
    emit_text(e, "ueid", ga_chain_ueid(chain));
    emit_text(e, "device_id", ga_chain_device_id(chain));
    emit_text(e, "pdi", ga_chain_pdi(chain));
    emit_text(e, "hwmodel", ga_chain_hwmodel(chain));
    show_fwid(e, chain);
    inspect_certs(e, "certificates", &chain->certs);
    emit_close(e);
    return GA_OK;
}
