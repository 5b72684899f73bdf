/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are written whole, or not at all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static enum ga_rc
write_all(int fd, struct ga_bytes in)
{
    while (in.len > 0) {
        ssize_t n = write(fd, in.ptr, in.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return GA_E_FILE;
        in = ga_bytes_of(in.ptr + n, in.len - (size_t)n);
    }
    return fsync(fd) == 0 ? GA_OK : GA_E_FILE;
}

enum ga_rc
file_save(const char *path, struct ga_bytes in, struct ga_error *err)
{
    char part[2 * GA_VALUE_MAX];
    int fd;
    bool written;

    if (strlen(path) + 8 > sizeof(part))
        return ga_fail(err, GA_E_FILE, "%.80s...: the name is too long", path);
    snprintf(part, sizeof(part), "%s.XXXXXX", path);
    fd = mkstemp(part);
    if (fd < 0)
        return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
    written = write_all(fd, in) == GA_OK && fchmod(fd, 0644) == 0;
    if (close(fd) != 0 || !written || rename(part, path) != 0) {
        enum ga_rc rc =
            ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));

        unlink(part);
        return rc;
    }
    say("saved as %s", path);
    return GA_OK;
}
