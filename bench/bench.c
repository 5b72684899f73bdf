/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What verifying costs, as a multiple of the bare P-384 verifications in it.
 * Every row is measured once per round, in turns with the bare verification, so
 * that a noisy machine shifts both alike; what is printed are medians of the
 * rounds' ratios.  Rows are processor time; what two threads gain is wall time,
 * beside what two threads of bare verifications gain in the same round.
 *
 *     bench [NONCE EVIDENCE SETTING=VALUE...]
 *
 * The devices are the simulator's.  With arguments, a case of the caller's is
 * measured too, cold: from settings and files to a verdict.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "bench/fleet.h"
#include "rim/compare.h"
#include "spdm/report.h"
#include "x509/chain.h"
#include "x509/ocsp.h"

#define BOARD 8  /* devices of the rows that measure a set */
#define TIMES 16 /* that a part is done in one timing */

struct input {
    const char *nonce, *evidence;
    char **settings;
    int setting_count;
};

/* All that the rows measure with. */
struct bench {
    struct input in;
    struct fleet fleet;  /* ROUNDS devices behind a board's */
    struct fleet single; /* one device, for what is measured cold */
    struct ga_nonce nonce[ROUNDS];
    struct ga_evidence *fresh[ROUNDS], *known[ROUNDS], *board[ROUNDS];
    struct ga_evidence *first; /* the board as it stands in the world */
    struct ga_context *warm, *no_ocsp, *one, *two;

    /* Parts of the fleet's first device. */
    struct ga_report *report;
    struct ga_chain *chain;
    struct ga_anchors anchors;
    struct ga_facts *facts;
    struct ga_chain_facts chain_facts;
    struct ga_ocsp_store *store;
    struct ga_rim *rim[GA_RIM_ROLES];
    struct ga_comparison *comparison;
};

/* A row: what one run of it costs in seconds, and how many verifications are
 * in it. */
struct row {
    const char *name;
    double (*run)(struct bench *b, int round);
    unsigned verifications; /* 0: a part, compared with one verification */
    unsigned devices;
    double limit; /* that issue "Must hold" sets, 0 for none */
    double seconds[ROUNDS], ratio[ROUNDS];
    uint64_t own, crypto; /* allocations of the last run */
};

static struct ga_context *
input_context(const struct input *in)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };

    must(ga_settings_new(&set, &err), &err);
    for (int i = 0; i < in->setting_count; i++) {
        char name[64] = "";
        const char *eq = strchr(in->settings[i], '=');

        if (eq == NULL || (size_t)(eq - in->settings[i]) >= sizeof(name))
            die("not SETTING=VALUE");
        memcpy(name, in->settings[i], (size_t)(eq - in->settings[i]));
        must(ga_settings_set(set, name, eq + 1, &err), &err);
    }
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

/* From nothing to a verdict; `*verifications` receives how many it took. */
static double
cold(const struct bench *b, bool own, unsigned *verifications)
{
    double start = now(), end;
    struct ga_context *ctx =
        own ? fleet_context(&b->single, "1", true) : input_context(&b->in);
    struct ga_nonce nonce = b->single.world->o.nonce;
    struct ga_evidence *evidence = NULL;
    struct ga_error err = { 0 };
    char path[128];

    snprintf(path, sizeof(path), "%s/evidence.json", b->single.dir);
    if (!own)
        must(ga_nonce_parse(b->in.nonce, &nonce, &err), &err);
    must(ga_evidence_new(&evidence, &err), &err);
    must(ga_evidence_load(evidence, own ? path : b->in.evidence, &err), &err);
    verify_timed(ctx, evidence, &nonce);
    end = now();
    *verifications = (unsigned)ga_context_verifications(ctx);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    return end - start;
}

static double
run_cold(struct bench *b, int round)
{
    unsigned n;

    (void)round;
    return cold(b, true, &n);
}

static double
run_input(struct bench *b, int round)
{
    unsigned n;

    (void)round;
    return cold(b, false, &n);
}

static double
run_new(struct bench *b, int round)
{
    return verify_timed(b->no_ocsp, b->fresh[round], &b->fleet.world->o.nonce);
}

static double
run_new_ocsp(struct bench *b, int round)
{
    return verify_timed(b->warm, b->fresh[round], &b->fleet.world->o.nonce);
}

static double
run_known(struct bench *b, int round)
{
    return verify_timed(b->warm, b->known[round], &b->nonce[round]);
}

static double
run_one(struct bench *b, int round)
{
    return verify_timed(b->one, b->board[round], &b->nonce[round]);
}

static double
run_two(struct bench *b, int round)
{
    return verify_timed(b->two, b->board[round], &b->nonce[round]);
}

/* Times `body` TIMES times. */
#define PART(body)                      \
    do {                                \
        double start = now();           \
                                        \
        for (int i = 0; i < TIMES; i++) \
            body;                       \
        return (now() - start) / TIMES; \
    } while (0)

static void
parse_report(const struct bench *b)
{
    const struct ga_buf *bytes = &b->fleet.world->device[0].report;
    struct ga_report *report = NULL;
    struct ga_error err = { 0 };

    must(ga_report_parse(bytes->ptr, bytes->len, &report, &err), &err);
    ga_report_free(report);
}

static void
parse_chain(const struct bench *b)
{
    const struct ga_buf *pem = &b->fleet.world->device[0].chain;
    struct ga_chain *chain = NULL;
    struct ga_error err = { 0 };

    must(ga_chain_parse(pem->ptr, pem->len, &chain, &err), &err);
    ga_chain_free(chain);
}

static void
must_pass(const struct ga_check *check)
{
    if (check->state != GA_PASSED)
        die(check->text);
}

static void
check_chain(struct bench *b)
{
    struct ga_chain_rules rules = { .anchors = &b->anchors,
                                    .facts = b->facts,
                                    .at = b->fleet.world->o.at };
    struct ga_check check = { 0 };

    ga_device_chain_check(b->chain, &rules, &check, &b->chain_facts);
    must_pass(&check);
}

static void
parse_answer(const struct bench *b)
{
    struct ga_ocsp_answer *answer = NULL;
    struct ga_error err = { 0 };

    must(ga_ocsp_parse(ga_view(&b->fleet.world->answer[0].der), &answer, &err),
         &err);
    ga_ocsp_free(answer);
}

static void
check_answers(struct bench *b)
{
    struct ga_ocsp_rules rules = { .facts = b->facts,
                                   .at = b->fleet.world->o.at,
                                   .max_age = 86400,
                                   .nonce = GA_OCSP_NONCE_ACCEPT_MISSING };
    struct ga_ocsp_facts facts;
    struct ga_check check = { 0 };

    ga_ocsp_check(b->store, &b->chain->certs, &b->chain_facts, &rules, &check,
                  &facts);
    must_pass(&check);
}

static void
read_rim(const struct bench *b)
{
    struct ga_rim *rim = NULL;
    struct ga_error err = { 0 };

    must(ga_rim_read(ga_view(&b->fleet.world->rim[0].xml), &rim, &err), &err);
    ga_rim_free(rim);
}

static void
check_rim(const struct bench *b)
{
    struct ga_check check = { 0 };

    ga_rim_check_signature(b->rim[GA_RIM_DRIVER], b->facts, &check);
    must_pass(&check);
}

static void
check_rim_cold(const struct bench *b)
{
    struct ga_check check = { 0 };
    struct ga_facts *facts = NULL;
    struct ga_error err = { 0 };

    must(ga_facts_new_sized(1, &facts, &err), &err);
    ga_rim_check_signature(b->rim[GA_RIM_DRIVER], facts, &check);
    must_pass(&check);
    ga_facts_free(facts);
}

static void
compare(struct bench *b)
{
    const struct ga_rim *const rim[GA_RIM_ROLES] = { b->rim[0], b->rim[1],
                                                     b->rim[2] };
    struct ga_check check = { 0 };

    ga_compare_match(b->report, rim, GA_KIND_GPU, b->comparison, &check);
    must_pass(&check);
}

/* clang-format off */
static double part_report(struct bench *b, int round)   { (void)round; PART(parse_report(b)); }
static double part_chain(struct bench *b, int round)    { (void)round; PART(parse_chain(b)); }
static double part_check(struct bench *b, int round)    { (void)round; PART(check_chain(b)); }
static double part_answer(struct bench *b, int round)   { (void)round; PART(parse_answer(b)); }
static double part_answers(struct bench *b, int round)  { (void)round; PART(check_answers(b)); }
static double part_rim(struct bench *b, int round)      { (void)round; PART(read_rim(b)); }
static double part_rim_sig(struct bench *b, int round)  { (void)round; PART(check_rim_cold(b)); }
static double part_rim_warm(struct bench *b, int round) { (void)round; PART(check_rim(b)); }
static double part_compare(struct bench *b, int round)  { (void)round; PART(compare(b)); }

static struct row rows[] = {
    /* name                                run           verifications devices limit */
    { .name = "cold, one device",          .run = run_cold,     .devices = 1 },
    { .name = "cold, case of the caller",  .run = run_input,    .devices = 1 },
    { .name = "warm, new device, no OCSP", .run = run_new,      .verifications = 3, .devices = 1, .limit = 1.25 },
    { .name = "warm, new device and its OCSP answer", .run = run_new_ocsp, .verifications = 4, .devices = 1, .limit = 1.25 },
    { .name = "warm, known device",        .run = run_known,    .verifications = 1, .devices = 1, .limit = 1.4 },
    { .name = "eight known devices, one thread",  .run = run_one, .verifications = 8, .devices = 8 },
    { .name = "eight known devices, two threads", .run = run_two, .verifications = 8, .devices = 8 },
    { .name = "report, parse",             .run = part_report },
    { .name = "chain, parse",              .run = part_chain },
    { .name = "chain, check, warm",        .run = part_check },
    { .name = "OCSP answer, parse",        .run = part_answer },
    { .name = "OCSP, check, warm",         .run = part_answers },
    { .name = "RIM, read",                 .run = part_rim },
    { .name = "RIM, signature",            .run = part_rim_sig },
    { .name = "RIM, signature, warm",      .run = part_rim_warm },
    { .name = "measurements, compare",     .run = part_compare },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct ga_nonce
nonce_of(int round)
{
    struct ga_nonce n = { 0 };

    memset(n.bytes, 0x5a, sizeof(n.bytes));
    n.bytes[0] = (uint8_t)round;
    return n;
}

static void
make_evidence(struct bench *b)
{
    for (int i = 0; i < ROUNDS; i++) {
        b->nonce[i] = nonce_of(i);
        b->fresh[i] = fleet_evidence(&b->fleet, BOARD + (size_t)i, 1, NULL);
        b->known[i] = fleet_evidence(&b->fleet, 0, 1, &b->nonce[i]);
        b->board[i] = fleet_evidence(&b->fleet, 0, BOARD, &b->nonce[i]);
    }
    b->first = fleet_evidence(&b->fleet, 0, BOARD, NULL);
}

static void
make_contexts(struct bench *b)
{
    struct ga_context **const all[] = { &b->warm, &b->no_ocsp, &b->one,
                                        &b->two };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        *all[i] = fleet_context(&b->fleet, all[i] == &b->two ? "2" : "1",
                                all[i] != &b->no_ocsp);
        verify_timed(*all[i], b->first, &b->fleet.world->o.nonce);
    }
}

static void
make_parts(struct bench *b)
{
    const struct sim_world *w = b->fleet.world;
    const struct sim_device *d = &w->device[0];
    struct ga_error err = { 0 };
    GA_AUTO_BUF struct ga_buf pem = { 0 };
    char path[128];

    must(ga_report_parse(d->report.ptr, d->report.len, &b->report, &err), &err);
    must(ga_chain_parse(d->chain.ptr, d->chain.len, &b->chain, &err), &err);
    must(ga_facts_new(&b->facts, &err), &err);
    must(ga_anchors_init(&b->anchors, &err), &err);
    snprintf(path, sizeof(path), "%s/anchors/device.pem", b->fleet.dir);
    must(ga_file_read(path, GA_ANCHOR_FILE_MAX, &pem, &err), &err);
    must(ga_anchors_add(&b->anchors, GA_ANCHOR_DEVICE, ga_view(&pem), &err),
         &err);
    must(ga_ocsp_store_new(&b->store, &err), &err);
    snprintf(path, sizeof(path), "%s/ocsp", b->fleet.dir);
    must(ga_ocsp_store_add_dir(b->store, path, &err), &err);
    for (size_t i = 0; i < w->rims; i++)
        must(ga_rim_read(ga_view(&w->rim[i].xml), &b->rim[w->rim[i].spec.role],
                         &err),
             &err);
    b->comparison = calloc(1, sizeof(*b->comparison));
    if (b->comparison == NULL)
        die("out of memory");
}

static void
free_all(struct bench *b)
{
    struct ga_context *const all[] = { b->warm, b->no_ocsp, b->one, b->two };

    for (int i = 0; i < ROUNDS; i++) {
        ga_evidence_free(b->fresh[i]);
        ga_evidence_free(b->known[i]);
        ga_evidence_free(b->board[i]);
    }
    ga_evidence_free(b->first);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        ga_context_free(all[i]);
    for (size_t i = 0; i < GA_RIM_ROLES; i++)
        ga_rim_free(b->rim[i]);
    free(b->comparison);
    ga_ocsp_store_free(b->store);
    ga_anchors_done(&b->anchors);
    ga_facts_free(b->facts);
    ga_chain_free(b->chain);
    ga_report_free(b->report);
    fleet_done(&b->fleet);
    fleet_done(&b->single);
}

static uint64_t
verified(const struct bench *b)
{
    return ga_context_verifications(b->warm) +
           ga_context_verifications(b->no_ocsp) +
           ga_context_verifications(b->one) + ga_context_verifications(b->two);
}

static void
measure(struct bench *b, struct row *r, int round)
{
    uint64_t before = verified(b);
    struct allocs from = allocs_now(), to;
    double first = bare(), spent, one;

    spent = r->run(b, round);
    to = allocs_now();
    one = (first + bare()) / 2;
    if (r->limit > 0 && verified(b) - before != r->verifications)
        die("a row made another number of verifications than it says");
    r->seconds[round] = spent;
    r->ratio[round] =
        spent / (one * (r->verifications > 0 ? r->verifications : 1));
    r->own = to.own - from.own;
    r->crypto = to.crypto - from.crypto;
}

/* How many verifications a cold run makes is counted, not known. */
static void
count_cold(struct bench *b)
{
    cold(b, true, &rows[0].verifications);
    if (b->in.nonce != NULL)
        cold(b, false, &rows[1].verifications);
}

static void
print(struct row *r)
{
    double seconds = median_of(r->seconds, ROUNDS);

    sort_doubles(r->ratio, ROUNDS);
    printf("%-38s %3u %9.1f  %6.3f  %6.3f to %6.3f", r->name, r->verifications,
           seconds * 1e6, r->ratio[ROUNDS / 2], r->ratio[ROUNDS / 4],
           r->ratio[3 * ROUNDS / 4]);
    if (r->verifications > 0)
        printf("  %6llu %6llu", (unsigned long long)r->own,
               (unsigned long long)r->crypto);
    if (r->limit > 0)
        printf("  at most %.2f: %s", r->limit,
               r->ratio[ROUNDS / 2] <= r->limit ? "holds" : "DOES NOT HOLD");
    printf("\n");
}

/* Two threads over one, beside what two threads of bare verifications get from
 * this machine at this time. */
static void
print_threads(const double *ours, double *machine)
{
    double gain[ROUNDS], share[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        gain[i] = ours[i];
        share[i] = ours[i] / machine[i];
    }
    printf("%-38s %.2f\n", "two threads over one", median_of(gain, ROUNDS));
    printf("%-38s %.2f\n", "the same, bare verifications",
           median_of(machine, ROUNDS));
    printf("%-38s %.2f\n", "share of what the machine gives",
           median_of(share, ROUNDS));
}

static double
wall_of(struct bench *b, double (*run)(struct bench *, int), int round)
{
    double start = wall();

    run(b, round);
    return wall() - start;
}

static double
wall_of_bare(void)
{
    double start = wall();

    bare();
    return (wall() - start) / BARE;
}

static void
measure_all(struct bench *b)
{
    static double one[ROUNDS], ours[ROUNDS], machine[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < ROWS; i++)
            if (rows[i].run != run_input || b->in.nonce != NULL)
                measure(b, &rows[i], round);
        one[round] = bare();
        machine[round] = wall_of_bare() / bare_twice();
        ours[round] = wall_of(b, run_one, round) / wall_of(b, run_two, round);
    }
    printf("one bare P-384 verification: %.1f us; medians of %d rounds\n\n",
           median_of(one, ROUNDS) * 1e6, ROUNDS);
    printf("%-38s %3s %9s  %6s  %16s  %6s %6s\n", "", "P384", "us", "ratio",
           "quartiles", "allocs", "crypto");
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].run != run_input || b->in.nonce != NULL)
            print(&rows[i]);
    printf("\n");
    print_threads(ours, machine);
}

int
main(int argc, char **argv)
{
    static struct bench b;

    if (argc == 2) {
        fprintf(stderr, "usage: bench [NONCE EVIDENCE SETTING=VALUE...]\n");
        return 2;
    }
    allocs_init();
    if (argc > 2)
        b.in = (struct input){ argv[1], argv[2], argv + 3, argc - 3 };
    bare_init();
    fleet_make(&b.fleet, BOARD + ROUNDS);
    fleet_make(&b.single, 1);
    make_evidence(&b);
    make_contexts(&b);
    make_parts(&b);
    check_chain(&b); /* warms the facts that the parts share */
    check_answers(&b);
    check_rim(&b);
    count_cold(&b);
    measure_all(&b);
    free_all(&b);
    bare_done();
    return 0;
}
