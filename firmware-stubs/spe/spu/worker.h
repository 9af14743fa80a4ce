// The jobs of the worker program, one function each. What they return is the program's exit code: 0 when all went well.
#ifndef WORKER_H
#define WORKER_H

#include <spu_intrinsics.h>
#include <spu_mfcio.h>

#include "../job.h"

int mailbox_echo(struct job *job);
int mailbox_fill(struct job *job);
int signal_read(struct job *job);
int signal_sum(struct job *job);
int signal_send(struct job *job);
int dma_stream(struct job *job);
int dma_sizes(struct job *job);
int dma_tags(struct job *job);
int dma_list(struct job *job);
int atomic_add(struct job *job);
int atomic_lock(struct job *job);
int events(struct job *job);
int interrupt(struct job *job);
int touch(struct job *job);
int compute(struct job *job);
int echo_state(struct job *job);
int local_store(struct job *job);
int fault(struct job *job);
int count(struct job *job);

// Waits until all transfers of a tag are done.
static inline void wait_tag(unsigned tag)
{
    mfc_write_tag_mask(1u << tag);
    mfc_read_tag_status_all();
}

// Two buffers every job may use.
#define PIECE 16384
extern uint8_t buffer[4][PIECE] __attribute__((aligned(128)));
extern uint8_t line[128] __attribute__((aligned(128)));

#endif
