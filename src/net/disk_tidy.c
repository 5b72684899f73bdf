/* SPDX-License-Identifier: Apache-2.0 */
/* What goes when the cache directory grows. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net/disk_dir.h"

static void
close_dir(DIR *d)
{
    if (d != NULL)
        closedir(d);
}
GA_DEFINE_AUTO(DIR, close_dir);

/* Seconds after which nobody is writing any more. */
#define ABANDONED 3600

/* A file of ours. */
struct file {
    char name[GA_DISK_NAME];
    struct timespec at;
    uint64_t bytes;
};

struct files {
    size_t count;
    uint64_t bytes;
    struct file file[GA_CACHE_NAMES_MAX];
};

static bool
begins_with_hex(const char *name)
{
    return strspn(name, "0123456789abcdef") == GA_DISK_HEX;
}

static bool
is_entry(const char *name)
{
    return begins_with_hex(name) &&
           strcmp(name + GA_DISK_HEX, GA_DISK_ENDING) == 0;
}

static bool
is_temporary(const char *name)
{
    const char *rest = name + GA_DISK_HEX;

    return begins_with_hex(name) && rest[0] == '.' &&
           strspn(rest + 1, "0123456789abcdef") == 16 &&
           strcmp(rest + 17, GA_DISK_TEMPORARY) == 0;
}

static void
add(struct files *all, const char *name, const struct stat *st)
{
    struct file *f;

    if (all->count == GA_CACHE_NAMES_MAX)
        return;
    f = &all->file[all->count++];
    memcpy(f->name, name, sizeof(f->name));
    f->at = st->st_mtim;
    f->bytes = (uint64_t)st->st_size;
    all->bytes += f->bytes;
}

static int
by_age(const void *a, const void *b)
{
    const struct file *x = a, *y = b;

    if (x->at.tv_sec != y->at.tv_sec)
        return x->at.tv_sec < y->at.tv_sec ? -1 : 1;
    if (x->at.tv_nsec != y->at.tv_nsec)
        return x->at.tv_nsec < y->at.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void
list(int dir, DIR *d, struct files *all)
{
    time_t now = time(NULL);
    const struct dirent *e;

    while ((e = readdir(d)) != NULL) {
        struct stat st;
        bool entry = is_entry(e->d_name);

        if ((!entry && !is_temporary(e->d_name)) ||
            fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (entry)
            add(all, e->d_name, &st);
        else if (st.st_mtime < now - ABANDONED)
            unlinkat(dir, e->d_name, 0);
    }
}

void
ga_disk_tidy(const struct ga_disk *disk, size_t files, uint64_t bytes)
{
    GA_AUTO_FREE struct files *all = calloc(1, sizeof(*all));
    /* Not a copy of the descriptor: that would share its place. */
    int fd = openat(disk->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    GA_AUTO(DIR) *d = fd >= 0 ? fdopendir(fd) : NULL;

    if (d == NULL && fd >= 0)
        close(fd);
    if (all == NULL || d == NULL)
        return;
    list(disk->dir, d, all);
    if (all->count <= files && all->bytes <= bytes)
        return;
    qsort(all->file, all->count, sizeof(all->file[0]), by_age);
    for (size_t i = 0, left = all->count;
         left > files || (all->bytes > bytes && left > 0); i++, left--) {
        unlinkat(disk->dir, all->file[i].name, 0);
        all->bytes -= all->file[i].bytes;
    }
}
