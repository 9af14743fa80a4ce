// Mailboxes and signal notification.
#include "worker.h"

static void answer(const struct job *job, uint32_t word)
{
    if (job->in[0])
        spu_write_out_intr_mbox(word);
    else
        spu_write_out_mbox(word);
}

int mailbox_echo(struct job *job)
{
    for (uint32_t i = 0; i < job->count; i++)
        answer(job, spu_read_in_mbox() * 3 + 1);
    return 0;
}

int mailbox_fill(struct job *job)
{
    job->out[8] = spu_read_signal1();
    job->out[9] = spu_stat_in_mbox();
    for (uint32_t i = 0; i < 4; i++)
        job->out[i] = spu_read_in_mbox();
    job->out[10] = spu_stat_in_mbox();
    job->out[11] = spu_stat_out_mbox();
    job->out[12] = spu_stat_out_intr_mbox();
    return 0;
}

int signal_read(struct job *job)
{
    spu_read_in_mbox();
    job->out[1] = job->in[0] == 1 ? spu_stat_signal1() : spu_stat_signal2();
    job->out[0] = job->in[0] == 1 ? spu_read_signal1() : spu_read_signal2();
    job->out[2] = job->in[0] == 1 ? spu_stat_signal1() : spu_stat_signal2();
    return 0;
}

int signal_sum(struct job *job)
{
    uint32_t all = 0, reads = 0;
    while ((all & 0x80000000u) == 0) {
        all |= spu_read_signal1();
        reads++;
        if (job->in[0])
            spu_write_out_mbox(all);
    }
    job->out[0] = all;
    job->out[1] = reads;
    return 0;
}

// sndsig sends the word of local store that lies at the same place within its quadword as the register does: offset 12.
int signal_send(struct job *job)
{
    volatile uint32_t *word = (volatile uint32_t *)(line + 12);
    for (uint32_t i = 0; i < job->count; i++) {
        spu_read_in_mbox();
        *word = 1u << (31 - (job->count - 1 - i));
        mfc_sndsig(word, job->ea[0], 3, 0, 0);
        wait_tag(3);
    }
    return 0;
}
