/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's libraries together: opened, closed, asked for evidence. */
#include "device/device.h"
#include "base/cleanup.h"
#include "device/switches.h"
#include "evidence/evidence.h"

GA_DEFINE_AUTO_STRUCT(ga_evidence, ga_evidence_free);

static enum ga_rc
open_nscq(struct ga_device_libraries *libraries, struct ga_error *err)
{
    enum ga_rc rc = ga_nscq_load(&libraries->nscq, err);

    if (rc == GA_OK)
        rc = ga_nscq_start(&libraries->session, &libraries->nscq,
                           libraries->seams, err);
    return rc;
}

enum ga_rc
ga_device_open(struct ga_device_libraries *libraries, unsigned devices,
               const struct ga_device_seams *seams, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    libraries->devices = devices;
    libraries->seams = seams;
    if (devices & GA_DEVICES_GPU)
        rc = ga_nvml_open(&libraries->nvml, err);
    if (rc == GA_OK && (devices & GA_DEVICES_SWITCH))
        rc = open_nscq(libraries, err);
    if (rc != GA_OK)
        ga_device_close(libraries);
    return rc;
}

void
ga_device_close(struct ga_device_libraries *libraries)
{
    ga_nscq_stop(&libraries->session);
    ga_nscq_unload(&libraries->nscq);
    ga_nvml_close(&libraries->nvml);
    *libraries = (struct ga_device_libraries){ 0 };
}

static enum ga_rc
collect_gpus(const struct ga_device_libraries *libraries,
             const struct ga_nonce *nonce, struct ga_evidence *evidence,
             struct ga_error *err)
{
    const struct ga_gpus_request request = { &libraries->nvml, libraries->seams,
                                             nonce, libraries->threads };
    struct ga_gpus gpus = { 0 };
    enum ga_rc rc = ga_gpus_list(&libraries->nvml, &gpus, err);

    return rc == GA_OK ? ga_gpus_collect(&request, &gpus, evidence, err) : rc;
}

enum ga_rc
ga_device_collect(struct ga_device_libraries *libraries,
                  const struct ga_nonce *nonce, struct ga_evidence *evidence,
                  struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_evidence) *more = NULL;
    enum ga_rc rc = ga_evidence_new(&more, err);

    if (rc == GA_OK && (libraries->devices & GA_DEVICES_GPU))
        rc = collect_gpus(libraries, nonce, more, err);
    if (rc == GA_OK && (libraries->devices & GA_DEVICES_SWITCH))
        rc = ga_switches_collect(&libraries->session, nonce, more, err);
    if (rc == GA_OK)
        rc = ga_evidence_join(evidence, more, err);
    return rc;
}
