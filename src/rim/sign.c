/* SPDX-License-Identifier: Apache-2.0 */
/* The enveloped signature: its values, and whether it holds.  Source: xmldsig. */
#include <string.h>

#include "base/base64.h"
#include "rim/read.h"

static void
read_digest(struct ga_rim_reader *r, struct ga_bytes value)
{
    if (value.len != GA_SHA384_LEN) {
        ga_rim_note(r, true, GA_E_BAD_VALUE, "DigestValue: %zu bytes, not %d",
                    value.len, GA_SHA384_LEN);
        return;
    }
    memcpy(r->digest, value.ptr, GA_SHA384_LEN);
    r->has_digest = true;
}

static void
read_signature(struct ga_rim_reader *r, struct ga_bytes value)
{
    r->has_value = ga_signature_raw(value, &r->rim->signature);
    if (!r->has_value)
        ga_rim_note(r, true, GA_E_BAD_VALUE,
                    "SignatureValue: %zu bytes, not %d", value.len,
                    2 * GA_P384_LEN);
}

static void
read_certificate(struct ga_rim_reader *r, struct ga_bytes der)
{
    struct ga_certs *certs = &r->rim->certs;
    struct ga_error err = { 0 };
    struct ga_cert *cert = NULL;
    enum ga_rc rc = ga_cert_parse(der, &cert, &err);

    if (rc == GA_OK) {
        certs->cert[certs->count++] = cert;
        return;
    }
    r->cert_problem = true;
    if (rc == GA_E_NOMEM)
        r->rc = rc;
    else
        ga_rim_note(r, true, rc, "X509Certificate %u: %s",
                    r->seen[GA_RIM_X509_CERTIFICATE], err.text);
}

void
ga_rim_read_leaf(struct ga_rim_reader *r, enum ga_rim_kind kind)
{
    GA_AUTO_BUF struct ga_buf value = { 0 };
    const char *text = r->text.ptr != NULL ? r->text.ptr : "";
    enum ga_rc rc =
        ga_base64_decode(text, r->text.len, GA_BASE64_LINES, &value, NULL);

    if (rc == GA_E_NOMEM || r->text.failed) {
        r->rc = GA_E_NOMEM;
    } else if (rc != GA_OK) {
        r->cert_problem = r->cert_problem || kind == GA_RIM_X509_CERTIFICATE;
        if (kind == GA_RIM_X509_CERTIFICATE)
            ga_rim_note(r, true, GA_E_BAD_VALUE,
                        "X509Certificate %u: not base64", r->seen[kind]);
        else
            ga_rim_note(r, true, GA_E_BAD_VALUE, "%s: not base64",
                        kind == GA_RIM_DIGEST_VALUE ? "DigestValue"
                                                    : "SignatureValue");
    } else if (kind == GA_RIM_DIGEST_VALUE) {
        read_digest(r, ga_view(&value));
    } else if (kind == GA_RIM_SIGNATURE_VALUE) {
        read_signature(r, ga_view(&value));
    } else {
        read_certificate(r, ga_view(&value));
    }
}

/* The signature itself; the digest that it covers is another matter. */
static void
check_value(const struct ga_rim *rim, struct ga_facts *facts,
            struct ga_check *check)
{
    const struct ga_cert *signer;

    if (rim->certs.count == 0) {
        ga_check_fail(check, GA_R_NO_KEY, "no certificate to check with");
        return;
    }
    signer = rim->certs.cert[0];
    if (signer->key == NULL)
        ga_check_fail(check, GA_R_NO_KEY, "signer %s has no key to check with",
                      signer->subject_text);
    else if (!ga_facts_signed_digest(facts, signer->key,
                                     rim->signed_info_digest, &rim->signature))
        ga_check_fail(check, GA_R_BAD_SIGNATURE,
                      "SignedInfo is not signed by the key of %s",
                      signer->subject_text);
}

void
ga_rim_check_signature(const struct ga_rim *rim, struct ga_facts *facts,
                       struct ga_check *check)
{
    if (!rim->complete) {
        ga_check_fail(check, GA_R_MALFORMED,
                      "the XML was not read to its end, see the schema");
        return;
    }
    ga_rim_fail_problems(rim, true, check);
    if (!rim->has_signature) {
        if (check->state != GA_FAILED)
            ga_check_fail(check, GA_R_MALFORMED, "no signature could be read");
        return;
    }
    if (!rim->digest_matches)
        ga_check_fail(check, GA_R_BAD_DIGEST,
                      "the document's digest is not the one that was signed");
    check_value(rim, facts, check);
    ga_check_pass(check);
}
