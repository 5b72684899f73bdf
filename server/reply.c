/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are no attestation. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/json.h"
#include "server/reply.h"

void
server_reply_code(struct server_reply *r, unsigned status, unsigned code,
                  const char *message, const char *description)
{
    char text[GA_ERROR_TEXT];
    GA_AUTO(json_t) *v = NULL;

    ga_escape(description, strlen(description), text, sizeof(text));
    v = json_pack("{s:i,s:i,s:s,s:s}", "code", (int)code, "httpStatus",
                  (int)status, "message", message, "description", text);
    free(r->body);
    /* Out of memory: the status says what there is to say. */
    r->body = v != NULL ? ga_json_text(v, false) : NULL;
    r->status = status;
    r->type = "application/json";
}

void
server_reply_error(struct server_reply *r, unsigned status, const char *message,
                   const char *description)
{
    server_reply_code(r, status, status, message, description);
}
