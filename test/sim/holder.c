/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holder PID: what that process becomes is told to this one alone, which does
 * not listen.  For who waits for its end, a process that was killed is then one
 * that sleeps in the kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    pid_t pid = argc == 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0;

    if (pid <= 0 || ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0)
        return EXIT_FAILURE;
    puts("held");
    fflush(stdout);
    pause();
    return EXIT_SUCCESS;
}
