/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an overall token and the devices' tokens belong together: rule 18. */
#include <openssl/evp.h>
#include <string.h>

#include "base/hex.h"
#include "token/eat.h"
#include "token/profile.h"

#define SUM_LEN 32 /* SHA-256 */

/* What is shown of a label in messages. */
static const char *
shown(const struct ga_submod *s)
{
    return s->name != NULL ? s->name : "the token";
}

static bool
names_sha256(const json_t *v)
{
    const char *text = json_string_value(v);

    return text != NULL &&
           (strcmp(text, "SHA-256") == 0 || strcmp(text, "SHA256") == 0);
}

/* ["DIGEST",["SHA-256","<hex>"]] */
static bool
take_digest(const json_t *v, uint8_t out[SUM_LEN])
{
    const char *word = json_string_value(json_array_get(v, 0));
    const json_t *pair = json_array_get(v, 1), *hex = json_array_get(pair, 1);

    return json_array_size(v) == 2 && word != NULL &&
           strcmp(word, "DIGEST") == 0 && json_array_size(pair) == 2 &&
           names_sha256(json_array_get(pair, 0)) && json_is_string(hex) &&
           ga_unhex(json_string_value(hex), json_string_length(hex), out,
                    SUM_LEN);
}

/* The digest is over the characters of the compact JWS. */
static void
check_digest(const json_t *v, const struct ga_submod *s, struct ga_check *c)
{
    uint8_t theirs[SUM_LEN], ours[SUM_LEN];
    unsigned n = 0;

    if (!take_digest(v, theirs)) {
        ga_check_fail(c, GA_R_MALFORMED, "submods: %.40s: no SHA-256 digest",
                      shown(s));
        return;
    }
    if (EVP_Digest(s->jws.text.ptr, s->jws.text.len, ours, &n, EVP_sha256(),
                   NULL) != 1 ||
        n != SUM_LEN)
        ga_check_fail(c, GA_R_BAD_DIGEST, "%.40s: SHA-256 failed", shown(s));
    else if (!ga_bytes_equal(ga_bytes_of(ours, SUM_LEN),
                             ga_bytes_of(theirs, SUM_LEN)))
        ga_check_fail(c, GA_R_BAD_DIGEST,
                      "%.40s: the token is not the one whose digest is signed",
                      shown(s));
}

static const struct ga_submod *
find(const struct ga_eats *all, const struct ga_eat *eat, const char *name)
{
    for (size_t i = eat->first; i < eat->first + eat->count; i++)
        if (all->submod[i].name != NULL &&
            strcmp(all->submod[i].name, name) == 0)
            return &all->submod[i];
    return NULL;
}

/* Both ways: what is signed is there, and what is there is signed. */
static void
check_sets(const struct ga_eats *all, const struct ga_eat *eat,
           struct ga_check *c)
{
    json_t *submods = json_object_get(eat->overall.claims, "submods"), *v;
    const char *name;

    if (submods == NULL) {
        ga_check_fail(c, GA_R_ABSENT, "the overall token has no submods");
        return;
    }
    if (!json_is_object(submods)) {
        ga_check_fail(c, GA_R_MALFORMED, "submods is no object");
        return;
    }
    json_object_foreach(submods, name, v)
    {
        const struct ga_submod *s = find(all, eat, name);

        if (s == NULL)
            ga_check_fail(c, GA_R_ABSENT, "%.40s: its token is missing", name);
        else
            check_digest(v, s, c);
    }
    for (size_t i = eat->first; i < eat->first + eat->count; i++)
        if (json_object_get(submods, all->submod[i].name) == NULL)
            ga_check_fail(c, GA_R_MISMATCH,
                          "%.40s: a token that the overall one does not name",
                          shown(&all->submod[i]));
}

enum ga_kind
ga_token_kind(const json_t *claims)
{
    const char *type =
        json_string_value(json_object_get(claims, "x-nvidia-device-type"));
    bool gpu = json_object_get(claims, "x-nvidia-gpu-arch-check") != NULL;
    bool nvswitch =
        json_object_get(claims, "x-nvidia-switch-arch-check") != NULL;

    if (type != NULL) {
        gpu = gpu || strcmp(type, "gpu") == 0;
        nvswitch = nvswitch || strcmp(type, "nvswitch") == 0;
    }
    if (gpu == nvswitch)
        return GA_KIND_UNKNOWN;
    return gpu ? GA_KIND_GPU : GA_KIND_SWITCH;
}

/* A device's token is of its label's kind, and speaks of itself alone. */
static void
check_device(const struct ga_submod *s, struct ga_check *c)
{
    const json_t *claims = s->jws.claims;
    enum ga_kind kind = ga_token_kind(claims);

    if (claims == NULL) {
        ga_check_unmade(c, GA_R_DEPENDS, "%.40s: the claims cannot be read",
                        shown(s));
        return;
    }
    if (kind != s->kind && s->label[0] != '\0' && !ga_token_refused(claims))
        ga_check_fail(c, GA_R_MISMATCH, "%.40s: the token is %s", shown(s),
                      kind == GA_KIND_GPU      ? "a GPU's"
                      : kind == GA_KIND_SWITCH ? "an NVSwitch's"
                                               : "of no known kind of device");
    if (json_object_get(claims, "submods") != NULL ||
        json_object_get(claims, "x-nvidia-overall-att-result") != NULL)
        ga_check_fail(c, GA_R_SHAPE,
                      "%.40s: has submods or an overall result of its own",
                      shown(s));
}

static bool
has_number(const struct ga_eats *all, const struct ga_eat *eat,
           enum ga_kind kind, unsigned number)
{
    for (size_t i = eat->first; i < eat->first + eat->count; i++)
        if (all->submod[i].label[0] != '\0' && all->submod[i].kind == kind &&
            all->submod[i].number == number)
            return true;
    return false;
}

/* GPU-n and SWITCH-n, n from 0 without a gap. */
static void
check_labels(const struct ga_eats *all, const struct ga_eat *eat,
             struct ga_check *c)
{
    for (size_t i = eat->first; i < eat->first + eat->count; i++) {
        const struct ga_submod *s = &all->submod[i];

        if (s->label[0] == '\0')
            ga_check_fail(c, GA_R_SHAPE, "%.40s: neither GPU-n nor SWITCH-n",
                          shown(s));
        else if (s->number > 0 && !has_number(all, eat, s->kind, s->number - 1))
            ga_check_fail(c, GA_R_SHAPE, "%.40s: the one before it is missing",
                          shown(s));
    }
}

/* Two EATs that are presented together are of different devices. */
static void
check_others(const struct ga_eats *all, const struct ga_eat *eat,
             struct ga_check *c)
{
    for (size_t i = eat->first; i < eat->first + eat->count; i++)
        for (size_t k = 0; k < eat->first; k++)
            if (all->submod[k].label[0] != '\0' &&
                strcmp(all->submod[k].label, all->submod[i].label) == 0)
                ga_check_fail(c, GA_R_DUPLICATE, "%.40s: in two EATs",
                              shown(&all->submod[i]));
}

void
ga_eat_check(const struct ga_eats *eats, const struct ga_eat *eat,
             struct ga_check *check)
{
    if (!eat->has_overall) {
        check_device(&eats->submod[eat->first], check);
        if (check->reason == GA_R_NONE)
            ga_check_none(check, GA_R_NO_FIELD,
                          "a device's token alone, without an overall one");
        return;
    }
    if (eat->overall.claims == NULL)
        ga_check_unmade(check, GA_R_DEPENDS, "the claims cannot be read");
    else
        check_sets(eats, eat, check);
    if (eat->count == 0)
        ga_check_fail(check, GA_R_ABSENT, "no device's token");
    check_labels(eats, eat, check);
    check_others(eats, eat, check);
    for (size_t i = eat->first; i < eat->first + eat->count; i++)
        check_device(&eats->submod[i], check);
    ga_check_pass(check);
}
