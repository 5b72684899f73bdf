/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of a set compare, taken from a device while its evidence is
 * at hand. */
#include <string.h>

#include "base/hex.h"
#include "verify/run.h"

/* A nonce in a file is held against the caller's here, where the file is
 * named. */
static void
check_file_nonce(struct ga_run *run, struct ga_subject *s)
{
    struct ga_check *c = &s->device->set.file_nonce;
    struct ga_nonce theirs;
    char hex[2 * GA_NONCE_LEN + 1];

    if (s->item.nonce == NULL || run->nonce == NULL)
        return;
    if (ga_nonce_parse(s->item.nonce, &theirs, NULL) != GA_OK) {
        if (s->problem.code == GA_OK)
            ga_fail(&s->problem, GA_E_BAD_VALUE, "%s: nonce: not 64 hex digits",
                    s->item.source);
        ga_check_fail(c, GA_R_MALFORMED, "%s: nonce: not 64 hex digits",
                      s->item.source);
        return;
    }
    ga_nonce_text(&theirs, hex);
    if (!ga_bytes_equal(ga_bytes_of(theirs.bytes, GA_NONCE_LEN),
                        ga_bytes_of(run->nonce->bytes, GA_NONCE_LEN)))
        ga_check_fail(c, GA_R_NONCE_OTHER,
                      "%s: evidence carries %s; pass it only if you chose it",
                      s->item.source, hex);
}

static struct ga_bytes
trait_of(const struct ga_subject *s, enum ga_trait trait)
{
    const struct ga_certs *certs = s->chain != NULL ? &s->chain->certs : NULL;

    if (trait == GA_TRAIT_SIGNED_PART)
        return s->report != NULL ? s->report->signed_part
                                 : ga_bytes_of(NULL, 0);
    if (certs != NULL && certs->count >= 1 && trait == GA_TRAIT_LEAF_KEY)
        return certs->cert[0]->spki;
    if (certs == NULL || certs->count < 2)
        return ga_bytes_of(NULL, 0);
    return trait == GA_TRAIT_BROM_KEY ? certs->cert[1]->spki
                                      : certs->cert[1]->serial;
}

static enum ga_rc
take_traits(struct ga_subject *s, struct ga_set_facts *f, struct ga_error *err)
{
    for (size_t i = 0; i < GA_TRAITS; i++) {
        struct ga_bytes b = trait_of(s, (enum ga_trait)i);

        if (b.len == 0)
            continue;
        if (!ga_sha384(b, f->trait[i]))
            return ga_fail(err, GA_E_INTERNAL, "libcrypto: a hash failed");
        f->has_trait[i] = true;
    }
    return GA_OK;
}

enum ga_rc
ga_verify_set_facts(struct ga_run *run, struct ga_subject *s,
                    struct ga_error *err)
{
    struct ga_set_facts *f = &s->device->set;

    f->has_report = s->report != NULL;
    f->has_chain = s->chain != NULL;
    f->authentic = s->device->check[GA_CHECK_REPORT_NONCE].state == GA_PASSED &&
                   ga_may_ask(s);
    if (s->report != NULL) {
        memcpy(f->nonce, s->report->nonce.ptr, GA_NONCE_LEN);
        ga_neighbours_read(s->report, &f->says);
    } else {
        f->says.kind = s->device->kind;
    }
    f->has_identity =
        s->chain != NULL &&
        ga_unhex(s->chain->pdi, strlen(s->chain->pdi), f->identity, GA_PDI_LEN);
    check_file_nonce(run, s);
    return take_traits(s, f, err);
}
