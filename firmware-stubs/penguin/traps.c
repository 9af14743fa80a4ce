/* Traps: which vector means what. Interrupts from outside are the machine's (irq.c). */
#include "kernel.h"

struct thread threads[2];

_Static_assert(sizeof(struct thread) == THREAD_SIZE, "layout.h");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "layout.h");
_Static_assert(__builtin_offsetof(struct thread, stack_top) == THREAD_STACK, "layout.h");
_Static_assert(__builtin_offsetof(struct thread, toc) == THREAD_TOC, "layout.h");
_Static_assert(__builtin_offsetof(struct thread, handler_msr) == THREAD_MSR, "layout.h");
_Static_assert(__builtin_offsetof(struct thread, resume_stack) == THREAD_RESUME, "layout.h");
_Static_assert(__builtin_offsetof(struct frame, pc) == FRAME_PC, "layout.h");
_Static_assert(__builtin_offsetof(struct frame, trap) == FRAME_TRAP, "layout.h");

void interrupts_on(void)
{
    __asm__ volatile("mtmsrd %0, 1" : : "r"((u64)(MSR_EE | MSR_RI)) : "memory");
}

void interrupts_off(void)
{
    __asm__ volatile("mtmsrd %0, 1" : : "r"((u64)MSR_RI) : "memory");
}

/* Before anything can trap: the blocks the vectors work with. Handlers run with translation off until mmu.c says
 * otherwise, thread by thread. */
void threads_prepare(void)
{
    for (u64 i = 0; i < 2; i++) {
        u64 toc;

        __asm__("mr %0, 2" : "=r"(toc));
        threads[i].toc = toc;
        threads[i].handler_msr = MSR_SF | MSR_RI;
        threads[i].number = i;
    }
}

static void __attribute__((noreturn)) unexpected(const struct frame *frame)
{
    for (int i = 0; i < 32; i += 4)
        print("  r%02d %016lx %016lx %016lx %016lx\n", i, frame->gpr[i], frame->gpr[i + 1], frame->gpr[i + 2],
              frame->gpr[i + 3]);
    print("  lr %016lx ctr %016lx cr %08lx xer %016lx\n", frame->lr, frame->ctr, frame->cr, frame->xer);
    panic("trap %lx at %lx, MSR %lx, DAR %lx, DSISR %lx, thread %lu", frame->trap, frame->pc, frame->msr, frame->dar,
          frame->dsisr, this_thread->number);
}

/* Called by vectors.S with interrupts off. Returns the frame to resume. */
struct frame *trap_dispatch(struct frame *frame)
{
    int from_process = (frame->msr & MSR_PR) != 0;

    switch (frame->trap) {
    case 0x500:
        external_interrupt();
        return from_process ? process_preempt(frame) : frame;
    case 0x900:
        timer_interrupt();
        return from_process ? process_preempt(frame) : frame;
    }
    if (from_process)
        return process_trap(frame);

    /* The kernel reads and writes a process's memory in system calls, and faults once on purpose. */
    if (frame->trap == 0x300 && expected_fault && frame->dar == expected_fault) {
        expected_fault = 0;
        frame->pc += 4;
        return frame;
    }
    if ((frame->trap == 0x300 && process_fault_in(frame->dar)) || (frame->trap == 0x380 && process_segment_in(frame->dar)))
        return frame;
    unexpected(frame);
}
