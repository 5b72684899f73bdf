/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings, and what each type of setting accepts. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/settings.h"
#include "gpuattest/version.h"

/* clang-format off */
/* Where a member lies; no member of another type compiles. */
#define AT(member, ctype)                                                \
    _Generic(((struct ga_settings *)0)->member,                          \
             ctype: offsetof(struct ga_settings, member))

#define FLAG(name, member, help)                                         \
    { name, GA_SETTING_FLAG, AT(member, bool), NULL, NULL, NULL, help, true }
#define LIST(name, member, arg, help)                                    \
    { name, GA_SETTING_LIST, AT(member, struct ga_list), arg, NULL,      \
      NULL, help, true }
#define COMMAS(name, member, arg, help)                                  \
    { name, GA_SETTING_COMMAS, AT(member, struct ga_list), arg, NULL,    \
      NULL, help, true }
#define TIME(name, member, help)                                         \
    { name, GA_SETTING_TIME, AT(member, ga_time), "TIME", NULL, NULL,    \
      help, true }
#define DURATION(name, member, initial, help)                            \
    { name, GA_SETTING_DURATION, AT(member, int64_t), "D", NULL,         \
      initial, help, true }
#define NUMBER(name, member, help)                                       \
    { name, GA_SETTING_COUNT, AT(member, int64_t), "N", NULL, NULL,      \
      help, true }
#define NUMBER_FROM(name, member, initial, help)                         \
    { name, GA_SETTING_COUNT, AT(member, int64_t), "N", NULL, initial,   \
      help, true }
#define SECONDS(name, member, initial, help)                             \
    { name, GA_SETTING_SECONDS, AT(member, int64_t), "N", NULL, initial, \
      help, true }
#define TEXT(name, member, arg, initial, help)                           \
    { name, GA_SETTING_TEXT, AT(member, char *), arg, NULL, initial,     \
      help, true }
#define CHOICE(name, member, words, initial, help)                       \
    { name, GA_SETTING_CHOICE, AT(member, unsigned), words, words,       \
      initial, help, true }

/* In the order in which help lists them.  Rows may be longer than 80 columns. */
const struct ga_setting ga_setting_rows[] = {
    LIST("rim-dir", rim_dir, "DIR", "look for RIMs there: <rim id>.xml or .swidtag"),
    LIST("ocsp-dir", ocsp_dir, "DIR", "look for OCSP answers there: DER, any name"),
    TEXT("bundle", bundle, "FILE", NULL, "look for RIMs, OCSP answers and key sets there"),
    FLAG("offline", offline, "ask no service"),
    TIME("rim-signed-after", rim_signed_after, "refuse RIMs whose signer is older"),
    TEXT("rim-url", rim_url, "URL", NULL, "RIM service, NVIDIA's where it is not said"),
    TEXT("ocsp-url", ocsp_url, "URL", NULL, "OCSP responder, NVIDIA's where it is not said"),
    TEXT("nras-url", nras_url, "URL", NULL, "attestation service, NVIDIA's where it is not said"),
    TEXT("service-key", service_key, "KEY", NULL, "key that the attestation service is shown"),
    TEXT("issuer", issuer, "URL", NULL, "issuer of tokens, the attestation service's base where it is not said"),
    SECONDS("clock-skew-leeway-seconds", token_leeway, "60", "seconds that a token's issuer may be ahead or behind"),
    DURATION("timeout", timeout, "30s", "wait so long for the services"),
    CHOICE("rim-store", rim_store, "remote|dir", "remote", "ask the service for RIMs, or directories alone"),
    TEXT("cache-dir", cache_dir, "DIR", NULL, "keep RIMs and OCSP answers there"),
    FLAG("no-cache", no_cache, "neither use nor keep cached RIMs and OCSP answers"),
    DURATION("ocsp-cache-age", ocsp_cache_age, "1h", "use cached OCSP answers so long"),
    CHOICE("ocsp-cert-id-hash", ocsp_cert_id_hash, "sha256|sha1|sha384", "sha256", "hash of the names in OCSP requests"),
    TEXT("tls-ca-cert", tls_ca_cert, "PEM", NULL, "authorities for TLS, instead of the system's"),
    TEXT("tls-ca-path", tls_ca_path, "DIR", NULL, "the same, a directory of hashed names"),
    TIME("at", at, "verify as of that time instead of the present"),
    DURATION("ocsp-grace", ocsp_grace, NULL, "accept OCSP answers so long after their end"),
    DURATION("ocsp-max-age", ocsp_max_age, "7d", "refuse older OCSP answers"),
    DURATION("ocsp-skew", ocsp_skew, "5m", "accept OCSP answers from so far ahead"),
    DURATION("rim-grace", rim_grace, NULL, "accept RIM certificates so long after their end"),
    CHOICE("ocsp-nonce", ocsp_nonce, "require|accept-missing|ignore", "require", "what an OCSP answer's nonce must be"),
    FLAG("allow-hold", allow_hold, "accept RIM certificates that are on hold"),
    FLAG("no-ocsp", no_ocsp, "ask nobody about revocation, and accept that"),
    TEXT("arch", arch, "A", NULL, "architecture that every device must have"),
    COMMAS("relax", relax, "CHECK:REASON,...", "checks that may end so and not turn the verdict"),
    CHOICE("profile", profile, "strict|nvattest|offline", "strict", "built-in rules, as policy show prints them"),
    NUMBER("expect-gpus", expect_gpus, "GPUs that there must be"),
    NUMBER("expect-switches", expect_switches, "NVSwitches that there must be"),
    LIST("policy", policy, "FILE", "ask this policy too: JSON rules or Rego"),
    CHOICE("policy-input", policy_input, "claims|result", "claims", "what Rego policies see as input"),
    FLAG("allow-policy-relax", allow_policy_relax, "let policies relax checks, as --relax does"),
    TEXT("min-driver", min_driver, "V", NULL, "oldest driver that GPUs may have"),
    TEXT("min-vbios", min_vbios, "V", NULL, "oldest VBIOS that GPUs may have"),
    COMMAS("expect-ueid", expect_ueid, "UEID,...", "devices that there may be, by UEID"),
    TEXT("topology", topology, "BOARD", NULL, "board that the devices must be: hgx-hopper, or a file"),
    LIST("device-anchor", device_anchor, "PEM", "trust these device roots too"),
    LIST("rim-anchor", rim_anchor, "PEM", "trust these RIM roots too"),
    LIST("token-anchor", token_anchor, "PEM", "trust these issuers of token keys too"),
    FLAG("allow-custom-anchors", allow_custom_anchors, "let custom anchors count like built-in ones"),
    NUMBER_FROM("threads", threads, "0", "devices at a time, 0: one per processor"),
    CHOICE("claims-version", claims_version, "2.0|3.0|4.0", "3.0", "version of the claims"),
};
/* clang-format on */

const size_t ga_setting_count =
    sizeof(ga_setting_rows) / sizeof(ga_setting_rows[0]);

const struct ga_setting *
ga_setting_find(const char *name)
{
    for (size_t i = 0; i < ga_setting_count; i++)
        if (strcmp(ga_setting_rows[i].name, name) == 0)
            return &ga_setting_rows[i];
    return NULL;
}

static enum ga_rc
append(struct ga_list *list, const char *text, size_t len,
       const struct ga_setting *row, struct ga_error *err)
{
    char *copy;

    if (list->count == GA_LIST_MAX)
        return ga_fail(err, GA_E_INVAL, "%s: more than %d values", row->name,
                       GA_LIST_MAX);
    copy = strndup(text, len);
    if (copy == NULL)
        return ga_nomem(err);
    list->item[list->count++] = copy;
    return GA_OK;
}

static void
shorten(struct ga_list *list, size_t count)
{
    while (list->count > count) {
        free(list->item[--list->count]);
        list->item[list->count] = NULL;
    }
}

static enum ga_rc
set_list(const struct ga_setting *row, void *dst, const char *value,
         struct ga_error *err)
{
    return append(dst, value, strlen(value), row, err);
}

static enum ga_rc
set_commas(const struct ga_setting *row, void *dst, const char *value,
           struct ga_error *err)
{
    struct ga_list *list = dst;
    size_t before = list->count;
    const char *rest = value;
    enum ga_rc rc;

    do {
        size_t n = strcspn(rest, ",");

        rc = n > 0 ? append(list, rest, n, row, err)
                   : ga_fail(err, GA_E_INVAL, "%s: \"%s\" has an empty item",
                             row->name, value);
        rest += n;
    } while (rc == GA_OK && *rest++ == ',');
    if (rc != GA_OK)
        shorten(list, before);
    return rc;
}

/* Returns the place of `value` among "a|b|c", or -1. */
static int
word_index(const char *words, const char *value)
{
    size_t len = strlen(value);

    for (int i = 0;; i++) {
        size_t n = strcspn(words, "|");

        if (n == len && strncmp(words, value, n) == 0)
            return i;
        if (words[n] == '\0')
            return -1;
        words += n + 1;
    }
}

static enum ga_rc
no_word(const char *name, const char *value, const char *words,
        struct ga_error *err)
{
    char list[128];
    size_t used = 0;

    for (; *words != '\0' && used + 3 < sizeof(list); words++) {
        list[used++] = *words == '|' ? ',' : *words;
        if (*words == '|')
            list[used++] = ' ';
    }
    list[used] = '\0';
    return ga_fail(err, GA_E_INVAL, "%s: \"%s\" is none of %s", name, value,
                   list);
}

static enum ga_rc
set_flag(const struct ga_setting *row, void *dst, const char *value,
         struct ga_error *err)
{
    static const char words[] = "false|true";
    int i = word_index(words, value);

    if (i < 0)
        return no_word(row->name, value, words, err);
    *(bool *)dst = i == 1;
    return GA_OK;
}

static enum ga_rc
set_choice(const struct ga_setting *row, void *dst, const char *value,
           struct ga_error *err)
{
    int i = word_index(row->words, value);

    if (i < 0)
        return no_word(row->name, value, row->words, err);
    *(unsigned *)dst = (unsigned)i;
    return GA_OK;
}

static enum ga_rc
set_time(const struct ga_setting *row, void *dst, const char *value,
         struct ga_error *err)
{
    if (ga_time_parse(value, dst))
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "%s: \"%s\" is no time like 2025-10-24T12:00:00Z", row->name,
                   value);
}

static enum ga_rc
set_duration(const struct ga_setting *row, void *dst, const char *value,
             struct ga_error *err)
{
    if (ga_duration_parse(value, dst))
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "%s: \"%s\" is no duration like 90s, 15m, 2h or 65d",
                   row->name, value);
}

static enum ga_rc
set_count(const struct ga_setting *row, void *dst, const char *value,
          struct ga_error *err)
{
    const char *p = value;
    int64_t n = 0;

    for (; *p >= '0' && *p <= '9' && n <= GA_DEVICES_MAX; p++)
        n = n * 10 + (*p - '0');
    if (*p != '\0' || n > GA_DEVICES_MAX)
        return ga_fail(err, GA_E_INVAL, "%s: \"%s\" is no number from 0 to %d",
                       row->name, value, GA_DEVICES_MAX);
    *(int64_t *)dst = n;
    return GA_OK;
}

static enum ga_rc
set_seconds(const struct ga_setting *row, void *dst, const char *value,
            struct ga_error *err)
{
    const char *p = value;
    int64_t n = 0;

    for (; *p >= '0' && *p <= '9' && n <= GA_LEEWAY_MAX; p++)
        n = n * 10 + (*p - '0');
    if (*p != '\0' || n > GA_LEEWAY_MAX)
        return ga_fail(err, GA_E_INVAL, "%s: \"%s\" is no number from 0 to %d",
                       row->name, value, GA_LEEWAY_MAX);
    *(int64_t *)dst = n;
    return GA_OK;
}

static enum ga_rc
set_text(const struct ga_setting *row, void *dst, const char *value,
         struct ga_error *err)
{
    char *copy = strdup(value);

    (void)row;
    if (copy == NULL)
        return ga_nomem(err);
    free(*(char **)dst);
    *(char **)dst = copy;
    return GA_OK;
}

static void
clear_list(void *member)
{
    shorten(member, 0);
}

static void
clear_text(void *member)
{
    free(*(char **)member);
    *(char **)member = NULL;
}

static enum ga_rc
copy_list(const struct ga_setting *row, void *dst, const void *src,
          struct ga_error *err)
{
    const struct ga_list *list = src;
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < list->count && rc == GA_OK; i++)
        rc = set_list(row, dst, list->item[i], err);
    return rc;
}

static enum ga_rc
copy_text(const struct ga_setting *row, void *dst, const void *src,
          struct ga_error *err)
{
    const char *text = *(char *const *)src;

    return text != NULL ? set_text(row, dst, text, err) : GA_OK;
}

/* What a type does; NULL: nothing to release, or copied as it is. */
static const struct type {
    size_t size;
    int64_t none; /* of numbers: what "not said" is */
    enum ga_rc (*set)(const struct ga_setting *row, void *dst,
                      const char *value, struct ga_error *err);
    enum ga_rc (*copy)(const struct ga_setting *row, void *dst, const void *src,
                       struct ga_error *err);
    void (*clear)(void *member);
} types[] = {
    [GA_SETTING_FLAG] = { sizeof(bool), 0, set_flag, NULL, NULL },
    [GA_SETTING_LIST] = { sizeof(struct ga_list), 0, set_list, copy_list,
                          clear_list },
    [GA_SETTING_COMMAS] = { sizeof(struct ga_list), 0, set_commas, copy_list,
                            clear_list },
    [GA_SETTING_TIME] = { sizeof(ga_time), GA_TIME_NONE, set_time, NULL, NULL },
    [GA_SETTING_DURATION] = { sizeof(int64_t), 0, set_duration, NULL, NULL },
    [GA_SETTING_COUNT] = { sizeof(int64_t), -1, set_count, NULL, NULL },
    [GA_SETTING_SECONDS] = { sizeof(int64_t), 0, set_seconds, NULL, NULL },
    [GA_SETTING_TEXT] = { sizeof(char *), 0, set_text, copy_text, clear_text },
    [GA_SETTING_CHOICE] = { sizeof(unsigned), 0, set_choice, NULL, NULL },
};

static void *
member_of(struct ga_settings *set, const struct ga_setting *row)
{
    return (char *)set + row->member;
}

enum ga_rc
ga_settings_set(struct ga_settings *set, const char *name, const char *value,
                struct ga_error *err)
{
    const struct ga_setting *row;

    if (set == NULL || name == NULL)
        return ga_fail(err, GA_E_INVAL, "settings: nothing to set");
    row = ga_setting_find(name);
    if (row == NULL)
        return ga_fail(err, GA_E_INVAL, "no setting is called \"%s\"", name);
    if (value == NULL || *value == '\0')
        return ga_fail(err, GA_E_INVAL, "%s: no value", name);
    if (strlen(value) > GA_VALUE_MAX)
        return ga_fail(err, GA_E_INVAL, "%s: %zu bytes, not 1 to %d", name,
                       strlen(value), GA_VALUE_MAX);
    return types[row->type].set(row, member_of(set, row), value, err);
}

void
ga_settings_free(struct ga_settings *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < ga_setting_count; i++) {
        const struct ga_setting *row = &ga_setting_rows[i];

        if (types[row->type].clear != NULL)
            types[row->type].clear(member_of(set, row));
    }
    free(set);
}
typedef struct ga_settings ga_settings;
GA_DEFINE_AUTO(ga_settings, ga_settings_free);

#define THIS_VERSION                           \
    ((uint32_t)GPUATTEST_VERSION_MAJOR << 16 | \
     (uint32_t)GPUATTEST_VERSION_MINOR << 8 | GPUATTEST_VERSION_PATCH)

static struct ga_settings *
empty(void)
{
    struct ga_settings *set = calloc(1, sizeof(*set));

    if (set != NULL)
        set->version = THIS_VERSION;
    return set;
}

enum ga_rc
ga_settings_check(const struct ga_settings *set, struct ga_error *err)
{
    uint32_t v = set->version;

    if (v == THIS_VERSION)
        return GA_OK;
    return ga_fail(err, GA_E_UNREACHABLE,
                   "libgpuattest-net is of version %s, and libgpuattest of "
                   "%u.%u.%u: both must be of one version",
                   ga_version(), v >> 16, v >> 8 & 0xff, v & 0xff);
}

enum ga_rc
ga_settings_new(struct ga_settings **out, struct ga_error *err)
{
    GA_AUTO(ga_settings) *set = empty();
    enum ga_rc rc = GA_OK;

    if (set == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < ga_setting_count && rc == GA_OK; i++) {
        const struct ga_setting *row = &ga_setting_rows[i];
        const struct type *t = &types[row->type];

        if (row->initial != NULL)
            rc = ga_settings_set(set, row->name, row->initial, err);
        else if (t->none != 0)
            memcpy(member_of(set, row), &t->none, sizeof(t->none));
    }
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(set);
    return GA_OK;
}

enum ga_rc
ga_settings_copy(const struct ga_settings *from, struct ga_settings **out,
                 struct ga_error *err)
{
    GA_AUTO(ga_settings) *set = empty();
    enum ga_rc rc = GA_OK;

    if (set == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < ga_setting_count && rc == GA_OK; i++) {
        const struct ga_setting *row = &ga_setting_rows[i];
        const struct type *t = &types[row->type];
        const void *src = (const char *)from + row->member;

        if (t->copy != NULL)
            rc = t->copy(row, member_of(set, row), src, err);
        else
            memcpy(member_of(set, row), src, t->size);
    }
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(set);
    return GA_OK;
}
