/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw PORT: sends what standard input has to loopback, byte by byte as it is,
 * and prints what comes back until the other side closes.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static unsigned
port_of(const char *text)
{
    unsigned n = 0;

    for (; *text >= '0' && *text <= '9' && n < 65536; text++)
        n = n * 10 + (unsigned)(*text - '0');
    return n;
}

int
main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    /* Against a server that never closes: the test then says what came. */
    const struct timeval most = { .tv_sec = 60 };
    char chunk[4096];
    ssize_t n;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 2 || fd < 0)
        return 2;
    to.sin_port = htons((uint16_t)port_of(argv[1]));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) != 0 ||
        connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        return 4;
    while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
        if (send(fd, chunk, (size_t)n, MSG_NOSIGNAL) != n)
            break;
    while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0)
        fwrite(chunk, 1, (size_t)n, stdout);
    close(fd);
    return n == 0 ? 0 : 1;
}
