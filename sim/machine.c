/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated machine: folder, services, environment. */
#define _GNU_SOURCE /* nftw, secure_getenv, asprintf */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/machine.h"

extern char **environ;

#define LIBRARY "libnvidia-ml.so.1"

static enum ga_rc
file_error(struct ga_error *err, const char *path)
{
    return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
}

/* The folder of this program's libraries: beside it in the build tree, else
 * where they are installed, seen from the program. */
static enum ga_rc
find_libraries(char out[PATH_MAX], struct ga_error *err)
{
    static const char *const places[] = { "lib", SIM_LIBRARY_DIR };
    char self[PATH_MAX], path[2 * PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self));

    if (n < 0 || (size_t)n >= sizeof(self))
        return file_error(err, "/proc/self/exe");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s/" LIBRARY, self, places[i]);
        if (access(path, R_OK) != 0)
            continue;
        *strrchr(path, '/') = '\0';
        if (realpath(path, out) != NULL)
            return GA_OK;
    }
    return ga_fail(err, GA_E_FILE, LIBRARY ": neither in %s/%s nor in %s/%s",
                   self, places[0], self, places[1]);
}

static enum ga_rc
make_folder(struct sim_machine *m, struct ga_error *err)
{
    const char *under = secure_getenv("TMPDIR");
    int n = snprintf(m->dir, sizeof(m->dir), "%s/gpuattest-sim-XXXXXX",
                     under != NULL && under[0] == '/' ? under : "/tmp");

    /* Room for the names of the files in it. */
    if (n < 0 || (size_t)n >= sizeof(m->dir) - 128 ||
        mkdtemp(m->dir) == NULL) { /* mode 0700 */
        enum ga_rc rc = file_error(err, under != NULL ? under : "/tmp");

        m->dir[0] = '\0';
        return rc;
    }
    return GA_OK;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void
remove_folder(const char *dir)
{
    if (nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        fprintf(stderr, "gpuattest-sim: %s cannot be removed: %s\n", dir,
                strerror(errno));
}

static enum ga_rc
fill_folder(struct sim_machine *m, const struct sim_request *r,
            struct ga_error *err)
{
    char path[PATH_MAX];
    struct sim_settings settings;
    enum ga_rc rc;

    snprintf(path, sizeof(path), "%.*s/cache", PATH_MAX - 16, m->dir);
    if (mkdir(path, 0700) != 0)
        return file_error(err, path);
    snprintf(path, sizeof(path), "%.*s/world", PATH_MAX - 16, m->dir);
    rc = sim_world_write(m->w, path, false, err);
    if (rc == GA_OK)
        rc = sim_state_write(m->w, m->dir, err);
    if (rc == GA_OK)
        rc = sim_state_put(m->dir, SIM_FAULTS_FILE,
                           ga_bytes_of(r->ill.script, strlen(r->ill.script)),
                           err);
    if (rc == GA_OK)
        rc = sim_settings_read(m->dir, &settings, err);
    for (size_t i = 0; rc == GA_OK && i < r->ill.changes; i++)
        if (!sim_settings_set(&settings, r->ill.change[i],
                              strlen(r->ill.change[i])))
            rc = ga_fail(err, GA_E_INVAL, "setting: %s", r->ill.change[i]);
    return rc == GA_OK ? sim_settings_write(m->dir, &settings, err) : rc;
}

GA_PRINTF(2, 3)
static bool
add(struct sim_machine *m, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (m->variables == SIM_VARIABLES)
        return false;
    va_start(ap, fmt);
    n = vasprintf(&m->variable[m->variables], fmt, ap);
    va_end(ap);
    m->variables += n >= 0;
    return n >= 0;
}

/* A list that stood there already stays, behind ours. */
static bool
add_in_front(struct sim_machine *m, const char *name, const char *value,
             char separator)
{
    const char *old = secure_getenv(name);

    return old != NULL && old[0] != '\0'
               ? add(m, "%s=%s%c%s", name, value, separator, old)
               : add(m, "%s=%s", name, value);
}

static enum ga_rc
make_variables(struct sim_machine *m, struct ga_error *err)
{
    const struct sim_endpoint *end = m->services.end;
    char libraries[PATH_MAX];
    enum ga_rc rc = find_libraries(libraries, err);

    if (rc != GA_OK)
        return rc;
    /* A proxy of the caller's would not find the services. */
    if (!add(m, "GPUATTEST_SIM_STATE=%s", m->dir) ||
        !add(m, "GPUATTEST_SIM_DIR=%s/world", m->dir) ||
        !add(m, "GPUATTEST_RIM_URL=http://127.0.0.1:%u",
             end[SIM_RIM_SERVICE].port) ||
        !add(m, "GPUATTEST_OCSP_URL=http://127.0.0.1:%u/",
             end[SIM_OCSP_SERVICE].port) ||
        !add(m, "GPUATTEST_DEVICE_ANCHOR=%s/world/anchors/device.pem",
             m->dir) ||
        !add(m, "GPUATTEST_RIM_ANCHOR=%s/world/anchors/rim.pem", m->dir) ||
        !add(m, "GPUATTEST_CACHE_DIR=%s/cache", m->dir) ||
        !add_in_front(m, "LD_LIBRARY_PATH", libraries, ':') ||
        !add_in_front(m, "no_proxy", "127.0.0.1", ',') ||
        !add_in_front(m, "NO_PROXY", "127.0.0.1", ','))
        return ga_nomem(err);
    return GA_OK;
}

enum ga_rc
sim_machine_start(struct sim_machine *m, const struct sim_request *r,
                  struct ga_error *err)
{
    char log[PATH_MAX];
    enum ga_rc rc;

    *m = (struct sim_machine){ 0 };
    rc = sim_world_make(&r->world, &m->w, err);
    if (rc == GA_OK)
        rc = make_folder(m, err);
    if (rc == GA_OK)
        rc = fill_folder(m, r, err);
    snprintf(log, sizeof(log), "%.*s/requests.log", PATH_MAX - 16, m->dir);
    if (rc == GA_OK)
        rc = sim_services_start(&m->services, m->w, &r->ill, log, err);
    m->serving = rc == GA_OK;
    if (rc == GA_OK)
        rc = make_variables(m, err);
    if (rc != GA_OK)
        sim_machine_stop(m);
    return rc;
}

void
sim_machine_stop(struct sim_machine *m)
{
    if (m->serving)
        sim_services_stop(&m->services);
    for (size_t i = 0; i < m->variables; i++)
        free(m->variable[i]);
    if (m->dir[0] != '\0')
        remove_folder(m->dir);
    sim_world_free(m->w);
    *m = (struct sim_machine){ 0 };
}

/* Whether one of the machine's variables has the name of `text`. */
static bool
replaces(const struct sim_machine *m, const char *text)
{
    size_t n = strcspn(text, "=") + 1;

    for (size_t i = 0; i < m->variables; i++)
        if (strncmp(m->variable[i], text, n) == 0)
            return true;
    return false;
}

char **
sim_machine_environ(const struct sim_machine *m)
{
    size_t n = 0, have = 0;
    char **list;

    while (environ[have] != NULL)
        have++;
    list = calloc(have + m->variables + 1, sizeof(*list));
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < have; i++)
        if (!replaces(m, environ[i]))
            list[n++] = environ[i];
    for (size_t i = 0; i < m->variables; i++)
        list[n++] = m->variable[i];
    return list;
}

/* In single quotes, where only a single quote has a meaning. */
void
sim_machine_print(const struct sim_machine *m, FILE *to)
{
    for (size_t i = 0; i < m->variables; i++) {
        const char *value = strchr(m->variable[i], '=') + 1;

        fprintf(to, "export %.*s='", (int)(value - m->variable[i]) - 1,
                m->variable[i]);
        for (; *value != '\0'; value++)
            fputs(*value == '\'' ? "'\\''" : (char[]){ *value, '\0' }, to);
        fputs("'\n", to);
    }
}
