/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of the switches, through NSCQ. */
#include <stdio.h>

#include "base/chips.h"
#include "device/blob.h"
#include "device/switches.h"

/* The one architecture of switches that attests. */
static const char *
arch_name(void)
{
    for (size_t i = 0; i < ga_chip_count; i++)
        if (ga_chips[i].kind == GA_KIND_SWITCH)
            return ga_chips[i].arch;
    return "";
}

static enum ga_rc
check_arch(struct ga_nscq *nscq, const struct ga_nscq_switch *s,
           struct ga_error *err)
{
    struct ga_nscq_answer arch = { 0 };
    enum ga_rc rc = ga_nscq_ask(nscq, GA_NSCQ_ARCH, s, 1, &arch, err);

    if (rc == GA_OK && arch.number != GA_NSCQ_LS10)
        return ga_fail(err, GA_E_UNREACHABLE,
                       "%s: %s: architecture %d cannot attest", nscq->api->file,
                       s->label, arch.number);
    return rc;
}

/* Moves the bytes of the one answer to `out`. */
static enum ga_rc
ask_bytes(struct ga_nscq *nscq, enum ga_nscq_question question,
          const struct ga_nscq_switch *s, struct ga_buf *out,
          struct ga_error *err)
{
    struct ga_nscq_answer answer = { 0 };
    enum ga_rc rc = ga_nscq_ask(nscq, question, s, 1, &answer, err);

    if (rc == GA_OK)
        *out = answer.bytes;
    return rc;
}

static enum ga_rc
ask_switch(struct ga_nscq *nscq, const struct ga_nscq_switch *s,
           const struct ga_nonce *nonce, struct ga_item *item,
           struct ga_error *err)
{
    char source[128];
    struct ga_device_words words = { arch_name(), nonce, source };
    enum ga_rc rc = ga_device_cancelled(nscq->seams, err);

    snprintf(source, sizeof(source), "%s %s", nscq->api->file, s->label);
    if (rc == GA_OK)
        rc = check_arch(nscq, s, err);
    if (rc == GA_OK)
        rc = ask_bytes(nscq, GA_NSCQ_CHAIN, s, &item->chain, err);
    if (rc == GA_OK)
        rc = ga_nscq_input(nscq, nonce, err);
    if (rc == GA_OK)
        rc = ask_bytes(nscq, GA_NSCQ_REPORT, s, &item->report, err);
    return rc == GA_OK ? ga_device_words(&words, item, err) : rc;
}

enum ga_rc
ga_switches_collect(struct ga_nscq *nscq, const struct ga_nonce *nonce,
                    struct ga_evidence *evidence, struct ga_error *err)
{
    struct ga_nscq_switches list = { 0 };
    enum ga_rc rc = ga_nscq_list(nscq, &list, err);

    if (rc != GA_OK)
        return rc;
    if (list.count > GA_DEVICES_MAX - evidence->count)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                       GA_DEVICES_MAX);
    for (size_t i = 0; i < list.count; i++) {
        struct ga_item *item = &evidence->item[evidence->count++];

        rc = ask_switch(nscq, &list.item[i], nonce, item, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "SWITCH-%zu", i);
    }
    return GA_OK;
}
