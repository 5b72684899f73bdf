/* SPDX-License-Identifier: Apache-2.0 */
/* sim_client NONCE prints what the driver's libraries say, as evidence:
 * `gpuattest collect-evidence` without options. */
#include <stdio.h>
#include <string.h>

#include "gpuattest/collect.h"
#include "gpuattest/gpuattest.h"

static enum ga_rc
collect(const char *text, struct ga_context *ctx, struct ga_evidence *evidence,
        char **out, struct ga_error *err)
{
    struct ga_nonce nonce;
    struct ga_host host;
    enum ga_rc rc = ga_nonce_parse(text, &nonce, err);

    if (rc == GA_OK)
        rc = ga_collect(ctx, GA_DEVICES_GPU, &nonce, evidence, err);
    if (rc == GA_OK)
        rc = ga_host_read(ctx, GA_DEVICES_GPU, &host, err);
    /* Boards whose GPUs are not in protected PCIe mode have no switches. */
    if (rc == GA_OK && host.multi_gpu_mode == 1)
        rc = ga_collect(ctx, GA_DEVICES_SWITCH, &nonce, evidence, err);
    return rc == GA_OK ? ga_evidence_json(evidence, out, err) : rc;
}

int
main(int argc, char **argv)
{
    struct ga_error err = { 0 };
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    char *text = NULL;
    enum ga_rc rc = argc == 2 ? ga_context_new(NULL, NULL, &ctx, &err) : 0;

    if (rc == GA_OK)
        rc = ga_evidence_new(&evidence, &err);
    if (rc == GA_OK && argc == 2)
        rc = collect(argv[1], ctx, evidence, &text, &err);
    if (rc == GA_OK && text != NULL)
        puts(text);
    else
        fprintf(stderr, "%s\n", err.text);
    ga_text_free(text);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    return rc == GA_OK && argc == 2 ? 0 : 4;
}
