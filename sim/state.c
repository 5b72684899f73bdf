/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a simulated machine's state that change, and reports. */
#define _GNU_SOURCE /* mkostemp */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "base/file.h"
#include "base/limits.h"
#include "gpuattest/nonce.h"
#include "sim/out.h"
#include "sim/report.h"
#include "sim/state.h"

static enum ga_rc
path_of(const char *dir, const char *name, char out[PATH_MAX],
        struct ga_error *err)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

    if (n < 0 || n >= PATH_MAX)
        return ga_fail(err, GA_E_FILE, "%s: path is too long", dir);
    return GA_OK;
}

static bool
write_whole(int fd, struct ga_bytes bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = ga_bytes_of(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return true;
}

enum ga_rc
sim_state_put(const char *dir, const char *name, struct ga_bytes bytes,
              struct ga_error *err)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    enum ga_rc rc = path_of(dir, name, path, err);
    bool done;
    int fd;

    if (rc == GA_OK)
        rc = path_of(dir, ".new-XXXXXX", fresh, err);
    if (rc != GA_OK)
        return rc;
    fd = mkostemp(fresh, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return ga_fail(err, GA_E_FILE, "%s: %s", fresh, strerror(errno));
    done = write_whole(fd, bytes);
    done = close(fd) == 0 && done;
    if (done && rename(fresh, path) == 0)
        return GA_OK;
    rc = ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
    unlink(fresh);
    return rc;
}

enum ga_rc
sim_state_get(const char *dir, const char *name, size_t max, struct ga_buf *out,
              struct ga_error *err)
{
    char path[PATH_MAX];
    enum ga_rc rc = path_of(dir, name, path, err);

    return rc == GA_OK ? ga_file_read(path, max, out, err) : rc;
}

/* A number from -99 to 99. */
static bool
small_number(const char *text, size_t len, int *out)
{
    bool negative = len > 0 && text[0] == '-';
    int v = 0;

    text += negative;
    len -= negative;
    if (len == 0 || len > 2)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        v = v * 10 + (text[i] - '0');
    }
    *out = negative ? -v : v;
    return true;
}

bool
sim_settings_set(struct sim_settings *s, const char *text, size_t len)
{
    const struct {
        const char *name;
        int *value;
    } rows[] = {
#define X(member) { #member, &s->member },
        SIM_SETTINGS(X)
#undef X
    };
    const char *equals = memchr(text, '=', len);
    size_t n = equals != NULL ? (size_t)(equals - text) : 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (n > 0 && strlen(rows[i].name) == n &&
            strncmp(rows[i].name, text, n) == 0)
            return small_number(text + n + 1, len - n - 1, rows[i].value);
    return false;
}

enum ga_rc
sim_settings_read(const char *dir, struct sim_settings *out,
                  struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf text = { 0 };
    struct sim_settings s = { 0 };
    enum ga_rc rc = sim_state_get(dir, "settings", GA_CONFIG_MAX, &text, err);

    for (size_t at = 0, n; rc == GA_OK && at < text.len; at += n + 1) {
        const char *line = (const char *)text.ptr + at;

        n = 0;
        while (at + n < text.len && line[n] != '\n')
            n++;
        if (!sim_settings_set(&s, line, n))
            rc = ga_fail_at(err, GA_E_SYNTAX, at, "%s/settings: %.40s", dir,
                            line);
    }
    if (rc == GA_OK)
        *out = s;
    return rc;
}

enum ga_rc
sim_settings_write(const char *dir, const struct sim_settings *s,
                   struct ga_error *err)
{
    SIM_AUTO_OUT struct sim_out o = { 0 };

#define X(member) sim_put_format(&o, "%s=%d\n", #member, s->member);
    SIM_SETTINGS(X)
#undef X
    if (o.failed)
        return ga_nomem(err);
    return sim_state_put(dir, "settings", sim_out_view(&o), err);
}

enum ga_rc
sim_ready_read(const char *dir, bool *out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf text = { 0 };
    enum ga_rc rc = sim_state_get(dir, "ready", 16, &text, err);

    if (rc != GA_OK)
        return rc;
    if (text.len != 2 || (text.ptr[0] != '0' && text.ptr[0] != '1') ||
        text.ptr[1] != '\n')
        return ga_fail(err, GA_E_SYNTAX, "%s/ready: not 0 or 1", dir);
    *out = text.ptr[0] == '1';
    return GA_OK;
}

enum ga_rc
sim_ready_write(const char *dir, bool ready, struct ga_error *err)
{
    return sim_state_put(dir, "ready", ga_bytes_of(ready ? "1\n" : "0\n", 2),
                         err);
}

/* The response's nonce is the device's own: another one for each question,
 * and, so that tests can be repeated, the same for the same question. */
static bool
answer_nonce(const uint8_t *asked, uint8_t *own)
{
    uint8_t both[2 * GA_NONCE_LEN];

    memcpy(both, own, GA_NONCE_LEN);
    memcpy(both + GA_NONCE_LEN, asked, GA_NONCE_LEN);
    return SHA256(both, sizeof(both), own) != NULL;
}

/* One bit of a measurement, which the device signs all the same. */
static enum ga_rc
tamper(const struct sim_unit *u, const struct sim_act *act, uint8_t *message,
       struct ga_error *err)
{
    size_t at = sim_report_block_at(act->measurement);

    if (!act->tampered)
        return GA_OK;
    if (at + GA_SHA384_LEN > u->nonce_at)
        return ga_fail(err, GA_E_INVAL, "%s has no measurement %u", u->label,
                       act->measurement);
    message[at] ^= 1;
    return GA_OK;
}

enum ga_rc
sim_unit_report(const struct sim_unit *u, const uint8_t *nonce,
                const struct sim_act *act, struct ga_buf *out,
                struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf message = { 0 };
    struct sim_forge forge = { 0 };
    struct sim_key key = { 0 };
    enum ga_rc rc = ga_buf_copy(ga_view(&u->message), &message, err);

    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; i < GA_NONCE_LEN; i++)
        message.ptr[SIM_REQUEST_NONCE_AT + i] ^= nonce[i];
    if (!answer_nonce(nonce, message.ptr + u->nonce_at))
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: SHA-256 failed");
    rc = tamper(u, act, message.ptr, err);
    if (rc != GA_OK)
        return rc;
    /* Nothing is derived here: the seed does not matter. */
    rc = sim_forge_init(&forge, "libraries", err);
    if (rc == GA_OK)
        rc = sim_key_of_scalar(&forge, u->key, &key, err);
    if (rc == GA_OK)
        rc = sim_report_sign(&forge, ga_view(&message), &key, u->rs,
                             u->trailing, out, err);
    sim_key_done(&key);
    sim_forge_done(&forge);
    return rc;
}
