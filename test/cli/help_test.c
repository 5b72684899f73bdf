/* SPDX-License-Identifier: Apache-2.0 */
/* What help says of every verb. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"

/* 80 columns, and 48 lines. */
static void
fits_a_screen(void **state)
{
    (void)state;
    for (const struct verb *v = verbs; v->name != NULL; v++) {
        char *text = NULL;
        size_t len = 0, lines = 0, column = 0;
        FILE *to = open_memstream(&text, &len);

        assert_non_null(to);
        options_help(v, false, to);
        fclose(to);
        for (size_t i = 0; i < len; i++) {
            column = text[i] == '\n' ? 0 : column + 1;
            lines += text[i] == '\n';
            assert_true(column < 80);
            assert_false(text[i] == '\n' && i > 0 && text[i - 1] == ' ');
        }
        assert_true(lines <= 48);
        /* Whatever is not explained is named. */
        for (const struct option_group *g = v->groups; g->title != NULL; g++)
            for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
                char name[ENV_NAME_MAX];

                snprintf(name, sizeof(name), "--%s", g->name[i]);
                assert_non_null(strstr(text, name));
            }
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_a_screen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
