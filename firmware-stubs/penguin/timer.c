/* The decrementer: a periodic tick on each thread, and time slices for processes (irq-and-time 10). */
#include "kernel.h"

#define FOR_EVER 0x7fffffffUL
#define ATTEMPTS 8

volatile u64 ticks[2];
static u64 tick_due[2], slice_due[2];

u64 timebase(void)
{
    u64 value;

    /* Cell may return a stale upper half while the lower one is 0. */
    do
        __asm__ volatile("mftb %0" : "=r"(value));
    while ((u32)value == 0);
    return value;
}

/* The decrementer interrupts when it passes below 0: set it to the nearer of tick and slice. */
static void program(u64 thread, u64 now)
{
    u64 due = slice_due[thread] && slice_due[thread] < tick_due[thread] ? slice_due[thread] : tick_due[thread];
    u64 distance = due > now ? due - now : 1;

    if (distance > FOR_EVER)
        distance = FOR_EVER;
    __asm__ volatile("mtdec %0" : : "r"(distance));
}

void timer_start(void)
{
    u64 now = timebase();

    tick_due[this_thread->number] = now + timebase_hertz / options.hertz;
    program(this_thread->number, now);
}

/* Ends the running process's slice after so many time base ticks; 0 for no slice. */
void timer_slice(u64 length)
{
    u64 now = timebase();

    slice_due[this_thread->number] = length ? now + length : 0;
    program(this_thread->number, now);
}

void timer_interrupt(void)
{
    u64 thread = this_thread->number;
    u64 now = timebase();

    while (now >= tick_due[thread]) {
        ticks[thread]++;
        tick_due[thread] += timebase_hertz / options.hertz;
    }
    if (now >= slice_due[thread])
        slice_due[thread] = 0;
    program(thread, now);
}

/* Sleeps until the tick count reaches a value. Interrupts are off between looking and sleeping: the machine's pause wakes for the
 * decrementer all the same, and no tick is slept over. */
static void wait_for_tick(u64 count)
{
    while (ticks[0] < count) {
        if ((s64)(tick_due[0] - timebase()) > 0)
            machine_pause();
        interrupts_on();
        interrupts_off();
    }
}

void timer_check(void)
{
    u64 period = timebase_hertz / options.hertz;
    u64 start, elapsed = 0;

    timer_start();
    /* A busy host may hold the machine up for a while, so too late once proves nothing; too early always does. */
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        wait_for_tick(ticks[0] + 1);
        start = timebase();
        wait_for_tick(ticks[0] + 10);
        elapsed = timebase() - start;
        if (elapsed < 12 * period)
            break;
    }
    if (options.quiet_time)
        check("timer", elapsed > 9 * period && elapsed < 12 * period, "10 ticks at %lu Hz", options.hertz);
    else
        check("timer", elapsed > 9 * period && elapsed < 12 * period, "10 ticks at %lu Hz took %lu of %lu time base ticks",
              options.hertz, elapsed, 10 * period);
}
