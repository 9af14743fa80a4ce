// Runs the subtests and prints a line each: BENCH name seconds checksum. As process 1 it is the whole userland of a
// guest: says how long the kernel took, takes its options from the kernel command line (scale=N only=NAME,...), and
// powers off.
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#ifdef __powerpc64__
#include <sys/platform/ppc.h>
#endif

#include "bench.h"

#define KB 1024ul
#define MB (1024ul * KB)

volatile uint64_t seed = 1;
const char *self;

static const struct subtest subtests[] = {
    { "alu", run_alu, 0 },
    { "branches", run_branches, 0 },
    { "calls", run_calls, 0 },
    { "recursion", run_recursion, 0 },
    { "hash", run_hash, 64 * KB },
    { "sort", run_sort, 1 * MB },
    { "strings", run_strings, 64 * KB },
    { "sweep-1m", run_sweep, 1 * MB },
    { "sweep-16m", run_sweep, 16 * MB },
    { "sweep-64m", run_sweep, 64 * MB },
    { "sieve", run_sieve, 1 * MB },
    { "chase-64k", run_chase, 64 * KB },
    { "chase-1m", run_chase, 1 * MB },
    { "chase-16m", run_chase, 16 * MB },
    { "nbody", run_nbody, 0 },
    { "matmul", run_matmul, 1 * MB },
    { "single", run_single, 64 * KB },
    { "vmx", run_vmx, 64 * KB },
    { "syscalls", run_syscalls, 0 },
    { "switches", run_switches, 0 },
    { "fork", run_fork, 0 },
    { "exec", run_exec, 0 },
    { "faults", run_faults, 0 },
};

// Nanoseconds as an integer: printing a double would run C library code that QEMU's power7 refuses.
static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// A line at a time and by one write, so that the kernel's own messages do not come between.
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(1);
}

// Touched here, so that only "faults" measures page faults.
static void *take_memory(size_t size)
{
    struct sysinfo info;
    if (sysinfo(&info) != 0 || (uint64_t)info.freeram * info.mem_unit < size + size / 4)
        return NULL;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    // Guests have no huge pages; the host shall not have them either.
    madvise(memory, size, MADV_NOHUGEPAGE);
    memset(memory, 1, size);
    return memory;
}

static void run(const struct subtest *test, unsigned long scale)
{
    struct job job = { scale, NULL, test->memory };
    if (job.size != 0 && (job.memory = take_memory(job.size)) == NULL) {
        say("SKIP %s needs %lu KB\n", test->name, (unsigned long)(job.size / KB));
        return;
    }
    uint64_t start = now();
    uint64_t sum = test->run(&job);
    uint64_t taken = now() - start;
    say("BENCH %s %lu.%09lu %016lx\n", test->name, (unsigned long)(taken / 1000000000u), (unsigned long)(taken % 1000000000u),
        (unsigned long)sum);
    if (job.memory != NULL)
        munmap(job.memory, job.size);
}

static bool wanted(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; at != NULL && *at != '\0'; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    return names == NULL;
}

// The time base is read first: everything printed takes time.
static void report_boot(void)
{
    uint64_t ticks = 0, frequency = 0, uptime = now();
#ifdef __powerpc64__
    ticks = __ppc_get_timebase();
    frequency = __ppc_get_timebase_freq();
#endif
    say("INIT-REACHED timebase=%lu frequency=%lu uptime=%lu\n", (unsigned long)ticks, (unsigned long)frequency, (unsigned long)uptime);
}

int main(int count, char **arguments)
{
    // What the subtest "exec" executes: starts and ends.
    if (count == 2 && strcmp(arguments[1], "nothing") == 0)
        return 0;

    bool init = getpid() == 1;
    if (init)
        report_boot();
    self = arguments[0];
    // Linux hands name=value options that it does not know to init as its environment.
    const char *names = getenv("only"), *scale = getenv("scale");
    unsigned long factor = scale != NULL ? strtoul(scale, NULL, 10) : 1;

    // Two processes on two host processors would not switch; guests have one.
    int processor = sched_getcpu();
    if (processor >= 0) {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET((size_t)processor, &one);
        sched_setaffinity(0, sizeof one, &one);
    }

    for (size_t i = 0; i < sizeof subtests / sizeof *subtests; i++)
        if (wanted(names, subtests[i].name))
            run(&subtests[i], factor != 0 ? factor : 1);
    say("BENCH-END\n");

    if (init) {
        sync();
        reboot(RB_POWER_OFF);
    }
    return 0;
}
