/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For oracle_test.sh: what we make of an XML file.
 *
 *     canon_dump document FILE    the canonical form without the Signature
 *     canon_dump signedinfo FILE  the canonical SignedInfo
 *     canon_dump verify FILE      whether the signature holds
 *
 * Exits with 0, 1 (refused, or the signature does not hold) or 70.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "rim/read.h"
#include "x509/facts.h"

static void
put(void *user, const char *ptr, size_t len)
{
    fwrite(ptr, 1, len, user);
}

static int
refused(const struct ga_rim *rim)
{
    for (size_t i = 0; i < rim->problem_count; i++)
        fprintf(stderr, "%zu: %s\n", rim->problem[i].offset,
                rim->problem[i].text);
    return 1;
}

static int
dump_document(struct ga_buf *xml)
{
    struct ga_rim rim = { .bytes = *xml };
    struct ga_sink sink = { put, stdout };
    uint8_t digest[GA_SHA384_LEN];
    bool has_digest;
    int status = 70;

    if (ga_rim_scan(&rim, &sink, digest, &has_digest, NULL) == GA_OK)
        status = rim.complete ? 0 : refused(&rim);
    free(rim.arena);
    ga_certs_done(&rim.certs);
    ga_buf_done(&rim.signed_info);
    return status;
}

static int
verify(const struct ga_rim *rim)
{
    struct ga_facts *facts = NULL;
    struct ga_check check = { 0 };

    if (ga_facts_new(&facts, NULL) != GA_OK)
        return 70;
    ga_rim_check_signature(rim, facts, &check);
    ga_facts_free(facts);
    printf("%s\n", check.state == GA_PASSED ? "OK" : check.text);
    return check.state == GA_PASSED ? 0 : 1;
}

static int
dump_signed_info(const struct ga_rim *rim)
{
    if (!rim->has_signature)
        return refused(rim);
    fwrite(rim->signed_info.ptr, 1, rim->signed_info.len, stdout);
    return 0;
}

int
main(int argc, char **argv)
{
    GA_AUTO_BUF struct ga_buf xml = { 0 };
    struct ga_rim *rim = NULL;
    int status;

    if (argc != 3 || ga_file_read(argv[2], GA_RIM_MAX, &xml, NULL) != GA_OK)
        return 70;
    if (strcmp(argv[1], "document") == 0)
        return dump_document(&xml);
    if (ga_rim_read(ga_view(&xml), &rim, NULL) != GA_OK)
        return 70;
    status =
        strcmp(argv[1], "verify") == 0 ? verify(rim) : dump_signed_info(rim);
    ga_rim_free(rim);
    return status;
}
