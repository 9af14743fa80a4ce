// Events: each is raised, waited for in channel 0, acknowledged, and must then be gone. out[n] is what was read for event n.
#include "worker.h"

static volatile uint32_t interrupts;

// Raises no event by itself: says by the mailbox that it waits, and the PPE does something.
static uint32_t wait_for(uint32_t mask)
{
    spu_write_event_mask(mask);
    spu_write_out_mbox(mask);
    uint32_t status = spu_read_event_status();
    spu_write_event_ack(status);
    return status;
}

static uint32_t by_itself(uint32_t mask)
{
    spu_write_event_mask(mask);
    uint32_t status = spu_read_event_status();
    spu_write_event_ack(status);
    return status;
}

static struct {
    uint32_t size;
    uint32_t address;
} list[2] __attribute__((aligned(8)));

int events(struct job *job)
{
    spu_write_event_mask(0);
    spu_write_event_ack(0xffffffffu);

    switch (job->in[0]) {
    case MFC_IN_MBOX_AVAILABLE_EVENT:
        job->out[0] = wait_for(MFC_IN_MBOX_AVAILABLE_EVENT);
        job->out[1] = spu_read_in_mbox();
        break;
    case MFC_SIGNAL_NOTIFY_1_EVENT:
        job->out[0] = wait_for(MFC_SIGNAL_NOTIFY_1_EVENT);
        job->out[1] = spu_read_signal1();
        break;
    case MFC_SIGNAL_NOTIFY_2_EVENT:
        job->out[0] = wait_for(MFC_SIGNAL_NOTIFY_2_EVENT);
        job->out[1] = spu_read_signal2();
        break;
    case MFC_OUT_MBOX_AVAILABLE_EVENT:
        // Full from here on, until the PPE reads.
        job->out[0] = wait_for(MFC_OUT_MBOX_AVAILABLE_EVENT);
        job->out[1] = spu_stat_out_mbox();
        break;
    case MFC_OUT_INTR_MBOX_AVAILABLE_EVENT:
        spu_write_event_mask(MFC_OUT_INTR_MBOX_AVAILABLE_EVENT);
        spu_write_out_intr_mbox(MFC_OUT_INTR_MBOX_AVAILABLE_EVENT);
        job->out[0] = spu_read_event_status();
        spu_write_event_ack(job->out[0]);
        job->out[1] = spu_stat_out_intr_mbox();
        break;
    case MFC_LLR_LOST_EVENT:
        mfc_getllar(line, job->ea[0], 0, 0);
        mfc_read_atomic_status();
        job->out[0] = wait_for(MFC_LLR_LOST_EVENT);
        // The reservation is gone: the conditional store must fail.
        mfc_putllc(line, job->ea[0], 0, 0);
        job->out[1] = mfc_read_atomic_status();
        break;
    case MFC_DECREMENTER_EVENT:
        spu_write_decrementer(1000);
        job->out[0] = by_itself(MFC_DECREMENTER_EVENT);
        // It goes on below zero.
        job->out[1] = spu_read_decrementer();
        break;
    case MFC_TAG_STATUS_UPDATE_EVENT:
        spu_write_event_mask(MFC_TAG_STATUS_UPDATE_EVENT);
        mfc_get(buffer[0], job->ea[0], 4096, 2, 0, 0);
        mfc_write_tag_mask(1u << 2);
        mfc_write_tag_update_all();
        job->out[0] = spu_read_event_status();
        spu_write_event_ack(job->out[0]);
        job->out[1] = mfc_read_tag_status();
        break;
    case MFC_LIST_STALL_NOTIFY_EVENT:
        spu_write_event_mask(MFC_LIST_STALL_NOTIFY_EVENT);
        list[0].size = 0x80000000u | 128;
        list[1].size = 128;
        list[0].address = (uint32_t)job->ea[0];
        list[1].address = (uint32_t)job->ea[0] + 128;
        mfc_getl(buffer[0], job->ea[0], list, sizeof list, 2, 0, 0);
        job->out[0] = spu_read_event_status();
        spu_write_event_ack(job->out[0]);
        job->out[1] = mfc_read_list_stall_status();
        mfc_write_list_stall_ack(2);
        wait_tag(2);
        break;
    case MFC_COMMAND_QUEUE_AVAILABLE_EVENT:
        // Raised when the queue comes from full to not full. A stalled list keeps its place until it is let go; the queue is
        // filled up behind it by commands of the same tag behind a barrier.
        spu_write_event_mask(MFC_COMMAND_QUEUE_AVAILABLE_EVENT);
        list[0].size = 0x80000000u | 128;
        list[1].size = 128;
        list[0].address = (uint32_t)job->ea[0];
        list[1].address = (uint32_t)job->ea[0] + 128;
        mfc_getl(buffer[0], job->ea[0], list, sizeof list, 2, 0, 0);
        while (mfc_stat_cmd_queue() > 0)
            mfc_getb(buffer[1], job->ea[0], 128, 2, 0, 0);
        job->out[2] = spu_stat_event_status();
        job->out[1] = mfc_read_list_stall_status();
        mfc_write_list_stall_ack(2);
        job->out[0] = spu_read_event_status();
        spu_write_event_ack(job->out[0]);
        wait_tag(2);
        break;
    case MFC_MULTI_SRC_SYNC_EVENT:
        spu_write_event_mask(MFC_MULTI_SRC_SYNC_EVENT);
        mfc_write_multi_src_sync_request();
        job->out[0] = spu_read_event_status();
        spu_write_event_ack(job->out[0]);
        job->out[1] = mfc_stat_multi_src_sync_request();
        break;
    default:
        return 20;
    }
    // Nothing is left, and what is not enabled is not seen.
    job->out[4] = spu_stat_event_status();
    spu_write_event_mask(0);
    job->out[5] = spu_read_event_mask();
    return job->out[0] == job->in[0] && job->out[4] == 0 ? 0 : 21;
}

// Local store 0 holds what an interrupt executes: a branch to the handler in interrupt.S is put there.
extern void interrupt_handler(void);
extern volatile uint32_t interrupt_count[4], interrupt_status[4];

int interrupt(struct job *job)
{
    volatile uint32_t *vector = (volatile uint32_t *)0;
    uint32_t before = vector[0];
    vector[0] = 0x30000000u | (((uint32_t)interrupt_handler >> 2) & 0xffff) << 7; // bra
    spu_sync();
    spu_write_event_mask(MFC_DECREMENTER_EVENT);
    spu_write_decrementer(500);
    spu_ienable();
    uint64_t turns = 0;
    while (interrupt_count[0] < job->count)
        turns++;
    spu_idisable();
    spu_write_event_mask(0);
    job->out[0] = interrupt_count[0];
    job->out[1] = interrupt_status[0];
    job->out[2] = (uint32_t)turns;
    job->out[3] = spu_read_machine_status();
    vector[0] = before;
    spu_sync();
    return interrupt_status[0] == MFC_DECREMENTER_EVENT && turns > 0 ? 0 : 22;
}
