/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_ocsp_parse, and the check on what it gives. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "x509/ocsp_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_inside(struct ga_bytes part, struct ga_bytes whole)
{
    uintptr_t from = (uintptr_t)whole.ptr, at = (uintptr_t)part.ptr;

    return part.len == 0 || (at >= from && part.len <= whole.len &&
                             at - from <= whole.len - part.len);
}

static void
check_singles(const struct ga_ocsp_answer *a)
{
    struct ga_ocsp_single s;

    require(a->singles >= 1 && a->singles <= GA_OCSP_SINGLES_MAX);
    for (size_t i = 0; i < a->singles; i++) {
        require(ga_ocsp_single(a, i, &s));
        require(s.status != GA_CERT_STATUS_NONE);
        require((s.status == GA_CERT_REVOKED) ==
                (s.revoked_at != GA_TIME_NONE));
        require(s.status == GA_CERT_REVOKED || s.revocation_reason == -1);
        require(is_inside(s.serial, a->tbs) && s.serial.len > 0);
        require(is_inside(s.issuer_name_hash, a->tbs));
        require(is_inside(s.issuer_key_hash, a->tbs));
    }
    require(!ga_ocsp_single(a, a->singles, &s));
}

/* What is read lies in what is signed, and that in the copy of the input. */
static void
check_answer(const struct ga_ocsp_answer *a, struct ga_bytes in)
{
    require(ga_bytes_equal(ga_view(&a->der), in));
    require(is_inside(a->tbs, ga_view(&a->der)) && a->tbs.len > 0);
    require(is_inside(a->nonce, a->tbs));
    require(is_inside(a->responder_name, a->tbs));
    require(is_inside(a->responder_key, a->tbs));
    require((a->responder_key.len == 20) != (a->responder_name.len > 0));
    require(a->flaw.state == GA_PASSED || a->flaw.state == GA_FAILED);
    require(a->certs.count <= GA_CERTS_MAX);
    check_singles(a);
}

/* Nobody signed the input with a key that is made up here: nothing is good,
 * even where the certificate and the CertID are taken from it. */
static void
check_status(struct ga_bytes in, const struct ga_ocsp_answer *a)
{
    struct ga_ocsp_store *store = NULL;
    struct ga_facts *facts = NULL;
    struct ga_certs certs = { 0 };
    struct ga_chain_facts chain = { .to_ask = 1 };
    struct ga_ocsp_rules rules = { .at = a->produced_at,
                                   .max_age = INT64_C(1000000),
                                   .nonce = GA_OCSP_NONCE_IGNORE };
    struct ga_check check = { 0 };
    struct ga_ocsp_facts found;
    struct ga_cert *cert;

    if (a->certs.count == 0 || a->certs.cert[0]->key == NULL)
        return;
    cert = a->certs.cert[0];
    certs.count = 1;
    certs.cert[0] = cert;
    chain.issuer[0] = (struct ga_issuer){ cert->issuer, cert->key };
    require(ga_facts_new(&facts, NULL) == GA_OK);
    require(ga_ocsp_store_new(&store, NULL) == GA_OK);
    require(ga_ocsp_store_add(store, in, "input", NULL) == GA_OK);
    rules.facts = facts;
    ga_ocsp_check(store, &certs, &chain, &rules, &check, &found);
    require(check.state != GA_PASSED && check.text[0] != '\0');
    require(found.good == 0);
    ga_ocsp_store_free(store);
    ga_facts_free(facts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_bytes in = ga_bytes_of(data, size);
    struct ga_ocsp_answer *answer = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_ocsp_parse(in, &answer, &err);

    if (rc == GA_OK) {
        require(answer != NULL);
        check_answer(answer, in);
        check_status(in, answer);
        ga_ocsp_free(answer);
        return 0;
    }
    require(answer == NULL && err.code == rc && err.text[0] != '\0');
    require(err.offset == GA_NO_OFFSET || err.offset <= size);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_der(data, size, max, seed);
}
