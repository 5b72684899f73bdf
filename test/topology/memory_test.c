/* SPDX-License-Identifier: Apache-2.0 */
/* The n-th allocation fails, for every n: a topology is whole or none. */
#include "support/test.h"

#include <stdlib.h>

#include "support/memory.h"
#include "topology/topology.h"

static bool
make_with_failure(unsigned n)
{
    struct ga_topology_device d = { .label = "GPU-0",
                                    .arch = "HOPPER",
                                    .verified = true };
    struct ga_topology_input in = { .board = ga_board_find("hgx-hopper"),
                                    .device = &d,
                                    .count = 1,
                                    .rules = GA_TOPOLOGY_ALL };
    struct ga_topology *t = NULL;
    char *text = NULL;
    enum ga_rc rc;
    bool failed;

    d.says = (struct ga_neighbours){
        .kind = GA_KIND_GPU, .has_field = true, .count = 1, .pdi = { { 1 } }
    };
    memory_countdown = n;
    rc = ga_topology_make(&in, &t, NULL);
    if (rc == GA_OK)
        rc = ga_topology_print(t, GA_TOPOLOGY_MATRIX, &text, NULL);
    failed = memory_countdown == 0;
    memory_countdown = 0;
    assert_int_equal(rc, failed ? GA_E_NOMEM : GA_OK);
    assert_int_equal(text == NULL, failed);
    ga_text_free(text);
    ga_topology_free(t);
    return failed;
}

static void
makes_and_prints_or_says_that_memory_is_out(void **state)
{
    unsigned n = 1;

    (void)state;
    while (make_with_failure(n))
        n++;
    assert_in_range(n - 1, 3, 12); /* itself, its nodes, and the text */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_and_prints_or_says_that_memory_is_out),
    };

    return cmocka_run_group_tests_name("memory of topologies", tests, NULL,
                                       NULL);
}
