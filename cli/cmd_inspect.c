/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: shows what is in a file, and believes nothing of it. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/inspect.h"
#include "token/jws.h"

typedef enum ga_rc inspector(struct emit *e, const char *key,
                             struct ga_bytes in, struct ga_error *err);

/* In the order of the words of --kind, the first of which stands for none of
 * these.  `max` is checked before the parser sees a byte. */
static const struct kind {
    const char *name;
    inspector *inspect;
    size_t max;
} kinds[] = {
    { "report", inspect_report, GA_REPORT_MAX },
    { "chain", inspect_chain, GA_CHAIN_MAX },
    { "rim", inspect_rim, GA_RIM_MAX },
    { "ocsp", inspect_ocsp, GA_OCSP_MAX },
    { "evidence", inspect_evidence, GA_EVIDENCE_MAX },
    { "token", inspect_token, GA_TOKEN_MAX },
    { "jwks", inspect_jwks, GA_JWKS_MAX },
};

enum {
    KIND_REPORT,
    KIND_CHAIN,
    KIND_RIM,
    KIND_OCSP,
    KIND_EVIDENCE,
    KIND_TOKEN,
    KIND_JWKS
};

/* Text can begin with white space. */
static struct ga_bytes
skip_blanks(struct ga_bytes in)
{
    while (in.len > 0 && memchr(" \t\r\n", in.ptr[0], 4) != NULL)
        in = ga_bytes_of(in.ptr + 1, in.len - 1);
    return in;
}

/* A JWS; JSON that has tokens or keys where these have them; else evidence. */
static const struct kind *
recognise_text(struct ga_bytes in)
{
    GA_AUTO(json_t) *v = NULL;
    struct ga_bytes jws = in;

    while (jws.len > 0 && strchr("\r\n", jws.ptr[jws.len - 1]) != NULL)
        jws.len--;
    if (ga_jws_shaped(jws))
        return &kinds[KIND_TOKEN];
    if (in.len > GA_TOKEN_MAX || ga_json_parse(in, &v, NULL) != GA_OK)
        return &kinds[KIND_EVIDENCE];
    if (json_is_array(json_array_get(v, 0)) ||
        json_is_array(json_object_get(v, "detached_eat")))
        return &kinds[KIND_TOKEN];
    return json_is_array(json_object_get(v, "keys")) ? &kinds[KIND_JWKS]
                                                     : &kinds[KIND_EVIDENCE];
}

/* How each kind begins: a GET_MEASUREMENTS request of SPDM 1.1, a PEM label, a
 * tag, a DER SEQUENCE.  All else can only be evidence: JSON, or base64 of it.
 * Source: dsp0274, rfc7468, rfc6960. */
static const struct kind *
recognise(struct ga_bytes in)
{
    static const struct {
        const char *start;
        size_t len;
        int kind;
        bool text;
    } starts[] = {
        { "\x11\xe0", 2, KIND_REPORT, false },
        { "-----BEGIN", 10, KIND_CHAIN, true },
        { "<", 1, KIND_RIM, true },
        { "\xef\xbb\xbf<", 4, KIND_RIM, false },
        { "\x30\x80", 2, KIND_OCSP, false },
        { "\x30\x81", 2, KIND_OCSP, false },
        { "\x30\x82", 2, KIND_OCSP, false },
        { "\x30\x83", 2, KIND_OCSP, false },
        /* tryLater and its like: SEQUENCE { ENUMERATED } */
        { "\x30\x03\x0a\x01", 4, KIND_OCSP, false },
    };

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct ga_bytes at = starts[i].text ? skip_blanks(in) : in;

        if (at.len >= starts[i].len &&
            memcmp(at.ptr, starts[i].start, starts[i].len) == 0)
            return &kinds[starts[i].kind];
    }
    return recognise_text(skip_blanks(in));
}

static int
show(const struct options *o, const struct kind *kind, struct ga_bytes in)
{
    struct emit e;
    struct ga_error err = { 0 };
    enum ga_rc rc;

    emit_start(&e, o->format == FORMAT_JSON, stdout);
    if (o->format == FORMAT_TEXT) {
        puts("NOTHING HERE WAS VERIFIED");
    } else {
        emit_text(&e, "verified", NULL);
        emit_text(&e, "note", "nothing here was verified");
    }
    emit_text(&e, "kind", kind->name);
    rc = kind->inspect(&e, kind->name, in, &err);
    if (rc != GA_OK && o->format == FORMAT_JSON)
        emit_failure(&e, rc, &err);
    if (!emit_done(&e)) {
        rc = ga_nomem(&err);
        return say_error(o, rc, &err);
    }
    return rc == GA_OK ? EXIT_SUCCESS : say_words(o, rc, &err);
}

int
cmd_inspect(const struct options *o)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    struct ga_error err = { 0 };
    const struct kind *kind = NULL;
    const char *path = o->input[0].path;
    enum ga_rc rc;

    if (o->kind > 0)
        kind = &kinds[o->kind - 1];
    rc = ga_file_read(path, kind != NULL ? kind->max : GA_TOKEN_MAX, &file,
                      &err);
    if (rc == GA_OK && file.len == 0)
        rc = ga_fail(&err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    if (kind == NULL)
        kind = recognise(ga_view(&file));
    if (file.len > kind->max) {
        rc = ga_fail(&err, GA_E_TOO_LARGE, "%s: %s: %zu bytes, not 1 to %zu",
                     path, kind->name, file.len, kind->max);
        return say_error(o, rc, &err);
    }
    return show(o, kind, ga_view(&file));
}
