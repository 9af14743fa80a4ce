/* Traps and interrupts: which vector means what, and the plugs behind vector 0x500 (irq-and-time 2 to 6). */
#include "kernel.h"

#define PLUGS 256

/* What a thread shares with lv1: lv1 sets status bits, the guest sets mask bits. Plug 0 is the leftmost bit. */
struct irq_bitmap {
    u64 status[4];
    u64 mask[4];
} __attribute__((aligned(64)));

struct thread threads[2];
static volatile struct irq_bitmap bitmaps[2];
static irq_handler handlers[2][PLUGS];
static volatile u32 self_events;
extern volatile u64 expected_fault;

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

static void update_mask(u64 thread, u64 plug, int enabled)
{
    struct lv1_results results;
    u64 bit = 1UL << (63 - plug % 64);

    if (enabled)
        bitmaps[thread].mask[plug / 64] |= bit;
    else
        bitmaps[thread].mask[plug / 64] &= ~bit;
    LV1(&results, LV1_DID_UPDATE_INTERRUPT_MASK, ppe_id, thread);
}

/* Connects an outlet to the plug of the same number of one thread, and enables it. */
int irq_connect(u64 thread, u64 outlet, irq_handler handler)
{
    struct lv1_results results;
    u64 plug = outlet % PLUGS;

    handlers[thread][plug] = handler;
    if (LV1(&results, LV1_CONNECT_IRQ_PLUG, ppe_id, thread, plug, outlet, 0) != LV1_SUCCESS)
        return 0;
    update_mask(thread, plug, 1);
    return 1;
}

/* The outlet of a new event port, connected; 0 if refused. */
u64 irq_event_port(u64 thread, irq_handler handler)
{
    struct lv1_results results;
    u64 outlet;

    if (LV1(&results, LV1_CONSTRUCT_EVENT_RECEIVE_PORT) != LV1_SUCCESS)
        return 0;
    outlet = results.value[0];
    return irq_connect(thread, outlet, handler) ? outlet : 0;
}

static void external_interrupt(void)
{
    struct lv1_results results;
    u64 thread = this_thread->number;

    for (u64 word = 0; word < 4; word++) {
        u64 pending;

        while ((pending = bitmaps[thread].status[word] & bitmaps[thread].mask[word]) != 0) {
            u64 plug = word * 64 + (u64)__builtin_clzl(pending);

            /* End first, then look at the work: an event that comes in between interrupts again. */
            LV1(&results, LV1_END_OF_INTERRUPT, ppe_id, thread, plug);
            if (handlers[thread][plug])
                handlers[thread][plug]();
        }
    }
}

static void self_event(void)
{
    self_events++;
}

static int wait_for_self_events(u32 count)
{
    u64 limit = timebase() + timebase_hertz / 100;

    while (self_events < count && timebase() < limit)
        ;
    return self_events == count;
}

void irq_start(void)
{
    struct lv1_results results;
    u64 outlet;
    int delivered = 1, held, released;

    for (u64 thread = 0; thread < (options.threads > 1 ? 2 : 1); thread++)
        if (LV1(&results, LV1_CONFIGURE_IRQ_STATE_BITMAP, ppe_id, thread, physical_of(&bitmaps[thread])) != LV1_SUCCESS)
            panic("interrupt bitmap of thread %lu refused", thread);

    outlet = irq_event_port(0, self_event);
    interrupts_on();
    for (u32 i = 1; i <= 5; i++) {
        LV1(&results, LV1_SEND_EVENT_LOCALLY, outlet);
        delivered &= wait_for_self_events(i);
    }

    /* An event that comes while its plug is masked waits for the mask bit. */
    update_mask(0, outlet % PLUGS, 0);
    LV1(&results, LV1_SEND_EVENT_LOCALLY, outlet);
    for (u64 end = timebase() + 100; timebase() < end;)
        ;
    held = self_events == 5;
    update_mask(0, outlet % PLUGS, 1);
    released = wait_for_self_events(6);
    interrupts_off();
    check("interrupts", outlet && delivered && held && released, "event port on outlet %lu, %u events, held while masked: %s",
          outlet, self_events, held ? "yes" : "no");
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
