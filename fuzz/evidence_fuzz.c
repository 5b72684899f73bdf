/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_evidence_parse, ga_evidence_json.  Seeds: each form, minimal. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/limits.h"
#include "fuzz/require.h"
#include "gpuattest/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ga_evidence_view
view(const struct ga_evidence *e, size_t i)
{
    struct ga_evidence_view v = { 0 };

    require(ga_evidence_get(e, i, &v, NULL) == GA_OK);
    return v;
}

static bool
same_text(const char *a, const char *b)
{
    return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

static bool
same_bytes(const void *a, size_t a_len, const void *b, size_t b_len)
{
    return ga_bytes_equal(ga_bytes_of(a, a_len), ga_bytes_of(b, b_len));
}

/* What comes out is within its bounds, whatever came in.  Returns whether it
 * looks like evidence: then it survives being written and read again. */
static bool
check_items(const struct ga_evidence *e)
{
    bool real = true;

    for (size_t i = 0; i < ga_evidence_count(e); i++) {
        struct ga_evidence_view v = view(e, i);

        require(v.report_len >= 1 && v.report_len <= GA_REPORT_MAX);
        require(v.chain_len >= 1 && v.chain_len <= GA_CHAIN_MAX);
        require(strncmp(v.source, "evidence", 8) == 0);
        require(v.nonce == NULL || strlen(v.nonce) <= GA_EVIDENCE_WORD_MAX);
        require(v.arch == NULL || strlen(v.arch) <= GA_EVIDENCE_WORD_MAX);
        real = real && *(const uint8_t *)v.report == 0x11 &&
               memmem(v.chain, v.chain_len, "-----BEGIN", 10) != NULL;
    }
    return real;
}

static void
write_and_read(const struct ga_evidence *e)
{
    struct ga_evidence *again = NULL;
    char *text = NULL;

    require(ga_evidence_new(&again, NULL) == GA_OK);
    require(ga_evidence_json(e, &text, NULL) == GA_OK);
    if (strlen(text) <= GA_EVIDENCE_MAX) {
        require(ga_evidence_parse(again, text, strlen(text), NULL) == GA_OK);
        require(ga_evidence_count(again) == ga_evidence_count(e));
    }
    for (size_t i = 0; i < ga_evidence_count(again); i++) {
        struct ga_evidence_view a = view(e, i), b = view(again, i);

        require(same_bytes(a.report, a.report_len, b.report, b.report_len));
        require(same_bytes(a.chain, a.chain_len, b.chain, b.chain_len));
        require(same_text(a.arch, b.arch) && same_text(a.nonce, b.nonce));
    }
    free(text);
    ga_evidence_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_evidence *e = NULL;
    struct ga_error err = { 0 };
    enum ga_rc rc;

    require(ga_evidence_new(&e, NULL) == GA_OK);
    rc = ga_evidence_parse(e, data, size, &err);
    require((rc == GA_OK) == (ga_evidence_count(e) > 0));
    require(err.code == rc && (rc == GA_OK) == (err.text[0] == '\0'));
    require(rc == GA_OK || err.offset == GA_NO_OFFSET || err.offset <= size);
    require(ga_utf8_valid(err.text, strlen(err.text)));
    if (rc == GA_OK && check_items(e))
        write_and_read(e);
    ga_evidence_free(e);
    return 0;
}
