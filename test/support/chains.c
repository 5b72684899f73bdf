/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "support/chains.h"
#include "support/fixtures.h"

static const char *const chain_files[] = {
    "gpu/h100-550.90.07/chain.pem",         "gpu/h100-580.159.03/chain.pem",
    "gpu/h100-535.86.09/chain.pem",         "gpu/gb100-575.32/chain.pem",
    "switch/ls10-96.10.55.00.01/chain.pem", "bad/report-signature/chain.pem",
};

static const char *const evidence_files[] = {
    "evidence/switch-list-1.json", "evidence/switch-list-4.json",
    "evidence/gpu-list-4.json",    "evidence/nvrust-gpu-8.json",
    "evidence/gpu-list-1.json",    "ppcie/hgx-h100-switch.json",
    "ppcie/hgx-h100-gpu.json",
};

static const char *const rim_files[] = {
    "gpu/h100-550.90.07/rims/NV_GPU_DRIVER_GH100_550.90.07.xml",
    "gpu/h100-550.90.07/rims/NV_GPU_VBIOS_1010_0200_882_96009F0001.xml",
    "gpu/h100-535.86.09/rims/NV_GPU_VBIOS_1010_0200_882_96005E0001.xml",
    /* clang-format off */
    "switch/ls10-96.10.55.00.01/rims/NV_SWITCH_BIOS_5612_0002_890_9610550001.xml",
    /* clang-format on */
};

static struct ga_certs
parse_pem(struct ga_bytes pem, const char *source)
{
    struct ga_certs certs = { 0 };
    struct ga_error err = { 0 };

    if (ga_certs_parse_pem(pem, &certs, &err) != GA_OK)
        fail_msg("%s: %s", source, err.text);
    return certs;
}

struct ga_certs
device_certs(const char *path)
{
    struct ga_buf pem = fixture(path);
    struct ga_certs certs = parse_pem(ga_view(&pem), path);

    ga_buf_done(&pem);
    return certs;
}

static struct ga_buf
decode(const char *text, size_t len)
{
    struct ga_buf out = { 0 };

    assert_int_equal(ga_base64_decode(text, len,
                                      GA_BASE64_BARE | GA_BASE64_LINES, &out,
                                      NULL),
                     GA_OK);
    return out;
}

static size_t
each_item(const char *path, void (*use)(const struct real_chain *chain))
{
    char *full = fixture_path(path);
    json_t *list = json_load_file(full, 0, NULL), *item;
    size_t i;

    assert_non_null(list);
    json_array_foreach(list, i, item)
    {
        const char *text =
            json_string_value(json_object_get(item, "certificate"));
        struct real_chain chain = { 0 };
        struct ga_buf pem;

        assert_non_null(text);
        pem = decode(text, strlen(text));
        snprintf(chain.source, sizeof(chain.source), "%s[%zu]", path, i);
        chain.certs = parse_pem(ga_view(&pem), chain.source);
        use(&chain);
        ga_certs_done(&chain.certs);
        ga_buf_done(&pem);
    }
    json_decref(list);
    free(full);
    return i;
}

size_t
each_device_chain(void (*use)(const struct real_chain *chain))
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT(chain_files); i++, n++) {
        struct real_chain chain = { .certs = device_certs(chain_files[i]) };

        snprintf(chain.source, sizeof(chain.source), "%s", chain_files[i]);
        use(&chain);
        ga_certs_done(&chain.certs);
    }
    for (size_t i = 0; i < COUNT(evidence_files); i++)
        n += each_item(evidence_files[i], use);
    return n;
}

/* Enough of an XML reader for files that are known to be good. */
struct ga_certs
rim_certs(const char *path)
{
    static const char open[] = "X509Certificate>", close[] = "</";
    struct ga_buf xml = fixture(path);
    struct ga_certs certs = { 0 };
    char *text = malloc(xml.len + 1), *at;

    assert_non_null(text);
    memcpy(text, xml.ptr, xml.len);
    text[xml.len] = '\0';
    for (at = strstr(text, open); at != NULL; at = strstr(at + 1, open)) {
        char *from = at + strlen(open), *to = strstr(from, close);
        struct ga_error err = { 0 };
        struct ga_buf der;

        if (at[-1] == '/' || strstr(at - 5, "</") == at - 5)
            continue;
        assert_non_null(to);
        der = decode(from, (size_t)(to - from));
        assert_true(certs.count < GA_CERTS_MAX);
        if (ga_cert_parse(ga_view(&der), &certs.cert[certs.count], &err) !=
            GA_OK)
            fail_msg("%s: %s", path, err.text);
        certs.count++;
        ga_buf_done(&der);
    }
    free(text);
    ga_buf_done(&xml);
    return certs;
}

size_t
each_rim_chain(void (*use)(const struct real_chain *chain))
{
    for (size_t i = 0; i < COUNT(rim_files); i++) {
        struct real_chain chain = { .certs = rim_certs(rim_files[i]) };

        snprintf(chain.source, sizeof(chain.source), "%s", rim_files[i]);
        use(&chain);
        ga_certs_done(&chain.certs);
    }
    return COUNT(rim_files);
}
