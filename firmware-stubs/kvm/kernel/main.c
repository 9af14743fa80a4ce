/* The virtual machine's kernel: the order of things. */
#include "machine.h"

u64 timebase_hertz;

#define EXITS 64
#define EXITS_A_SLICE 100

/* Each privileged instruction leaves the virtual machine, and a switch between processes has some thirty. A slice must be much longer
 * than they take, or processes come to nothing; how long that is depends on the machine below. The shortest time counts: others may
 * have had the processor in between. */
static void choose_slices(void)
{
    u64 shortest = timebase_hertz;

    for (u64 i = 0; i < EXITS; i++) {
        u64 start = timebase(), time;

        __asm__ volatile("mfmsr %0" : "=r"(time));
        time = timebase() - start;
        if (time < shortest)
            shortest = time;
    }
    options.slices = timebase_hertz / ((shortest + 1) * EXITS_A_SLICE) + 1;
}

void kernel_main(const void *device_tree);
void kernel_main(const void *device_tree)
{
    int nodes;

    threads_prepare();
    console_open();
    print("a kernel of its own, in a virtual machine of Linux's KVM\n");
    nodes = fdt_parse(device_tree);
    timebase_hertz = board_read(BOARD_TIMEBASE);
    check("device-tree", nodes > 0 && options.memory_size && timebase_hertz, "%d nodes, %lu MiB, threads: %d, arguments \"%s\"", nodes,
          options.memory_size >> 20, options.threads, options.arguments);
    mmu_start();
    mmu_check();
    irq_start();
    smp_check();
    timer_check();
    choose_slices();
    processes_check();
    print("%d checks good, %d bad\n", checks_good, checks_bad);
    machine_end(checks_bad != 0);
}
