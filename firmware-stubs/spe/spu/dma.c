// Transfers: streams, all sizes, tags and order, lists.
#include <stdbool.h>

#include "worker.h"

// Two buffers in, two out. A buffer is read again only behind the put that empties it: that is the fence.
int dma_stream(struct job *job)
{
    uint32_t piece = job->count, pieces = job->size / piece;
    vec_uint4 seed = spu_splats(job->seed);
    mfc_get(buffer[0], job->ea[0], piece, 0, 0, 0);
    for (uint32_t i = 0; i < pieces; i++) {
        uint32_t now = i & 1, next = now ^ 1;
        if (i + 1 < pieces)
            mfc_getf(buffer[next], job->ea[0] + (uint64_t)(i + 1) * piece, piece, next, 0, 0);
        wait_tag(now);
        vec_uint4 *words = (vec_uint4 *)buffer[now];
        for (uint32_t j = 0; j < piece / 16; j++)
            words[j] = spu_add(spu_add(words[j], spu_sl(words[j], 2)), seed);
        mfc_put(buffer[now], job->ea[1] + (uint64_t)i * piece, piece, now, 0, 0);
    }
    mfc_write_tag_mask(3);
    mfc_read_tag_status_all();
    job->out[0] = pieces;
    return 0;
}

// Sizes 1, 2, 4 and 8 need natural alignment and the same place within the quadword on both sides.
int dma_sizes(struct job *job)
{
    uint32_t moved = 0, at = 0;
    mfc_get(buffer[0], job->ea[0], 4096, 1, 0, 0);
    wait_tag(1);
    for (uint32_t size = 1; size <= 8; size <<= 1)
        for (uint32_t offset = 0; offset < 16; offset += size) {
            mfc_put(buffer[0] + at + offset, job->ea[1] + at + offset, size, 2, 0, 0);
            at += 16;
            moved++;
        }
    for (uint32_t size = 16; at + size <= 2048; size += 16) {
        mfc_put(buffer[0] + at, job->ea[1] + at, size, 2, 0, 0);
        at += size + 16;
        moved++;
    }
    wait_tag(2);
    // The same on the way in: the second half comes back through another buffer, word by word.
    for (uint32_t offset = 2048; offset < 4096; offset += 4)
        mfc_get(buffer[1] + offset, job->ea[0] + offset, 4, 3, 0, 0);
    // A transfer of nothing is a transfer.
    mfc_get(buffer[1], job->ea[0], 0, 3, 0, 0);
    mfc_putb(buffer[1] + 2048, job->ea[1] + 2048, 2048, 3, 0, 0);
    wait_tag(3);
    job->out[0] = moved;
    job->out[1] = at;
    return 0;
}

// A chain through memory that is right only if fenced and barriered commands keep their order.
int dma_tags(struct job *job)
{
    volatile uint32_t *first = (volatile uint32_t *)buffer[0], *second = (volatile uint32_t *)buffer[1];
    for (uint32_t i = 0; i < job->count; i++) {
        *first = i + 1;
        *second = 0;
        mfc_put(buffer[0], job->ea[0], 128, 5, 0, 0);
        mfc_getf(buffer[1], job->ea[0], 128, 5, 0, 0);
        mfc_putb(buffer[1], job->ea[0] + 128, 128, 5, 0, 0);
        mfc_getb(buffer[2], job->ea[0] + 128, 128, 5, 0, 0);
        wait_tag(5);
        if (*second != i + 1 || *(volatile uint32_t *)buffer[2] != i + 1)
            return 3;
        mfc_put(buffer[0], job->ea[0] + 256, 128, 6, 0, 0);
        mfc_barrier(7);
        mfc_get(buffer[3], job->ea[0] + 256, 128, 8, 0, 0);
        wait_tag(8);
        if (*(volatile uint32_t *)buffer[3] != i + 1)
            return 4;
    }

    // Any: at least one of the groups asked for. All: all of them. At once: whatever is done.
    for (unsigned tag = 10; tag < 14; tag++)
        mfc_get(buffer[0] + (tag - 10) * 4096, job->ea[0], 4096, tag, 0, 0);
    mfc_write_tag_mask(0xfu << 10);
    uint32_t any = mfc_read_tag_status_any();
    uint32_t all = mfc_read_tag_status_all();
    uint32_t now = mfc_read_tag_status_immediate();
    job->out[0] = any;
    job->out[1] = all;
    job->out[2] = now;
    job->out[3] = mfc_read_tag_mask();
    job->out[4] = mfc_stat_cmd_queue();
    if ((any & (0xfu << 10)) == 0 || (any & ~(0xfu << 10)) != 0 || all != 0xfu << 10 || now != 0xfu << 10)
        return 5;
    // Groups without commands are complete.
    mfc_write_tag_mask(1u << 20);
    return mfc_read_tag_status_immediate() == 1u << 20 && mfc_stat_cmd_queue() == 16 ? 0 : 6;
}

struct element {
    uint32_t size; // bit 0 of the manual: stall and notify
    uint32_t address;
};

#define ELEMENTS 128
static struct element list[ELEMENTS] __attribute__((aligned(8)));

// Gathers pieces that lie size bytes apart into a row, and scatters the row in reverse order. A list that stalls is
// finished piece by piece: behind each stall lie elements that are made right only once it is reported.
int dma_list(struct job *job)
{
    uint32_t elements = job->count, piece = job->seed, stall = job->in[0], stalls = 0;
    if (elements > ELEMENTS || elements * piece > 2 * PIECE)
        return 9;
    for (uint32_t i = 0; i < elements; i++) {
        bool known = stall == 0 || i < stall;
        list[i].size = piece | (stall != 0 && (i + 1) % stall == 0 && i + 1 < elements ? 0x80000000u : 0);
        list[i].address = known ? (uint32_t)job->ea[0] + i * job->size : 0xdeadbee0u;
    }
    mfc_getl(buffer[0], job->ea[0], list, elements * sizeof *list, 9, 0, 0);
    if (stall != 0)
        for (uint32_t done = stall; done < elements; done += stall) {
            if (mfc_read_list_stall_status() != 1u << 9)
                return 10;
            stalls++;
            for (uint32_t i = done; i < elements && i < done + stall; i++)
                list[i].address = (uint32_t)job->ea[0] + i * job->size;
            mfc_write_list_stall_ack(9);
        }
    wait_tag(9);

    for (uint32_t i = 0; i < elements; i++) {
        list[i].size = piece;
        list[i].address = (uint32_t)job->ea[1] + (elements - 1 - i) * job->size;
    }
    mfc_putl(buffer[0], job->ea[1], list, elements * sizeof *list, 9, 0, 0);
    wait_tag(9);
    job->out[0] = elements;
    job->out[1] = stalls;
    return 0;
}
