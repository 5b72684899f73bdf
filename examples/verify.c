/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies a file of evidence: verify NONCE EVIDENCE RIM_DIR OCSP_DIR */
#include <gpuattest/gpuattest.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;
    struct ga_check_view check;
    struct ga_nonce nonce;
    struct ga_error err = { 0 };
    size_t at = 0, device;
    int status = 2;

    if (argc == 5 && ga_nonce_parse(argv[1], &nonce, &err) == GA_OK &&
        ga_settings_new(&set, &err) == GA_OK &&
        ga_settings_set(set, "rim-dir", argv[3], &err) == GA_OK &&
        ga_settings_set(set, "ocsp-dir", argv[4], &err) == GA_OK &&
        ga_context_new(set, NULL, &ctx, &err) == GA_OK &&
        ga_evidence_new(&evidence, &err) == GA_OK &&
        ga_evidence_load(evidence, argv[2], &err) == GA_OK &&
        ga_verify(ctx, evidence, &nonce, &result, &err) == GA_OK) {
        while (ga_result_next_failed(result, &at, &device, &check))
            printf("%s: %s\n", check.name, check.text ? check.text : "");
        puts(ga_result_summary(result));
        status = ga_result_verified(result) ? 0 : 1;
    } else {
        fprintf(stderr, "no verdict: %s\n", err.text);
    }
    ga_result_free(result);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return status;
}
