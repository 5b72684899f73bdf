/* SPDX-License-Identifier: Apache-2.0 */
/* Has the GPUs of this host attested by a service: remote [SETTING VALUE]... */
#include <gpuattest/gpuattest.h>
#include <gpuattest/remote.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    struct ga_settings *set = NULL;
    struct ga_remote *remote = NULL;
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;
    struct ga_check_view check;
    struct ga_nonce nonce;
    struct ga_error err = { 0 };
    size_t at = 0, device;
    int status = 2;
    enum ga_rc rc = ga_settings_new(&set, &err);

    for (int i = 1; i + 1 < argc && rc == GA_OK; i += 2)
        rc = ga_settings_set(set, argv[i], argv[i + 1], &err);
    if (rc == GA_OK && ga_remote_new(set, &remote, &err) == GA_OK &&
        ga_context_new(set, NULL, &ctx, &err) == GA_OK &&
        ga_nonce_random(&nonce, &err) == GA_OK &&
        ga_evidence_new(&evidence, &err) == GA_OK &&
        ga_collect(ctx, GA_DEVICES_GPU, &nonce, evidence, &err) == GA_OK &&
        ga_remote_verify_gpu(remote, ctx, evidence, &nonce, &result, &err) ==
            GA_OK) {
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
    ga_remote_free(remote);
    ga_settings_free(set);
    return status;
}
