/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_ocsp_check on an answer that the right responder signs whatever it
 * says, against libcrypto's reading of the same answer.  The input is a byte of
 * rules and a ResponseData, which is signed here.
 */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "sim/der.h"
#include "sim/world.h"
#include "x509/ocsp_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-06-15T12:00:00Z */
#define WORLD_TIME INT64_C(1781524800)

/* Bits of the first byte. */
enum { BY_ISSUER = 1, NONCE_MAY_MISS = 2, NONCE_IGNORED = 4, WITH_GRACE = 8 };

static const uint8_t our_nonce[32] = { 5, 6, 7 };

/* The chain's facts point at the anchors: it stays where it is. */
struct stage {
    struct sim_world *world;
    struct ga_chain *chain;
    struct ga_chain_facts facts;
    struct ga_anchors anchors;
    struct ga_facts *signatures;
    struct ga_buf own; /* rules and ResponseData that are accepted */
    X509 *brom, *ica;
    X509_STORE *trust;
};

static const struct sim_ca *
authority(const struct stage *s)
{
    return &s->world->pki.ca[SIM_A_ICA_GPU];
}

static X509 *
as_x509(struct ga_bytes der)
{
    const unsigned char *at = der.ptr;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);

    require(x != NULL);
    return x;
}

static void
trust_root(struct stage *s)
{
    const struct sim_cert *root = &s->world->pki.ca[SIM_A_DEVICE_ROOT].cert;
    SIM_AUTO_OUT struct sim_out pem = { 0 };
    X509 *x = as_x509(ga_view(&root->der));

    sim_cert_pem(&pem, root);
    require(ga_anchors_init(&s->anchors, NULL) == GA_OK);
    require(ga_anchors_add(&s->anchors, GA_ANCHOR_DEVICE, sim_out_view(&pem),
                           NULL) == GA_OK);
    s->trust = X509_STORE_new();
    require(s->trust != NULL && X509_STORE_add_cert(s->trust, x) == 1);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(s->trust), WORLD_TIME);
    /* The simulator's mark, which is critical. */
    X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(s->trust),
                                X509_V_FLAG_IGNORE_CRITICAL);
    X509_free(x);
}

/* The ResponseData of the simulator's own answer for the first BROM. */
static void
keep_own(struct stage *s)
{
    struct sim_ocsp_spec spec = {
        .name = "own",
        .cert = &s->world->device[0].id.brom,
        .issuer = &authority(s)->cert,
        .responder = &authority(s)->responder,
        .produced = WORLD_TIME - 60,
        .this_update = WORLD_TIME - 60,
        .next_update = WORLD_TIME + 3600,
        .nonce = ga_bytes_of(our_nonce, sizeof(our_nonce)),
    };
    struct ga_buf der = { 0 };
    struct ga_ocsp_answer *answer = NULL;

    require(sim_ocsp_make(&s->world->forge, &spec, &der, NULL) == GA_OK);
    require(ga_ocsp_parse(ga_view(&der), &answer, NULL) == GA_OK);
    s->own.len = 1 + answer->tbs.len;
    s->own.ptr = calloc(1, s->own.len);
    require(s->own.ptr != NULL);
    memcpy(&s->own.ptr[1], answer->tbs.ptr, answer->tbs.len);
    ga_ocsp_free(answer);
    ga_buf_done(&der);
}

static void
open_stage(struct stage *s)
{
    struct sim_options o;
    struct ga_check check = { 0 };
    struct ga_chain_rules rules = { .at = WORLD_TIME };

    require(sim_options_init(&o, WORLD_TIME, NULL) == GA_OK);
    o.seed = "fuzz";
    require(sim_world_make(&o, &s->world, NULL) == GA_OK);
    trust_root(s);
    require(ga_facts_new(&s->signatures, NULL) == GA_OK);
    require(ga_chain_parse(s->world->device[0].chain.ptr,
                           s->world->device[0].chain.len, &s->chain,
                           NULL) == GA_OK);
    rules.anchors = &s->anchors;
    rules.facts = s->signatures;
    ga_device_chain_check(s->chain, &rules, &check, &s->facts);
    require(check.state == GA_PASSED && s->facts.first == 1);
    s->facts.to_ask = 1; /* the BROM alone */
    s->brom = as_x509(ga_view(&s->world->device[0].id.brom.der));
    s->ica = as_x509(ga_view(&authority(s)->cert.der));
    keep_own(s);
}

static struct stage *
stage(void)
{
    static struct stage s; /* as long as the process */

    if (s.world == NULL)
        open_stage(&s);
    return &s;
}

/* OCSPResponse around signed data. */
static struct ga_buf
wrap(struct stage *s, struct ga_bytes data, bool by_issuer)
{
    static const uint8_t successful[] = { 0 };
    const struct sim_cert *responder = &authority(s)->responder;
    const struct sim_key *key =
        by_issuer ? &authority(s)->cert.key : &responder->key;
    SIM_AUTO_OUT struct sim_out basic = { 0 };
    SIM_AUTO_OUT struct sim_out o = { 0 };
    struct ga_buf out = { 0 };
    uint8_t rs[2 * GA_P384_LEN];
    size_t at, seq;

    require(sim_sign(&s->world->forge, key, data, rs, NULL) == GA_OK);
    sim_put_bytes(&basic, data);
    sim_der_ecdsa_sha384(&basic);
    sim_der_signature(&basic, rs);
    at = seq = sim_der_open(&basic);
    sim_put_bytes(&basic, ga_view(&responder->der));
    sim_der_close(&basic, seq, SIM_DER_SEQUENCE);
    sim_der_close(&basic, at, SIM_DER_WITHIN(0));
    sim_der_close(&basic, 0, SIM_DER_SEQUENCE);
    sim_der_put(&o, SIM_DER_ENUMERATED,
                ga_bytes_of(successful, sizeof(successful)));
    at = seq = sim_der_open(&o);
    sim_der_oid(&o, "1.3.6.1.5.5.7.48.1.1");
    sim_der_put(&o, SIM_DER_OCTET_STRING, sim_out_view(&basic));
    sim_der_close(&o, seq, SIM_DER_SEQUENCE);
    sim_der_close(&o, at, SIM_DER_WITHIN(0));
    sim_der_close(&o, 0, SIM_DER_SEQUENCE);
    require(!basic.failed && sim_out_take(&o, &out, NULL) == GA_OK);
    return out;
}

static bool
passes(struct stage *s, const struct ga_buf *der,
       const struct ga_ocsp_rules *rules)
{
    struct ga_ocsp_store *store = NULL;
    struct ga_ocsp_facts found;
    struct ga_check check = { 0 };

    require(ga_ocsp_store_new(&store, NULL) == GA_OK);
    require(ga_ocsp_store_add(store, ga_view(der), "input", NULL) == GA_OK);
    ga_ocsp_check(store, &s->chain->certs, &s->facts, rules, &check, &found);
    require(check.state != GA_PASSED || (found.good == 1 && found.asked));
    ga_ocsp_store_free(store);
    return check.state == GA_PASSED;
}

static const char *const hashes[] = { "SHA1", "SHA256", "SHA384", "SHA512" };
#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/* What libcrypto says of every response about the BROM: good, and of now. */
static size_t
good_responses(const struct stage *s, OCSP_BASICRESP *basic, int64_t grace)
{
    size_t found = 0;

    for (size_t i = 0; i < HASHES; i++) {
        OCSP_CERTID *id =
            OCSP_cert_to_id(EVP_get_digestbyname(hashes[i]), s->brom, s->ica);

        require(id != NULL);
        for (int at = -1; (at = OCSP_resp_find(basic, id, at)) >= 0; found++) {
            ASN1_GENERALIZEDTIME *from, *to;
            time_t now = WORLD_TIME, late = WORLD_TIME - grace;

            require(OCSP_single_get0_status(OCSP_resp_get0(basic, at), NULL,
                                            NULL, &from,
                                            &to) == V_OCSP_CERTSTATUS_GOOD);
            require(ASN1_TIME_cmp_time_t(from, now) <= 0);
            require(to == NULL || ASN1_TIME_cmp_time_t(to, late) >= 0);
        }
        OCSP_CERTID_free(id);
    }
    return found;
}

static void
check_nonce(OCSP_BASICRESP *basic, enum ga_ocsp_nonce rule)
{
    int at = OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1);
    const ASN1_OCTET_STRING *value;

    if (rule == GA_OCSP_NONCE_IGNORE ||
        (at < 0 && rule == GA_OCSP_NONCE_ACCEPT_MISSING))
        return;
    require(at >= 0);
    value = X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(basic, at));
    require(value != NULL);
    /* An OCTET STRING in the extension's OCTET STRING. */
    require(ASN1_STRING_length(value) == 2 + (int)sizeof(our_nonce));
    require(ga_bytes_equal(
        ga_bytes_of(ASN1_STRING_get0_data(value) + 2, sizeof(our_nonce)),
        ga_bytes_of(our_nonce, sizeof(our_nonce))));
}

/* A response about the certificate of another issuer, or by a hash that nobody
 * knows: to us it is about nothing, while libcrypto's ocsp_match_issuerid then
 * refuses the whole answer of a delegated responder.  RFC 6960 4.2.2.3 asks of a
 * client no more than to find its own. */
static bool
is_of_others(const struct stage *s, OCSP_BASICRESP *basic)
{
    bool others = false;

    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        const OCSP_CERTID *of =
            OCSP_SINGLERESP_get0_id(OCSP_resp_get0(basic, i));
        bool own = false;

        for (size_t k = 0; k < HASHES; k++) {
            OCSP_CERTID *id = OCSP_cert_to_id(EVP_get_digestbyname(hashes[k]),
                                              s->brom, s->ica);

            require(id != NULL);
            own = own || OCSP_id_issuer_cmp(id, of) == 0;
            OCSP_CERTID_free(id);
        }
        others = others || !own;
    }
    return others;
}

/* What ours calls good, libcrypto reads, verifies and calls good as well. */
static void
compare(const struct stage *s, const struct ga_buf *der,
        const struct ga_ocsp_rules *rules)
{
    const unsigned char *at = der->ptr;
    OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &at, (long)der->len);
    OCSP_BASICRESP *basic;
    STACK_OF(X509) *more = sk_X509_new_null();

    require(r != NULL && at == der->ptr + der->len);
    require(OCSP_response_status(r) == OCSP_RESPONSE_STATUS_SUCCESSFUL);
    basic = OCSP_response_get1_basic(r);
    require(basic != NULL && more != NULL);
    for (size_t i = 2; i < s->chain->certs.count; i++)
        require(sk_X509_push(
                    more, as_x509(ga_view(&s->chain->certs.cert[i]->der))) > 0);
    require(is_of_others(s, basic) ||
            OCSP_basic_verify(basic, more, s->trust, 0) == 1);
    require(good_responses(s, basic, rules->grace) > 0);
    check_nonce(basic, rules->nonce);
    sk_X509_pop_free(more, X509_free);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(r);
    ERR_clear_error();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage *s = stage();
    struct ga_ocsp_rules rules = {
        .facts = s->signatures,
        .at = WORLD_TIME,
        .max_age = INT64_C(7) * 24 * 3600,
        .our_nonce = ga_bytes_of(our_nonce, sizeof(our_nonce)),
    };
    struct ga_bytes in = ga_bytes_of(data, size);
    struct ga_buf der;
    uint8_t bits;

    if (size > GA_OCSP_MAX / 2)
        return 0;
    if (size < 2)
        in = ga_view(&s->own);
    bits = in.ptr[0];
    rules.grace = (bits & WITH_GRACE) != 0 ? 3600 : 0;
    rules.nonce = (bits & NONCE_IGNORED) != 0    ? GA_OCSP_NONCE_IGNORE
                  : (bits & NONCE_MAY_MISS) != 0 ? GA_OCSP_NONCE_ACCEPT_MISSING
                                                 : GA_OCSP_NONCE_REQUIRE;
    der = wrap(s, ga_bytes_of(in.ptr + 1, in.len - 1), (bits & BY_ISSUER) != 0);
    if (passes(s, &der, &rules))
        compare(s, &der, &rules);
    else
        require(size >= 2);
    ga_buf_done(&der);
    return 0;
}

/* The empty input stands for the simulator's own answer. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    const struct ga_buf *own = &stage()->own;

    if (size < 2 && own->len <= max) {
        memcpy(data, own->ptr, own->len);
        return own->len;
    }
    if (seed % 16 == 0)
        data[0] ^= (uint8_t)(1u << (seed / 16 % 4));
    return size < 2 ? size : 1 + mutate_der(data + 1, size - 1, max - 1, seed);
}
