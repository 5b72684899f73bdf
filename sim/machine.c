/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated machine: folder, services, environment. */
#define _GNU_SOURCE /* nftw, secure_getenv */
#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/machine.h"

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
    static const char *const under[] = { "lib", SIM_LIBRARY_DIR };
    char self[PATH_MAX], path[2 * PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self));

    if (n < 0 || (size_t)n >= sizeof(self))
        return file_error(err, "/proc/self/exe");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof(under) / sizeof(under[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s/" LIBRARY, self, under[i]);
        if (access(path, R_OK) != 0)
            continue;
        *strrchr(path, '/') = '\0';
        if (realpath(path, out) != NULL)
            return GA_OK;
    }
    return ga_fail(err, GA_E_FILE, LIBRARY ": neither in %s/%s nor in %s/%s",
                   self, under[0], self, under[1]);
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

/* A folder or file of the machine's, by the variable that leads there. */
/* clang-format off */
static const struct place {
    const char *variable, *path;
} places[] = {
    { "GPUATTEST_SIM_STATE",     "" },
    { "GPUATTEST_SIM_DIR",       "/world" },
    { "GPUATTEST_DEVICE_ANCHOR", "/world/anchors/device.pem" },
    { "GPUATTEST_RIM_ANCHOR",    "/world/anchors/rim.pem" },
    { "GPUATTEST_TOKEN_ANCHOR",  "/nras/anchor.pem" },
    { "GPUATTEST_CACHE_DIR",     "/cache" },
};
/* clang-format on */

/* A proxy of the caller's would not find the services. */
static enum ga_rc
name_services(struct sim_machine *m, struct ga_error *err)
{
    struct sim_environ *e = &m->environ;
    enum ga_rc rc = GA_OK;

    for (enum sim_service i = 0; i < SIM_SERVICES && rc == GA_OK; i++)
        rc = sim_environ_set(e, err, sim_service_rows[i].variable,
                             "http://127.0.0.1:%u%s", m->services.end[i].port,
                             sim_service_rows[i].path);
    if (rc == GA_OK)
        rc = sim_environ_put_first(e, "no_proxy", "127.0.0.1", ',', err);
    if (rc == GA_OK)
        rc = sim_environ_put_first(e, "NO_PROXY", "127.0.0.1", ',', err);
    return rc;
}

/* "rim-dir" is GPUATTEST_RIM_DIR in the environment. */
static void
name_setting(const char *setting, char out[64])
{
    size_t n = (size_t)snprintf(out, 64, "GPUATTEST_%s", setting);

    for (size_t i = 0; i < n && i < 64; i++)
        out[i] = out[i] == '-' ? '_' : (char)toupper((unsigned char)out[i]);
}

static enum ga_rc
name_settings(struct sim_machine *m, const struct sim_defect *d,
              struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (const struct sim_setting *s = d->settings;
         s != NULL && s->name != NULL && rc == GA_OK; s++) {
        char name[64];

        name_setting(s->name, name);
        rc = s->value != NULL
                 ? sim_environ_set(&m->environ, err, name, "%s", s->value)
                 : sim_environ_unset(&m->environ, name, err);
    }
    return rc;
}

static enum ga_rc
make_environ(struct sim_machine *m, struct ga_error *err)
{
    char libraries[PATH_MAX];
    enum ga_rc rc = find_libraries(libraries, err);

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (rc == GA_OK)
            rc = sim_environ_set(&m->environ, err, places[i].variable, "%s%s",
                                 m->dir, places[i].path);
    if (rc == GA_OK)
        rc = sim_environ_put_first(&m->environ, "LD_LIBRARY_PATH", libraries,
                                   ':', err);
    if (rc == GA_OK)
        rc = name_services(m, err);
    for (size_t i = 0; i < m->w->o.defects && rc == GA_OK; i++)
        rc = name_settings(m, m->w->o.defect[i], err);
    return rc;
}

static enum ga_rc
make_nras(struct sim_machine *m, const struct sim_request *r,
          struct ga_error *err)
{
    const struct sim_endpoint *end = m->services.end;
    const struct sim_nras_plan plan = {
        .dir = m->dir,
        .fault = r->ill.token,
        .port = end[SIM_NRAS_SERVICE].port,
        .rim_port = end[SIM_RIM_SERVICE].port,
        .ocsp_port = end[SIM_OCSP_SERVICE].port,
    };

    return sim_nras_new(&plan, m->w, &m->services.nras, err);
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
        rc = sim_services_open(&m->services, m->w, &r->ill, log, err);
    m->serving = rc == GA_OK;
    if (rc == GA_OK)
        rc = make_nras(m, r, err);
    if (rc == GA_OK)
        rc = sim_services_start(&m->services, err);
    if (rc == GA_OK)
        rc = make_environ(m, err);
    if (rc != GA_OK)
        sim_machine_stop(m);
    return rc;
}

void
sim_machine_stop(struct sim_machine *m)
{
    if (m->serving)
        sim_services_stop(&m->services);
    sim_nras_free(m->services.nras);
    sim_environ_done(&m->environ);
    if (m->dir[0] != '\0')
        remove_folder(m->dir);
    sim_world_free(m->w);
    *m = (struct sim_machine){ 0 };
}
