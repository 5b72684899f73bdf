/* SPDX-License-Identifier: Apache-2.0 */
/* Attests the devices of this host: attest [SETTING VALUE]... */
#include <gpuattest/gpuattest.h>
#include <gpuattest/net.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    struct ga_seams seams = { .size = sizeof(seams), .fetch = ga_net_fetch };
    struct ga_settings *set = NULL;
    struct ga_net *net = NULL;
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;
    struct ga_check_view check;
    struct ga_host host;
    struct ga_nonce nonce;
    struct ga_error err = { 0 };
    size_t at = 0, device;
    int status = 2;
    enum ga_rc rc = ga_settings_new(&set, &err);

    for (int i = 1; i + 1 < argc && rc == GA_OK; i += 2)
        rc = ga_settings_set(set, argv[i], argv[i + 1], &err);
    if (rc == GA_OK && (rc = ga_net_new(set, &net, &err)) == GA_OK)
        seams.user = net;
    if (rc == GA_OK && ga_context_new(set, &seams, &ctx, &err) == GA_OK &&
        ga_nonce_random(&nonce, &err) == GA_OK &&
        ga_host_read(ctx, GA_DEVICES_GPU, &host, &err) == GA_OK &&
        ga_evidence_new(&evidence, &err) == GA_OK &&
        ga_collect(ctx, GA_DEVICES_GPU, &nonce, evidence, &err) == GA_OK &&
        ga_verify_live(ctx, evidence, &nonce, GA_DEVICES_GPU, &host, &result,
                       &err) == GA_OK) {
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
    ga_net_free(net);
    ga_settings_free(set);
    return status;
}
