// What the kernel does for programs. On the host these measure the host's kernel and not the same C.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

// By number: a C library may remember the answer.
uint64_t run_syscalls(const struct job *job)
{
    uint64_t same = 0;
    long parent = syscall(SYS_getppid);
    for (unsigned long i = 0; i < 400000 * job->scale; i++)
        same += syscall(SYS_getppid) == parent;
    return same;
}

// Two processes hand a byte to and fro: each transfer is a switch, because all run on one processor.
uint64_t run_switches(const struct job *job)
{
    int there[2], back[2];
    unsigned char byte = 0;
    uint64_t sum = 0;
    if (pipe(there) != 0 || pipe(back) != 0)
        return 0;
    pid_t child = fork();
    if (child < 0)
        return 0;
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1) {
            byte += 3;
            if (write(back[1], &byte, 1) != 1)
                break;
        }
        _exit(0);
    }
    for (unsigned long i = 0; i < 12000 * job->scale; i++) {
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            break;
        sum = mix(sum, byte);
    }
    close(there[1]);
    close(there[0]);
    close(back[0]);
    close(back[1]);
    waitpid(child, NULL, 0);
    return sum;
}

static uint64_t children(unsigned long count, int execute)
{
    char *const arguments[] = { (char *)self, "nothing", NULL };
    uint64_t sum = 0;
    for (unsigned long i = 0; i < count; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            if (execute)
                execv(self, arguments);
            _exit(execute ? 127 : (int)(i & 0x7f));
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            return 0;
        sum = mix(sum, (uint64_t)WEXITSTATUS(status) + i);
    }
    return sum;
}

uint64_t run_fork(const struct job *job)
{
    return children(600 * job->scale, 0);
}

uint64_t run_exec(const struct job *job)
{
    return children(60 * job->scale, 1);
}

// A page fault for every 4 KB, and the unmapping of all of them.
uint64_t run_faults(const struct job *job)
{
    const size_t size = 8ul << 20, page = 4096;
    uint64_t sum = 0;
    for (unsigned long round = 0; round < 20 * job->scale; round++) {
        uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return 0;
        // Guests have no huge pages; the host shall not have them either.
        madvise(memory, size, MADV_NOHUGEPAGE);
        for (size_t at = 0; at < size; at += page)
            memory[at] = (uint8_t)(at / page + round);
        for (size_t at = 0; at < size; at += 7 * page)
            sum = mix(sum, memory[at]);
        munmap(memory, size);
    }
    return sum;
}
