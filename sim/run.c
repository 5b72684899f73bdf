/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest-sim run and up: a command beside a simulated machine. */
#define _GNU_SOURCE /* sigwaitinfo, POSIX_SPAWN_SETSIGMASK */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sim/machine.h"
#include "sim/run.h"

/* As env(1) has them. */
enum { CANNOT_RUN = 126, NOT_FOUND = 127, BY_SIGNAL = 128 };

static const int passed_on[] = { SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                 SIGUSR1, SIGUSR2, SIGWINCH };

/* From here on these signals wait for sigwaitinfo(), also while the folder is
 * made, so that it is removed whatever comes.  What is ignored stays so, and a
 * closed pipe is an error of write(). */
static void
hold_signals(sigset_t *held, sigset_t *before)
{
    sigset_t blocked;

    signal(SIGCHLD, SIG_DFL); /* else nobody says how the command ended */
    sigemptyset(held);
    sigaddset(held, SIGCHLD);
    for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
        struct sigaction now;

        if (sigaction(passed_on[i], NULL, &now) == 0 &&
            now.sa_handler != SIG_IGN)
            sigaddset(held, passed_on[i]);
    }
    blocked = *held;
    sigaddset(&blocked, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &blocked, before);
}

static int
spawn(const struct sim_request *r, char **env, const sigset_t *mask, pid_t *pid)
{
    posix_spawnattr_t attr;
    int rc = posix_spawnattr_init(&attr);

    if (rc != 0)
        return rc;
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attr, mask);
    rc = posix_spawnp(pid, r->command[0], NULL, &attr, r->command, env);
    posix_spawnattr_destroy(&attr);
    return rc;
}

/* The exit status, or -1: it runs. */
static int
ended(pid_t pid)
{
    int how;

    if (waitpid(pid, &how, WNOHANG) != pid)
        return -1;
    if (WIFEXITED(how))
        return WEXITSTATUS(how);
    return WIFSIGNALED(how) ? BY_SIGNAL + WTERMSIG(how) : -1;
}

/* What the terminal sends goes to the whole group: passing it on would be
 * twice. */
static int
wait_for(pid_t pid, const sigset_t *held)
{
    int status = ended(pid);

    while (status < 0) {
        siginfo_t info;
        int sig = sigwaitinfo(held, &info);

        if (sig > 0 && sig != SIGCHLD && info.si_code != SI_KERNEL)
            kill(pid, sig);
        status = ended(pid);
    }
    return status;
}

static enum ga_rc
run_command(const struct sim_machine *m, const struct sim_request *r,
            const sigset_t *held, const sigset_t *before, int *status,
            struct ga_error *err)
{
    GA_AUTO_FREE char **env = sim_environ_list(&m->environ);
    pid_t pid;
    int rc;

    if (env == NULL)
        return ga_nomem(err);
    rc = spawn(r, env, before, &pid);
    if (rc == 0) {
        *status = wait_for(pid, held);
        return GA_OK;
    }
    fprintf(stderr, "gpuattest-sim: %s: %s\n", r->command[0], strerror(rc));
    *status = rc == ENOENT ? NOT_FOUND : CANNOT_RUN;
    return GA_OK;
}

/* Until somebody says that it is enough. */
static enum ga_rc
stay_up(const struct sim_machine *m, const sigset_t *held, struct ga_error *err)
{
    int sig;

    sim_environ_print(&m->environ, stdout);
    if (fflush(stdout) != 0)
        return ga_fail(err, GA_E_FILE, "standard output: %s", strerror(errno));
    fputs("gpuattest-sim: up; simulated devices, trust them for nothing\n",
          stderr);
    do
        sig = sigwaitinfo(held, NULL);
    while (sig != SIGINT && sig != SIGTERM && sig != SIGHUP && sig != SIGQUIT);
    return GA_OK;
}

enum ga_rc
sim_run(const struct sim_request *r, int *status, struct ga_error *err)
{
    sigset_t held, before;
    struct sim_machine m;
    enum ga_rc rc;

    hold_signals(&held, &before);
    rc = sim_machine_start(&m, r, err);
    if (rc != GA_OK)
        return rc;
    *status = 0;
    rc = r->command != NULL ? run_command(&m, r, &held, &before, status, err)
                            : stay_up(&m, &held, err);
    sim_machine_stop(&m);
    return rc;
}
