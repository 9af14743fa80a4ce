/* The virtual machine's kernel: the order of things. */
#include "machine.h"

u64 timebase_hertz;

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
    processes_check();
    print("%d checks good, %d bad\n", checks_good, checks_bad);
    machine_end(checks_bad != 0);
}
