/* SPDX-License-Identifier: Apache-2.0 */
/* What is made has the shape of what is real: names, extensions, fields, XML. */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "gpuattest/evidence.h"
#include "gpuattest/verify.h" /* ga_text_free */
#include "sim/world.h"
#include "support/fixtures.h"
#include "x509/cert.h"

#define NOW INT64_C(1795000000)

static struct sim_world *
mint(const char *chip, unsigned gpus, unsigned switches, enum ga_mode mode)
{
    struct sim_world *w = NULL;
    struct sim_options o;

    assert_int_equal(sim_options_init(&o, NOW, NULL), GA_OK);
    o.gpu = ga_chip_by_cert(chip, strlen(chip));
    o.gpus = gpus;
    o.switches = switches;
    o.mode = mode;
    o.seed = "shape";
    assert_int_equal(sim_world_make(&o, &w, NULL), GA_OK);
    return w;
}

/* "#CON": the attributes of a name, in order. */
static void
name_shape(const X509_NAME *name, char out[64])
{
    int n = X509_NAME_entry_count(name);

    out[0] = '\0';
    for (int i = 0; i < n; i++) {
        const X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
        const ASN1_STRING *value = X509_NAME_ENTRY_get_data(e);
        size_t len = strlen(out);

        snprintf(out + len, 64 - len, "%d/%d ",
                 OBJ_obj2nid(X509_NAME_ENTRY_get_object(e)),
                 ASN1_STRING_type(value));
    }
}

/* Extensions in order; the value of those that hold no key and no name. */
static void
extension_shape(const X509 *cert, int leave_out, char out[1024])
{
    int n = X509_get_ext_count(cert) - leave_out;

    out[0] = '\0';
    for (int i = 0; i < n; i++) {
        X509_EXTENSION *e = X509_get_ext(cert, i);
        const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(e);
        size_t len = strlen(out);
        char oid[64];
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));

        OBJ_obj2txt(oid, sizeof(oid), X509_EXTENSION_get_object(e), 1);
        snprintf(out + len, 1024 - len, "%s%s ", oid,
                 X509_EXTENSION_get_critical(e) ? "!" : "");
        if (nid != NID_basic_constraints && nid != NID_key_usage &&
            nid != NID_ext_key_usage)
            continue;
        for (int k = 0; k < ASN1_STRING_length(value); k++) {
            len = strlen(out);
            snprintf(out + len, 1024 - len, "%02x",
                     ASN1_STRING_get0_data(value)[k]);
        }
    }
}

static void
expect_same_cert(const X509 *real, const X509 *made, bool same_dates)
{
    char a[1024], b[1024], oid[64];
    int last = X509_get_ext_count(made) - 1;

    name_shape(X509_get_subject_name(real), a);
    name_shape(X509_get_subject_name(made), b);
    assert_string_equal(a, b);
    name_shape(X509_get_issuer_name(real), a);
    name_shape(X509_get_issuer_name(made), b);
    assert_string_equal(a, b);
    extension_shape(real, 0, a);
    extension_shape(made, 1, b);
    assert_string_equal(a, b);
    OBJ_obj2txt(oid, sizeof(oid),
                X509_EXTENSION_get_object(X509_get_ext(made, last)), 1);
    assert_string_equal(oid, GA_SIMULATOR_OID);
    assert_true(X509_EXTENSION_get_critical(X509_get_ext(made, last)));
    assert_int_equal(ASN1_STRING_type(X509_get0_notBefore(real)),
                     ASN1_STRING_type(X509_get0_notBefore(made)));
    assert_int_equal(ASN1_STRING_type(X509_get0_notAfter(real)),
                     ASN1_STRING_type(X509_get0_notAfter(made)));
    if (same_dates) {
        assert_int_equal(ASN1_STRING_cmp(X509_get0_notBefore(real),
                                         X509_get0_notBefore(made)),
                         0);
        assert_int_equal(
            ASN1_STRING_cmp(X509_get0_notAfter(real), X509_get0_notAfter(made)),
            0);
    }
}

/* The same common name but for digits at its end, which number things. */
static void
expect_same_cn(X509 *real, X509 *made)
{
    char a[80] = "", b[80] = "";

    X509_NAME_get_text_by_NID(X509_get_subject_name(real), NID_commonName, a,
                              sizeof(a));
    X509_NAME_get_text_by_NID(X509_get_subject_name(made), NID_commonName, b,
                              sizeof(b));
    for (char *s = a; *(s = s + strcspn(s, "0123456789")) != '\0'; s++)
        *s = '0';
    for (char *s = b; *(s = s + strcspn(s, "0123456789")) != '\0'; s++)
        *s = '0';
    assert_string_equal(a, b);
}

/* The FWID extension stands before the simulator's own: its last bytes are
 * real ones' (DiceTcbInfo: a second FWID of zeros, and flags), and its length
 * but for the vendor's name. */
static void
expect_same_fwid(const X509 *real, const X509 *made, int tail, int longer)
{
    const ASN1_OCTET_STRING *a = X509_EXTENSION_get_data(
        X509_get_ext(real, X509_get_ext_count(real) - 1));
    const ASN1_OCTET_STRING *b = X509_EXTENSION_get_data(
        X509_get_ext(made, X509_get_ext_count(made) - 2));
    int n = ASN1_STRING_length(a), m = ASN1_STRING_length(b);

    assert_int_equal(n + longer, m);
    assert_memory_equal(ASN1_STRING_get0_data(a) + n - tail,
                        ASN1_STRING_get0_data(b) + m - tail, (size_t)tail);
}

static void
same_fwid(const char *path, const struct sim_cert *leaf, int tail, int longer)
{
    struct ga_buf pem = fixture(path);
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *real = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    const uint8_t *p = leaf->der.ptr;
    X509 *made = d2i_X509(NULL, &p, (long)leaf->der.len);

    assert_non_null(real);
    assert_non_null(made);
    expect_same_fwid(real, made, tail, longer);
    X509_free(real);
    X509_free(made);
    BIO_free(bio);
    ga_buf_done(&pem);
}

static void
fwids_have_the_shape_of_real_ones(void **state)
{
    struct sim_world *hopper, *blackwell;

    (void)state;
    need_fixtures();
    hopper = mint("GH100", 1, 0, GA_MODE_SPT);
    blackwell = mint("GB100", 1, 0, GA_MODE_SPT);
    same_fwid("gpu/h100-550.90.07/chain.pem", &hopper->device[0].id.leaf, 0, 0);
    /* 63 bytes of FWID and 13 of flags; "SIMULATOR" in place of "NVIDIA". */
    same_fwid("gpu/gb100-575.32/chain.pem", &blackwell->device[0].id.leaf, 76,
              3);
    sim_world_free(hopper);
    sim_world_free(blackwell);
}

static void
same_chain(const char *path, const struct ga_buf *pem, int count)
{
    struct ga_buf real = fixture(path);
    BIO *a = BIO_new_mem_buf(real.ptr, (int)real.len);
    BIO *b = BIO_new_mem_buf(pem->ptr, (int)pem->len);

    for (int i = 0; i < count; i++) {
        X509 *x = PEM_read_bio_X509(a, NULL, NULL, NULL);
        X509 *y = PEM_read_bio_X509(b, NULL, NULL, NULL);

        assert_non_null(x);
        assert_non_null(y);
        expect_same_cert(x, y, true);
        expect_same_cn(x, y);
        X509_free(x);
        X509_free(y);
    }
    assert_null(PEM_read_bio_X509(b, NULL, NULL, NULL));
    BIO_free(a);
    BIO_free(b);
    ga_buf_done(&real);
}

static void
device_chains_have_the_shape_of_real_ones(void **state)
{
    struct sim_world *hopper, *blackwell;

    (void)state;
    need_fixtures();
    hopper = mint("GH100", 1, 1, GA_MODE_PPCIE);
    blackwell = mint("GB100", 1, 0, GA_MODE_SPT);
    same_chain("gpu/h100-550.90.07/chain.pem", &hopper->device[0].chain, 5);
    same_chain("switch/ls10-96.10.55.00.01/chain.pem", &hopper->device[1].chain,
               5);
    same_chain("gpu/gb100-575.32/chain.pem", &blackwell->device[0].chain, 5);
    sim_world_free(hopper);
    sim_world_free(blackwell);
}

/* The n-th certificate inside a RIM. */
static X509 *
rim_cert(const struct ga_buf *xml, int n)
{
    static const char tag[] = "<ds:X509Certificate>";
    const char *p = (const char *)xml->ptr;
    const char *end = p + xml->len;
    uint8_t der[4096];
    char text[6000];
    const uint8_t *d = der;
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    int len, more;
    X509 *cert;

    for (int i = 0; i <= n; i++) {
        p = memmem(p, (size_t)(end - p), tag, strlen(tag));
        assert_non_null(p);
        p += strlen(tag);
    }
    len = (int)((const char *)memchr(p, '<', (size_t)(end - p)) - p);
    assert_true(len > 0 && (size_t)len < sizeof(text));
    memcpy(text, p, (size_t)len);
    EVP_DecodeInit(ctx);
    assert_true(EVP_DecodeUpdate(ctx, der, &len, (uint8_t *)text, len) >= 0);
    assert_int_equal(EVP_DecodeFinal(ctx, der + len, &more), 1);
    EVP_ENCODE_CTX_free(ctx);
    cert = d2i_X509(NULL, &d, len + more);
    assert_non_null(cert);
    return cert;
}

static const struct rim_row {
    const char *path;
    size_t made; /* index in the world */
} rims[] = {
    { "gpu/h100-550.90.07/rims/NV_GPU_DRIVER_GH100_550.90.07.xml", 0 },
    { "gpu/h100-550.90.07/rims/NV_GPU_VBIOS_1010_0200_882_96009F0001.xml", 1 },
    { "switch/ls10-96.10.55.00.01/rims/"
      "NV_SWITCH_BIOS_5612_0002_890_9610550001.xml",
      2 },
};

static void
rim_chains_have_the_shape_of_real_ones(void **state)
{
    struct sim_world *w;

    (void)state;
    need_fixtures();
    w = mint("GH100", 1, 1, GA_MODE_PPCIE);
    for (size_t i = 0; i < COUNT(rims); i++) {
        struct ga_buf real = fixture(rims[i].path);

        for (int n = 0; n < 4; n++) {
            X509 *x = rim_cert(&real, n);
            X509 *y = rim_cert(&w->rim[rims[i].made].xml, n);

            expect_same_cert(x, y, false);
            expect_same_cn(x, y);
            X509_free(x);
            X509_free(y);
        }
        ga_buf_done(&real);
    }
    sim_world_free(w);
}

/* What stands outside of quotes, up to the Signature; then the Signature up to
 * the digest, whole. */
static char *
skeleton(const struct ga_buf *xml)
{
    static const char mark[] = "<ds:DigestValue>", signature[] = "<ds:Sig";
    const char *p = (const char *)xml->ptr, *end = p + xml->len;
    const char *sig = memmem(p, xml->len, signature, strlen(signature));
    const char *digest = memmem(p, xml->len, mark, strlen(mark));
    char *out = calloc(1, xml->len + 1), *o = out;
    bool quoted = false;

    assert_non_null(sig);
    assert_non_null(digest);
    assert_non_null(out);
    assert_true(digest < end);
    for (; p < digest; p++) {
        if (p < sig && *p == '"')
            quoted = !quoted;
        if (!quoted)
            *o++ = *p;
    }
    return out;
}

static void
rims_have_the_shape_of_real_ones(void **state)
{
    struct sim_world *w;

    (void)state;
    need_fixtures();
    w = mint("GH100", 1, 1, GA_MODE_PPCIE);
    for (size_t i = 0; i < COUNT(rims); i++) {
        struct ga_buf real = fixture(rims[i].path);
        char *a = skeleton(&real);
        char *b = skeleton(&w->rim[rims[i].made].xml);

        assert_string_equal(a, b);
        free(a);
        free(b);
        ga_buf_done(&real);
    }
    sim_world_free(w);
}

static unsigned
count(const struct ga_buf *xml, const char *what)
{
    const char *p = (const char *)xml->ptr, *end = p + xml->len;
    unsigned n = 0;

    while ((p = memmem(p, (size_t)(end - p), what, strlen(what))) != NULL) {
        p += strlen(what);
        n++;
    }
    return n;
}

static void
rims_have_as_many_active_values_as_real_ones(void **state)
{
    static const char *const what[] = { "active=\"True\"", "<ns0:Resource ",
                                        "alternatives=\"4\"", ":Hash1=",
                                        ":Hash0=\"0000000000000000" };
    struct sim_world *w;

    (void)state;
    need_fixtures();
    w = mint("GH100", 1, 1, GA_MODE_PPCIE);
    for (size_t i = 0; i < COUNT(rims); i++) {
        struct ga_buf real = fixture(rims[i].path);

        for (size_t k = 0; k < COUNT(what); k++)
            assert_int_equal(count(&real, what[k]),
                             count(&w->rim[rims[i].made].xml, what[k]));
        ga_buf_done(&real);
    }
    sim_world_free(w);
}

static OCSP_BASICRESP *
basic_of(const struct ga_buf *der)
{
    const uint8_t *p = der->ptr;
    OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &p, (long)der->len);
    OCSP_BASICRESP *basic;

    assert_non_null(r);
    assert_ptr_equal(p, der->ptr + der->len);
    assert_int_equal(OCSP_response_status(r), 0);
    basic = OCSP_response_get1_basic(r);
    assert_non_null(basic);
    OCSP_RESPONSE_free(r);
    return basic;
}

static const struct sim_answer *
answer_of(const struct sim_world *w, const char *name)
{
    for (size_t i = 0; i < w->answers; i++)
        if (strcmp(w->answer[i].name, name) == 0)
            return &w->answer[i];
    fail_msg("no answer %s", name);
    return NULL;
}

static void
answers_have_the_shape_of_real_ones(void **state)
{
    static const char *const names[][2] = {
        { "device-brom", "GPU-0-brom" },
        { "device-ica", "ica-gpu" },
        { "device-identity", "identity" },
        { "driver-rim-leaf", "driver-rim-signer" },
        { "vbios-rim-leaf", "vbios-rim-signer" },
        { "rim-l2", "rim-ca-gpu" },
        { "rim-l3", "rim-l3-gpu" },
    };
    struct sim_world *w;

    (void)state;
    need_fixtures();
    w = mint("GH100", 1, 0, GA_MODE_SPT);
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[80];
        struct ga_buf real;
        OCSP_BASICRESP *a, *b;

        snprintf(path, sizeof(path), "gpu/h100-550.90.07/ocsp/%s.der",
                 names[i][0]);
        real = fixture(path);
        a = basic_of(&real);
        b = basic_of(&answer_of(w, names[i][1])->der);
        assert_int_equal(sk_X509_num(OCSP_resp_get0_certs(b)), 1);
        expect_same_cert(sk_X509_value(OCSP_resp_get0_certs(a), 0),
                         sk_X509_value(OCSP_resp_get0_certs(b), 0), false);
        assert_int_equal(OCSP_resp_count(b), 1);
        assert_int_equal(OCSP_BASICRESP_get_ext_count(b), 0);
        OCSP_BASICRESP_free(a);
        OCSP_BASICRESP_free(b);
        ga_buf_done(&real);
    }
    assert_int_equal(w->answers, COUNT(names));
    sim_world_free(w);
}

/* Types and sizes of the fields, in order; the driver's size is its text's. */
static void
field_shape(const struct ga_report *r, char out[512])
{
    out[0] = '\0';
    for (size_t i = 0; i < r->field_count; i++) {
        size_t len = strlen(out);
        bool driver = r->field[i].type == GA_FIELD_DRIVER_VERSION;

        snprintf(out + len, 512 - len, "%u:%zu ", r->field[i].type,
                 driver ? 0 : r->field[i].value.len);
    }
}

static void
same_report(const char *path, const struct ga_buf *report)
{
    char *full = fixture_path(path);
    struct ga_evidence *e = NULL;
    struct ga_evidence_view item;
    struct ga_report *a = NULL, *b = NULL;
    char x[512], y[512];

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(e, full, NULL), GA_OK);
    assert_int_equal(ga_evidence_get(e, 0, &item, NULL), GA_OK);
    assert_int_equal(ga_report_parse(item.report, item.report_len, &a, NULL),
                     GA_OK);
    assert_int_equal(ga_report_parse(report->ptr, report->len, &b, NULL),
                     GA_OK);
    field_shape(a, x);
    field_shape(b, y);
    assert_string_equal(x, y);
    assert_int_equal(a->block_count, b->block_count);
    assert_int_equal(a->block[0].value_type, b->block[0].value_type);
    assert_int_equal(a->block[0].value.len, b->block[0].value.len);
    ga_report_free(a);
    ga_report_free(b);
    ga_evidence_free(e);
    free(full);
}

static void
reports_have_the_shape_of_real_ones(void **state)
{
    struct sim_world *board, *single;

    (void)state;
    need_fixtures();
    board = mint("GH100", 8, 4, GA_MODE_PPCIE);
    single = mint("GH100", 1, 0, GA_MODE_SPT);
    same_report("evidence/gpu-list-1.json", &board->device[0].report);
    same_report("ppcie/hgx-h100-switch.json", &board->device[8].report);
    same_report("gpu/h100-580.159.03/evidence.json", &single->device[0].report);
    sim_world_free(board);
    sim_world_free(single);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_chains_have_the_shape_of_real_ones),
        cmocka_unit_test(fwids_have_the_shape_of_real_ones),
        cmocka_unit_test(rim_chains_have_the_shape_of_real_ones),
        cmocka_unit_test(rims_have_the_shape_of_real_ones),
        cmocka_unit_test(rims_have_as_many_active_values_as_real_ones),
        cmocka_unit_test(answers_have_the_shape_of_real_ones),
        cmocka_unit_test(reports_have_the_shape_of_real_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
