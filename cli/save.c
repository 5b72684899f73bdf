/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are written whole, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/cli.h"

static bool
write_all(int fd, struct ga_bytes in)
{
    while (in.len > 0) {
        ssize_t n = write(fd, in.ptr, in.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        in = ga_bytes_of(in.ptr + n, in.len - (size_t)n);
    }
    return true;
}

/* Puts a new file into the place of `path`; false with errno. */
static bool
replace(const char *path, struct ga_bytes in)
{
    char part[PATH_MAX + 8];
    int fd, why;
    bool done;

    if (snprintf(part, sizeof(part), "%s.XXXXXX", path) >= (int)sizeof(part)) {
        errno = ENAMETOOLONG;
        return false;
    }
    fd = mkstemp(part);
    if (fd < 0)
        return false;
    done = write_all(fd, in) && fchmod(fd, 0644) == 0 && fsync(fd) == 0;
    why = errno;
    if (close(fd) != 0 && done) {
        done = false;
        why = errno;
    }
    if (done && rename(part, path) == 0)
        return true;
    if (done)
        why = errno;
    unlink(part);
    errno = why;
    return false;
}

/* Writes to what is no file, and stays: /dev/stdout, a pipe; false with
 * errno. */
static bool
pour(const char *path, struct ga_bytes in)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool done;
    int why;

    if (fd < 0)
        return false;
    done = write_all(fd, in);
    why = errno;
    if (close(fd) != 0 && done)
        return false;
    errno = why;
    return done;
}

/* A link stays, too: what it leads to is replaced. */
static bool
save(const char *path, struct ga_bytes in)
{
    GA_AUTO_FREE char *target = NULL;
    struct stat st;

    if (stat(path, &st) != 0)
        return errno == ENOENT && replace(path, in);
    if (!S_ISREG(st.st_mode))
        return pour(path, in);
    target = realpath(path, NULL);
    return target != NULL && replace(target, in);
}

enum ga_rc
check_output(const char *option, const char *path, struct ga_error *err)
{
    if (path == NULL || strcmp(path, "-") != 0)
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "--%s: - is no file: standard output has the words; "
                   "name a file",
                   option);
}

enum ga_rc
file_write(const char *path, struct ga_bytes in, struct ga_error *err)
{
    return save(path, in)
               ? GA_OK
               : ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
}

enum ga_rc
file_save(const char *path, struct ga_bytes in, struct ga_error *err)
{
    enum ga_rc rc = file_write(path, in, err);

    if (rc == GA_OK)
        say("saved as %s", path);
    return rc;
}
