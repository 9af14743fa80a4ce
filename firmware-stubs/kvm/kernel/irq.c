/* External interrupts: events between threads, which the board keeps until they are taken; and waiting, with MSR.POW. */
#include "machine.h"

#define MSR_POW 0x40000UL

static irq_handler handlers[2][BOARD_PORTS_PER_THREAD];
static u64 next_port[2] = {1, 1}; /* 0 stands for none */
static volatile u32 self_events;

u64 irq_event_port(u64 thread, irq_handler handler)
{
    u64 port = next_port[thread]++;

    handlers[thread][port] = handler;
    return thread * BOARD_PORTS_PER_THREAD + port;
}

void event_send(u64 port)
{
    board_write(BOARD_EVENT_SEND, port);
}

void external_interrupt(void)
{
    u64 events = board_read(BOARD_EVENT_TAKE);

    for (u64 port = 0; port < BOARD_PORTS_PER_THREAD; port++)
        if (events >> port & 1 && handlers[this_thread->number][port])
            handlers[this_thread->number][port]();
}

/* MSR.POW stops the thread until an exception is pending, MSR.EE or not. KVM wakes it for the decrementer, too. */
void machine_pause(void)
{
    u64 msr;

    __asm__ volatile("mfmsr %0" : "=r"(msr));
    __asm__ volatile("sync\n\tmtmsrd %0\n\tisync" : : "r"(msr | MSR_POW) : "memory");
}

void machine_rest(void)
{
    machine_pause();
    interrupts_on();
    interrupts_off();
}

static void self_event(void)
{
    self_events++;
}

static int wait_for_self_events(u32 count)
{
    u64 limit = timebase() + timebase_hertz;

    while (self_events < count && timebase() < limit)
        ;
    return self_events == count;
}

void irq_start(void)
{
    u64 port = irq_event_port(0, self_event);
    int delivered = 1, held;

    interrupts_on();
    for (u32 i = 1; i <= 5; i++) {
        event_send(port);
        delivered &= wait_for_self_events(i);
    }
    interrupts_off();
    /* What comes while interrupts are off waits. */
    event_send(port);
    for (u64 end = timebase() + timebase_hertz / 1000; timebase() < end;)
        ;
    held = self_events == 5;
    interrupts_on();
    delivered &= wait_for_self_events(6);
    interrupts_off();
    check("interrupts", delivered && held, "%u events, held while interrupts were off: %s", self_events, held ? "yes" : "no");
}
