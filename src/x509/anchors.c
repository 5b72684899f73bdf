/* SPDX-License-Identifier: Apache-2.0 */
/* Trust anchors: the built-in ones as facts, and those of a user. */
#include <openssl/evp.h>
#include <string.h>

#include "base/cleanup.h"
#include "x509/anchors.h"
#include "x509/pem.h"

GA_DEFINE_AUTO_STRUCT(ga_cert, ga_cert_free);

/* Name of "O=NVIDIA,CN=NVIDIA Device Identity CA". */
static const uint8_t device_name[] = {
    0x30, 0x35, 0x31, 0x22, 0x30, 0x20, 0x06, 0x03, 0x55, 0x04, 0x03,
    0x0c, 0x19, 0x4e, 0x56, 0x49, 0x44, 0x49, 0x41, 0x20, 0x44, 0x65,
    0x76, 0x69, 0x63, 0x65, 0x20, 0x49, 0x64, 0x65, 0x6e, 0x74, 0x69,
    0x74, 0x79, 0x20, 0x43, 0x41, 0x31, 0x0f, 0x30, 0x0d, 0x06, 0x03,
    0x55, 0x04, 0x0a, 0x0c, 0x06, 0x4e, 0x56, 0x49, 0x44, 0x49, 0x41,
};

/* Name of "CN=NVIDIA CoRIM signing Root CA,O=NVIDIA,C=US". */
static const uint8_t rim_name[] = {
    0x30, 0x45, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13,
    0x02, 0x55, 0x53, 0x31, 0x0f, 0x30, 0x0d, 0x06, 0x03, 0x55, 0x04, 0x0a,
    0x0c, 0x06, 0x4e, 0x56, 0x49, 0x44, 0x49, 0x41, 0x31, 0x25, 0x30, 0x23,
    0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x1c, 0x4e, 0x56, 0x49, 0x44, 0x49,
    0x41, 0x20, 0x43, 0x6f, 0x52, 0x49, 0x4d, 0x20, 0x73, 0x69, 0x67, 0x6e,
    0x69, 0x6e, 0x67, 0x20, 0x52, 0x6f, 0x6f, 0x74, 0x20, 0x43, 0x41,
};

/* Source: anchors */
static const struct fact {
    enum ga_anchor_use use;
    const uint8_t *name;
    size_t name_len;
    uint8_t point[GA_POINT_LEN];
    uint8_t cert_sha256[32];
    ga_time not_before, not_after; /* of that certificate */
} facts[] = {
    { GA_ANCHOR_DEVICE,
      device_name,
      sizeof(device_name),
      {
          0x04, 0x0e, 0x4c, 0x14, 0xa3, 0x3b, 0xf8, 0xa5, 0x62, 0x66, 0x58,
          0xdb, 0x41, 0x29, 0x60, 0x7e, 0x4c, 0xbf, 0x45, 0x19, 0xc4, 0x41,
          0x27, 0x16, 0xf4, 0xd0, 0xd9, 0x17, 0xc4, 0x97, 0x80, 0x05, 0xbd,
          0xea, 0xbe, 0xae, 0xfd, 0x57, 0xbc, 0x66, 0x08, 0x2d, 0x71, 0x8a,
          0x4f, 0x8b, 0x60, 0x52, 0xe1, 0x51, 0x6e, 0xe8, 0xa7, 0xc4, 0x22,
          0xb8, 0x4d, 0xe8, 0x57, 0x07, 0x1b, 0xb5, 0x8f, 0xd3, 0x95, 0xbe,
          0xa0, 0xcf, 0xa1, 0xc6, 0x3e, 0xe7, 0xc8, 0x0d, 0x6b, 0xd6, 0x39,
          0x01, 0xd9, 0x1c, 0xbb, 0xd1, 0x87, 0xd3, 0x85, 0x7d, 0xc1, 0x6b,
          0x5c, 0xce, 0xaf, 0x23, 0x8f, 0xf8, 0xc2, 0x7d, 0xbd,
      },
      {
          0x10, 0x2b, 0xf6, 0x59, 0xd5, 0x41, 0x96, 0x14, 0xc9, 0xd8, 0xe6,
          0xae, 0xce, 0xbc, 0x80, 0x45, 0x4e, 0xb2, 0x6b, 0x1d, 0xf6, 0xa7,
          0x69, 0xac, 0x72, 0x0b, 0x9a, 0x69, 0x0b, 0x16, 0x7b, 0x48,
      },
      /* 2021-11-05 and the end of 9999-12-31, UTC */
      INT64_C(1636070400),
      INT64_C(253402300799) },
    { GA_ANCHOR_RIM,
      rim_name,
      sizeof(rim_name),
      {
          0x04, 0xb8, 0x40, 0xb2, 0x8b, 0xdb, 0xcd, 0x33, 0xe2, 0x30, 0xda,
          0x57, 0xd4, 0xcf, 0x20, 0x65, 0x74, 0x70, 0x30, 0x68, 0x2d, 0x47,
          0x17, 0xb4, 0xc2, 0x82, 0x9d, 0x76, 0x41, 0xc1, 0x32, 0x51, 0x39,
          0xb7, 0x4d, 0xa8, 0x31, 0xc2, 0xbe, 0x3c, 0x77, 0x9e, 0x7e, 0x2b,
          0x65, 0x48, 0x95, 0x66, 0x08, 0x0e, 0x4e, 0xcd, 0x94, 0x02, 0x10,
          0x75, 0xc5, 0x7f, 0x15, 0xfe, 0xde, 0xb8, 0x62, 0xc8, 0xf9, 0x06,
          0xae, 0x8f, 0xdd, 0xc7, 0xb1, 0x22, 0x38, 0x59, 0x7d, 0xbd, 0xf0,
          0xfa, 0x56, 0xe7, 0x84, 0x53, 0x83, 0x3f, 0x6d, 0x0b, 0xe4, 0x3a,
          0xf3, 0x87, 0x1a, 0x47, 0xf0, 0x57, 0x58, 0x47, 0x99,
      },
      {
          0x12, 0x97, 0x7b, 0x51, 0x15, 0xac, 0xb0, 0x38, 0x11, 0x79, 0x27,
          0x9f, 0xff, 0xeb, 0x5a, 0x8c, 0x4d, 0x26, 0x49, 0x71, 0xeb, 0xb3,
          0x22, 0x98, 0x02, 0x3a, 0x46, 0x5f, 0xa4, 0x1d, 0xf5, 0xd1,
      },
      /* 2023-03-16 and 2053-03-08, 15:37:34 UTC */
      INT64_C(1678981054),
      INT64_C(2625061054) },
};

static void
anchor_done(struct ga_anchor *a)
{
    ga_buf_done(&a->name);
    ga_key_free(a->key);
    *a = (struct ga_anchor){ 0 };
}

/* Anchors on their way into a table. */
struct batch {
    size_t count;
    struct ga_anchor anchor[GA_ANCHORS_MAX];
};

static void
batch_done(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        anchor_done(&b->anchor[i]);
    b->count = 0;
}

void
ga_anchors_done(struct ga_anchors *anchors)
{
    for (int use = 0; use < GA_ANCHOR_USES; use++)
        for (size_t i = 0; i < anchors->count[use]; i++)
            anchor_done(&anchors->anchor[use][i]);
    *anchors = (struct ga_anchors){ 0 };
}

static enum ga_rc
add_fact(const struct fact *f, struct ga_anchors *anchors, struct ga_error *err)
{
    struct ga_anchor a = { .builtin = true,
                           .not_before = f->not_before,
                           .not_after = f->not_after };
    enum ga_rc rc =
        ga_buf_copy(ga_bytes_of(f->name, f->name_len), &a.name, err);

    if (rc == GA_OK)
        rc = ga_key_of_point(ga_bytes_of(f->point, sizeof(f->point)), &a.key,
                             err);
    if (rc != GA_OK) {
        anchor_done(&a);
        return rc;
    }
    memcpy(a.cert_sha256, f->cert_sha256, sizeof(a.cert_sha256));
    anchors->anchor[f->use][anchors->count[f->use]++] = a;
    return GA_OK;
}

enum ga_rc
ga_anchors_init(struct ga_anchors *out, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    *out = (struct ga_anchors){ 0 };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && rc == GA_OK; i++)
        rc = add_fact(&facts[i], out, err);
    if (rc != GA_OK)
        ga_anchors_done(out);
    return rc;
}

/* The name and the key of a certificate; a flaw would come up again in every
 * chain that presents it, where nobody would look for it. */
static enum ga_rc
of_certificate(struct ga_bytes der, struct ga_anchor *out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_cert) *cert = NULL;
    struct ga_anchor a = { 0 };
    unsigned n = 0;
    enum ga_rc rc = ga_cert_parse(der, &cert, err);

    if (rc != GA_OK)
        return rc;
    if (cert->flaw.state != GA_PASSED)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %s", cert->subject_text,
                       cert->flaw.text);
    if (EVP_Digest(der.ptr, der.len, a.cert_sha256, &n, EVP_sha256(), NULL) !=
        1)
        return ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
    rc = ga_buf_copy(cert->subject, &a.name, err);
    if (rc != GA_OK)
        return rc;
    a.key = ga_key_ref(cert->key);
    a.simulator = cert->simulator;
    a.not_before = cert->not_before;
    a.not_after = cert->not_after;
    *out = a;
    return GA_OK;
}

static enum ga_rc
read_block(struct ga_reader *r, struct batch *b, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf der = { 0 };
    struct ga_anchor a = { .not_before = GA_TIME_MIN,
                           .not_after = GA_TIME_MAX };
    enum ga_pem_label label;
    size_t at;
    enum ga_rc rc = ga_pem_next(r, GA_PEM_CERTIFICATE | GA_PEM_PUBLIC_KEY,
                                &label, &der, &at, err);

    if (rc != GA_OK)
        return rc;
    if (b->count == GA_ANCHORS_MAX)
        return ga_fail_at(err, GA_E_TOO_LARGE, at, "more than %d anchors",
                          GA_ANCHORS_MAX);
    if (label == GA_PEM_CERTIFICATE)
        rc = of_certificate(ga_view(&der), &a, err);
    else
        rc = ga_key_parse(ga_view(&der), &a.key, err);
    if (rc == GA_OK) {
        b->anchor[b->count++] = a;
        return GA_OK;
    }
    if (err != NULL)
        err->offset = at;
    return ga_within(err, rc, "PEM block at %zu", at);
}

static enum ga_rc
read_all(struct ga_bytes pem, struct batch *b, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(pem);
    enum ga_rc rc = GA_OK;

    if (pem.len > GA_ANCHOR_FILE_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes of anchors, not 1 to %d",
                       pem.len, GA_ANCHOR_FILE_MAX);
    while (rc == GA_OK && !ga_pem_end(&r))
        rc = read_block(&r, b, err);
    if (rc == GA_OK && b->count == 0)
        rc = ga_fail_at(err, GA_E_MISSING, 0, "no anchor");
    return rc;
}

enum ga_rc
ga_anchors_add(struct ga_anchors *anchors, enum ga_anchor_use use,
               struct ga_bytes pem, struct ga_error *err)
{
    struct batch b = { 0 };
    size_t kept = anchors->count[use];
    enum ga_rc rc = read_all(pem, &b, err);

    if (rc == GA_OK && b.count > GA_ANCHORS_MAX - kept)
        rc = ga_fail(err, GA_E_TOO_LARGE, "more than %d anchors",
                     GA_ANCHORS_MAX);
    if (rc != GA_OK) {
        batch_done(&b);
        return rc;
    }
    for (size_t i = 0; i < b.count; i++)
        anchors->anchor[use][anchors->count[use]++] = b.anchor[i];
    anchors->custom = true;
    return GA_OK;
}
