/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_NOTIFY_H
#define GA_CLI_NOTIFY_H

/* notify tells the service manager, by the protocol of sd_notify(3): lines like
 * "READY=1".  Does nothing where NOTIFY_SOCKET is not set; a manager that does
 * not listen is not our failure. */
void notify(const char *lines);

#endif
