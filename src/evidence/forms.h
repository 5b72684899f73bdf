/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_EVIDENCE_FORMS_H
#define GA_EVIDENCE_FORMS_H

#include <jansson.h>

#include "base/bytes.h"

/* A key that leads from an object to the devices inside it. */
struct ga_wrapper {
    const char *key;
    bool shares; /* arch and nonce beside it speak of the devices inside */
};
extern const struct ga_wrapper ga_wrappers[];
extern const size_t ga_wrapper_count;

/* What a member of an item is read as. */
enum ga_field {
    GA_FIELD_EVIDENCE,
    GA_FIELD_CERTIFICATE,
    GA_FIELD_ARCH,
    GA_FIELD_NONCE,
    GA_FIELD_COUNT
};

/* The names that a member has in the tools that write evidence. */
struct ga_member {
    const char *key;
    enum ga_field field;
};
extern const struct ga_member ga_members[];
extern const size_t ga_member_count;

/* What is said of devices, not by them; both owned, or NULL. */
struct ga_words {
    char *arch, *nonce;
};

void ga_words_done(struct ga_words *words);

/* ga_members_find looks a field up under all its names.  `*key` is the name
 * that was found; `*out` is NULL where there is none, or null.  Two at once
 * are GA_E_DUPLICATE. */
GA_MUST_USE enum ga_rc ga_members_find(const json_t *object,
                                       enum ga_field field, const char **key,
                                       const json_t **out,
                                       struct ga_error *err);

/* ga_words_read reads what `object` says into zeroed `out`. */
GA_MUST_USE enum ga_rc ga_words_read(const json_t *object, struct ga_words *out,
                                     struct ga_error *err);

/* ga_words_join fills what `inner` does not say from `outer`; GA_E_BAD_VALUE
 * where the two disagree. */
GA_MUST_USE enum ga_rc ga_words_join(struct ga_words *inner,
                                     const struct ga_words *outer,
                                     struct ga_error *err);

/* What ga_forms_open() found: a list of items, or one item. */
struct ga_form {
    json_t *root;           /* owned */
    const json_t *at;       /* the list or the item, borrowed from root */
    struct ga_words around; /* what the objects around it say */
};

void ga_form_done(struct ga_form *form);

/* ga_forms_open peels encodings and wrappers off `input` until it stands at a
 * list or at an object that is an item.  Errors as for ga_evidence_parse(). */
GA_MUST_USE enum ga_rc ga_forms_open(struct ga_bytes input, struct ga_form *out,
                                     struct ga_error *err);

#endif
