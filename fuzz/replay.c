/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files and folders of files, without a fuzzer, and
 * prints TAP: a point per file.  Memory is exactly as long as the file, so that
 * ASan sees one byte over.  The empty input is always tried too.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libFuzzer's, which targets that mutate for themselves refer to. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
    (void)data;
    (void)max;
    return size;
}

/* The largest seed: above every cap of base/limits.h but the OCSP folder's. */
#define SEED_MAX (2 * 1024 * 1024)

static unsigned points;
static unsigned failures;

static void
point(int good, const char *what)
{
    points++;
    failures += !good;
    printf("%sok %u - %s\n", good ? "" : "not ", points, what);
    fflush(stdout);
}

static int
replay_file(const char *path, const struct stat *st)
{
    size_t size = (size_t)st->st_size;
    FILE *f;
    uint8_t *data;
    int read_whole;

    if (st->st_size > SEED_MAX)
        return 0;
    f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    data = malloc(size > 0 ? size : 1);
    read_whole = data != NULL && fread(data, 1, size, f) == size;
    fclose(f);
    if (read_whole)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return read_whole;
}

/* A folder has files only; names that begin with a dot are passed over. */
static int
replay_folder(const char *folder)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort);
    int files = 0;

    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat st;

        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && stat(path, &st) == 0 &&
            S_ISREG(st.st_mode)) {
            point(replay_file(path, &st), names[i]->d_name);
            files++;
        }
        free(names[i]);
    }
    free(names);
    return files;
}

int
main(int argc, char **argv)
{
    uint8_t *nothing = calloc(1, 1);

    if (nothing == NULL)
        return 70;
    LLVMFuzzerTestOneInput(nothing, 0);
    free(nothing);
    point(1, "empty input");
    for (int i = 1; i < argc; i++) {
        struct stat st;

        if (stat(argv[i], &st) != 0)
            point(0, argv[i]);
        else if (!S_ISDIR(st.st_mode))
            point(replay_file(argv[i], &st), argv[i]);
        else if (replay_folder(argv[i]) == 0)
            point(0, "folder without a seed");
    }
    printf("1..%u\n", points);
    return failures > 0;
}
