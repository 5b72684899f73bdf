/* SPDX-License-Identifier: Apache-2.0 */
/* Files and directories, read once and no further than asked. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"

/* What a pipe is read with at first. */
#define CHUNK ((size_t)16 * 1024)

static void
auto_close(const int *fd)
{
    if (*fd > STDIN_FILENO)
        close(*fd);
}
#define AUTO_CLOSE __attribute__((cleanup(auto_close)))

static void
close_dir(DIR *d)
{
    if (d != NULL)
        closedir(d);
}
GA_DEFINE_AUTO(DIR, close_dir);

static enum ga_rc
system_fail(struct ga_error *err, const char *path, int number)
{
    char reason[128] = "";

    if (strerror_r(number, reason, sizeof(reason)) != 0)
        reason[0] = '\0';
    return ga_fail(err, GA_E_FILE, "%s: %s", path, reason);
}

static enum ga_rc
too_large(struct ga_error *err, const char *path, size_t max)
{
    return ga_fail(err, GA_E_TOO_LARGE, "%s: more than %zu bytes", path, max);
}

static int
open_retrying(const char *path)
{
    int fd;

    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* A terminal or socket is fine where the caller's shell put it. */
static bool
readable_kind(mode_t mode, bool is_stdin)
{
    if (S_ISREG(mode) || S_ISFIFO(mode))
        return true;
    return is_stdin && (S_ISCHR(mode) || S_ISSOCK(mode));
}

/* Makes room for `want` bytes and a NUL. */
static bool
grow(struct ga_buf *b, size_t *cap, size_t want)
{
    uint8_t *p;

    if (want < *cap)
        return true;
    p = realloc(b->ptr, want + 1);
    if (p == NULL)
        return false;
    b->ptr = p;
    *cap = want + 1;
    return true;
}

/* Reads to the end, or to one byte more than `max`. */
static enum ga_rc
read_all(int fd, const char *path, size_t expect, size_t max, struct ga_buf *b,
         struct ga_error *err)
{
    size_t cap = 0, room = expect + 1;

    for (;;) {
        ssize_t n;

        if (room > max + 1)
            room = max + 1;
        if (!grow(b, &cap, room))
            return ga_nomem(err);
        n = read(fd, b->ptr + b->len, room - b->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return system_fail(err, path, errno);
        if (n == 0)
            break;
        b->len += (size_t)n;
        if (b->len > max)
            return too_large(err, path, max);
        if (b->len == room)
            room = 2 * room;
    }
    b->ptr[b->len] = '\0';
    return GA_OK;
}

enum ga_rc
ga_file_read(const char *path, size_t max, struct ga_buf *out,
             struct ga_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    AUTO_CLOSE int fd = is_stdin ? STDIN_FILENO : open_retrying(path);
    GA_AUTO_BUF struct ga_buf b = { 0 };
    size_t expect = CHUNK;
    struct stat st;
    enum ga_rc rc;

    if (max > SIZE_MAX / 4)
        max = SIZE_MAX / 4;
    if (fd < 0 || fstat(fd, &st) != 0)
        return system_fail(err, name, errno);
    if (!readable_kind(st.st_mode, is_stdin))
        return ga_fail(err, GA_E_FILE, "%s: neither a file nor a pipe", name);
    if (S_ISREG(st.st_mode) && !is_stdin && st.st_size > 0) {
        if ((uintmax_t)st.st_size > max)
            return too_large(err, name, max);
        expect = (size_t)st.st_size;
    }
    rc = read_all(fd, name, expect, max, &b, err);
    if (rc != GA_OK)
        return rc;
    *out = b;
    b = (struct ga_buf){ 0 };
    return GA_OK;
}

enum ga_rc
ga_file_read_secret(const char *path, size_t max, struct ga_buf *out,
                    struct ga_error *err)
{
    AUTO_CLOSE int fd = open_retrying(path);
    GA_AUTO_BUF struct ga_buf b = { 0 };
    struct stat st;
    enum ga_rc rc;

    if (fd < 0 || fstat(fd, &st) != 0)
        return system_fail(err, path, errno);
    if (!S_ISREG(st.st_mode))
        return ga_fail(err, GA_E_FILE, "%s: not a regular file", path);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return ga_fail(err, GA_E_FILE,
                       "%s: mode %03o, which others can use; chmod 600 it",
                       path, (unsigned)st.st_mode & 0777);
    if (st.st_size < 0 || (uintmax_t)st.st_size > max)
        return too_large(err, path, max);
    /* Room for all of it at once: growing would leave copies behind. */
    rc = read_all(fd, path, (size_t)st.st_size, max, &b, err);
    if (rc != GA_OK) {
        if (b.ptr != NULL)
            explicit_bzero(b.ptr, b.len);
        return rc;
    }
    *out = b;
    b = (struct ga_buf){ 0 };
    return GA_OK;
}

/* The names that were found, sorted before they are visited. */
struct names {
    size_t count;
    char *name[GA_DIR_FILES_MAX];
};

static void
names_free(struct names *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->count; i++)
        free(n->name[i]);
    free(n);
}
typedef struct names names;
GA_DEFINE_AUTO(names, names_free);

static bool
has_ending(const char *name, const char *const *endings)
{
    size_t len = strlen(name);

    if (endings == NULL)
        return true;
    for (; *endings != NULL; endings++) {
        size_t n = strlen(*endings);

        if (n <= len && strcasecmp(name + (len - n), *endings) == 0)
            return true;
    }
    return false;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A name that leads nowhere is an error: it might be the answer that counts. */
static enum ga_rc
add(struct names *found, DIR *d, const char *dir, const char *name,
    struct ga_error *err)
{
    struct stat st;

    if (fstatat(dirfd(d), name, &st, 0) != 0)
        return ga_within(err, system_fail(err, name, errno), "%s", dir);
    if (!S_ISREG(st.st_mode))
        return GA_OK;
    if (found->count == GA_DIR_FILES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%s: more than %d files", dir,
                       GA_DIR_FILES_MAX);
    found->name[found->count] = strdup(name);
    if (found->name[found->count] == NULL)
        return ga_nomem(err);
    found->count++;
    return GA_OK;
}

static enum ga_rc
list(const char *dir, const char *const *endings, struct names *found,
     struct ga_error *err)
{
    GA_AUTO(DIR) *d = opendir(dir);
    const struct dirent *e;
    enum ga_rc rc;

    if (d == NULL)
        return system_fail(err, dir, errno);
    while ((void)(errno = 0), (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.' || !has_ending(e->d_name, endings))
            continue;
        rc = add(found, d, dir, e->d_name, err);
        if (rc != GA_OK)
            return rc;
    }
    if (errno != 0)
        return system_fail(err, dir, errno);
    qsort(found->name, found->count, sizeof(found->name[0]), by_name);
    return GA_OK;
}

static char *
join(const char *dir, const char *name)
{
    size_t n = strlen(dir), m = strlen(name);
    char *path = malloc(n + m + 2);

    if (path == NULL)
        return NULL;
    memcpy(path, dir, n);
    path[n] = '/';
    memcpy(path + n + 1, name, m + 1);
    return path;
}

enum ga_rc
ga_dir_each(const char *dir, const char *const *endings, ga_dir_visit *visit,
            void *user, struct ga_error *err)
{
    GA_AUTO(names) *found = calloc(1, sizeof(*found));
    enum ga_rc rc;

    if (found == NULL)
        return ga_nomem(err);
    rc = list(dir, endings, found, err);
    for (size_t i = 0; i < found->count && rc == GA_OK; i++) {
        GA_AUTO_FREE char *path = join(dir, found->name[i]);

        rc = path != NULL ? visit(user, path, found->name[i], err)
                          : ga_nomem(err);
    }
    return rc;
}
