/* The plugs and event ports behind vector 0x500 (irq-and-time 2 to 6), and waiting for them. */
#include "kernel.h"

#define PLUGS 256

/* What a thread shares with lv1: lv1 sets status bits, the guest sets mask bits. Plug 0 is the leftmost bit. */
struct irq_bitmap {
    u64 status[4];
    u64 mask[4];
} __attribute__((aligned(64)));

static volatile struct irq_bitmap bitmaps[2];
static irq_handler handlers[2][PLUGS];
static volatile u32 self_events;

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

/* A message to the thread that an event port belongs to. */
void event_send(u64 port)
{
    struct lv1_results results;

    LV1(&results, LV1_SEND_EVENT_LOCALLY, port);
}

/* Sleeps until an interrupt is pending. Interrupts are off, and it is not taken yet. */
void machine_pause(void)
{
    struct lv1_results results;

    LV1(&results, LV1_PAUSE, 0);
}

/* Sleeps, with interrupts off before and after, until one has been taken. */
void machine_rest(void)
{
    struct lv1_results results;

    LV1(&results, LV1_PAUSE, 1);
}

void external_interrupt(void)
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
