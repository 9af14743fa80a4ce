// C = A * B for square matrices stored as blocks of 64 by 64, one after the other, each a single transfer of 16 KB. The
// next blocks of A and B come while this pair is multiplied; the last C goes while the next begins. Block rows are taken
// from a counter all SPEs share.
#include <spu_mfcio.h>
#include <string.h>

#include "../job.h"
#include "../standalone/sgemm_kernel.h"

#define BYTES (BLOCK * BLOCK * 4)

static struct job job;
static float a[2][BLOCK * BLOCK] __attribute__((aligned(128)));
static float b[2][BLOCK * BLOCK] __attribute__((aligned(128)));
static float c[2][BLOCK * BLOCK] __attribute__((aligned(128)));
static volatile uint32_t line[32] __attribute__((aligned(128)));

static void wait_tags(unsigned mask)
{
    mfc_write_tag_mask(mask);
    mfc_read_tag_status_all();
}

// The next number of the counter at ea[3].
static uint32_t take_number(void)
{
    uint32_t number;
    do {
        mfc_getllar(line, job.ea[3], 0, 0);
        mfc_read_atomic_status();
        number = line[0]++;
        mfc_putllc(line, job.ea[3], 0, 0);
    } while (mfc_read_atomic_status() & MFC_PUTLLC_STATUS);
    return number;
}

static void fetch(unsigned buffer, uint32_t row, uint32_t column, uint32_t k)
{
    mfc_get(a[buffer], job.ea[0] + (uint64_t)(row * job.count + k) * BYTES, BYTES, buffer, 0, 0);
    mfc_get(b[buffer], job.ea[1] + (uint64_t)(k * job.count + column) * BYTES, BYTES, buffer, 0, 0);
}

int main(unsigned long long speid, unsigned long long argp)
{
    (void)speid;
    mfc_get(&job, argp, sizeof job, 31, 0, 0);
    wait_tags(1u << 31);
    uint32_t blocks = job.count, done = 0;
    for (uint32_t at; (at = take_number()) < blocks * blocks; done++) {
        uint32_t row = at / blocks, column = at % blocks;
        unsigned out = done & 1;
        fetch(0, row, column, 0);
        wait_tags(1u << (2 + out));
        memset(c[out], 0, BYTES);
        for (uint32_t k = 0; k < blocks; k++) {
            unsigned now = k & 1;
            if (k + 1 < blocks)
                fetch(now ^ 1, row, column, k + 1);
            wait_tags(1u << now);
            sgemm_block(c[out], a[now], b[now]);
        }
        mfc_put(c[out], job.ea[2] + (uint64_t)at * BYTES, BYTES, 2 + out, 0, 0);
    }
    wait_tags(3u << 2);
    job.out[0] = done;
    mfc_put(job.out, argp + JOB_OUT_OFFSET, sizeof job.out, 31, 0, 0);
    wait_tags(1u << 31);
    return 0;
}
