/* The order of things. Each step prints its line; check() counts it. */
#include "kernel.h"

void kernel_main(const void *device_tree);
void kernel_main(const void *device_tree)
{
    int nodes;

    threads_prepare();
    console_open();
    print("penguin: a guest kernel for the PlayStation 3's lv1 hypervisor\n");

    nodes = fdt_parse(device_tree);
    check("device-tree", nodes > 0 && options.memory_size, "%d nodes, %lu MiB, threads: %d, arguments \"%s\"", nodes,
          options.memory_size >> 20, options.threads, options.arguments);

    repository_read_machine();
    repository_list();
    mmu_start();
    mmu_check();
    irq_start();
    smp_check();
    timer_check();
    storage_check();
    network_check();
    video_check();
    video_rsx_check();
    rtc_check();
    processes_check();

    if (checks_bad)
        print("PENGUIN FAIL %d of %d checks\n", checks_bad, checks_good + checks_bad);
    else
        print("PENGUIN OK %d checks\n", checks_good);
    screen_show();
    video_wait_blanks(2); /* flips take effect at the vertical blank: let the last picture be seen */

    if (options.no_shutdown) {
        print("penguin: halted, as noshutdown asks\n");
        for (;;) {
            struct lv1_results results;

            LV1(&results, LV1_PAUSE, 1);
        }
    }
    print("penguin: powering off\n");
    system_power_off();
}
