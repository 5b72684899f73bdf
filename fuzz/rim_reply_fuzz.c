/* SPDX-License-Identifier: Apache-2.0 */
/* Target: ga_rim_reply_parse and ga_rim_ids_parse. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "fuzz/require.h"
#include "gpuattest/net.h"
#include "net/rim_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The id that the seeds have. */
#define ID "NV_A"

/* What was accepted is an object with that id, whose RIM is in bounds. */
static void
check_accepted(struct ga_bytes in, const struct ga_buf *rim)
{
    json_t *reply = NULL;
    const char *id;

    require(rim->len >= 1 && rim->len <= GA_RIM_MAX);
    require(ga_json_parse(in, &reply, NULL) == GA_OK);
    id = json_string_value(json_object_get(reply, "id"));
    require(id != NULL && strcmp(id, ID) == 0);
    require(rim->len <= json_string_length(json_object_get(reply, "rim")));
    json_decref(reply);
}

static void
check_ids(struct ga_bytes in)
{
    struct ga_error err = { 0 };
    char **ids = NULL;
    enum ga_rc rc = ga_rim_ids_parse(in, &ids, &err);

    if (rc != GA_OK) {
        require(ids == NULL && err.code == rc && err.text[0] != '\0');
        return;
    }
    for (size_t i = 0; ids[i] != NULL; i++)
        require(ga_rim_id_ok(ids[i]));
    ga_net_ids_free(ids);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_bytes in = ga_bytes_of(data, size);
    struct ga_buf rim = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_rim_reply_parse(in, ID, GA_RIM_MAX, &rim, &err);

    check_ids(in);
    if (rc == GA_OK) {
        check_accepted(in, &rim);
        ga_buf_done(&rim);
        return 0;
    }
    require(rim.ptr == NULL && err.code == rc && err.text[0] != '\0');
    require(err.offset == GA_NO_OFFSET || err.offset <= size);
    return 0;
}
