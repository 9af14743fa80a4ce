// A program of many small jobs. The PPE says which: by the address of a job as the program's argument, or, where a context
// has no `regs` file to put arguments in, by two mailbox words.
#include "worker.h"

uint8_t buffer[4][PIECE] __attribute__((aligned(128)));
uint8_t line[128] __attribute__((aligned(128)));

static struct job job;

static int wait_for_word(struct job *unused)
{
    (void)unused;
    return spu_read_in_mbox() == 1 ? 0 : 2;
}

static int (*const jobs[])(struct job *) = {
    [JOB_MAILBOX_ECHO] = mailbox_echo,
    [JOB_MAILBOX_FILL] = mailbox_fill,
    [JOB_SIGNAL_READ] = signal_read,
    [JOB_SIGNAL_SUM] = signal_sum,
    [JOB_SIGNAL_SEND] = signal_send,
    [JOB_STREAM] = dma_stream,
    [JOB_SIZES] = dma_sizes,
    [JOB_TAGS] = dma_tags,
    [JOB_LIST] = dma_list,
    [JOB_ATOMIC_ADD] = atomic_add,
    [JOB_ATOMIC_LOCK] = atomic_lock,
    [JOB_EVENTS] = events,
    [JOB_INTERRUPT] = interrupt,
    [JOB_TOUCH] = touch,
    [JOB_COMPUTE] = compute,
    [JOB_ECHO_STATE] = echo_state,
    [JOB_LOCAL_STORE] = local_store,
    [JOB_FAULT] = fault,
    [JOB_COUNT] = count,
    [JOB_WAIT] = wait_for_word,
};

int main(unsigned long long speid, unsigned long long argp, unsigned long long envp)
{
    (void)speid;
    (void)envp;
    if (argp == 0) {
        argp = (uint64_t)spu_read_in_mbox() << 32;
        argp |= spu_read_in_mbox();
    }
    mfc_get(&job, argp, sizeof job, 31, 0, 0);
    wait_tag(31);
    if (job.command >= sizeof jobs / sizeof *jobs || jobs[job.command] == 0)
        return 255;
    int result = jobs[job.command](&job);
    mfc_put(job.out, argp + JOB_OUT_OFFSET, sizeof job.out, 31, 0, 0);
    wait_tag(31);
    return result;
}
