/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of a board in protected PCIe mode: rule 14, topology.  Every report is
 * signed by its device, and says something else than the board is. */
#include "sim/board.h"
#include "sim/defect_rows.h"

static void
unlock(struct sim_report_spec *s)
{
    s->locked = false;
}

static void
leave_out_lock(struct sim_report_spec *s)
{
    s->lock_absent = true;
}

static void
link_to_stranger(struct sim_report_spec *s)
{
    s->link[0][0] ^= 0x5a;
}

static void
link_to_ff(struct sim_report_spec *s)
{
    memset(s->link[3], 0xff, sizeof(s->link[3]));
}

/* The slot of GPU `g`, which every switch has elsewhere. */
static uint8_t *
slot_of(struct sim_report_spec *s, unsigned g)
{
    for (size_t i = 0; i < s->world->devices; i++) {
        const struct sim_device *d = &s->world->device[i];

        for (size_t k = 0;
             d->chip->kind == GA_KIND_GPU && d->number == g && k < SIM_SLOTS;
             k++)
            if (memcmp(s->gpu[k], d->id.pdi, GA_PDI_LEN) == 0)
                return s->gpu[k];
    }
    return s->gpu[0];
}

static void
forget_gpu(struct sim_report_spec *s)
{
    memset(slot_of(s, 2), 0, GA_PDI_LEN);
}

static void
name_other_gpu(struct sim_report_spec *s)
{
    slot_of(s, 1)[0] ^= 0x5a;
}

static void
be_first_switch(struct sim_report_spec *s)
{
    for (size_t i = 0; i < s->world->devices; i++) {
        const struct sim_device *d = &s->world->device[i];

        if (d->chip->kind == GA_KIND_SWITCH && d->number == 0)
            memcpy(s->pdi, d->id.pdi, sizeof(s->pdi));
    }
}

static void
be_stranger(struct sim_report_spec *s)
{
    s->pdi[0] ^= 0x5a;
}

static void
be_ff(struct sim_report_spec *s)
{
    memset(s->pdi, 0xff, sizeof(s->pdi));
}

/* SWITCH-3 belongs to another board: its GPUs are others, and the GPUs here
 * name the switch that was there before it. */
static void
swap_switch(struct sim_report_spec *s)
{
    const struct sim_device *last = &s->world->device[s->world->devices - 1];

    if (strcmp(s->name, last->label) == 0)
        for (size_t i = 0; i < SIM_SLOTS; i++)
            s->gpu[i][0] ^= 0x5a;
    for (size_t i = 0; s->kind == GA_KIND_GPU && i < SIM_LINKS; i++)
        if (memcmp(s->link[i], last->id.pdi, GA_PDI_LEN) == 0)
            s->link[i][0] ^= 0x5a;
}

static void
be_spt(struct sim_report_spec *s)
{
    s->ppcie = 0x55;
    s->flag = 0;
}

static void
answer_other_nonce(struct sim_report_spec *s)
{
    s->nonce[0] ^= 0x01;
}

static void
show_first_gpu(struct sim_world *w)
{
    for (size_t i = 1; i < w->devices; i++)
        if (w->device[i].chip->kind == GA_KIND_GPU)
            w->device[i].shown = &w->device[0];
}

static void
withhold_gpu(struct sim_world *w)
{
    w->device[SIM_BOARD_GPUS - 1].withheld = true;
}

static void
boot_other_firmware(struct sim_device_spec *s)
{
    s->first_brom = true;
}

#define BOARD                                    \
    SIM_BOARD_GPUS, SIM_BOARD_SWITCHES,          \
        .settings = (const struct sim_setting[]) \
    {                                            \
        { "topology", "hgx-hopper" },            \
        {                                        \
            NULL, NULL                           \
        }                                        \
    }
#define NO_TOPOLOGY                                  \
    UNMADE("set", "topology.board", DEPENDS),        \
        UNMADE("set", "topology.gpu", DEPENDS),      \
        UNMADE("set", "topology.switch", DEPENDS),   \
        UNMADE("set", "topology.identity", DEPENDS), \
        UNMADE("set", "topology.lock", DEPENDS)

/* clang-format off */
const struct sim_defect sim_defects_board[] = {
    { "board-unlocked", 14, "a switch is configured anew after it attested",
      REPORT("SWITCH-1", unlock), BOARD, EXPECT(
        FAILED("set", "topology.lock", UNLOCKED)) },
    { "board-lock-absent", 14, "a switch that does not say whether it is locked passes for one that is",
      REPORT("SWITCH-1", leave_out_lock), BOARD, EXPECT(
        FAILED("set", "topology.lock", ABSENT)) },
    { "board-foreign-link", 14, "a GPU's traffic passes a switch that nobody attested",
      REPORT("GPU-0", link_to_stranger), BOARD, EXPECT(
        FAILED("set", "topology.gpu", COUNT_OTHER),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-gpu-unseen", 14, "a GPU that one switch does not know stands on another board",
      REPORT("SWITCH-3", forget_gpu), BOARD, EXPECT(
        FAILED("set", "topology.switch", COUNT_OTHER),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-one-switch-twice", 14, "two switches pass for one",
      REPORT("SWITCH-1", be_first_switch), BOARD, EXPECT(
        FAILED("set", "topology.switch", SAME_DEVICE),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-eight-of-one", 14, "one GPU passes for eight",
      SET(show_first_gpu), BOARD, EXPECT(
        FAILED("set", "set.distinct", SAME_DEVICE),
        FAILED("set", "topology.identity", SAME_DEVICE)) },
    { "board-two-firmwares", 14, "one GPU that boots twice passes for two of a board",
      DEVICE("GPU-1", boot_other_firmware), BOARD, EXPECT(
        FAILED("set", "set.distinct", SAME_DEVICE),
        FAILED("set", "topology.switch", DUPLICATE),
        FAILED("set", "topology.identity", SAME_DEVICE)) },
    { "board-gpu-unnamed", 14, "a GPU of another board attests in place of this one's",
      REPORT("SWITCH-*", name_other_gpu), BOARD, EXPECT(
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-switch-other-pdi", 14, "a switch attests that is not where it says",
      REPORT("SWITCH-2", be_stranger), BOARD, EXPECT(
        FAILED("set", "topology.switch", MISMATCH),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-link-ff", 14, "a link leads to a switch that has no name",
      REPORT("GPU-4", link_to_ff), BOARD, EXPECT(
        FAILED("set", "topology.gpu", UNKNOWN_VALUE)) },
    { "board-switch-ff", 14, "a switch without a name passes for any",
      REPORT("SWITCH-1", be_ff), BOARD, EXPECT(
        FAILED("set", "topology.switch", UNKNOWN_VALUE),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-other-switch", 14, "a switch of another board attests in place of this one's",
      REPORT("*", swap_switch), BOARD, EXPECT(
        FAILED("set", "topology.switch", MISMATCH),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-one-spt", 14, "one GPU's links are not protected",
      REPORT("GPU-1", be_spt), BOARD, EXPECT(
        FAILED("set", "set.mode", MIXED),
        FAILED("set", "topology.lock", MODE_OTHER)) },
    { "board-seven-gpus", 14, "a GPU that does not attest works with those that did",
      SET(withhold_gpu), BOARD, EXPECT(
        FAILED("set", "topology.board", COUNT_OTHER),
        FAILED("set", "topology.identity", MISMATCH)) },
    { "board-other-nonce", 14, "a switch's report of an earlier day completes a board",
      REPORT("SWITCH-1", answer_other_nonce), BOARD, EXPECT(
        FAILED("SWITCH-1", "report.nonce", NONCE_OTHER),
        FAILED("set", "set.nonce", MIXED), NO_TOPOLOGY) },
    { .name = NULL },
};
