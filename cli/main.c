/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest: finds the verb, reads its options, runs it. */
#include <openssl/crypto.h>
#include <signal.h>

#include "cli/verbs.h"

int
main(int argc, char **argv)
{
    /* A reader that went away is an error like a full disk: say_finish()
     * notices it. */
    signal(SIGPIPE, SIG_IGN);
    /* A file of the system must not choose the code that verifies. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
        say("libcrypto cannot be initialised");
        return EXIT_INTERNAL;
    }
    return say_finish(run(argc, argv));
}
