/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest nonce: a random one, or one that is bound to a file. */
#include <stdio.h>

#include "cli/cli.h"

int
cmd_nonce(const struct options *o)
{
    struct ga_nonce nonce;
    struct ga_error err = { 0 };
    struct emit e;
    char hex[2 * GA_NONCE_LEN + 1];
    enum ga_rc rc = o->bind != NULL ? ga_nonce_bind(o->bind, &nonce, &err)
                                    : ga_nonce_random(&nonce, &err);

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    ga_nonce_text(&nonce, hex);
    if (o->format == FORMAT_TEXT) {
        puts(hex);
        return EXIT_SUCCESS;
    }
    emit_start(&e, true, stdout);
    emit_text(&e, "nonce", hex);
    emit_text(&e, "bound_to", o->bind);
    if (emit_done(&e))
        return EXIT_SUCCESS;
    rc = ga_nomem(&err);
    return say_error(o, rc, &err);
}
