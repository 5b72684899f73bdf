/* SPDX-License-Identifier: Apache-2.0 */
/* The cache directory: where it is, and files in it. */
#define _GNU_SOURCE /* secure_getenv, O_NOFOLLOW */
#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "net/disk_dir.h"

GA_DEFINE_AUTO_STRUCT(ga_disk, ga_disk_free);

#define AUTO_FD __attribute__((cleanup(close_fd)))
static void
close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Makes every directory of the path that is absent. */
static bool
make_dirs(const char *path)
{
    GA_AUTO_FREE char *copy = strdup(path);

    if (copy == NULL)
        return false;
    for (char *p = copy + 1; *copy != '\0'; p++) {
        char c = *p;

        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            return false;
        if (c == '\0')
            return true;
        *p = c;
    }
    return false;
}

static enum ga_rc
open_dir(struct ga_disk *disk, struct ga_error *err)
{
    struct stat st;

    if (!make_dirs(disk->path))
        return ga_fail(err, GA_E_FILE, "cache-dir: %s: %s", disk->path,
                       strerror(errno));
    disk->dir = open(disk->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (disk->dir < 0 || fstat(disk->dir, &st) != 0)
        return ga_fail(err, GA_E_FILE, "cache-dir: %s: %s", disk->path,
                       strerror(errno));
    if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
        return ga_fail(err, GA_E_FILE,
                       "cache-dir: %s: is another user's, or others may write "
                       "to it",
                       disk->path);
    if (faccessat(disk->dir, ".", W_OK | X_OK, AT_EACCESS) != 0)
        return ga_fail(err, GA_E_FILE, "cache-dir: %s: %s", disk->path,
                       strerror(errno));
    return GA_OK;
}

/* Makes base + rest, or NULL: no base, out of memory.  A base that is not
 * absolute does not count, as the XDG base directory specification says. */
static char *
below(const char *base, const char *rest)
{
    size_t n = base != NULL ? strlen(base) : 0, m = strlen(rest);
    char *path;

    if (n == 0 || base[0] != '/')
        return NULL;
    path = malloc(n + m + 1);
    if (path == NULL)
        return NULL;
    memcpy(path, base, n);
    memcpy(path + n, rest, m + 1);
    return path;
}

static char *
default_path(void)
{
    char *path = below(secure_getenv("XDG_CACHE_HOME"), "/gpuattest");

    return path != NULL ? path
                        : below(secure_getenv("HOME"), "/.cache/gpuattest");
}

enum ga_rc
ga_disk_open(const char *path, struct ga_disk **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_disk) *disk = calloc(1, sizeof(*disk));
    enum ga_rc rc;

    if (disk == NULL)
        return ga_nomem(err);
    disk->dir = -1;
    disk->path = path != NULL ? strdup(path) : default_path();
    if (disk->path == NULL && path != NULL)
        return ga_nomem(err);
    rc = disk->path != NULL ? open_dir(disk, path != NULL ? err : NULL)
                            : GA_E_FILE;
    if (rc != GA_OK && path != NULL)
        return rc;
    *out = rc == GA_OK ? GA_TAKE(disk) : NULL;
    return GA_OK;
}

void
ga_disk_free(struct ga_disk *disk)
{
    if (disk == NULL)
        return;
    if (disk->dir >= 0)
        close(disk->dir);
    free(disk->path);
    free(disk);
}

static void
file_name(const struct ga_entry_name *name, char out[GA_DISK_NAME])
{
    ga_hex(ga_bytes_of(name->bytes, sizeof(name->bytes)), out);
    memcpy(out + GA_DISK_HEX, GA_DISK_ENDING, sizeof(GA_DISK_ENDING));
}

char *
ga_disk_file(const struct ga_disk *disk, const struct ga_entry_name *name)
{
    char file[GA_DISK_NAME], *whole;
    size_t n = strlen(disk->path);

    file_name(name, file);
    whole = malloc(n + 1 + sizeof(file));
    if (whole == NULL)
        return NULL;
    memcpy(whole, disk->path, n);
    whole[n] = '/';
    memcpy(whole + n + 1, file, sizeof(file));
    return whole;
}

/* Reads exactly `len` bytes. */
static bool
read_all(int fd, uint8_t *to, size_t len)
{
    size_t got = 0;

    while (got < len) {
        ssize_t n = read(fd, to + got, len - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    return true;
}

bool
ga_disk_read(const struct ga_disk *disk, const struct ga_entry_name *name,
             struct ga_buf *out)
{
    AUTO_FD int fd = -1;
    GA_AUTO_BUF struct ga_buf b = { 0 };
    char file[GA_DISK_NAME];
    struct stat st;

    file_name(name, file);
    fd =
        openat(disk->dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        st.st_uid != geteuid() || st.st_size < GA_ENTRY_HEAD ||
        st.st_size > GA_ENTRY_HEAD + GA_CACHE_BODY_MAX)
        return false;
    b.len = (size_t)st.st_size;
    b.ptr = malloc(b.len);
    if (b.ptr == NULL || !read_all(fd, b.ptr, b.len))
        return false;
    *out = b;
    b = (struct ga_buf){ 0 };
    return true;
}

static bool
write_all(int fd, struct ga_bytes from)
{
    size_t done = 0;

    while (done < from.len) {
        ssize_t n = write(fd, from.ptr + done, from.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

void
ga_disk_write(const struct ga_disk *disk, const struct ga_entry_name *name,
              struct ga_bytes file)
{
    char final[GA_DISK_NAME], temporary[GA_DISK_HEX + 1 + 16 + 4 + 1];
    uint8_t chance[8];
    char digits[17];
    bool whole;
    int fd;

    if (RAND_bytes(chance, sizeof(chance)) != 1)
        return;
    ga_hex(ga_bytes_of(chance, sizeof(chance)), digits);
    file_name(name, final);
    snprintf(temporary, sizeof(temporary), "%.*s.%s" GA_DISK_TEMPORARY,
             GA_DISK_HEX, final, digits);
    fd = openat(disk->dir, temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    whole = write_all(fd, file);
    if (close(fd) != 0 || !whole ||
        renameat(disk->dir, temporary, disk->dir, final) != 0)
        unlinkat(disk->dir, temporary, 0);
}
