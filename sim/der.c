/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of DER. */
#include <string.h>

#include <openssl/objects.h>

#include "sim/cleanup.h"
#include "sim/der.h"
#include "x509/ecdsa.h"

void
sim_der_close(struct sim_out *o, size_t at, unsigned tag)
{
    size_t len = o->len - at;
    uint8_t head[6] = { (uint8_t)tag };
    size_t n = 2;

    if (o->failed)
        return;
    if (len < 0x80) {
        head[1] = (uint8_t)len;
    } else {
        size_t bytes = len > 0xffff ? 3 : len > 0xff ? 2 : 1;

        /* Nothing here is near 16 MiB: see GA_CERT_MAX, GA_OCSP_MAX. */
        head[1] = (uint8_t)(0x80 | bytes);
        for (size_t i = bytes; i > 0; i--)
            head[n++] = (uint8_t)(len >> (8 * (i - 1)) & 0xff);
    }
    sim_insert(o, at, head, n);
}

void
sim_der_put(struct sim_out *o, unsigned tag, struct ga_bytes content)
{
    size_t at = sim_der_open(o);

    sim_put_bytes(o, content);
    sim_der_close(o, at, tag);
}

void
sim_der_text(struct sim_out *o, unsigned tag, const char *text)
{
    sim_der_put(o, tag, ga_bytes_of(text, strlen(text)));
}

void
sim_der_oid(struct sim_out *o, const char *dotted)
{
    GA_AUTO(ASN1_OBJECT) *object = OBJ_txt2obj(dotted, 1);
    unsigned char *der = NULL;
    int n = object != NULL ? i2d_ASN1_OBJECT(object, &der) : -1;

    if (n < 0)
        o->failed = true;
    else
        sim_put(o, der, (size_t)n);
    OPENSSL_free(der);
}

void
sim_der_integer(struct sim_out *o, struct ga_bytes number)
{
    size_t at = sim_der_open(o);

    while (number.len > 1 && number.ptr[0] == 0) {
        number.ptr++;
        number.len--;
    }
    if (number.len > 0 && number.ptr[0] & 0x80)
        sim_put_u8(o, 0);
    sim_put_bytes(o, number);
    sim_der_close(o, at, SIM_DER_INTEGER);
}

void
sim_der_bits(struct sim_out *o, struct ga_bytes bits)
{
    size_t at = sim_der_open(o);

    sim_put_u8(o, 0); /* unused bits of the last byte */
    sim_put_bytes(o, bits);
    sim_der_close(o, at, SIM_DER_BIT_STRING);
}

void
sim_der_time(struct sim_out *o, ga_time t, bool general)
{
    char text[GA_TIME_TEXT], digits[GA_TIME_TEXT];
    size_t n = 0;

    ga_time_text(t, text); /* 2026-11-24T08:30:00Z */
    for (const char *p = text; *p != '\0'; p++)
        if (*p == 'Z' || (*p >= '0' && *p <= '9'))
            digits[n++] = *p;
    digits[n] = '\0';
    if (general || strcmp(digits, "2050") >= 0)
        sim_der_text(o, SIM_DER_GENERALIZED_TIME, digits);
    else
        sim_der_text(o, SIM_DER_UTC_TIME, digits + 2);
}

void
sim_der_ecdsa_sha384(struct sim_out *o)
{
    size_t at = sim_der_open(o);

    sim_der_oid(o, "1.2.840.10045.4.3.3");
    sim_der_close(o, at, SIM_DER_SEQUENCE);
}

void
sim_der_spki(struct sim_out *o, struct ga_bytes point)
{
    size_t spki = sim_der_open(o);
    size_t algorithm = sim_der_open(o);

    sim_der_oid(o, "1.2.840.10045.2.1");
    sim_der_oid(o, "1.3.132.0.34");
    sim_der_close(o, algorithm, SIM_DER_SEQUENCE);
    sim_der_bits(o, point);
    sim_der_close(o, spki, SIM_DER_SEQUENCE);
}

void
sim_der_signature(struct sim_out *o, const uint8_t rs[2 * GA_P384_LEN])
{
    size_t bits = sim_der_open(o);
    size_t seq;

    sim_put_u8(o, 0);
    seq = sim_der_open(o);
    sim_der_integer(o, ga_bytes_of(rs, GA_P384_LEN));
    sim_der_integer(o, ga_bytes_of(rs + GA_P384_LEN, GA_P384_LEN));
    sim_der_close(o, seq, SIM_DER_SEQUENCE);
    sim_der_close(o, bits, SIM_DER_BIT_STRING);
}
