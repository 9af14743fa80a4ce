// Programs whose traces the PPE looks for in spufs files, and programs that do what they must not.
#include "worker.h"

// Leaves its marks and stops with code 0x1234; started again behind that, it ends.
int echo_state(struct job *job)
{
    spu_write_event_mask(MFC_SIGNAL_NOTIFY_1_EVENT | MFC_LLR_LOST_EVENT);
    spu_write_srr0(0x1230);
    spu_write_out_mbox(0x0b0b0b0b);
    spu_write_out_intr_mbox(0x01010101);
    mfc_write_tag_mask(0x00a5);
    spu_write_decrementer(0x7fffffff);
    vec_uint4 mark = { 0x11111111, 0x22222222, 0x33333333, job->seed };
    __asm__ volatile("ori $79, %0, 0\n\tstop 0x1234\n\tori %0, $79, 0" : "+r"(mark) : : "$79");
    job->out[0] = spu_extract(mark, 0);
    job->out[1] = spu_extract(mark, 3);
    job->out[2] = spu_read_event_mask();
    job->out[3] = spu_read_decrementer();
    job->out[4] = mfc_read_tag_mask();
    return 0;
}

// The PPE finds the words 1, 2, 3, ... there, adds to each, and says so; the sums go home.
int local_store(struct job *job)
{
    volatile uint32_t *words = (volatile uint32_t *)buffer[0];
    for (uint32_t i = 0; i < PIECE; i++)
        words[i] = i + 1;
    spu_write_out_mbox((uint32_t)words);
    uint32_t sum = 0;
    spu_read_in_mbox();
    for (uint32_t i = 0; i < PIECE; i++)
        sum += words[i];
    job->out[0] = sum;
    return 0;
}

static struct {
    uint32_t size;
    uint32_t address;
} list[2] __attribute__((aligned(8)));

int fault(struct job *job)
{
    switch (job->in[0]) {
    case FAULT_UNMAPPED_GET:
        mfc_get(buffer[0], job->ea[0], 128, 1, 0, 0);
        break;
    case FAULT_UNMAPPED_PUT:
    case FAULT_READ_ONLY:
        *(volatile uint32_t *)buffer[0] = job->seed;
        mfc_put(buffer[0], job->ea[0], 128, 1, 0, 0);
        break;
    case FAULT_MISALIGNED:
        mfc_get(buffer[0] + 4, job->ea[0], 128, 1, 0, 0);
        break;
    case FAULT_BAD_SIZE:
        mfc_get(buffer[0], job->ea[0], PIECE + 16, 1, 0, 0);
        break;
    case FAULT_BAD_COMMAND:
        spu_mfcdma64(buffer[0], mfc_ea2h(job->ea[0]), mfc_ea2l(job->ea[0]), 128, 1, 0x3f);
        break;
    case FAULT_BAD_LIST:
        list[0].size = 128;
        list[0].address = (uint32_t)job->ea[0] + 4;
        mfc_getl(buffer[0], job->ea[0], list, 8, 1, 0, 0);
        break;
    case FAULT_ILLEGAL:
        __asm__ volatile(".globl illegal_word\nillegal_word: .long 0x00800000");
        break;
    case FAULT_HALT:
        __asm__ volatile("heq $2, $2");
        break;
    case FAULT_STOP:
        __asm__ volatile("stop 0x0abc");
        break;
    case FAULT_STOPD:
        __asm__ volatile("stopd $2, $2, $2");
        break;
    case FAULT_CHANNEL:
        __asm__ volatile("wrch $ch100, $2");
        break;
    }
    wait_tag(1);
    job->out[0] = *(volatile uint32_t *)buffer[0];
    return 0;
}
