/* SPDX-License-Identifier: Apache-2.0 */
/* Files of keys: made whole or not at all, readable by their owner alone. */
#define _GNU_SOURCE /* asprintf, mkostemp */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "server/issue.h"
#include "server/keys.h"
#include "token/signer.h"

/* The authority outlives every key under it. */
#define AUTHORITY_LIFE (INT64_C(10) * 366 * 86400)
#define FIRST_LIFE     (INT64_C(365) * 86400)
/* Clocks of clients may be late. */
#define BACKDATED 300

#define AUTHORITY_CN "gpuattest token authority"
#define FIRST_KEY    "signer-1.pem"

GA_DEFINE_AUTO_STRUCT(ga_signer, ga_signer_free);

static void
wipe(struct ga_buf *b)
{
    OPENSSL_cleanse(b->ptr, b->len);
    ga_buf_done(b);
}
#define AUTO_SECRET __attribute__((cleanup(wipe)))

static char *
join(const char *dir, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", dir, name) >= 0 ? path : NULL;
}

static enum ga_rc
system_fail(struct ga_error *err, const char *path)
{
    return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
}

static bool
write_whole(int fd, struct ga_bytes text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text = ga_bytes_of(text.ptr + n, text.len - (size_t)n);
    }
    return fsync(fd) == 0;
}

/*
 * Writes a new file under a name that it takes only when it is whole, and only
 * where nothing has that name: of two servers that start on one directory, one
 * makes it.  `*made` false: it was there.
 */
static enum ga_rc
create(const char *path, struct ga_bytes text, bool *made, struct ga_error *err)
{
    GA_AUTO_FREE char *draft = NULL;
    enum ga_rc rc = GA_OK;
    int fd;

    if (asprintf(&draft, "%s.XXXXXX", path) < 0) {
        draft = NULL;
        return ga_nomem(err);
    }
    fd = mkostemp(draft, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return system_fail(err, draft);
    if (!write_whole(fd, text))
        rc = system_fail(err, draft);
    close(fd);
    *made = false;
    if (rc == GA_OK && link(draft, path) == 0)
        *made = true;
    else if (rc == GA_OK && errno != EEXIST)
        rc = system_fail(err, path);
    unlink(draft);
    return rc;
}

/* A passphrase is never asked for. */
static int
no_passphrase(char *out, int size, int writing, void *user)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

/* The authority's key and certificate.  The file was checked by
 * ga_signer_load(). */
static enum ga_rc
load_authority(const char *path, EVP_PKEY **key, X509 **cert,
               struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_signer) *signer = NULL;
    AUTO_SECRET struct ga_buf file = { 0 };
    GA_AUTO(BIO) *in = NULL;
    const struct ga_certs *certs;
    const unsigned char *der;
    enum ga_rc rc = ga_signer_load(path, &signer, err);

    if (rc == GA_OK)
        rc = ga_file_read(path, SERVER_KEY_FILE_MAX, &file, err);
    if (rc != GA_OK)
        return rc;
    certs = ga_signer_certs(signer);
    if (certs->count == 0)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: no certificate", path);
    der = certs->cert[0]->der.ptr;
    in = BIO_new_mem_buf(file.ptr, (int)file.len);
    *key = in != NULL ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL)
                      : NULL;
    *cert = d2i_X509(NULL, &der, (long)certs->cert[0]->der.len);
    return *key != NULL && *cert != NULL
               ? GA_OK
               : ga_fail(err, GA_E_BAD_VALUE, "%s: no authority", path);
}

static enum ga_rc
make_authority(const char *path, ga_time now, struct ga_error *err)
{
    const struct server_cert_spec spec = {
        .cn = AUTHORITY_CN,
        .authority = true,
        .not_before = now - BACKDATED,
        .not_after = ga_time_plus(now, AUTHORITY_LIFE),
    };
    AUTO_SECRET struct ga_buf pem = { 0 };
    GA_AUTO(EVP_PKEY) *key = NULL;
    GA_AUTO(X509) *cert = NULL;
    struct server_issuer issuer = { 0 };
    bool made;
    enum ga_rc rc = server_issue_key(&key, err);

    issuer.key = key;
    if (rc == GA_OK)
        rc = server_issue_cert(&spec, key, &issuer, &cert, err);
    if (rc == GA_OK)
        rc = server_issue_pem(key, &cert, 1, &pem, err);
    return rc == GA_OK ? create(path, ga_view(&pem), &made, err) : rc;
}

/* Makes a key in the file `path`, under the directory's authority. */
static enum ga_rc
make_signer(const char *dir, const char *path,
            const struct server_key_life *life, bool *made,
            struct ga_error *err)
{
    struct server_cert_spec spec = {
        .cn = GA_TOKEN_SIGNER_CN,
        .not_before = life->from,
        .not_after = ga_time_plus(life->from, life->life),
    };
    GA_AUTO_FREE char *authority = join(dir, SERVER_AUTHORITY);
    AUTO_SECRET struct ga_buf pem = { 0 };
    GA_AUTO(EVP_PKEY) *key = NULL, *ca_key = NULL;
    GA_AUTO(X509) *cert = NULL, *ca_cert = NULL;
    struct server_issuer issuer = { 0 };
    X509 *chain[2];
    enum ga_rc rc;

    if (authority == NULL)
        return ga_nomem(err);
    rc = load_authority(authority, &ca_key, &ca_cert, err);
    if (rc == GA_OK)
        rc = server_issue_key(&key, err);
    issuer.cert = ca_cert;
    issuer.key = ca_key;
    if (rc == GA_OK)
        rc = server_issue_cert(&spec, key, &issuer, &cert, err);
    chain[0] = cert;
    chain[1] = ca_cert;
    if (rc == GA_OK)
        rc = server_issue_pem(key, chain, 2, &pem, err);
    return rc == GA_OK ? create(path, ga_view(&pem), made, err) : rc;
}

static enum ga_rc
note_key(void *user, const char *path, const char *name, struct ga_error *err)
{
    (void)path;
    (void)err;
    if (strcmp(name, SERVER_AUTHORITY) != 0)
        *(bool *)user = true;
    return GA_OK;
}

enum ga_rc
server_keys_prepare(const char *path, ga_time now, bool *made,
                    struct ga_error *err)
{
    static const char *const endings[] = { ".pem", NULL };
    const struct server_key_life life = { .now = now,
                                          .from = now - BACKDATED,
                                          .life = FIRST_LIFE };
    GA_AUTO_FREE char *authority = join(path, SERVER_AUTHORITY);
    GA_AUTO_FREE char *first = join(path, FIRST_KEY);
    struct stat st;
    bool any = false;
    enum ga_rc rc = GA_OK;

    *made = false;
    if (authority == NULL || first == NULL)
        return ga_nomem(err);
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return GA_OK;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return ga_fail(err, GA_E_FILE, "signing-key: %s: cannot be made: %s",
                       path, strerror(errno));
    rc = ga_dir_each(path, endings, note_key, &any, err);
    if (rc != GA_OK || any)
        return ga_within(err, rc, "signing-key");
    if (stat(authority, &st) != 0)
        rc = make_authority(authority, now, err);
    if (rc == GA_OK)
        rc = make_signer(path, first, &life, made, err);
    return ga_within(err, rc, "signing-key");
}

enum ga_rc
server_keys_add(const char *dir, const struct server_key_life *life,
                char **file, struct ga_error *err)
{
    char name[64], at[GA_TIME_TEXT];
    GA_AUTO_FREE char *path = NULL;
    bool made = false;
    enum ga_rc rc;
    size_t n;

    ga_time_text(life->from, at);
    n = strcspn(at, "Z");
    for (size_t i = 0; i < n; i++)
        if (at[i] == ':')
            at[i] = '-';
    snprintf(name, sizeof(name), "signer-%.*s.pem", (int)n, at);
    path = join(dir, name);
    if (path == NULL)
        return ga_nomem(err);
    rc = make_signer(dir, path, life, &made, err);
    if (rc == GA_OK && !made)
        rc = ga_fail(err, GA_E_FILE, "%s: is there already", path);
    if (rc == GA_OK)
        *file = GA_TAKE(path);
    return ga_within(err, rc, "signing-key");
}

/* Every authority that stands behind a key, once. */
static enum ga_rc
print_anchors(const struct server_keys *keys, BIO *to, struct ga_error *err)
{
    const struct ga_cert *said[SERVER_KEYS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < keys->files; i++) {
        const struct ga_certs *certs = ga_signer_certs(keys->key[i]->signer);
        const struct ga_cert *last = certs->cert[certs->count - 1];
        size_t k = 0;

        while (k < count &&
               !ga_bytes_equal(ga_view(&said[k]->der), ga_view(&last->der)))
            k++;
        if (k < count)
            continue;
        said[count++] = last;
        if (PEM_write_bio(to, "CERTIFICATE", "", last->der.ptr,
                          (long)last->der.len) <= 0)
            return ga_nomem(err);
    }
    return GA_OK;
}

enum ga_rc
server_keys_anchor(const char *path, char **out, struct ga_error *err)
{
    GA_AUTO(BIO) *to = BIO_new(BIO_s_mem());
    struct server_keys keys = { 0 };
    char *text = NULL;
    long len;
    enum ga_rc rc;

    if (to == NULL)
        return ga_nomem(err);
    rc = server_keys_load(path, NULL, 0, 0, &keys, err);
    if (rc != GA_OK)
        return rc;
    rc = print_anchors(&keys, to, err);
    server_keys_done(&keys);
    if (rc != GA_OK)
        return rc;
    len = BIO_get_mem_data(to, &text);
    *out = len > 0 ? strndup(text, (size_t)len) : NULL;
    return *out != NULL ? GA_OK : ga_nomem(err);
}
