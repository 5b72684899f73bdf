/* SPDX-License-Identifier: Apache-2.0 */
/* The context's way to the devices of this machine. */
#include "device/device.h"
#include "verify/context.h"

#define AUTO_LIBRARIES __attribute__((cleanup(ga_device_close)))

static bool
cancelled(void *user)
{
    const struct ga_context *ctx = user;

    return atomic_load(&ctx->cancelled);
}

static void
log_line(void *user, enum ga_log_level level, const char *line)
{
    ga_context_log(user, level, line);
}

static struct ga_device_seams
seams_of(struct ga_context *ctx)
{
    return (struct ga_device_seams){ ctx, cancelled, log_line };
}

static enum ga_rc
check_devices(unsigned devices, struct ga_error *err)
{
    if (devices == 0 || (devices & ~(unsigned)GA_DEVICES_ALL) != 0)
        return ga_fail(err, GA_E_INVAL, "devices: %u, not 1 to %d", devices,
                       GA_DEVICES_ALL);
    return GA_OK;
}

enum ga_rc
ga_collect(struct ga_context *ctx, unsigned devices,
           const struct ga_nonce *nonce, struct ga_evidence *evidence,
           struct ga_error *err)
{
    AUTO_LIBRARIES struct ga_device_libraries libraries = { 0 };
    struct ga_device_seams seams;
    enum ga_rc rc;

    if (ctx == NULL || nonce == NULL || evidence == NULL)
        return ga_fail(err, GA_E_INVAL, "collect: NULL");
    seams = seams_of(ctx);
    rc = check_devices(devices, err);
    if (rc == GA_OK)
        rc = ga_device_cancelled(&seams, err);
    if (rc == GA_OK)
        rc = ga_device_open(&libraries, devices, &seams, err);
    return rc == GA_OK ? ga_device_collect(&libraries, nonce, evidence, err)
                       : rc;
}

enum ga_rc
ga_host_read(struct ga_context *ctx, unsigned devices, struct ga_host *out,
             struct ga_error *err)
{
    AUTO_LIBRARIES struct ga_device_libraries libraries = { 0 };
    struct ga_device_seams seams;
    enum ga_rc rc;

    if (ctx == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "host: NULL");
    seams = seams_of(ctx);
    rc = check_devices(devices, err);
    if (rc == GA_OK)
        rc = ga_device_open(&libraries, devices, &seams, err);
    return rc == GA_OK ? ga_device_host(&libraries, out, err) : rc;
}

enum ga_rc
ga_host_list(struct ga_context *ctx, unsigned devices,
             struct ga_host_devices *out, struct ga_error *err)
{
    AUTO_LIBRARIES struct ga_device_libraries libraries = { 0 };
    struct ga_device_seams seams;
    enum ga_rc rc;

    if (ctx == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "host: NULL");
    seams = seams_of(ctx);
    rc = check_devices(devices, err);
    if (rc == GA_OK)
        rc = ga_device_open(&libraries, devices, &seams, err);
    return rc == GA_OK ? ga_device_list(&libraries, out, err) : rc;
}

enum ga_rc
ga_host_set_ready(struct ga_context *ctx, bool ready, struct ga_error *err)
{
    AUTO_LIBRARIES struct ga_device_libraries libraries = { 0 };
    struct ga_device_seams seams;
    enum ga_rc rc;

    if (ctx == NULL)
        return ga_fail(err, GA_E_INVAL, "ready: NULL");
    seams = seams_of(ctx);
    rc = ga_device_open(&libraries, GA_DEVICES_GPU, &seams, err);
    return rc == GA_OK ? ga_device_set_ready(&libraries, ready, err) : rc;
}
