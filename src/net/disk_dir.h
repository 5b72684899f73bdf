/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_DISK_DIR_H
#define GA_NET_DISK_DIR_H

#include "net/disk.h"

/* Names of files: 64 hex digits of the question and ".cache"; while one is
 * written, 64 digits, a dot, 16 random digits and ".tmp". */
#define GA_DISK_HEX       (2 * GA_ENTRY_NAME)
#define GA_DISK_ENDING    ".cache"
#define GA_DISK_TEMPORARY ".tmp"
#define GA_DISK_NAME      (GA_DISK_HEX + sizeof(GA_DISK_ENDING))

struct ga_disk {
    int dir; /* of every file, so that a renamed directory stays the same */
    char *path;
};

#endif
