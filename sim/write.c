/* SPDX-License-Identifier: Apache-2.0 */
/* A world as a folder of files. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "sim/describe.h"
#include "sim/out.h"

static enum ga_rc
system_error(struct ga_error *err, const char *what, const char *path)
{
    return ga_fail(err, GA_E_FILE, "%s: %s: %s", path, what, strerror(errno));
}

/* dir/name; names are ours and short. */
static enum ga_rc
path_of(const char *dir, const char *name, char out[PATH_MAX],
        struct ga_error *err)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

    if (n < 0 || n >= PATH_MAX)
        return ga_fail(err, GA_E_FILE, "%s: path is too long", dir);
    return GA_OK;
}

static enum ga_rc
make_dir(const char *dir, const char *name, struct ga_error *err)
{
    char path[PATH_MAX];
    enum ga_rc rc = path_of(dir, name, path, err);

    if (rc == GA_OK && mkdir(path, 0777) != 0 && errno != EEXIST)
        return system_error(err, "cannot be made", path);
    return rc;
}

static enum ga_rc
put_file(const char *dir, const char *name, struct ga_bytes bytes,
         struct ga_error *err)
{
    char path[PATH_MAX];
    enum ga_rc rc = path_of(dir, name, path, err);
    bool done;
    FILE *f;

    if (rc != GA_OK)
        return rc;
    f = fopen(path, "wb");
    if (f == NULL)
        return system_error(err, "cannot be written", path);
    done = fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len;
    done = fclose(f) == 0 && done;
    return done ? GA_OK : system_error(err, "cannot be written", path);
}

static enum ga_rc
put_text(const char *dir, const char *name, const char *text,
         struct ga_error *err)
{
    return put_file(dir, name, ga_bytes_of(text, strlen(text)), err);
}

static enum ga_rc
put_json(const char *dir, const char *name, json_t *v, struct ga_error *err)
{
    GA_AUTO_FREE char *text = v != NULL ? ga_json_text(v, true) : NULL;
    SIM_AUTO_OUT struct sim_out o = { 0 };

    if (text == NULL)
        return ga_nomem(err);
    sim_put_text(&o, text);
    sim_put_text(&o, "\n");
    if (o.failed)
        return ga_nomem(err);
    return put_file(dir, name, sim_out_view(&o), err);
}

static bool
is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    bool empty = true;

    if (d == NULL)
        return true; /* whatever it is, writing into it will say */
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        empty = empty &&
                (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
    closedir(d);
    return empty;
}

static enum ga_rc
remove_one(void *user, const char *path, const char *name, struct ga_error *err)
{
    (void)user;
    (void)name;
    return unlink(path) == 0 ? GA_OK
                             : system_error(err, "cannot be removed", path);
}

/* What an earlier world left would still be found: answers that say revoked,
 * RIMs that this world does not have. */
static enum ga_rc
clear(const char *dir, struct ga_error *err)
{
    static const char *const endings[] = { ".xml", ".swidtag", ".der", NULL };
    static const char *const folders[] = { "rims", "ocsp" };
    char path[PATH_MAX];
    enum ga_rc rc = path_of(dir, "world.json", path, err);

    if (rc != GA_OK || access(path, F_OK) != 0)
        return rc;
    for (size_t i = 0; i < 2 && rc == GA_OK; i++) {
        rc = path_of(dir, folders[i], path, err);
        if (rc == GA_OK && access(path, F_OK) == 0)
            rc = ga_dir_each(path, endings, remove_one, NULL, err);
    }
    return rc;
}

static enum ga_rc
write_anchors(const struct sim_world *w, const char *dir, struct ga_error *err)
{
    static const struct {
        enum sim_authority of;
        const char *name;
    } anchors[] = { { SIM_A_DEVICE_ROOT, "anchors/device.pem" },
                    { SIM_A_RIM_ROOT, "anchors/rim.pem" } };
    enum ga_rc rc = make_dir(dir, "anchors", err);

    for (size_t i = 0; i < 2 && rc == GA_OK; i++) {
        SIM_AUTO_OUT struct sim_out o = { 0 };

        sim_cert_pem(&o, &w->pki.ca[anchors[i].of].cert);
        sim_put_text(&o, "\n");
        rc = o.failed ? ga_nomem(err)
                      : put_file(dir, anchors[i].name, sim_out_view(&o), err);
    }
    return rc;
}

static enum ga_rc
write_device(const struct sim_device *d, const char *dir, struct ga_error *err)
{
    const struct sim_device *shown = d->shown != NULL ? d->shown : d;
    char name[48];
    enum ga_rc rc = make_dir(dir, d->label, err);

    if (rc != GA_OK)
        return rc;
    snprintf(name, sizeof(name), "%s/report.bin", d->label);
    rc = put_file(dir, name, ga_view(&shown->report), err);
    snprintf(name, sizeof(name), "%s/chain.pem", d->label);
    return rc == GA_OK ? put_file(dir, name, ga_view(&shown->chain), err) : rc;
}

static enum ga_rc
write_collateral(const struct sim_world *w, const char *dir,
                 struct ga_error *err)
{
    char name[sizeof(w->rim[0].id) + 16];
    enum ga_rc rc = make_dir(dir, "rims", err);

    if (rc == GA_OK)
        rc = make_dir(dir, "ocsp", err);
    for (size_t i = 0; i < w->rims && rc == GA_OK; i++) {
        const struct sim_rim *rim = &w->rim[i];
        const struct sim_rim *shown = rim->shown != NULL ? rim->shown : rim;

        snprintf(name, sizeof(name), "rims/%s.%s", rim->id,
                 rim->again ? "swidtag" : "xml");
        if (shown->xml.len > 0)
            rc = put_file(dir, name, ga_view(&shown->xml), err);
    }
    for (size_t i = 0; i < w->answers && rc == GA_OK; i++) {
        snprintf(name, sizeof(name), "ocsp/%s.der", w->answer[i].name);
        rc = put_file(dir, name, ga_view(&w->answer[i].der), err);
    }
    return rc;
}

/* All devices, then those of one kind, where there are any. */
static enum ga_rc
write_evidence(const struct sim_world *w, const char *dir, struct ga_error *err)
{
    static const struct {
        enum ga_kind kind;
        const char *name;
    } lists[] = { { GA_KIND_UNKNOWN, "evidence.json" },
                  { GA_KIND_GPU, "gpu.json" },
                  { GA_KIND_SWITCH, "switch.json" } };
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < 3 && rc == GA_OK; i++) {
        GA_AUTO(json_t) *list = sim_describe_evidence(w, lists[i].kind);

        if (list == NULL || json_array_size(list) > 0)
            rc = put_json(dir, lists[i].name, list, err);
    }
    return rc;
}

static const char readme[] =
    "Simulator files\n"
    "===============\n\n"
    "gpuattest-sim made everything here: no device has ever signed any of it,\n"
    "and it ends at roots of its own (anchors/).  Every certificate carries\n"
    "O=gpuattest simulator and a critical extension that no real one has.\n"
    "Never trust these anchors for anything but tests.\n\n"
    "world.json says what was made, which checks are expected to fail, and\n"
    "with which options of gpuattest verify, to be run in this folder.\n";

static enum ga_rc
write_all(const struct sim_world *w, const char *dir, struct ga_error *err)
{
    GA_AUTO(json_t) *world = sim_describe_world(w);
    char nonce[2 * GA_NONCE_LEN + 2];
    enum ga_rc rc = write_anchors(w, dir, err);

    for (size_t i = 0; i < w->devices && rc == GA_OK; i++)
        rc = write_device(&w->device[i], dir, err);
    if (rc == GA_OK)
        rc = write_collateral(w, dir, err);
    if (rc == GA_OK)
        rc = write_evidence(w, dir, err);
    ga_nonce_text(&w->o.nonce, nonce);
    memcpy(nonce + 2 * GA_NONCE_LEN, "\n", 2);
    if (rc == GA_OK)
        rc = put_text(dir, "nonce.hex", nonce, err);
    if (rc == GA_OK)
        rc = put_text(dir, "README", readme, err);
    return rc == GA_OK ? put_json(dir, "world.json", world, err) : rc;
}

enum ga_rc
sim_world_write(const struct sim_world *w, const char *dir, bool force,
                struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return system_error(err, "cannot be made", dir);
    if (!force && !is_empty(dir))
        return ga_fail(err, GA_E_FILE, "%s: is not empty; see --force", dir);
    if (force)
        rc = clear(dir, err);
    return rc == GA_OK ? write_all(w, dir, err) : rc;
}
