/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every read cut short: files end early, or come in pieces.  The test stands in
 * front of read(), so that all that a verification reads passes through it.
 */
#include "support/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rim/rim.h"
#include "sim/out.h"
#include "support/runs.h"
#include "support/worlds.h"
#include "x509/anchors.h"
#include "x509/chain.h"
#include "x509/ocsp.h"

ssize_t __real_read(int fd, void *buf, size_t n);
ssize_t __wrap_read(int fd, void *buf, size_t n);

/* What becomes of reads; zero: nothing. */
static struct {
    size_t at_most;    /* bytes that one read gives */
    bool interrupted;  /* every other read is, by a signal */
    size_t file;       /* the file that is cut, counted from 1; 0: none */
    size_t end;        /* where it ends */
    int error;         /* what the read behind that says instead */
    size_t files;      /* that were read to their end */
    size_t read;       /* of the file at hand */
    size_t length[32]; /* of file i + 1 */
    bool turn;
} cut;

ssize_t
__wrap_read(int fd, void *buf, size_t n)
{
    bool ours = cut.file == cut.files + 1;
    ssize_t got;

    cut.turn = !cut.turn;
    if (cut.interrupted && cut.turn) {
        errno = EINTR;
        return -1;
    }
    if (cut.at_most > 0 && n > cut.at_most)
        n = cut.at_most;
    if (ours && n > cut.end - cut.read)
        n = cut.end - cut.read;
    if (ours && n == 0 && cut.error != 0) {
        errno = cut.error;
        return -1;
    }
    got = n > 0 ? __real_read(fd, buf, n) : 0;
    if (got > 0) {
        cut.read += (size_t)got;
        return got;
    }
    if (cut.files < COUNT(cut.length))
        cut.length[cut.files] = cut.read;
    cut.files++;
    cut.read = 0;
    return got;
}

static int
set_up(void **state)
{
    static struct minted m;

    mint(&m, 1, 0, NULL);
    *state = &m;
    return 0;
}

static int
tear_down(void **state)
{
    memset(&cut, 0, sizeof(cut));
    minted_done(*state);
    return 0;
}

/* From files to a verdict; GA_VERDICT_MALFORMED where it came to none. */
static enum ga_verdict
verdict(const struct minted *m)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };
    enum ga_verdict v = GA_VERDICT_MALFORMED;
    char path[128];

    minted_path(m, "evidence.json", path, sizeof(path));
    cut.files = cut.read = 0;
    cut.turn = false;
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    if (ga_context_new(set, NULL, &ctx, &err) == GA_OK &&
        ga_evidence_load(evidence, path, &err) == GA_OK &&
        ga_verify(ctx, evidence, &m->world->o.nonce, &r, &err) == GA_OK)
        v = ga_result_verdict(r);
    else
        assert_true(err.code != GA_OK && err.text[0] != '\0');
    ga_result_free(r);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return v;
}

static void
pieces_make_the_same_whole(void **state)
{
    static const size_t pieces[] = { 1, 7, 1000 };

    assert_int_equal(verdict(*state), GA_VERDICT_VERIFIED);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        memset(&cut, 0, sizeof(cut));
        cut.at_most = pieces[i];
        cut.interrupted = true;
        assert_int_equal(verdict(*state), GA_VERDICT_VERIFIED);
    }
}

/* Steps are prime; the last byte but one is always tried, as the last one may
 * be a newline. */
static void
no_file_that_ends_early_is_verified(void **state)
{
    size_t files, length[COUNT(cut.length)];

    memset(&cut, 0, sizeof(cut));
    assert_int_equal(verdict(*state), GA_VERDICT_VERIFIED);
    files = cut.files;
    assert_in_range(files, 8, COUNT(length));
    memcpy(length, cut.length, sizeof(length));
    for (size_t f = 0; f < files; f++) {
        size_t step = length[f] > 4096 ? 4999 : 997;
        size_t last = length[f] - 2, end = 0;

        for (bool more = true; more;
             end = end + step < last ? end + step : last) {
            memset(&cut, 0, sizeof(cut));
            cut.file = f + 1;
            cut.end = end;
            cut.error = end % 2 == 0 ? 0 : EIO;
            if (verdict(*state) == GA_VERDICT_VERIFIED)
                fail_msg("file %zu ends after %zu of %zu bytes", f + 1, end,
                         length[f]);
            more = end < last;
        }
    }
    memset(&cut, 0, sizeof(cut));
}

/* Whether what is left of a kind of input is taken for the whole. */

static bool
reads_chain(struct ga_bytes in)
{
    struct ga_chain *chain = NULL;
    bool whole = ga_chain_parse(in.ptr, in.len, &chain, NULL) == GA_OK &&
                 chain->certs.count == 5;

    ga_chain_free(chain);
    return whole;
}

static bool
reads_answer(struct ga_bytes in)
{
    struct ga_ocsp_answer *answer = NULL;
    bool whole = ga_ocsp_parse(in, &answer, NULL) == GA_OK;

    ga_ocsp_free(answer);
    return whole;
}

static bool
reads_rim(struct ga_bytes in)
{
    struct ga_check schema = { 0 };
    struct ga_rim *rim = NULL;

    if (ga_rim_read(in, &rim, NULL) == GA_OK)
        ga_rim_check_schema(rim, &schema);
    ga_rim_free(rim);
    return schema.state == GA_PASSED;
}

static bool
reads_evidence(struct ga_bytes in)
{
    struct ga_evidence *evidence = NULL;
    bool whole;

    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    whole = ga_evidence_parse(evidence, in.ptr, in.len, NULL) == GA_OK;
    ga_evidence_free(evidence);
    return whole;
}

static bool
reads_anchor(struct ga_bytes in)
{
    struct ga_anchors anchors;
    bool whole;

    assert_int_equal(ga_anchors_init(&anchors, NULL), GA_OK);
    whole = ga_anchors_add(&anchors, GA_ANCHOR_DEVICE, in, NULL) == GA_OK;
    ga_anchors_done(&anchors);
    return whole;
}

/* Every prefix of `in` but those that lack only white space. */
static void
cut_everywhere(const char *what, struct ga_bytes in,
               bool (*reads)(struct ga_bytes in))
{
    size_t end = in.len;

    assert_true(reads(in));
    while (end > 0 && (in.ptr[end - 1] == '\n' || in.ptr[end - 1] == ' '))
        end--;
    for (size_t n = 0; n < end; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1); /* exact, for ASan */

        assert_non_null(copy);
        memcpy(copy, in.ptr, n);
        if (reads(ga_bytes_of(copy, n)))
            fail_msg("%s: %zu of %zu bytes are enough", what, n, end);
        free(copy);
    }
}

static void
no_prefix_is_the_whole(void **state)
{
    const struct minted *m = *state;
    const struct sim_world *w = m->world;
    struct ga_evidence *evidence = NULL;
    SIM_AUTO_OUT struct sim_out root = { 0 };
    char *text = NULL;

    cut_everywhere("chain", ga_view(&w->device[0].chain), reads_chain);
    cut_everywhere("answer", ga_view(&w->answer[0].der), reads_answer);
    cut_everywhere("RIM", ga_view(&w->rim[0].xml), reads_rim);
    sim_cert_pem(&root, &w->pki.ca[SIM_A_DEVICE_ROOT].cert);
    cut_everywhere("anchor", sim_out_view(&root), reads_anchor);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    assert_int_equal(ga_evidence_add(evidence, w->device[0].report.ptr,
                                     w->device[0].report.len,
                                     w->device[0].chain.ptr,
                                     w->device[0].chain.len, NULL),
                     GA_OK);
    assert_int_equal(ga_evidence_json(evidence, &text, NULL), GA_OK);
    cut_everywhere("evidence", ga_bytes_of(text, strlen(text)), reads_evidence);
    free(text);
    ga_evidence_free(evidence);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_make_the_same_whole),
        cmocka_unit_test(no_file_that_ends_early_is_verified),
        cmocka_unit_test(no_prefix_is_the_whole),
    };

    return cmocka_run_group_tests_name("cut", tests, set_up, tear_down);
}
