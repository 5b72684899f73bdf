/* SPDX-License-Identifier: Apache-2.0 */
/* What the simulated libraries share. */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "sim/lib.h"

static bool
say(const struct ga_error *err)
{
    fprintf(stderr, "gpuattest-sim: simulated library: %s\n", err->text);
    return false;
}

static enum ga_rc
load(struct sim_lib *lib, struct ga_error *err)
{
    const char *dir = secure_getenv(SIM_STATE_ENV);
    int n;

    if (dir == NULL)
        return ga_fail(err, GA_E_FILE, "%s is not set", SIM_STATE_ENV);
    n = snprintf(lib->dir, sizeof(lib->dir), "%s", dir);
    if (n < 0 || (size_t)n >= sizeof(lib->dir))
        return ga_fail(err, GA_E_FILE, "%s is too long", SIM_STATE_ENV);
    return ga_within(err, sim_state_read(lib->dir, &lib->state, err), "%s",
                     SIM_STATE_ENV);
}

bool
sim_lib_open(struct sim_lib *lib)
{
    struct ga_error err = { 0 };
    bool ok = true;

    pthread_mutex_lock(&lib->lock);
    if (lib->users == 0)
        ok = load(lib, &err) == GA_OK || say(&err);
    lib->users += ok;
    pthread_mutex_unlock(&lib->lock);
    return ok;
}

bool
sim_lib_close(struct sim_lib *lib)
{
    bool open;

    pthread_mutex_lock(&lib->lock);
    open = lib->users > 0;
    lib->users -= open;
    if (open && lib->users == 0)
        sim_state_done(&lib->state);
    /* The script stays: a library that is started again counts on. */
    pthread_mutex_unlock(&lib->lock);
    return open;
}

void
sim_lib_done(struct sim_lib *lib)
{
    ga_buf_done(&lib->script);
}

bool
sim_lib_is_open(struct sim_lib *lib)
{
    bool open;

    pthread_mutex_lock(&lib->lock);
    open = lib->users > 0;
    pthread_mutex_unlock(&lib->lock);
    return open;
}

/* Reads the script again where it is another one; the lock is held. */
static enum ga_rc
refresh(struct sim_lib *lib, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf text = { 0 };
    const char *dir = lib->users > 0 ? lib->dir : secure_getenv(SIM_STATE_ENV);
    enum ga_rc rc =
        dir != NULL
            ? sim_state_get(dir, SIM_FAULTS_FILE, GA_CONFIG_MAX, &text, err)
            : ga_fail(err, GA_E_FILE, "%s is not set", SIM_STATE_ENV);

    if (rc != GA_OK || ga_bytes_equal(ga_view(&text), ga_view(&lib->script)))
        return rc;
    rc = sim_faults_parse(ga_view(&text), &lib->faults, err);
    if (rc == GA_OK) {
        ga_buf_done(&lib->script);
        lib->script = text;
        text = (struct ga_buf){ 0 };
    }
    return ga_within(err, rc, SIM_FAULTS_FILE);
}

bool
sim_lib_meet(struct sim_lib *lib, enum sim_library library, const char *call,
             const char *device, struct sim_act *out)
{
    struct ga_error err = { 0 };
    struct timespec pause;
    bool ok;

    pthread_mutex_lock(&lib->lock);
    ok = refresh(lib, &err) == GA_OK || say(&err);
    *out = ok ? sim_faults_meet(&lib->faults, library, call, device)
              : (struct sim_act){ 0 };
    pthread_mutex_unlock(&lib->lock);
    pause = (struct timespec){ .tv_sec = out->delay_ms / 1000,
                               .tv_nsec = out->delay_ms % 1000 * 1000000L };
    if (out->delay_ms > 0)
        nanosleep(&pause, NULL);
    return ok;
}

unsigned
sim_lib_size(const struct sim_act *act, struct ga_bytes bytes, uint8_t *out,
             size_t cap)
{
    size_t n = bytes.len < cap ? bytes.len : cap;

    if (act->has_cut && act->cut < n)
        n = act->cut;
    memcpy(out, bytes.ptr, n);
    return act->has_size ? act->size : (unsigned)n;
}
