/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of options, and help. */
#include <string.h>

#include "server/options.h"

#define AT(member) offsetof(struct server_options, member)
#define GIB        (INT64_C(1) << 30)

/* clang-format off */
const struct server_row server_rows[] = {
    { "config", SERVER_TEXT, AT(config), "FILE", NULL, NULL, 0, 0,
      "read settings from there: lines of name = value" },
    { "listen", SERVER_TEXT, AT(listen), "ADDRESS:PORT", NULL, "127.0.0.1:8080", 0, 0,
      "accept connections there; port 0: any free one" },
    { "tls-cert", SERVER_TEXT, AT(tls_cert), "PEM", NULL, NULL, 0, 0,
      "certificates of the server, leaf first" },
    { "tls-key", SERVER_TEXT, AT(tls_key), "PEM", NULL, NULL, 0, 0,
      "its private key, readable by its owner alone" },
    { "plain-http", SERVER_FLAG, AT(plain_http), NULL, NULL, NULL, 0, 0,
      "listen without TLS on other addresses than loopback too" },
    { "signing-key", SERVER_TEXT, AT(signing_key), "PATH", NULL, "/var/lib/gpuattest/keys", 0, 0,
      "keys that sign tokens: a directory, filled at the first start, or a file" },
    { "issuer", SERVER_TEXT, AT(issuer), "URL", NULL, NULL, 0, 0,
      "iss of the tokens: the base URL that clients use [the address listened on]" },
    { "api-keys", SERVER_TEXT, AT(api_keys), "FILE", NULL, NULL, 0, 0,
      "answer only who has a key of this file, made by key add" },
    { "gpu-policy", SERVER_LIST, AT(gpu_policy), "FILE", NULL, NULL, 0, 0,
      "ask this policy about requests for GPUs" },
    { "switch-policy", SERVER_LIST, AT(switch_policy), "FILE", NULL, NULL, 0, 0,
      "ask this policy about requests for NVSwitches" },
    { "token-lifetime", SERVER_DURATION, AT(token_lifetime), "D", NULL, "1h", 60, 86400,
      "time until a token expires" },
    { "eat-allow-relaxed", SERVER_FLAG, AT(allow_relaxed), NULL, NULL, NULL, 0, 0,
      "let a token say true, and name it, where a grace or a nonce was let pass" },
    { "max-body", SERVER_SIZE, AT(max_body), "BYTES", NULL, "1M", 1024, GA_EVIDENCE_MAX,
      "largest body of a request" },
    { "max-header", SERVER_SIZE, AT(max_header), "BYTES", NULL, "32k", 4096, 1 << 20,
      "memory of one connection: request line and headers must fit" },
    { "max-memory", SERVER_SIZE, AT(max_memory), "BYTES", NULL, "64M", 1024, 64 * GIB,
      "bodies of all requests at one time" },
    { "max-items", SERVER_NUMBER, AT(max_items), "N", NULL, "64", 1, GA_DEVICES_MAX,
      "devices of one request" },
    { "max-connections", SERVER_NUMBER, AT(max_connections), "N", NULL, "512", 1, 100000,
      "connections at one time" },
    { "max-per-address", SERVER_NUMBER, AT(max_per_address), "N", NULL, "0", 0, 100000,
      "connections of one client address, 0: any" },
    { "max-queue", SERVER_NUMBER, AT(max_queue), "N", NULL, "64", 1, 100000,
      "requests that wait for a worker" },
    { "max-time", SERVER_DURATION, AT(max_time), "D", NULL, "30s", 1, 3600,
      "time to send a request, to wait for a worker, or to take an answer" },
    { "max-stop", SERVER_DURATION, AT(max_stop), "D", NULL, "60s", 1, 3600,
      "time to finish what was accepted when it stops" },
    { "io-threads", SERVER_NUMBER, AT(io_threads), "N", NULL, "2", 1, 64,
      "threads that read requests and write answers" },
    { "workers", SERVER_NUMBER, AT(workers), "N", NULL, "0", 0, 256,
      "requests verified at one time, 0: one per processor" },
    { "log-level", SERVER_CHOICE, AT(log_level), NULL, "error|warn|info|debug", "info", 0, 0,
      "what to log on stderr, as JSON" },
    { "from", SERVER_DURATION, AT(from), "D", NULL, "0s", 0, INT64_C(3650) * 86400,
      "of signer add: the key signs from that time on" },
    { "life", SERVER_DURATION, AT(life), "D", NULL, "365d", 3600, INT64_C(3650) * 86400,
      "of signer add: the key signs so long" },
    { "help", SERVER_FLAG, AT(help), NULL, NULL, NULL, 0, 0, "print this help" },
    { "version", SERVER_FLAG, AT(version), NULL, NULL, NULL, 0, 0, "print the version" },
    { NULL, SERVER_FLAG, 0, NULL, NULL, NULL, 0, 0, NULL },
};
/* clang-format on */

const char *const server_settings[] = {
    "rim-dir",
    "ocsp-dir",
    "bundle",
    "offline",
    "rim-signed-after",
    "rim-url",
    "ocsp-url",
    "timeout",
    "rim-store",
    "cache-dir",
    "no-cache",
    "ocsp-cache-age",
    "ocsp-cert-id-hash",
    "tls-ca-cert",
    "tls-ca-path",
    "ocsp-grace",
    "ocsp-max-age",
    "ocsp-skew",
    "rim-grace",
    "ocsp-nonce",
    "device-anchor",
    "rim-anchor",
    "allow-custom-anchors",
    "policy",
    "policy-input",
    "min-driver",
    "min-vbios",
    "threads",
    NULL,
};

/* Where the text of an option begins, and where lines end. */
#define HELP_COLUMN 27
#define HELP_WIDTH  79

static void
print_row(FILE *to, const char *name, const char *arg, const char *initial,
          const char *help)
{
    char text[256];
    size_t at;
    int n = fprintf(to, "  --%s%s%s", name, arg != NULL ? " " : "",
                    arg != NULL ? arg : "");

    if (n < 0 || n + 1 >= HELP_COLUMN)
        fprintf(to, "\n%*s", HELP_COLUMN, "");
    else
        fprintf(to, "%*s", HELP_COLUMN - n, "");
    snprintf(text, sizeof(text), "%s%s%s%s", help, initial != NULL ? " [" : "",
             initial != NULL ? initial : "", initial != NULL ? "]" : "");
    at = HELP_COLUMN;
    for (const char *word = text; *word != '\0';) {
        size_t len = strcspn(word, " ");

        if (at > HELP_COLUMN && at + 1 + len > HELP_WIDTH) {
            fprintf(to, "\n%*s", HELP_COLUMN, "");
            at = HELP_COLUMN;
        }
        at += (size_t)fprintf(to, "%s%.*s", at > HELP_COLUMN ? " " : "",
                              (int)len, word);
        word += len + (word[len] == ' ');
    }
    fputc('\n', to);
}

void
server_options_help(FILE *to)
{
    fputs("usage: gpuattest-server [run] [options]\n"
          "       gpuattest-server anchor [--signing-key PATH]\n"
          "       gpuattest-server signer add [--signing-key DIR] [--from D]\n"
          "       gpuattest-server key add NAME --api-keys FILE\n"
          "Verify evidence over HTTP as NVIDIA's Remote Attestation Service "
          "does.\n"
          "options:\n",
          to);
    for (const struct server_row *r = server_rows; r->name != NULL; r++)
        print_row(to, r->name, r->words != NULL ? r->words : r->arg, r->initial,
                  r->help);
    fputs("options of the verifier:\n", to);
    for (const char *const *name = server_settings; *name != NULL; name++) {
        const struct ga_setting *s = ga_setting_find(*name);

        if (s != NULL)
            print_row(to, s->name, s->type == GA_SETTING_FLAG ? NULL : s->arg,
                      s->initial, s->help);
    }
}
