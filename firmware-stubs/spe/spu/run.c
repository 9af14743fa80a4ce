// Long runs: page by page, slice by slice, and the plain loop that is measured.
#include "worker.h"

int touch(struct job *job)
{
    volatile uint32_t *words = (volatile uint32_t *)line;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < job->count; i++) {
        // Each page at another place within it.
        uint64_t ea = job->ea[0] + (uint64_t)i * job->size + (i * 48 & 0xff0);
        if (job->in[0] == 0) {
            for (uint32_t word = 0; word < 4; word++)
                words[word] = job->seed + i * 4 + word;
            mfc_put(line, ea, 16, i & 7, 0, 0);
            wait_tag(i & 7);
        } else {
            mfc_get(line, ea, 16, i & 7, 0, 0);
            wait_tag(i & 7);
            sum += words[0] + words[1] + words[2] + words[3];
        }
    }
    job->out[0] = sum;
    return 0;
}

// Everything a context switch must keep is in use: registers (the compiler keeps the chains in them), local store,
// tag mask, event mask, signals unread, decrementer running, DMA under way.
int compute(struct job *job)
{
    volatile uint32_t *flag = (volatile uint32_t *)line;
    uint32_t x[8];
    uint64_t slices = 0;
    uint32_t stamp = job->seed, bad = 0;
    uint32_t *store = (uint32_t *)buffer[0];
    for (uint32_t i = 0; i < PIECE; i++)
        store[i] = stamp = job_step(stamp);
    for (int i = 0; i < 8; i++)
        x[i] = job->seed + (uint32_t)i;
    spu_write_event_mask(job->seed & MFC_LLR_LOST_EVENT);
    uint32_t mask = spu_read_event_mask();

    do {
        mfc_get(line, job->ea[0], 16, 6, 0, 0);
        for (uint32_t i = 0; i < job->count; i++)
            for (int j = 0; j < 8; j++)
                x[j] = job_step(x[j]);
        slices++;
        wait_tag(6);
        if (mfc_read_tag_mask() != 1u << 6 || spu_read_event_mask() != mask)
            bad++;
    } while (*flag == 0);

    stamp = job->seed;
    for (uint32_t i = 0; i < PIECE; i++)
        if (store[i] != (stamp = job_step(stamp)))
            bad++;
    job->out[0] = bad;
    job->out[1] = (uint32_t)(slices >> 32);
    job->out[2] = (uint32_t)slices;
    for (int i = 0; i < 8; i++)
        job->out[8 + i] = x[i];
    return bad == 0 ? 0 : 1;
}

int count(struct job *job)
{
    volatile uint32_t *flag = (volatile uint32_t *)line;
    uint32_t x = job->seed;
    uint64_t slices = 0;
    do {
        mfc_get(line, job->ea[0], 16, 6, 0, 0);
        for (uint32_t i = 0; i < job->count; i++)
            x = job_step(x);
        slices++;
        wait_tag(6);
    } while (*flag == 0);
    job->out[0] = x;
    job->out[1] = (uint32_t)(slices >> 32);
    job->out[2] = (uint32_t)slices;
    return 0;
}
