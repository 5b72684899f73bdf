/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: an evidence file of any form. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/inspect.h"

/* Shows one item; a part that cannot be parsed does not hide the other one. */
static enum ga_rc
show_item(struct emit *e, const struct ga_evidence_view *item, size_t i,
          struct ga_error *err)
{
    struct ga_error second = { 0 };
    char label[40];
    enum ga_rc rc, rc2;

    snprintf(label, sizeof(label), "item %zu", i);
    emit_open(e, label, EMIT_BLOCK);
    emit_text(e, "arch", item->arch);
    emit_text(e, "nonce", item->nonce);
    rc = inspect_report(e, "report",
                        ga_bytes_of(item->report, item->report_len), err);
    rc = ga_within(err, rc, "item %zu: report", i);
    rc2 = inspect_chain(e, "chain", ga_bytes_of(item->chain, item->chain_len),
                        &second);
    rc2 = ga_within(&second, rc2, "item %zu: chain", i);
    emit_close(e);
    if (rc != GA_OK || rc2 == GA_OK)
        return rc;
    *err = second;
    return rc2;
}

enum ga_rc
inspect_evidence(struct emit *e, const char *key, struct ga_bytes in,
                 struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    enum ga_rc rc = ga_evidence_new(&evidence, err), all = GA_OK;

    if (rc == GA_OK)
        rc = ga_evidence_parse(evidence, in.ptr, in.len, err);
    emit_open(e, key, EMIT_LIST);
    for (size_t i = 0; rc == GA_OK && i < ga_evidence_count(evidence); i++) {
        struct ga_evidence_view item;
        struct ga_error one = { 0 };
        enum ga_rc rc1 = ga_evidence_get(evidence, i, &item, &one);

        if (rc1 == GA_OK)
            rc1 = show_item(e, &item, i, &one);
        if (rc1 != GA_OK && all == GA_OK) {
            all = rc1;
            *err = one;
        }
    }
    emit_close(e);
    if (rc != GA_OK)
        emit_error(e, "error", err);
    return rc != GA_OK ? rc : all;
}
