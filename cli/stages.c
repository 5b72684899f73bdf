/* SPDX-License-Identifier: Apache-2.0 */
/* Stages with their state and time, as a table and as JSON. */
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/json.h"
#include "cli/stages.h"

static const char *const names[STAGE_COUNT] = {
#define X(id, name) name,
    STAGES(X)
#undef X
};

/* What was begun and has no end is not one that went well. */
static const char *
state_name(enum stage_state state)
{
    switch (state) {
    case STAGE_SUCCESS:
        return "SUCCESS";
    case STAGE_RUNNING:
    case STAGE_FAILED:
        return "FAILED";
    case STAGE_SKIPPED:
        break;
    }
    return "SKIPPED";
}

int64_t
milliseconds(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
stage_begin(struct stages *s, enum stage_id id)
{
    s->stage[id] =
        (struct stage){ .state = STAGE_RUNNING, .began = milliseconds() };
}

void
stage_end(struct stages *s, enum stage_id id, enum stage_state state,
          const char *fmt, ...)
{
    struct stage *stage = &s->stage[id];
    char raw[GA_ERROR_TEXT];
    va_list ap;

    if (stage->state == STAGE_RUNNING)
        stage->took = milliseconds() - stage->began;
    stage->state = state;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    ga_escape(raw, strlen(raw), stage->text, sizeof(stage->text));
}

void
stages_fail(struct stages *s, const char *why)
{
    for (size_t i = 0; i < STAGE_COUNT; i++)
        if (s->stage[i].state == STAGE_RUNNING)
            stage_end(s, (enum stage_id)i, STAGE_FAILED, "%s", why);
}

const struct stage *
stages_failed(const struct stages *s, const char **name)
{
    for (size_t i = 0; i < STAGE_COUNT; i++)
        if (s->stage[i].state == STAGE_FAILED) {
            *name = names[i];
            return &s->stage[i];
        }
    return NULL;
}

void
stages_print(const struct stages *s, FILE *to)
{
    for (size_t i = 0; i < STAGE_COUNT; i++) {
        const struct stage *stage = &s->stage[i];

        fprintf(to, "%-20s %s", names[i], state_name(stage->state));
        if (stage->state != STAGE_SKIPPED)
            fprintf(
                to, "%*s%6lld ms",
                (int)(sizeof("SUCCESS ") - strlen(state_name(stage->state))),
                "", (long long)stage->took);
        fprintf(to, "%s%s\n", stage->text[0] != '\0' ? "  " : "", stage->text);
    }
}

json_t *
stages_list(const struct stages *s)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < STAGE_COUNT; i++) {
        const struct stage *stage = &s->stage[i];
        bool skipped = stage->state == STAGE_SKIPPED;

        if (json_array_append_new(
                list,
                json_pack("{s:s,s:s,s:o,s:o}", "name", names[i], "state",
                          state_name(stage->state), "ms",
                          skipped ? json_null()
                                  : json_integer((json_int_t)stage->took),
                          "text",
                          stage->text[0] != '\0' ? json_string(stage->text)
                                                 : json_null())) != 0)
            return NULL;
    }
    return GA_TAKE(list);
}
