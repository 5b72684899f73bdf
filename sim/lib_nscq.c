/* SPDX-License-Identifier: Apache-2.0 */
/* libnvidia-nscq.so.2 of the simulator: NSCQ's names and structures, answers
 * from the state folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/nscq.h"
#include "gpuattest/nonce.h"
#include "sim/lib.h"

/* Source: spec-protocol, 6 */
enum {
    SUCCESS = 0,
    NOT_IMPLEMENTED = -1,
    INVALID_UUID = -2,
    NOT_MOUNTABLE = -3,
    UNEXPECTED_VALUE = -5,
    NO_DRIVER = -7,
    UNSPECIFIED = -128
};
#define ARCH_LS10 2

/* Every function has the type that the verifier calls it with. */
#define X(member, symbol, type, required) \
    SIM_EXPORT __typeof__(*(type)0) symbol;
GA_NSCQ_SYMBOLS(X)
#undef X

/* Room for "/nvswitch/<uuid>/config/attestation_report". */
#define PATH_LEN 128

/* Belongs to one thread. */
struct ga_nscq_session_st {
    uint64_t mounted; /* bit n: switch n */
    bool has_input;
    uint8_t input[GA_NONCE_LEN];
    struct ga_nscq_observer_st *observers;
};

struct ga_nscq_observer_st {
    ga_nscq_session session;
    char path[PATH_LEN];
    ga_nscq_fn callback;
    void *user;
    struct ga_nscq_observer_st *next;
};

static struct sim_lib lib = { .lock = PTHREAD_MUTEX_INITIALIZER };

__attribute__((destructor)) static void
unload(void)
{
    sim_lib_done(&lib);
}

/* A call begins: it is counted and may end here.  Above 0 it goes on, and the
 * code is what it returns in the end. */
static ga_nscq_rc
enter(const char *call)
{
    struct sim_act act;

    if (!sim_lib_meet(&lib, SIM_NSCQ, call, "", &act))
        return UNSPECIFIED;
    return act.has_rc ? (ga_nscq_rc)act.rc : SUCCESS;
}

struct ga_nscq_session_result
nscq_session_create(uint32_t flags)
{
    struct ga_nscq_session_result made = { .rc = enter(__func__) };

    if (made.rc < 0)
        return made;
    if (!sim_lib_open(&lib)) {
        made.rc = NO_DRIVER;
        return made;
    }
    made.session = calloc(1, sizeof(*made.session));
    if (made.session == NULL) {
        made.rc = UNSPECIFIED;
        sim_lib_close(&lib);
        return made;
    }
    if ((flags & GA_NSCQ_SESSION_MOUNT_DEVICES) != 0)
        made.session->mounted = UINT64_MAX;
    return made;
}

void
nscq_session_destroy(ga_nscq_session session)
{
    (void)enter(__func__);
    if (session == NULL)
        return;
    while (session->observers != NULL) {
        ga_nscq_observer first = session->observers;

        session->observers = first->next;
        free(first);
    }
    free(session);
    sim_lib_close(&lib);
}

ga_nscq_rc
nscq_session_set_input(ga_nscq_session session, uint32_t flags, void *input,
                       uint32_t size)
{
    ga_nscq_rc rc = enter(__func__);

    if (rc < 0)
        return rc;
    if (session == NULL || input == NULL || flags != 0 ||
        size != sizeof(session->input))
        return UNEXPECTED_VALUE;
    memcpy(session->input, input, sizeof(session->input));
    session->has_input = true;
    return rc;
}

static const struct sim_unit *
unit_of(const uint8_t uuid[SIM_UUID_LEN])
{
    for (size_t i = 0; i < lib.state.units; i++)
        if (lib.state.unit[i].kind == GA_KIND_SWITCH &&
            memcmp(lib.state.unit[i].uuid, uuid, SIM_UUID_LEN) == 0)
            return &lib.state.unit[i];
    return NULL;
}

/* A board has four switches. */
static uint64_t
bit_of(const struct sim_unit *u)
{
    return u->number < 64 ? UINT64_C(1) << u->number : 0;
}

ga_nscq_rc
nscq_session_mount(ga_nscq_session session, const struct ga_nscq_uuid *uuid,
                   uint32_t flags)
{
    ga_nscq_rc rc = enter(__func__);
    const struct sim_unit *u = uuid != NULL ? unit_of(uuid->bytes) : NULL;

    if (rc < 0)
        return rc;
    if (session == NULL || flags != 0)
        return UNEXPECTED_VALUE;
    if (u == NULL)
        return INVALID_UUID;
    session->mounted |= bit_of(u);
    return rc;
}

void
nscq_session_unmount(ga_nscq_session session, const struct ga_nscq_uuid *uuid)
{
    const struct sim_unit *u = uuid != NULL ? unit_of(uuid->bytes) : NULL;

    (void)enter(__func__);
    if (session != NULL && u != NULL)
        session->mounted &= ~bit_of(u);
}

ga_nscq_rc
nscq_uuid_to_label(const struct ga_nscq_uuid *uuid, struct ga_nscq_label *out,
                   uint32_t flags)
{
    ga_nscq_rc rc = enter(__func__);
    const struct sim_unit *u =
        uuid != NULL && sim_lib_is_open(&lib) ? unit_of(uuid->bytes) : NULL;

    (void)flags;
    if (rc < 0)
        return rc;
    if (u == NULL || out == NULL)
        return INVALID_UUID;
    memset(out, 0, sizeof(*out));
    snprintf(out->data, sizeof(out->data), "%s", u->uuid_text);
    return rc;
}

/* One question to one switch. */
struct asked {
    const struct ga_nscq_session_st *session;
    const struct sim_unit *unit;
    const struct ga_nscq_uuid *uuid; /* of the unit */
    struct sim_act act;
    ga_nscq_rc rc; /* below 0: the value is zero */
    ga_nscq_fn callback;
    void *user;
};

typedef void give(struct asked *a);

typedef void on_uuid(const struct ga_nscq_uuid *, ga_nscq_rc,
                     const struct ga_nscq_uuid *, void *);
typedef void on_label(const struct ga_nscq_uuid *, ga_nscq_rc,
                      struct ga_nscq_label, void *);
typedef void on_number(const struct ga_nscq_uuid *, ga_nscq_rc, int8_t, void *);
typedef void on_report(const struct ga_nscq_uuid *, ga_nscq_rc,
                       struct ga_nscq_report, void *);
typedef void on_certificate(const struct ga_nscq_uuid *, ga_nscq_rc,
                            struct ga_nscq_certificate, void *);

static void
give_version(struct asked *a)
{
    struct ga_nscq_label label = { { 0 } };

    if (a->rc >= 0)
        snprintf(label.data, sizeof(label.data), "%s", lib.state.driver);
    ((on_label *)a->callback)(NULL, a->rc, label, a->user);
}

static void
give_uuid(struct asked *a)
{
    ((on_uuid *)a->callback)(a->uuid, a->rc, a->uuid, a->user);
}

static void
give_number(struct asked *a, int number)
{
    ((on_number *)a->callback)(a->uuid, a->rc, (int8_t)(a->rc < 0 ? 0 : number),
                               a->user);
}

static void
give_arch(struct asked *a)
{
    give_number(a, ARCH_LS10);
}

static void
give_pcie_mode(struct asked *a)
{
    struct sim_settings s = { 0 };

    if (a->rc >= 0 && sim_settings_read(lib.dir, &s, NULL) != GA_OK)
        a->rc = UNSPECIFIED;
    give_number(a, s.pcie_mode);
}

static void
give_report(struct asked *a)
{
    GA_AUTO_BUF struct ga_buf bytes = { 0 };
    struct ga_nscq_report report = { 0 };

    if (a->rc >= 0 && !a->session->has_input)
        a->rc = UNEXPECTED_VALUE;
    else if (a->rc >= 0 && sim_unit_report(a->unit, a->session->input, &a->act,
                                           &bytes, NULL) != GA_OK)
        a->rc = UNSPECIFIED;
    if (a->rc >= 0)
        report.report_size = sim_lib_size(&a->act, ga_view(&bytes),
                                          report.report, sizeof(report.report));
    ((on_report *)a->callback)(a->uuid, a->rc, report, a->user);
}

static void
give_certificate(struct asked *a)
{
    struct ga_nscq_certificate c = { 0 };

    if (a->rc >= 0)
        c.cert_chain_size = sim_lib_size(&a->act, ga_view(&a->unit->chain),
                                         c.cert_chain, sizeof(c.cert_chain));
    ((on_certificate *)a->callback)(a->uuid, a->rc, c, a->user);
}

/* Source: spec-protocol, 6.  `name` is what a script of faults calls it. */
/* clang-format off */
static const struct question {
    const char *path; /* whole, or behind a switch */
    const char *name;
    bool of_switch;
    give *give;
} questions[] = {
    { "/drv/nvswitch/version",       "version",            false, give_version },
    { "/drv/nvswitch/{device}/uuid", "uuid",               true,  give_uuid },
    { "/id/arch",                    "arch",               true,  give_arch },
    { "/config/pcie_mode",           "pcie_mode",          true,  give_pcie_mode },
    { "/config/attestation_report",  "attestation_report", true,  give_report },
    { "/config/certificate",         "certificate",        true,  give_certificate },
};
/* clang-format on */

#define ALL_SWITCHES "{nvswitch}"

/* Finds the question, and which switch it is for: "" for all of them. */
static const struct question *
parse(const char *path, char label[64])
{
    const char *rest = path;
    size_t n = 0;

    label[0] = '\0';
    if (strncmp(path, "/drv/", 5) != 0 && path[0] == '/') {
        n = strcspn(path + 1, "/");
        if (n >= 64)
            return NULL;
        rest = path + 1 + n;
        memcpy(label, path + 1, n);
        label[n] = '\0';
        if (strcmp(label, ALL_SWITCHES) == 0)
            label[0] = '\0';
    }
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
        if (strcmp(questions[i].path, rest) == 0 &&
            (rest == path) == (strncmp(rest, "/drv/", 5) == 0))
            return &questions[i];
    return NULL;
}

static ga_nscq_rc
ask_one(const struct question *q, struct asked *a, const char *device)
{
    if (!sim_lib_meet(&lib, SIM_NSCQ, q->name, device, &a->act))
        return UNSPECIFIED;
    a->rc = a->act.has_rc ? (ga_nscq_rc)a->act.rc : SUCCESS;
    if (!a->act.gone)
        q->give(a);
    return SUCCESS;
}

static ga_nscq_rc
ask_switches(const struct question *q, struct asked *a, const char *label)
{
    ga_nscq_rc rc = label[0] != '\0' ? INVALID_UUID : SUCCESS;

    for (size_t i = 0; i < lib.state.units; i++) {
        const struct sim_unit *u = &lib.state.unit[i];
        struct ga_nscq_uuid uuid;

        if (u->kind != GA_KIND_SWITCH ||
            (label[0] != '\0' && strcmp(label, u->uuid_text) != 0))
            continue;
        if ((a->session->mounted & bit_of(u)) == 0) {
            rc = label[0] != '\0' ? NOT_MOUNTABLE : rc;
            continue;
        }
        memcpy(uuid.bytes, u->uuid, sizeof(uuid.bytes));
        a->unit = u;
        a->uuid = &uuid;
        rc = ask_one(q, a, u->label);
        if (rc != SUCCESS)
            return rc;
    }
    return rc;
}

ga_nscq_rc
nscq_session_path_observe(ga_nscq_session session, const char *path,
                          ga_nscq_fn callback, void *user, uint32_t flags)
{
    struct asked a = { .session = session, .callback = callback, .user = user };
    ga_nscq_rc warning = enter(__func__), rc;
    const struct question *q;
    char label[64];

    (void)flags;
    if (warning < 0)
        return warning;
    if (session == NULL || path == NULL || callback == NULL)
        return UNEXPECTED_VALUE;
    q = parse(path, label);
    if (q == NULL)
        return NOT_IMPLEMENTED;
    if (!q->of_switch)
        rc = ask_one(q, &a, "");
    else if (session->mounted == 0)
        rc = NOT_MOUNTABLE;
    else
        rc = ask_switches(q, &a, label);
    return rc != SUCCESS ? rc : warning;
}

struct ga_nscq_observer_result
nscq_session_path_register_observer(ga_nscq_session session, const char *path,
                                    ga_nscq_fn callback, void *user,
                                    uint32_t flags)
{
    struct ga_nscq_observer_result made = { .rc = enter(__func__) };
    char label[64];

    (void)flags;
    if (made.rc < 0)
        return made;
    if (session == NULL || path == NULL || callback == NULL ||
        strlen(path) >= PATH_LEN) {
        made.rc = UNEXPECTED_VALUE;
        return made;
    }
    if (parse(path, label) == NULL) {
        made.rc = NOT_IMPLEMENTED;
        return made;
    }
    made.observer = calloc(1, sizeof(*made.observer));
    if (made.observer == NULL) {
        made.rc = UNSPECIFIED;
        return made;
    }
    *made.observer = (struct ga_nscq_observer_st){ .session = session,
                                                   .callback = callback,
                                                   .user = user,
                                                   .next = session->observers };
    memcpy(made.observer->path, path, strlen(path));
    session->observers = made.observer;
    return made;
}

void
nscq_observer_deregister(ga_nscq_observer observer)
{
    (void)enter(__func__);
    if (observer == NULL)
        return;
    for (ga_nscq_observer *at = &observer->session->observers; *at != NULL;
         at = &(*at)->next)
        if (*at == observer) {
            *at = observer->next;
            free(observer);
            return;
        }
}

ga_nscq_rc
nscq_observer_observe(ga_nscq_observer observer, uint32_t flags)
{
    ga_nscq_rc warning = enter(__func__), rc;

    if (warning < 0)
        return warning;
    if (observer == NULL)
        return UNEXPECTED_VALUE;
    rc = nscq_session_path_observe(observer->session, observer->path,
                                   observer->callback, observer->user, flags);
    return rc != SUCCESS ? rc : warning;
}

/* A callback may end its own observer. */
ga_nscq_rc
nscq_session_observe(ga_nscq_session session, uint32_t flags)
{
    ga_nscq_rc warning = enter(__func__), rc = SUCCESS;

    if (warning < 0)
        return warning;
    if (session == NULL)
        return UNEXPECTED_VALUE;
    for (ga_nscq_observer o = session->observers; o != NULL && rc >= SUCCESS;) {
        ga_nscq_observer next = o->next;

        rc = nscq_observer_observe(o, flags);
        o = next;
    }
    return rc != SUCCESS ? rc : warning;
}
