/* SPDX-License-Identifier: Apache-2.0 */
/* The OCSP responder.  Source: rfc6960, spec-protocol 4 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/ocsp.h>

#include "base/hex.h"
#include "sim/cleanup.h"
#include "sim/service.h"

#define DAY INT64_C(86400)

GA_DEFINE_AUTO(OCSP_REQUEST, OCSP_REQUEST_free);
GA_DEFINE_AUTO(ASN1_OCTET_STRING, ASN1_OCTET_STRING_free);

/* OCSPResponseStatus.  Source: rfc6960 4.2.1 */
enum { MALFORMED = 1, INTERNAL = 2, UNAUTHORIZED = 6 };

/* What was asked. */
struct asked {
    enum sim_id_hash hash;
    struct ga_bytes issuer_name, issuer_key, serial; /* of the request */
    uint8_t nonce[GA_OCSP_NONCE_MAX];
    size_t nonce_len;
    const struct sim_pki *pki; /* of the issuer; NULL: nobody knows it */
    enum sim_authority issuer;
};

/* An answer of a status alone. */
static enum ga_rc
refuse(unsigned status, const char *what, struct sim_reply *out,
       struct ga_error *err)
{
    const uint8_t bytes[] = { 0x30, 3, 0x0a, 1, (uint8_t)status };

    snprintf(out->note, sizeof(out->note), "%s", what);
    return ga_buf_copy(ga_bytes_of(bytes, sizeof(bytes)), &out->body, err);
}

static struct ga_bytes
view(const ASN1_STRING *s)
{
    int len = ASN1_STRING_length(s);

    return ga_bytes_of(ASN1_STRING_get0_data(s), len > 0 ? (size_t)len : 0);
}

/* NVIDIA's responder takes 16 to 32 bytes.  Source: spec-protocol, 4 */
static bool
take_nonce(OCSP_REQUEST *req, struct asked *out)
{
    int at = OCSP_REQUEST_get_ext_by_NID(req, NID_id_pkix_OCSP_Nonce, -1);
    GA_AUTO(ASN1_OCTET_STRING) *inner = NULL;
    struct ga_bytes outer, nonce;
    const unsigned char *p;

    if (at < 0)
        return true;
    if (OCSP_REQUEST_get_ext_by_NID(req, NID_id_pkix_OCSP_Nonce, at) >= 0)
        return false;
    outer = view(X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(req, at)));
    p = outer.ptr;
    inner = d2i_ASN1_OCTET_STRING(NULL, &p, (long)outer.len);
    if (inner == NULL || p != outer.ptr + outer.len)
        return false;
    nonce = view(inner);
    if (nonce.len < 16 || nonce.len > sizeof(out->nonce))
        return false;
    memcpy(out->nonce, nonce.ptr, nonce.len);
    out->nonce_len = nonce.len;
    return true;
}

/* False: this hash is not known, and with it no issuer. */
static bool
take_hash(const ASN1_OBJECT *algorithm, enum sim_id_hash *out)
{
    static const int nids[SIM_ID_HASHES] = {
        [SIM_ID_SHA384] = NID_sha384,
        [SIM_ID_SHA256] = NID_sha256,
        [SIM_ID_SHA1] = NID_sha1,
    };

    for (enum sim_id_hash h = 0; h < SIM_ID_HASHES; h++)
        if (OBJ_obj2nid(algorithm) == nids[h]) {
            *out = h;
            return true;
        }
    return false;
}

/* One certificate per question.  Returns a status, 0 for none. */
static unsigned
take_request(OCSP_REQUEST *req, struct asked *out)
{
    ASN1_OCTET_STRING *name, *key;
    ASN1_INTEGER *serial;
    ASN1_OBJECT *algorithm;
    OCSP_CERTID *id;

    if (OCSP_request_onereq_count(req) != 1 || !take_nonce(req, out))
        return MALFORMED;
    id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(req, 0));
    if (OCSP_id_get0_info(&name, &algorithm, &key, &serial, id) != 1 ||
        ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
        return MALFORMED;
    out->issuer_name = view(name);
    out->issuer_key = view(key);
    out->serial = view(serial);
    return take_hash(algorithm, &out->hash) ? 0 : UNAUTHORIZED;
}

static bool
is_issuer(const struct sim_issuer_id *id, const struct asked *q)
{
    return ga_bytes_equal(ga_bytes_of(id->name, id->len), q->issuer_name) &&
           ga_bytes_equal(ga_bytes_of(id->key, id->len), q->issuer_key);
}

/* Among the world's authorities, and those that its defects brought. */
static enum ga_rc
find_issuer(const struct sim_world *w, struct asked *q, struct ga_error *err)
{
    const struct sim_pki *const pkis[] = { &w->pki, &w->foreign, &w->strange };

    for (size_t i = 0; i < sizeof(pkis) / sizeof(pkis[0]); i++)
        for (enum sim_authority a = 0; a < SIM_AUTHORITIES; a++) {
            struct sim_issuer_id id;
            enum ga_rc rc;

            if (!pkis[i]->made[a])
                continue;
            rc = sim_issuer_id(&pkis[i]->ca[a].cert, q->hash, &id, err);
            if (rc != GA_OK)
                return rc;
            if (!is_issuer(&id, q))
                continue;
            q->pki = pkis[i];
            q->issuer = a;
            return GA_OK;
        }
    return GA_OK;
}

static struct ga_bytes
without_zeros(struct ga_bytes b)
{
    while (b.len > 1 && b.ptr[0] == 0)
        b = ga_bytes_of(b.ptr + 1, b.len - 1);
    return b;
}

/* A device CA vouches for every serial number, a RIM CA for those it knows.
 * Source: spec-protocol, 4 */
static enum sim_status
status_of_unknown(enum sim_authority issuer)
{
    return issuer == SIM_A_DEVICE_ROOT || issuer == SIM_A_IDENTITY ||
                   issuer == SIM_A_ICA_GPU || issuer == SIM_A_ICA_SWITCH
               ? SIM_GOOD
               : SIM_UNKNOWN;
}

/* The answer as the world has it, or a new one; `blank` stands for a
 * certificate that nobody has seen. */
static struct sim_ocsp_spec
spec_of(const struct sim_world *w, const struct asked *q,
        struct sim_cert *blank)
{
    struct ga_bytes serial = without_zeros(q->serial);
    struct sim_ocsp_spec made = {
        .name = "no such certificate",
        .cert = blank,
        .issuer = &q->pki->ca[q->issuer].cert,
        .responder = &q->pki->ca[q->issuer].responder,
        .pki = q->pki,
        .status = status_of_unknown(q->issuer),
        .revoked_at = w->o.at,
        .produced = w->o.at,
        .this_update = w->o.at,
        .next_update = ga_time_plus(w->o.at, DAY),
    };

    for (size_t i = 0; i < w->answers; i++) {
        const struct sim_answer *a = &w->answer[i];
        const struct sim_cert *c = a->spec.cert;

        if (a->spec.issuer == made.issuer &&
            ga_bytes_equal(without_zeros(ga_bytes_of(c->serial, c->serial_len)),
                           serial))
            return a->spec;
    }
    memcpy(blank->serial, serial.ptr, serial.len);
    blank->serial_len = serial.len;
    return made;
}

/* Moves the answer from the world's time to the present. */
static void
shift(struct sim_ocsp_spec *s, int64_t by)
{
    s->produced = ga_time_plus(s->produced, by);
    s->this_update = ga_time_plus(s->this_update, by);
    s->next_update = ga_time_plus(s->next_update, by);
    s->revoked_at = ga_time_plus(s->revoked_at, by);
}

/* Puts in what the responder does wrong. */
static void
spoil(const struct sim_ailments *ill, struct sim_ocsp_spec *s, uint8_t *nonce)
{
    const enum sim_service me = SIM_OCSP_SERVICE;

    if (sim_ailments_find(ill, me, SIM_T_STALE) != NULL)
        shift(s, -30 * DAY);
    if (sim_ailments_find(ill, me, SIM_T_UNKNOWN) != NULL)
        s->status = SIM_UNKNOWN;
    if (sim_ailments_find(ill, me, SIM_T_REVOKED) != NULL ||
        sim_ailments_find(ill, me, SIM_T_HOLD) != NULL) {
        s->status = SIM_REVOKED;
        /* Source: rfc5280 5.3.1: keyCompromise, certificateHold */
        s->reason = sim_ailments_find(ill, me, SIM_T_REVOKED) != NULL ? 1 : 6;
    }
    if (s->nonce.len > 0 &&
        sim_ailments_find(ill, me, SIM_T_NONCE_OTHER) != NULL)
        nonce[0] ^= 0xff;
    if (sim_ailments_find(ill, me, SIM_T_NONCE_MISSING) != NULL)
        s->nonce = ga_bytes_of(NULL, 0);
    s->spoil_signature = sim_ailments_find(ill, me, SIM_T_SIGNATURE) != NULL;
}

static enum ga_rc
answer(struct sim_services *s, struct asked *q, struct sim_reply *out,
       struct ga_error *err)
{
    static const char *const words[] = { "good", "revoked", "unknown" };
    struct sim_cert blank = { 0 };
    struct sim_ocsp_spec spec;
    char serial[2 * GA_SERIAL_MAX + 1];
    enum ga_rc rc;

    if (q->serial.len == 0 || q->serial.len > GA_SERIAL_MAX)
        return refuse(MALFORMED, "serial number", out, err);
    spec = spec_of(s->w, q, &blank);
    shift(&spec, (ga_time)time(NULL) - s->w->o.at);
    spec.hash = q->hash;
    if (spec.nonce.len == 0) /* else a defect answers another question */
        spec.nonce = ga_bytes_of(q->nonce, q->nonce_len);
    spoil(s->ill, &spec, q->nonce);
    pthread_mutex_lock(&s->lock);
    rc = sim_ocsp_make(&s->w->forge, &spec, &out->body, err);
    pthread_mutex_unlock(&s->lock);
    ga_hex(q->serial, serial);
    snprintf(out->note, sizeof(out->note), "%s issuer=%s serial=%s %s",
             spec.name, q->pki->ca[q->issuer].name, serial, words[spec.status]);
    return rc;
}

enum ga_rc
sim_ocsp_serve(struct sim_services *s, const struct sim_query *q,
               struct sim_reply *out, struct ga_error *err)
{
    GA_AUTO(OCSP_REQUEST) *req = NULL;
    const unsigned char *p = q->body.ptr;
    struct asked asked = { 0 };
    unsigned status;
    enum ga_rc rc;

    out->type = "application/ocsp-response";
    if (strcmp(q->path, "/") != 0 || strcmp(q->method, "POST") != 0) {
        out->status = strcmp(q->path, "/") != 0 ? 404 : 405;
        out->allow = out->status == 405 ? "POST" : NULL;
        return refuse(MALFORMED, "POST / alone", out, err);
    }
    if (q->type == NULL || strcmp(q->type, "application/ocsp-request") != 0) {
        out->status = 415;
        return refuse(MALFORMED, "application/ocsp-request alone", out, err);
    }
    out->status = 200;
    req =
        q->body.len > 0 ? d2i_OCSP_REQUEST(NULL, &p, (long)q->body.len) : NULL;
    status = req != NULL && p == q->body.ptr + q->body.len
                 ? take_request(req, &asked)
                 : MALFORMED;
    if (status != 0)
        return refuse(status, status == MALFORMED ? "malformed" : "hash", out,
                      err);
    rc = find_issuer(s->w, &asked, err);
    if (rc != GA_OK)
        return rc;
    return asked.pki != NULL ? answer(s, &asked, out, err)
                             : refuse(UNAUTHORIZED, "unknown issuer", out, err);
}
