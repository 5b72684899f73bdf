/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest version */
#include <expat.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "gpuattest/version.h"

int
cmd_version(const struct options *o)
{
    const XML_Expat_Version expat = XML_ExpatVersionInfo();
    struct emit e;
    struct ga_error err = { 0 };
    enum ga_rc rc;
    char xml[32];

    snprintf(xml, sizeof(xml), "%d.%d.%d", expat.major, expat.minor,
             expat.micro);
    emit_start(&e, o->format == FORMAT_JSON, stdout);
    emit_text(&e, "gpuattest", ga_version());
    emit_text(&e, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
    emit_text(&e, "expat", xml);
    emit_text(&e, "jansson", jansson_version_str());
    if (emit_done(&e))
        return EXIT_SUCCESS;
    rc = ga_nomem(&err);
    return say_error(o, rc, &err);
}
