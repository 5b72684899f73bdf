/* SPDX-License-Identifier: Apache-2.0 */
/* GPUs through NVML: which there are, and their evidence. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/chips.h"
#include "base/cleanup.h"
#include "device/blob.h"
#include "device/gpus.h"
#include "device/library.h"

enum ga_rc
ga_gpus_count(const struct ga_nvml_api *api, unsigned *out,
              struct ga_error *err)
{
    unsigned count = 0;
    enum ga_rc rc = GA_NVML_CALL(api, device_count, err, &count);

    if (rc != GA_OK)
        return rc;
    if (count == 0)
        return ga_fail(err, GA_E_MISSING, "%s: %s: no GPU", GA_NVML_LIBRARY,
                       ga_nvml_names.device_count);
    if (count > GA_DEVICES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%s: %s: %u GPUs, not 1 to %d",
                       GA_NVML_LIBRARY, ga_nvml_names.device_count, count,
                       GA_DEVICES_MAX);
    *out = count;
    return GA_OK;
}

static enum ga_rc
read_arch(const struct ga_nvml_api *api, struct ga_gpu *gpu,
          struct ga_error *err)
{
    unsigned number = 0;
    enum ga_rc rc = GA_NVML_CALL(api, device_arch, err, gpu->handle, &number);

    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; i < ga_chip_count && gpu->arch == NULL; i++)
        if (ga_chips[i].kind == GA_KIND_GPU && ga_chips[i].nvml_arch == number)
            gpu->arch = ga_chips[i].arch;
    if (gpu->arch == NULL)
        return ga_fail(err, GA_E_UNREACHABLE,
                       "%s: %s: architecture %u cannot attest", GA_NVML_LIBRARY,
                       ga_nvml_names.device_arch, number);
    return GA_OK;
}

static enum ga_rc
read_gpu(const struct ga_nvml_api *api, unsigned i, struct ga_gpu *gpu,
         struct ga_error *err)
{
    enum ga_rc rc = GA_NVML_CALL(api, device_handle, err, i, &gpu->handle);

    if (rc == GA_OK && gpu->handle == NULL)
        rc = ga_fail(err, GA_E_BAD_VALUE, "%s: %s: no handle", GA_NVML_LIBRARY,
                     ga_nvml_names.device_handle);
    if (rc == GA_OK)
        rc = GA_NVML_CALL(api, device_uuid, err, gpu->handle, gpu->uuid,
                          sizeof(gpu->uuid));
    if (rc == GA_OK)
        rc = ga_library_text(GA_NVML_LIBRARY, ga_nvml_names.device_uuid,
                             gpu->uuid, sizeof(gpu->uuid), err);
    return rc == GA_OK ? read_arch(api, gpu, err) : rc;
}

enum ga_rc
ga_gpus_list(const struct ga_nvml_api *api, struct ga_gpus *out,
             struct ga_error *err)
{
    struct ga_gpus gpus = { 0 };
    unsigned count = 0;
    enum ga_rc rc = ga_gpus_count(api, &count, err);

    if (rc != GA_OK)
        return rc;
    for (unsigned i = 0; i < count; i++) {
        rc = read_gpu(api, i, &gpus.item[i], err);
        if (rc != GA_OK)
            return ga_within(err, rc, "GPU-%u", i);
        for (unsigned j = 0; j < i; j++)
            if (strcmp(gpus.item[j].uuid, gpus.item[i].uuid) == 0)
                return ga_fail(err, GA_E_DUPLICATE,
                               "%s: %s: GPU-%u and GPU-%u are both %s",
                               GA_NVML_LIBRARY, ga_nvml_names.device_uuid, j, i,
                               gpus.item[i].uuid);
    }
    gpus.count = count;
    *out = gpus;
    return GA_OK;
}

static enum ga_rc
ask_report(const struct ga_gpus_request *r, const struct ga_gpu *gpu,
           struct ga_item *item, struct ga_error *err)
{
    struct ga_nvml_report report = { 0 };
    struct ga_device_blob blob = { report.report, 0, sizeof(report.report),
                                   NULL };
    char from[96];
    enum ga_rc rc;

    snprintf(from, sizeof(from), "%s: %s", GA_NVML_LIBRARY,
             ga_nvml_names.report);
    memcpy(report.nonce, r->nonce->bytes, sizeof(report.nonce));
    rc = GA_NVML_CALL(r->api, report, err, gpu->handle, &report);
    if (rc != GA_OK)
        return rc;
    blob.size = report.size;
    blob.from = from;
    return ga_device_report(&blob, &item->report, err);
}

static enum ga_rc
ask_chain(const struct ga_gpus_request *r, const struct ga_gpu *gpu,
          struct ga_item *item, struct ga_error *err)
{
    struct ga_nvml_certificate c = { 0 };
    struct ga_device_blob blob = { c.attestation_chain, 0,
                                   sizeof(c.attestation_chain), NULL };
    char from[96];
    enum ga_rc rc;

    snprintf(from, sizeof(from), "%s: %s", GA_NVML_LIBRARY,
             ga_nvml_names.certificate);
    rc = GA_NVML_CALL(r->api, certificate, err, gpu->handle, &c);
    if (rc != GA_OK)
        return rc;
    blob.size = c.attestation_chain_size;
    blob.from = from;
    return ga_device_chain(&blob, &item->chain, err);
}

static enum ga_rc
ask_gpu(const struct ga_gpus_request *r, const struct ga_gpu *gpu,
        struct ga_item *item, struct ga_error *err)
{
    char source[GA_NVML_UUID + 32];
    struct ga_device_words words = { gpu->arch, r->nonce, source };
    enum ga_rc rc = ga_device_cancelled(r->seams, err);

    snprintf(source, sizeof(source), "%s %s", GA_NVML_LIBRARY, gpu->uuid);
    if (rc == GA_OK)
        rc = ask_chain(r, gpu, item, err);
    if (rc == GA_OK)
        rc = ask_report(r, gpu, item, err);
    return rc == GA_OK ? ga_device_words(&words, item, err) : rc;
}

/* What the threads share.  Each takes the next GPU and writes to that GPU's
 * places alone. */
struct work {
    const struct ga_gpus_request *request;
    const struct ga_gpus *gpus;
    struct ga_item *items;
    struct outcome *outcomes;
    atomic_size_t next;
    atomic_bool failed;
};

struct outcome {
    enum ga_rc rc;
    struct ga_error err;
};

/* GPUs are taken in order, and what was taken is finished: no GPU before the
 * first one that failed was left out. */
static void *
work_on(void *arg)
{
    struct work *w = arg;

    while (!atomic_load(&w->failed)) {
        size_t i = atomic_fetch_add(&w->next, 1);
        struct outcome *o;

        if (i >= w->gpus->count)
            break;
        o = &w->outcomes[i];
        o->rc = ask_gpu(w->request, &w->gpus->item[i], &w->items[i], &o->err);
        if (o->rc != GA_OK)
            atomic_store(&w->failed, true);
    }
    return NULL;
}

/* Works with more threads than this one; those that the system does not give
 * are not needed. */
static void
work_together(struct work *w)
{
    pthread_t threads[GA_DEVICE_THREADS_MAX];
    size_t wanted = w->gpus->count, started = 0;

    if (wanted > GA_DEVICE_THREADS_MAX)
        wanted = GA_DEVICE_THREADS_MAX;
    if (w->request->threads > 0 && wanted > w->request->threads)
        wanted = w->request->threads;
    while (started + 1 < wanted &&
           pthread_create(&threads[started], NULL, work_on, w) == 0)
        started++;
    work_on(w);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

enum ga_rc
ga_gpus_collect(const struct ga_gpus_request *request,
                const struct ga_gpus *gpus, struct ga_evidence *evidence,
                struct ga_error *err)
{
    GA_AUTO_FREE struct outcome *outcomes =
        calloc(gpus->count, sizeof(*outcomes));
    struct work w = { .request = request, .gpus = gpus, .outcomes = outcomes };

    if (outcomes == NULL)
        return ga_nomem(err);
    if (gpus->count > GA_DEVICES_MAX - evidence->count)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                       GA_DEVICES_MAX);
    w.items = &evidence->item[evidence->count];
    evidence->count += gpus->count;
    work_together(&w);
    for (size_t i = 0; i < gpus->count; i++) {
        if (outcomes[i].rc == GA_OK)
            continue;
        if (err != NULL)
            *err = outcomes[i].err;
        return ga_within(err, outcomes[i].rc, "GPU-%zu", i);
    }
    return GA_OK;
}
