/* SPDX-License-Identifier: Apache-2.0 */
/* sim_client NONCE prints what the driver's libraries say, as evidence. */
#include <stdio.h>

#include "sim/driver.h"

static const char *
collect(const char *text, char **out)
{
    struct driver d;
    struct ga_evidence *evidence = NULL;
    struct ga_nonce nonce;
    const char *wrong = driver_load(&d, NULL);

    if (wrong == NULL && ga_nonce_parse(text, &nonce, NULL) != GA_OK)
        wrong = "nonce";
    if (wrong == NULL && ga_evidence_new(&evidence, NULL) != GA_OK)
        wrong = "memory";
    if (wrong == NULL)
        wrong = driver_collect(&d, &nonce, evidence);
    if (wrong == NULL && ga_evidence_json(evidence, out, NULL) != GA_OK)
        wrong = "memory";
    ga_evidence_free(evidence);
    driver_unload(&d);
    return wrong;
}

int
main(int argc, char **argv)
{
    char *text = NULL;
    const char *wrong = argc == 2 ? collect(argv[1], &text) : "one nonce";

    if (wrong != NULL) {
        fprintf(stderr, "%s\n", wrong);
        return 4;
    }
    puts(text);
    ga_text_free(text);
    return 0;
}
