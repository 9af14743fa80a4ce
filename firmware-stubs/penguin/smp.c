/* The second hardware thread: release from the hold loop, then work on orders of thread 0. */
#include "kernel.h"

#define INCREMENTS 10000
#define ROUNDS 50

enum order { NO_ORDER, ORDER_COUNT, ORDER_REST };

static volatile u32 online, order, finished;
static volatile u32 atomic_counter, locked_counter;
static struct lock counter_lock;
static volatile u32 ball;
static u64 port_of[2]; /* event ports: a message to that thread */

void lock_take(struct lock *lock)
{
    u32 value;

    __asm__ volatile("1: lwarx   %0, 0, %1\n"
                     "   cmpwi   %0, 0\n"
                     "   bne-    2f\n"
                     "   stwcx.  %2, 0, %1\n"
                     "   beq+    3f\n"
                     "2: or      1, 1, 1\n" /* low priority while the other thread holds it */
                     "   b       1b\n"
                     "3: or      2, 2, 2\n"
                     "   isync"
                     : "=&r"(value)
                     : "r"(&lock->held), "r"(1)
                     : "cr0", "memory");
}

void lock_release(struct lock *lock)
{
    __asm__ volatile("lwsync" : : : "memory");
    lock->held = 0;
}

static void atomic_increment(volatile u32 *counter)
{
    u32 value;

    __asm__ volatile("1: lwarx   %0, 0, %1\n"
                     "   addi    %0, %0, 1\n"
                     "   stwcx.  %0, 0, %1\n"
                     "   bne-    1b"
                     : "=&b"(value)
                     : "r"(counter)
                     : "cr0", "memory");
}

static void count(void)
{
    for (u32 i = 0; i < INCREMENTS; i++) {
        atomic_increment(&atomic_counter);
        lock_take(&counter_lock);
        locked_counter++;
        lock_release(&counter_lock);
    }
    atomic_increment(&finished);
}

/* A message has come: the ball goes back as long as rounds are left. Runs in the interrupt, on either thread. */
static void ball_received(void)
{
    u32 round = ball;

    if (round >= 2 * ROUNDS)
        return;
    ball = round + 1;
    __asm__ volatile("sync" : : : "memory");
    event_send(port_of[1 - this_thread->number]);
}

static int wait_until(volatile u32 *word, u32 value)
{
    u64 limit = timebase() + 20 * timebase_hertz;

    while (*word != value) {
        if (timebase() > limit)
            return 0;
        __asm__ volatile("or 31, 31, 31" : : : "memory"); /* a pause hint to the core */
    }
    __asm__ volatile("isync" : : : "memory");
    return 1;
}

void secondary_main(void)
{
    mmu_start_thread();
    timer_start();
    online = 1;
    for (;;) {
        if (order == ORDER_COUNT) {
            order = NO_ORDER;
            count();
        } else if (order == ORDER_REST) {
            /* Nothing more to do: the decrementer at its longest, and only messages wake this thread. */
            __asm__ volatile("mtdec %0" : : "r"(0x7fffffffUL));
            interrupts_off();
            machine_rest();
        } else {
            interrupts_on();
            __asm__ volatile("or 31, 31, 31" : : : "memory");
            interrupts_off();
        }
    }
}

void smp_check(void)
{
    u64 start, elapsed;
    int done;

    if (options.threads < 2) {
        check("threads", 1, "the device tree announces one thread only");
        return;
    }

    port_of[0] = irq_event_port(0, ball_received);
    port_of[1] = irq_event_port(1, ball_received);
    __asm__ volatile("sync" : : : "memory");
    hold_release = (u64)secondary_start;
    done = wait_until(&online, 1);
    check("threads", done && hold_acknowledge == 1, "thread 1 left its hold loop and runs with translation on");
    if (!done)
        return;

    order = ORDER_COUNT;
    count();
    done = wait_until(&finished, 2);
    check("atomics", done && atomic_counter == 2 * INCREMENTS && locked_counter == 2 * INCREMENTS,
          "both threads counted to %u by reservation, to %u by lock", atomic_counter, locked_counter);

    interrupts_on();
    start = timebase();
    event_send(port_of[1]);
    done = wait_until(&ball, 2 * ROUNDS);
    elapsed = timebase() - start;
    interrupts_off();
    if (options.quiet_time)
        check("ping-pong", done, "%u messages between the threads", ball);
    else
        check("ping-pong", done, "%u messages between the threads in %lu time base ticks", ball, elapsed);

    order = ORDER_REST;
}
