/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_SETTINGS_H
#define GA_BASE_SETTINGS_H

#include "base/limits.h"
#include "base/time.h"
#include "gpuattest/context.h"

/* Services that are asked where none is named.  Source: spec-protocol. */
#define GA_RIM_URL  "https://rim.attestation.nvidia.com"
#define GA_OCSP_URL "https://ocsp.ndis.nvidia.com/"
#define GA_NRAS_URL "https://nras.attestation.nvidia.com"

/* Seconds: the defaults of ocsp-max-age, "7d", and ocsp-skew, "5m". */
#define GA_OCSP_MAX_AGE (7 * 24 * 3600)
#define GA_OCSP_SKEW    (5 * 60)

/* A repeatable setting: texts in the order in which they came. */
struct ga_list {
    size_t count;
    char *item[GA_LIST_MAX];
};

/* Where RIMs are looked for behind the directories. */
enum ga_rim_source { GA_RIM_SOURCE_REMOTE = 0, GA_RIM_SOURCE_DIR };

/*
 * The values behind the table in settings.c.  A setting is one row there and
 * one member here; the command's long options, the environment and
 * docs/settings.md follow from the row.  Choices hold the index of the word in
 * the row's list.
 */
struct ga_settings {
    /* Of the library that made them, 0x000100 for 0.1.0.  Stands first in every
     * version: libgpuattest-net reads settings that libgpuattest made. */
    uint32_t version;
    /* collateral */
    struct ga_list rim_dir, ocsp_dir;
    char *bundle; /* a file of RIMs, OCSP answers and key sets, or NULL */
    bool offline;
    ga_time rim_signed_after; /* GA_TIME_NONE: any */
    /* services */
    char *rim_url, *ocsp_url;   /* NULL: NVIDIA's, if anybody is asked */
    char *nras_url;             /* the same; a base or an endpoint */
    char *service_key;          /* NULL: none; a secret */
    char *issuer;               /* NULL: the base of nras_url */
    int64_t token_leeway;       /* seconds */
    int64_t timeout;            /* seconds, of everything asked at one time */
    unsigned rim_store;         /* enum ga_rim_source */
    char *cache_dir;            /* NULL: where XDG says */
    bool no_cache;              /* neither read nor write one */
    int64_t ocsp_cache_age;     /* seconds */
    unsigned ocsp_cert_id_hash; /* enum ga_ocsp_cert_id */
    char *tls_ca_cert, *tls_ca_path; /* NULL: the system's */
    /* time */
    ga_time at; /* GA_TIME_NONE: the present */
    int64_t ocsp_grace, ocsp_max_age, ocsp_skew, rim_grace; /* seconds */
    /* rules */
    unsigned ocsp_nonce; /* enum ga_ocsp_nonce */
    bool allow_hold, no_ocsp;
    char *arch;           /* what every device must be, or NULL */
    struct ga_list relax; /* "CHECK" or "CHECK:REASON", split at commas */
    unsigned profile;     /* enum ga_profile_word */
    int64_t expect_gpus, expect_switches; /* -1: not said */
    char *topology; /* a built-in board or a file; NULL: none */
    /* policies */
    struct ga_list policy; /* files */
    unsigned policy_input; /* enum ga_policy_input */
    bool allow_policy_relax;
    char *min_driver, *min_vbios; /* versions, or NULL */
    struct ga_list expect_ueid;   /* empty: any */
    /* anchors */
    struct ga_list device_anchor, rim_anchor, token_anchor; /* files */
    bool allow_custom_anchors;
    int64_t threads; /* 0: one per processor, up to GA_THREADS_MAX */
    /* output */
    unsigned claims_version; /* enum ga_claims_version */
};

/* Words of the setting "profile"; policy/policy.h has what they mean. */
enum ga_profile_word {
    GA_PROFILE_STRICT,
    GA_PROFILE_NVATTEST,
    GA_PROFILE_OFFLINE
};

enum ga_setting_type {
    GA_SETTING_FLAG,     /* bool */
    GA_SETTING_LIST,     /* struct ga_list, one item per call */
    GA_SETTING_COMMAS,   /* struct ga_list, items split at commas */
    GA_SETTING_TIME,     /* ga_time, RFC 3339 */
    GA_SETTING_DURATION, /* int64_t seconds */
    GA_SETTING_COUNT,    /* int64_t, 0 to GA_DEVICES_MAX */
    GA_SETTING_SECONDS,  /* int64_t, 0 to GA_LEEWAY_MAX */
    GA_SETTING_TEXT,     /* char *, owned */
    GA_SETTING_CHOICE    /* unsigned, one of `words` */
};

/* One row per setting. */
struct ga_setting {
    const char *name; /* "rim-dir"; in the environment GPUATTEST_RIM_DIR */
    enum ga_setting_type type;
    size_t member;       /* offset in struct ga_settings */
    const char *arg;     /* placeholder in help: "DIR" */
    const char *words;   /* of a choice: "require|accept-missing|ignore" */
    const char *initial; /* default, as text; NULL: off, empty, not said */
    const char *help;    /* one line, no full stop */
    bool from_env;       /* may come from the environment */
};

extern const struct ga_setting ga_setting_rows[];
extern const size_t ga_setting_count;

/* ga_setting_find returns the row of that name, or NULL. */
const struct ga_setting *ga_setting_find(const char *name);

/* ga_settings_check says whether settings were made by a library of this
 * version, whose members lie where this one looks for them.
 * Error: GA_E_UNREACHABLE. */
GA_MUST_USE enum ga_rc ga_settings_check(const struct ga_settings *set,
                                         struct ga_error *err);

/* ga_settings_copy makes a copy with an owner of its own. */
GA_MUST_USE enum ga_rc ga_settings_copy(const struct ga_settings *set,
                                        struct ga_settings **out,
                                        struct ga_error *err);

#endif
