/* SPDX-License-Identifier: Apache-2.0 */
/* Target: none.  It reads one byte over its input, so that fuzz/replay_test.sh
 * can see that a mistake does not go unseen. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const volatile uint8_t *bytes = data;

    /* Without sanitizers nobody sees the read: then the invariant fails. */
    if (size > 0 && bytes[size] == bytes[0] + 1)
        return 0;
    if (size > 0)
        abort();
    return 0;
}
