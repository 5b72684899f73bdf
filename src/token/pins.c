/* SPDX-License-Identifier: Apache-2.0 */
/* Whose word on the keys of an issuer of tokens counts. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "token/pins.h"
#include "x509/pem.h"
#include "x509/rsa.h"

GA_DEFINE_AUTO_STRUCT(ga_cert, ga_cert_free);

/* Source: anchors */
static const struct ga_pin builtin[] = {
    {
        .name = "NVIDIA Attestation Service GPU Intermediate 004",
        .spki_sha256 = {
            0xfd, 0x32, 0x83, 0x7f, 0x95, 0x4e, 0x2c, 0x45, 0xdb, 0x07, 0x31,
            0x05, 0x16, 0x6d, 0xfe, 0x69, 0x85, 0xae, 0x04, 0x80, 0xbb, 0x11,
            0x3f, 0xba, 0x63, 0xb0, 0x91, 0xa7, 0x5a, 0xff, 0xe8, 0x96,
        },
        /* 2025-12-08 and the end of 2029-12-08, UTC */
        .not_before = INT64_C(1765152000),
        .not_after = INT64_C(1891468799),
        .builtin = true,
    },
};

void
ga_pins_init(struct ga_pins *out)
{
    *out = (struct ga_pins){ 0 };
    for (size_t i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++)
        out->pin[out->count++] = builtin[i];
}

static bool
hash(struct ga_bytes spki, uint8_t out[32])
{
    unsigned n = 0;

    return EVP_Digest(spki.ptr, spki.len, out, &n, EVP_sha256(), NULL) == 1 &&
           n == 32;
}

const struct ga_pin *
ga_pins_find(const struct ga_pins *pins, struct ga_bytes spki)
{
    uint8_t sum[32];

    if (!hash(spki, sum))
        return NULL;
    for (size_t i = 0; i < pins->count; i++)
        if (ga_bytes_equal(ga_bytes_of(sum, sizeof(sum)),
                           ga_bytes_of(pins->pin[i].spki_sha256, sizeof(sum))))
            return &pins->pin[i];
    return NULL;
}

/* Whether a key may be pinned at all. */
static enum ga_rc
of_key(struct ga_bytes spki, struct ga_pin *out, struct ga_error *err)
{
    struct ga_key *key = NULL;
    struct ga_error why = { 0 };
    enum ga_rc rc = ga_key_parse(spki, &key, &why);

    ga_key_free(key);
    if (rc == GA_E_NOMEM)
        return ga_nomem(err);
    if (rc != GA_OK && !ga_rsa_key_ok(spki))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "key: neither of P-384 nor RSA of 2048 to 4096 bits");
    return hash(spki, out->spki_sha256)
               ? GA_OK
               : ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
}

static enum ga_rc
of_certificate(struct ga_bytes der, struct ga_pin *out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_cert) *cert = NULL;
    enum ga_rc rc = ga_cert_parse(der, &cert, err);

    if (rc == GA_OK)
        rc = of_key(cert->spki, out, err);
    if (rc != GA_OK)
        return rc;
    snprintf(out->name, sizeof(out->name), "%.71s",
             cert->common_name[0] != '\0' ? cert->common_name
                                          : cert->subject_text);
    out->not_before = cert->not_before;
    out->not_after = cert->not_after;
    out->simulator = cert->simulator;
    return GA_OK;
}

static enum ga_rc
read_block(struct ga_reader *r, struct ga_pins *pins, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf der = { 0 };
    struct ga_pin p = { .name = "a public key",
                        .not_before = GA_TIME_MIN,
                        .not_after = GA_TIME_MAX };
    enum ga_pem_label label;
    size_t at;
    enum ga_rc rc = ga_pem_next(r, GA_PEM_CERTIFICATE | GA_PEM_PUBLIC_KEY,
                                &label, &der, &at, err);

    if (rc != GA_OK)
        return rc;
    if (pins->count == GA_ANCHORS_MAX)
        return ga_fail_at(err, GA_E_TOO_LARGE, at, "more than %d anchors",
                          GA_ANCHORS_MAX);
    rc = label == GA_PEM_CERTIFICATE ? of_certificate(ga_view(&der), &p, err)
                                     : of_key(ga_view(&der), &p, err);
    if (rc == GA_OK) {
        pins->pin[pins->count++] = p;
        return GA_OK;
    }
    if (err != NULL)
        err->offset = at;
    return ga_within(err, rc, "PEM block at %zu", at);
}

enum ga_rc
ga_pins_add(struct ga_pins *pins, struct ga_bytes pem, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(pem);
    size_t before = pins->count;
    enum ga_rc rc = GA_OK;

    if (pem.len > GA_ANCHOR_FILE_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes of anchors, not 1 to %d",
                       pem.len, GA_ANCHOR_FILE_MAX);
    while (rc == GA_OK && !ga_pem_end(&r))
        rc = read_block(&r, pins, err);
    if (rc == GA_OK && pins->count == before)
        rc = ga_fail_at(err, GA_E_MISSING, 0, "no anchor");
    if (rc != GA_OK)
        pins->count = before;
    else
        pins->custom = true;
    return rc;
}
