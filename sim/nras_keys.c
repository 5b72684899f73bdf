/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign tokens, with certificates that carry the simulator's mark. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/cleanup.h"
#include "sim/der.h"
#include "sim/nras.h"
#include "sim/out.h"

#define DAY INT64_C(86400)

/* One key of the service.  `authority` is a label too. */
static const struct row {
    const char *label, *cn, *authority;
} rows[] = {
    { "token-signer", GA_TOKEN_SIGNER_CN, "token-authority" },
    { "token-other", GA_TOKEN_SIGNER_CN, "token-authority-other" },
    { "token-tls", "nras.localhost", "token-authority" },
};

/* ECPrivateKey.  Source: rfc5280; SEC 1, C.4: a version, the number, the curve
 * and the point. */
static void
put_private(struct sim_out *o, const struct sim_key *key)
{
    uint8_t d[GA_P384_LEN] = { 0 };
    size_t seq = sim_der_open(o), part;

    o->failed = o->failed || BN_bn2binpad(key->d, d, sizeof(d)) != sizeof(d);
    sim_der_integer(o, ga_bytes_of("\x01", 1));
    sim_der_put(o, SIM_DER_OCTET_STRING, ga_bytes_of(d, sizeof(d)));
    part = sim_der_open(o);
    sim_der_oid(o, "1.3.132.0.34");
    sim_der_close(o, part, SIM_DER_WITHIN(0));
    part = sim_der_open(o);
    sim_der_bits(o, ga_bytes_of(key->point, sizeof(key->point)));
    sim_der_close(o, part, SIM_DER_WITHIN(1));
    sim_der_close(o, seq, SIM_DER_SEQUENCE);
}

static void
put_key(struct sim_out *o, const struct sim_key *key)
{
    SIM_AUTO_OUT struct sim_out der = { 0 };

    put_private(&der, key);
    o->failed = o->failed || der.failed;
    sim_put_text(o, "-----BEGIN EC PRIVATE KEY-----\n");
    sim_put_base64(o, sim_out_view(&der), 64);
    sim_put_text(o, "\n-----END EC PRIVATE KEY-----\n");
}

static enum ga_rc
make_cert(struct sim_world *w, const struct row *row,
          const struct sim_cert *issuer, struct sim_cert *out,
          struct ga_error *err)
{
    /* As long as a world is good for. */
    const struct sim_cert_spec spec = {
        .place = issuer != NULL ? SIM_TOKEN_SIGNER : SIM_TOKEN_AUTHORITY,
        .label = issuer != NULL ? row->label : row->authority,
        .cn = issuer != NULL ? row->cn : "gpuattest token authority",
        .issuer = issuer,
        .not_before = ga_time_plus(w->o.at, -DAY),
        .not_after = ga_time_plus(w->o.at, 365 * DAY),
    };

    return sim_cert_make(&w->forge, &spec, out, err);
}

/* The private key and both certificates; `anchor` (NULL: nobody asks) the
 * authority's alone. */
static enum ga_rc
make_pem(struct sim_world *w, const struct row *row, struct ga_buf *out,
         struct ga_buf *anchor, struct ga_error *err)
{
    struct sim_cert authority = { 0 }, leaf = { 0 };
    SIM_AUTO_OUT struct sim_out o = { 0 }, root = { 0 };
    enum ga_rc rc = make_cert(w, row, NULL, &authority, err);

    if (rc == GA_OK)
        rc = make_cert(w, row, &authority, &leaf, err);
    if (rc == GA_OK) {
        put_key(&o, &leaf.key);
        sim_cert_pem(&o, &leaf);
        sim_put_text(&o, "\n");
        sim_cert_pem(&o, &authority);
        sim_put_text(&o, "\n");
        sim_cert_pem(&root, &authority);
        sim_put_text(&root, "\n");
        rc = sim_out_take(&o, out, err);
    }
    if (rc == GA_OK && anchor != NULL)
        rc = sim_out_take(&root, anchor, err);
    sim_cert_done(&authority);
    sim_cert_done(&leaf);
    return rc;
}

static enum ga_rc
write_file(const char *dir, const char *name, const struct ga_buf *text,
           struct ga_error *err)
{
    char path[PATH_MAX];
    int fd;
    bool ok;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ok = fd >= 0 && write(fd, text->ptr, text->len) == (ssize_t)text->len;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok ? GA_OK
              : ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
}

static enum ga_rc
make_signer(struct sim_world *w, size_t i, const char *dir,
            struct ga_signer **out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf pem = { 0 }, anchor = { 0 };
    enum ga_rc rc = make_pem(w, &rows[i], &pem, &anchor, err);

    if (rc == GA_OK)
        rc = ga_signer_parse(pem.ptr, pem.len, out, err);
    if (rc == GA_OK && i == 0)
        rc = write_file(dir, "signer.pem", &pem, err);
    if (rc == GA_OK && i == 0)
        rc = write_file(dir, "anchor.pem", &anchor, err);
    return rc;
}

enum ga_rc
sim_nras_keys_make(struct sim_world *w, const char *dir,
                   struct sim_nras_keys *out, struct ga_error *err)
{
    struct sim_nras_keys keys = { 0 };
    struct ga_signer **const to[] = { &keys.signer, &keys.other, &keys.tls };
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < 3 && rc == GA_OK; i++)
        rc = make_signer(w, i, dir, to[i], err);
    if (rc == GA_OK)
        *out = keys;
    else
        sim_nras_keys_done(&keys);
    return rc;
}

void
sim_nras_keys_done(struct sim_nras_keys *keys)
{
    ga_signer_free(keys->signer);
    ga_signer_free(keys->other);
    ga_signer_free(keys->tls);
    *keys = (struct sim_nras_keys){ 0 };
}
