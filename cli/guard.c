/* SPDX-License-Identifier: Apache-2.0 */
/* The process that watches over attestation, and turns the ready state off. */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/guard.h"
#include "cli/notify.h"
#include "gpuattest/collect.h"

/* One message; after one of a round comes an answer, a bool: the ready state is
 * what it should be. */
struct message {
    enum { MESSAGE_ALIVE, MESSAGE_STAGES, MESSAGE_ROUND } kind;
    int status;
    enum stage_id id;
    struct stage stage;
    char summary[GA_ERROR_TEXT];
};

struct guard {
    int to; /* socket that keeps messages apart */
};

static void
tell(struct guard *g, const struct message *m)
{
    /* Whoever watches is gone: then this process is being ended. */
    while (send(g->to, m, sizeof(*m), MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

void
guard_alive(struct guard *g)
{
    const struct message m = { .kind = MESSAGE_ALIVE };

    tell(g, &m);
}

void
guard_stages(struct guard *g, const struct stages *stages)
{
    for (size_t i = 0; i < STAGE_COUNT; i++) {
        const struct message m = { .kind = MESSAGE_STAGES,
                                   .id = (enum stage_id)i,
                                   .stage = stages->stage[i] };

        tell(g, &m);
    }
}

bool
guard_round(struct guard *g, int status, const char *summary)
{
    struct message m = { .kind = MESSAGE_ROUND, .status = status };
    bool settled = false;
    ssize_t got;

    snprintf(m.summary, sizeof(m.summary), "%s", summary);
    tell(g, &m);
    do
        got = recv(g->to, &settled, sizeof(settled), 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(settled) && settled;
}

const char *
guard_ready_word(bool manage, bool on, bool off)
{
    if (!manage)
        return "unchanged";
    if (on)
        return "on";
    return off ? "off" : "unknown";
}

/* What neither ends a process nor can wait: faults of its own, signals that
 * stop or continue it or that nobody hears, and one that main() ignores. */
static const int passed_over[] = { SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,   SIGTRAP,
                                   SIGSYS,  SIGCHLD, SIGURG,  SIGWINCH, SIGCONT,
                                   SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE };

/* All others end who does not take them: SIGPWR and those of real time come
 * from managers of containers. */
static void
ending_signals(sigset_t *out)
{
    sigfillset(out);
    for (size_t i = 0; i < sizeof(passed_over) / sizeof(passed_over[0]); i++)
        sigdelset(out, passed_over[i]);
}

/* Waits up to `ms` for a process; false when it is still there. */
static bool
reap(pid_t pid, int64_t ms, int *status)
{
    int64_t until = milliseconds() + ms;
    pid_t got;

    while ((got = waitpid(pid, status, WNOHANG)) == 0 ||
           (got < 0 && errno == EINTR)) {
        if (milliseconds() >= until)
            return false;
        poll(NULL, 0, 5);
    }
    return true;
}

/* Milliseconds for the driver to turn the ready state off, and for a process to
 * end. */
#define OFF_MS 10000

/* One that sleeps in the kernel, in a driver's call, ends when that returns, and
 * does nothing more before: nobody waits for it. */
static void
kill_and_reap(pid_t pid, int *status)
{
    kill(pid, SIGKILL);
    if (!reap(pid, OFF_MS, status))
        *status = SIGKILL; /* as waitpid() would say it */
}

/* In a process of its own: off, and read back. */
static int
turn_off(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    struct ga_host host = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_context_new(NULL, NULL, &ctx, &err);

    (void)o;
    if (rc == GA_OK)
        rc = ga_host_set_ready(ctx, false, &err);
    if (rc == GA_OK)
        rc = ga_host_read(ctx, GA_DEVICES_GPU, &host, &err);
    if (rc == GA_OK && host.has_ready && host.ready)
        rc = ga_fail(&err, GA_E_UNREACHABLE, "the driver says it is on");
    if (rc != GA_OK)
        say("the ready state could not be turned off: %s", err.text);
    return rc == GA_OK ? EXIT_SUCCESS : EXIT_UNAVAILABLE;
}

bool
guard_off(const struct options *o)
{
    int status = 0;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid < 0) /* then here, hanging or not */
        return turn_off(o) == EXIT_SUCCESS;
    if (pid == 0) {
        status = turn_off(o);
        fflush(NULL);
        _exit(status);
    }
    if (!reap(pid, OFF_MS, &status)) {
        kill_and_reap(pid, &status);
        say("the ready state could not be turned off: the driver does not "
            "answer");
        return false;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
        return false;
    say("ready state: off");
    return true;
}

/* The work, as it is seen from here. */
struct watched {
    const struct guard_job *job;
    int signals; /* signalfd */
    int from;    /* the work's messages, and our answers */
    pid_t pid;
    int64_t heard; /* milliseconds() of its last word */
    struct stages stages;
    bool round;     /* one has ended */
    int last;       /* exit status of it */
    bool settled;   /* the ready state is what it should be after it */
    bool owed;      /* the ready state should be off, and nobody knows */
    bool announced; /* to the service manager: ready */
};

enum end {
    END_ITSELF, /* the work's process ended */
    END_HUNG,
    END_SIGNAL
};

static void
end_round(struct watched *w, const struct message *m)
{
    char lines[GA_ERROR_TEXT + 64];

    w->round = true;
    w->last = m->status;
    w->settled =
        m->status == EXIT_VERIFIED || !w->job->manage || guard_off(w->job->o);
    while (send(w->from, &w->settled, sizeof(w->settled), MSG_NOSIGNAL) < 0 &&
           errno == EINTR)
        ;
    snprintf(lines, sizeof(lines), "%sSTATUS=%s",
             m->status == EXIT_VERIFIED && !w->announced ? "READY=1\n" : "",
             m->summary);
    w->announced = w->announced || m->status == EXIT_VERIFIED;
    notify(lines);
}

static void
hear(struct watched *w, const struct message *m)
{
    if (w->job->again > 0)
        notify("WATCHDOG=1");
    if (m->kind == MESSAGE_STAGES)
        w->stages.stage[m->id] = m->stage;
    if (m->kind == MESSAGE_ROUND)
        end_round(w, m);
    w->heard = milliseconds();
}

/* It has done what it came for, and must not end this process later. */
static void
take_signal(int signals)
{
    struct signalfd_siginfo info;

    (void)!read(signals, &info, sizeof(info));
}

/* Watches until the work has ended in one way or another. */
static enum end
watch(struct watched *w)
{
    for (;;) {
        struct pollfd fds[] = { { w->signals, POLLIN, 0 },
                                { w->from, POLLIN, 0 } };
        int64_t left = w->heard + w->job->patience * 1000 - milliseconds();
        int n =
            poll(fds, 2, left > 0 ? (int)(left < 3600000 ? left : 3600000) : 0);
        struct message m;

        if (n > 0 && (fds[0].revents & POLLIN) != 0) {
            take_signal(w->signals);
            return END_SIGNAL;
        }
        if (n > 0 && fds[1].revents != 0) {
            ssize_t got = read(w->from, &m, sizeof(m));

            if (got == (ssize_t)sizeof(m))
                hear(w, &m);
            else if (got >= 0 || errno != EINTR)
                return END_ITSELF;
        } else if (milliseconds() - w->heard >= w->job->patience * 1000) {
            return END_HUNG;
        }
    }
}

static enum ga_rc
start(struct watched *w, int *status, bool *is_work, struct ga_error *err)
{
    const struct guard_job *job = w->job;
    pid_t watcher = getpid();
    struct guard g;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return ga_fail(err, GA_E_INTERNAL, "socketpair: %s", strerror(errno));
    fflush(NULL);
    w->pid = fork();
    if (w->pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return ga_fail(err, GA_E_INTERNAL, "fork: %s", strerror(errno));
    }
    if (w->pid == 0) {
        close(ends[0]);
        close(w->signals);
        /* Signals that end stay blocked: who watches ends this process. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != watcher) /* it ended before that */
            _exit(EXIT_INTERNAL);
        g.to = ends[1];
        *is_work = true;
        *status = job->work(job->o, &g, job->user);
        *status = say_finish(*status);
        return GA_OK;
    }
    close(ends[1]);
    w->from = ends[0];
    w->heard = milliseconds();
    w->stages = (struct stages){ 0 };
    w->round = false;
    return GA_OK;
}

/* Says what became of work that cannot say it, and what its exit status is. */
static int
lost(struct watched *w, enum end end, int status, const char *ready)
{
    const struct guard_job *job = w->job;
    char why[160];
    int exit_status = EXIT_UNAVAILABLE;

    if (end == END_HUNG) {
        snprintf(why, sizeof(why), "no progress for %lld s",
                 (long long)job->patience);
    } else if (end == END_SIGNAL) {
        snprintf(why, sizeof(why), "ended by a signal");
    } else {
        snprintf(why, sizeof(why), "crashed (%s %d)",
                 WIFSIGNALED(status) ? "signal" : "exit status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        exit_status = EXIT_INTERNAL;
    }
    stages_fail(&w->stages, why);
    return job->lost(job->o, &w->stages, exit_status, why, ready);
}

/* Whether the ready state is what it should be: on after work that ended well,
 * or off already.  Who stops watching vouches for nothing any more. */
static bool
is_settled(const struct watched *w, enum end end, int status)
{
    if (end != END_ITSELF || !WIFEXITED(status) || !w->round || !w->settled ||
        w->job->again > 0)
        return false;
    return w->last != EXIT_VERIFIED || WEXITSTATUS(status) == EXIT_VERIFIED;
}

/* Whether the work said itself how it went: after a round, or in words for an
 * error. */
static bool
has_spoken(const struct watched *w, int status)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    return w->round ? code >= 0
                    : code == EXIT_USAGE || code == EXIT_MALFORMED ||
                          code == EXIT_UNAVAILABLE || code == EXIT_INTERNAL;
}

/* One life of the work.  Returns its exit status. */
static int
one_life(struct watched *w, bool *is_work, bool *stopped)
{
    struct ga_error err = { 0 };
    int status = 0, exit_status = EXIT_INTERNAL;
    bool off;
    enum end end;
    enum ga_rc rc = start(w, &exit_status, is_work, &err);

    if (rc != GA_OK) {
        w->owed = w->job->manage && !guard_off(w->job->o);
        return say_error(w->job->o, rc, &err);
    }
    if (*is_work)
        return exit_status;
    end = watch(w);
    *stopped = end == END_SIGNAL;
    /* Its last word was heard; it may still have to finish its output. */
    if (end != END_ITSELF || !reap(w->pid, OFF_MS, &status))
        kill_and_reap(w->pid, &status);
    close(w->from);
    w->owed = w->job->manage && !is_settled(w, end, status);
    off = w->owed && guard_off(w->job->o);
    w->owed = w->owed && !off;
    if (end == END_ITSELF && has_spoken(w, status))
        exit_status = WEXITSTATUS(status);
    else if (*stopped && w->job->again > 0 && w->round)
        exit_status = w->last;
    else
        exit_status =
            lost(w, end, status, guard_ready_word(w->job->manage, false, off));
    return exit_status;
}

/* Milliseconds between two attempts to turn off what is to be off. */
#define PAUSE_MS 5000

/* Waits for the next round after one whose process was lost; false where a
 * signal came.  What could not be turned off is tried again meanwhile. */
static bool
pause_until_again(struct watched *w)
{
    int64_t until = milliseconds() + w->job->again * 1000;
    int64_t left = until - milliseconds();

    notify("STATUS=not attested: the last round was lost");
    for (; left > 0; left = until - milliseconds()) {
        struct pollfd fd = { w->signals, POLLIN, 0 };

        if (poll(&fd, 1, left < PAUSE_MS ? (int)left : PAUSE_MS) > 0) {
            take_signal(w->signals);
            return false;
        }
        notify("WATCHDOG=1");
        w->owed = w->owed && !guard_off(w->job->o);
    }
    return true;
}

int
guard_run(const struct guard_job *job)
{
    struct watched w = { .job = job };
    bool is_work = false, stopped = false;
    sigset_t set, before;
    int status;

    ending_signals(&set);
    sigprocmask(SIG_BLOCK, &set, &before);
    w.signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (w.signals < 0) {
        say("signalfd: %s", strerror(errno));
        return EXIT_INTERNAL;
    }
    do
        status = one_life(&w, &is_work, &stopped);
    while (!is_work && !stopped && job->again > 0 && pause_until_again(&w));
    if (is_work)
        return status;
    if (job->again > 0)
        notify("STOPPING=1");
    close(w.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}
