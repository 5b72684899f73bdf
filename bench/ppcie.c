/* SPDX-License-Identifier: Apache-2.0 */
/* A whole board, stage by stage as ppcie has it, against the P-384 verifications
 * in it. */
#include <stdio.h>
#include <string.h>

#include "base/settings.h"
#include "bench/fleet.h"
#include "verify/parts.h"

#define GPUS     SIM_BOARD_GPUS
#define SWITCHES SIM_BOARD_SWITCHES

struct board {
    struct fleet fleet;
    struct ga_context *ctx;
    struct ga_nonce nonce[ROUNDS];
    struct ga_evidence *gpus[ROUNDS], *switches[ROUNDS];
    uint64_t verifications; /* of the last round */
};

/* One board from evidence to a verdict; returns seconds. */
static double
attest(struct board *b, int round)
{
    const struct ga_live none = { 0 };
    uint64_t before = ga_context_verifications(b->ctx);
    struct ga_result *parts[2] = { NULL, NULL }, *result = NULL;
    struct ga_error err = { 0 };
    double start = now(), spent;

    must(ga_verify_part(b->ctx, b->gpus[round], &b->nonce[round], &none,
                        &parts[0], &err),
         &err);
    must(ga_verify_part(b->ctx, b->switches[round], &b->nonce[round], &none,
                        &parts[1], &err),
         &err);
    must(ga_verify_join(b->ctx, parts, 2, &none, &result, &err), &err);
    spent = now() - start;
    if (!ga_result_verified(result))
        die(ga_result_summary(result));
    if (!ga_topology_holds(ga_result_topology(result)))
        die("the topology does not hold");
    b->verifications = ga_context_verifications(b->ctx) - before;
    ga_result_free(result);
    ga_result_free(parts[0]);
    ga_result_free(parts[1]);
    return spent;
}

static void
make(struct board *b)
{
    memset(b, 0, sizeof(*b));
    fleet_make_board(&b->fleet);
    b->ctx = fleet_context(&b->fleet, "1", true);
    for (int i = 0; i < ROUNDS; i++) {
        b->nonce[i].bytes[0] = (uint8_t)(i + 1);
        b->gpus[i] = fleet_evidence(&b->fleet, 0, GPUS, &b->nonce[i]);
        b->switches[i] =
            fleet_evidence(&b->fleet, GPUS, SWITCHES, &b->nonce[i]);
    }
}

static void
unmake(struct board *b)
{
    for (int i = 0; i < ROUNDS; i++) {
        ga_evidence_free(b->gpus[i]);
        ga_evidence_free(b->switches[i]);
    }
    ga_context_free(b->ctx);
    fleet_done(&b->fleet);
}

int
main(void)
{
    double spent[ROUNDS], ratio[ROUNDS];
    struct board b;

    allocs_init();
    bare_init();
    make(&b);
    printf("cold: %.1f ms", attest(&b, 0) * 1e3);
    printf(", %llu verifications\n", (unsigned long long)b.verifications);
    for (int i = 0; i < ROUNDS; i++) {
        double one = (bare() + bare()) / 2;

        spent[i] = attest(&b, i);
        ratio[i] = spent[i] / ((double)b.verifications * one);
    }
    printf("warm: %.1f ms, %llu verifications, ratio %.3f\n",
           median_of(spent, ROUNDS) * 1e3, (unsigned long long)b.verifications,
           median_of(ratio, ROUNDS));
    unmake(&b);
    bare_done();
    return 0;
}
