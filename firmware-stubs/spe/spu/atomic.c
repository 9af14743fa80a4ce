// Locked lines: 128 bytes at a time, against other SPEs and against the PPE's reservations.
#include "worker.h"

// Word 0 counts everybody's steps, word in[0] only this one's. In every copy of the line the whole is at least the sum of
// the parts that only SPEs write (equal if in[1]): a torn or lost line shows.
int atomic_add(struct job *job)
{
    volatile uint32_t *words = (volatile uint32_t *)line;
    uint32_t lost = 0, mine = job->in[0], exact = job->in[1], torn = 0;
    for (uint32_t i = 0; i < job->count; i++) {
        uint32_t status;
        do {
            mfc_getllar(line, job->ea[0], 0, 0);
            mfc_read_atomic_status();
            uint32_t sum = 0;
            for (uint32_t word = 1; word <= 8; word++)
                sum += words[word];
            if (exact ? sum != words[0] : sum > words[0])
                torn++;
            words[0]++;
            words[mine]++;
            mfc_putllc(line, job->ea[0], 0, 0);
            status = mfc_read_atomic_status();
            if (status & MFC_PUTLLC_STATUS)
                lost++;
        } while (status & MFC_PUTLLC_STATUS);
    }
    job->out[0] = lost;
    job->out[1] = torn;
    return torn == 0 ? 0 : 1;
}

// A lock in its own line, taken conditionally and given back unconditionally; what it guards moves by plain DMA.
int atomic_lock(struct job *job)
{
    volatile uint32_t *words = (volatile uint32_t *)line;
    volatile uint32_t *data = (volatile uint32_t *)buffer[0];
    for (uint32_t i = 0; i < job->count; i++) {
        uint32_t status;
        do {
            mfc_getllar(line, job->ea[0], 0, 0);
            mfc_read_atomic_status();
            if (words[0] != 0) {
                status = MFC_PUTLLC_STATUS;
                continue;
            }
            words[0] = job->in[0];
            mfc_putllc(line, job->ea[0], 0, 0);
            status = mfc_read_atomic_status();
        } while (status & MFC_PUTLLC_STATUS);

        mfc_get(buffer[0], job->ea[1], 256, 4, 0, 0);
        wait_tag(4);
        for (uint32_t word = 0; word < 64; word++)
            data[word] += word + 1;
        mfc_put(buffer[0], job->ea[1], 256, 4, 0, 0);
        wait_tag(4);

        words[0] = 0;
        if (i & 1) {
            mfc_putqlluc(line, job->ea[0], 4, 0, 0);
            wait_tag(4);
        } else {
            mfc_putlluc(line, job->ea[0], 0, 0);
            if ((mfc_read_atomic_status() & MFC_PUTLLUC_STATUS) == 0)
                return 2;
        }
    }
    return 0;
}
