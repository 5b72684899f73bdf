/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP answers.  Source: rfc6960 4.2.1 */
#include "sim/ocsp.h"
#include "sim/cleanup.h"
#include "sim/der.h"

/* By enum sim_id_hash.  Source: rfc5754 2.1, 2.2 */
/* clang-format off */
static const struct {
    const char *oid;
    const EVP_MD *(*md)(void);
} hashes[SIM_ID_HASHES] = {
    [SIM_ID_SHA384] = { "2.16.840.1.101.3.4.2.2", EVP_sha384 },
    [SIM_ID_SHA256] = { "2.16.840.1.101.3.4.2.1", EVP_sha256 },
    [SIM_ID_SHA1]   = { "1.3.14.3.2.26", EVP_sha1 },
};
/* clang-format on */

enum ga_rc
sim_issuer_id(const struct sim_cert *issuer, enum sim_id_hash hash,
              struct sim_issuer_id *out, struct ga_error *err)
{
    const EVP_MD *md = hashes[hash].md();
    struct sim_issuer_id id = { .len = (size_t)EVP_MD_get_size(md) };

    if (EVP_Digest(issuer->name.ptr, issuer->name.len, id.name, NULL, md,
                   NULL) != 1 ||
        EVP_Digest(issuer->key.point, sizeof(issuer->key.point), id.key, NULL,
                   md, NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: a digest failed");
    *out = id;
    return GA_OK;
}

static enum ga_rc
put_cert_id(struct sim_out *o, const struct sim_ocsp_spec *s,
            struct ga_error *err)
{
    const struct sim_cert *named =
        s->id_issuer != NULL ? s->id_issuer : s->issuer;
    size_t id = sim_der_open(o), algorithm = id;
    struct sim_issuer_id issuer;
    enum ga_rc rc = sim_issuer_id(named, s->hash, &issuer, err);

    if (rc != GA_OK)
        return rc;
    sim_der_oid(o, hashes[s->hash].oid);
    sim_der_text(o, SIM_DER_NULL, "");
    sim_der_close(o, algorithm, SIM_DER_SEQUENCE);
    sim_der_put(o, SIM_DER_OCTET_STRING, ga_bytes_of(issuer.name, issuer.len));
    sim_der_put(o, SIM_DER_OCTET_STRING, ga_bytes_of(issuer.key, issuer.len));
    sim_der_integer(o, ga_bytes_of(s->cert->serial, s->cert->serial_len));
    sim_der_close(o, id, SIM_DER_SEQUENCE);
    return GA_OK;
}

static void
put_status(struct sim_out *o, const struct sim_ocsp_spec *s)
{
    uint8_t reason[] = { (uint8_t)s->reason };
    size_t revoked = sim_der_open(o), at;

    if (s->status != SIM_REVOKED) {
        sim_der_text(o, SIM_DER_CONTEXT(s->status == SIM_GOOD ? 0u : 2u), "");
        return;
    }
    sim_der_time(o, s->revoked_at, true);
    at = sim_der_open(o);
    sim_der_put(o, SIM_DER_ENUMERATED, ga_bytes_of(reason, sizeof(reason)));
    sim_der_close(o, at, SIM_DER_WITHIN(0));
    sim_der_close(o, revoked, SIM_DER_WITHIN(1));
}

static void
put_nonce(struct sim_out *o, struct ga_bytes nonce)
{
    size_t all = sim_der_open(o), list = all, one = all, value;

    if (nonce.len == 0)
        return;
    sim_der_oid(o, "1.3.6.1.5.5.7.48.1.2");
    value = sim_der_open(o);
    sim_der_put(o, SIM_DER_OCTET_STRING, nonce);
    sim_der_close(o, value, SIM_DER_OCTET_STRING);
    sim_der_close(o, one, SIM_DER_SEQUENCE);
    sim_der_close(o, list, SIM_DER_SEQUENCE);
    sim_der_close(o, all, SIM_DER_WITHIN(1));
}

static enum ga_rc
put_single(struct sim_out *o, const struct sim_ocsp_spec *s,
           struct ga_error *err)
{
    size_t one = sim_der_open(o), at;
    enum ga_rc rc = put_cert_id(o, s, err);

    put_status(o, s);
    sim_der_time(o, s->this_update, true);
    if (!s->no_next_update) {
        at = sim_der_open(o);
        sim_der_time(o, s->next_update, true);
        sim_der_close(o, at, SIM_DER_WITHIN(0));
    }
    sim_der_close(o, one, SIM_DER_SEQUENCE);
    return rc;
}

static enum ga_rc
put_response_data(struct sim_out *o, const struct sim_ocsp_spec *s,
                  struct ga_error *err)
{
    const struct sim_key *key = &s->responder->key;
    struct sim_ocsp_spec good = *s;
    size_t data = sim_der_open(o), list, at = data;
    enum ga_rc rc;

    sim_der_put(o, SIM_DER_OCTET_STRING, ga_bytes_of(key->id, sizeof(key->id)));
    sim_der_close(o, at, SIM_DER_WITHIN(2));
    sim_der_time(o, s->produced, true);
    list = sim_der_open(o);
    rc = put_single(o, s, err);
    good.status = SIM_GOOD;
    if (rc == GA_OK && s->two)
        rc = put_single(o, &good, err);
    sim_der_close(o, list, SIM_DER_SEQUENCE);
    put_nonce(o, s->nonce);
    sim_der_close(o, data, SIM_DER_SEQUENCE);
    return rc;
}

/* BasicOCSPResponse around the data that stands in `o`. */
static void
put_rest(struct sim_out *o, const struct sim_ocsp_spec *s, const uint8_t rs[96])
{
    size_t list, certs;

    sim_der_ecdsa_sha384(o);
    sim_der_signature(o, rs);
    list = certs = sim_der_open(o);
    sim_put_bytes(o, ga_view(&s->responder->der));
    sim_der_close(o, certs, SIM_DER_SEQUENCE);
    sim_der_close(o, list, SIM_DER_WITHIN(0));
    sim_der_close(o, 0, SIM_DER_SEQUENCE);
}

enum ga_rc
sim_ocsp_make(struct sim_forge *f, const struct sim_ocsp_spec *spec,
              struct ga_buf *out, struct ga_error *err)
{
    static const uint8_t successful[] = { 0 };
    SIM_AUTO_OUT struct sim_out basic = { 0 };
    SIM_AUTO_OUT struct sim_out o = { 0 };
    uint8_t rs[2 * GA_P384_LEN];
    size_t bytes, seq;
    enum ga_rc rc = put_response_data(&basic, spec, err);

    if (rc == GA_OK && basic.failed)
        rc = ga_nomem(err);
    if (rc == GA_OK)
        rc = sim_sign(f, &spec->responder->key, sim_out_view(&basic), rs, err);
    if (rc != GA_OK)
        return rc;
    rs[sizeof(rs) - 1] ^= spec->spoil_signature;
    put_rest(&basic, spec, rs);
    sim_der_put(&o, SIM_DER_ENUMERATED,
                ga_bytes_of(successful, sizeof(successful)));
    bytes = seq = sim_der_open(&o);
    sim_der_oid(&o, "1.3.6.1.5.5.7.48.1.1");
    sim_der_put(&o, SIM_DER_OCTET_STRING, sim_out_view(&basic));
    sim_der_close(&o, seq, SIM_DER_SEQUENCE);
    sim_der_close(&o, bytes, SIM_DER_WITHIN(0));
    sim_der_close(&o, 0, SIM_DER_SEQUENCE);
    o.failed = o.failed || basic.failed;
    return sim_out_take(&o, out, err);
}
