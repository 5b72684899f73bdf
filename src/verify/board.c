/* SPDX-License-Identifier: Apache-2.0 */
/* Topologies of results, and of bare bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "verify/board.h"
#include "x509/chain.h"

GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);
GA_DEFINE_AUTO_STRUCT(ga_chain, ga_chain_free);

/* Those devices that one of the rules looks at. */
static bool
looked_at(unsigned rules, enum ga_kind kind)
{
    if (rules == GA_TOPOLOGY_RULE(GPU))
        return kind == GA_KIND_GPU;
    if (rules == GA_TOPOLOGY_RULE(SWITCH))
        return kind == GA_KIND_SWITCH;
    return true;
}

enum ga_rc
ga_result_board(const struct ga_result *result, const struct ga_board *board,
                unsigned rules, const struct ga_pdi_set *switches,
                struct ga_topology **out, struct ga_error *err)
{
    GA_AUTO_FREE struct ga_topology_device *devices =
        calloc(result->device_count + 1, sizeof(*devices));
    struct ga_topology_input in = {
        .board = board, .device = devices, .switches = switches, .rules = rules
    };

    if (devices == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < result->device_count; i++) {
        const struct ga_device *d = &result->device[i];
        struct ga_topology_device *to = &devices[in.count];

        if (!looked_at(rules, d->kind))
            continue;
        *to = (struct ga_topology_device){
            .label = d->label,
            .arch = ga_device_arch(d),
            .mode = d->mode,
            .verified = d->set.authentic,
            .has_identity = d->set.has_identity,
            .says = d->set.says,
        };
        to->says.kind = d->kind;
        memcpy(to->identity, d->set.identity, sizeof(to->identity));
        in.count++;
    }
    return ga_topology_make(&in, out, err);
}

enum ga_rc
ga_topology_check(const struct ga_result *result, const struct ga_board *board,
                  struct ga_topology **out, struct ga_error *err)
{
    if (result == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "topology: NULL");
    return ga_result_board(result, board, GA_TOPOLOGY_ALL, NULL, out, err);
}

enum ga_rc
ga_gpu_topology_check(const struct ga_result *result,
                      const struct ga_board *board, struct ga_topology **out,
                      struct ga_error *err)
{
    if (result == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "topology: NULL");
    return ga_result_board(result, board, GA_TOPOLOGY_RULE(GPU), NULL, out,
                           err);
}

enum ga_rc
ga_switch_topology_check(const struct ga_result *result,
                         const struct ga_board *board,
                         const struct ga_pdi_set *switches,
                         struct ga_topology **out, struct ga_error *err)
{
    if (result == NULL || switches == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "topology: NULL");
    if (switches->count > GA_PDI_SET_MAX)
        return ga_fail(err, GA_E_INVAL, "topology: a set of %zu, not 0 to %d",
                       switches->count, GA_PDI_SET_MAX);
    return ga_result_board(result, board, GA_TOPOLOGY_RULE(SWITCH), switches,
                           out, err);
}

const struct ga_topology *
ga_result_topology(const struct ga_result *result)
{
    return result != NULL ? result->topology : NULL;
}

/* Devices that nobody verified, with labels of their own. */
struct bare {
    struct ga_topology_device device[GA_DEVICES_MAX];
    char label[GA_DEVICES_MAX][16];
};

/* What a report says that nobody verified. */
static enum ga_rc
read_bare_report(const struct ga_unverified_device *from,
                 struct ga_topology_device *out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_report) *report = NULL;
    struct ga_check ignored = { 0 };
    enum ga_rc rc =
        ga_report_parse(from->report, from->report_len, &report, err);

    if (rc != GA_OK)
        return rc;
    ga_neighbours_read(report, &out->says);
    out->mode = ga_report_mode(report, &ignored);
    return GA_OK;
}

static enum ga_rc
read_bare_chain(const struct ga_unverified_device *from,
                struct ga_topology_device *out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_chain) *chain = NULL;
    enum ga_rc rc;

    if (from->chain == NULL)
        return GA_OK;
    rc = ga_chain_parse(from->chain, from->chain_len, &chain, err);
    if (rc != GA_OK)
        return rc;
    out->arch = chain->chip != NULL ? chain->chip->arch : NULL;
    out->has_identity =
        ga_unhex(chain->pdi, strlen(chain->pdi), out->identity, GA_PDI_LEN);
    return GA_OK;
}

static enum ga_rc
read_bare(const struct ga_unverified_device *devices, size_t count,
          struct bare *out, struct ga_error *err)
{
    unsigned gpus = 0, switches = 0;

    for (size_t i = 0; i < count; i++) {
        struct ga_topology_device *d = &out->device[i];
        enum ga_rc rc = read_bare_report(&devices[i], d, err);

        if (rc == GA_OK)
            rc = read_bare_chain(&devices[i], d, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "device %zu", i + 1);
        if (d->says.kind == GA_KIND_GPU)
            snprintf(out->label[i], sizeof(out->label[i]), "GPU-%u", gpus++);
        else
            snprintf(out->label[i], sizeof(out->label[i]), "SWITCH-%u",
                     switches++);
        d->label = out->label[i];
    }
    return GA_OK;
}

enum ga_rc
ga_topology_check_unverified(const struct ga_unverified_device *devices,
                             size_t count, const struct ga_board *board,
                             struct ga_topology **out, struct ga_error *err)
{
    GA_AUTO_FREE struct bare *bare = NULL;
    struct ga_topology_input in = {
        .board = board, .count = count, .bare = true, .rules = GA_TOPOLOGY_ALL
    };
    enum ga_rc rc;

    if (devices == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "topology: NULL");
    if (count == 0)
        return ga_fail(err, GA_E_MISSING, "no devices");
    if (count > GA_DEVICES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                       GA_DEVICES_MAX);
    bare = calloc(1, sizeof(*bare));
    if (bare == NULL)
        return ga_nomem(err);
    in.device = bare->device;
    rc = read_bare(devices, count, bare, err);
    return rc == GA_OK ? ga_topology_make(&in, out, err) : rc;
}
