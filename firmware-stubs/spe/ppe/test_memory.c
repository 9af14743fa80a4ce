// DMA to pages that are not there yet, that are shared after a fork, and that come from a file: the kernel brings them.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

static uint32_t *stamp_at(uint8_t *area, uint32_t page, uint32_t distance)
{
    return (uint32_t *)(area + (uint64_t)page * distance + (page * 48 & 0xff0));
}

static int touch(uint8_t *area, uint32_t pages, uint32_t distance, uint32_t seed, bool reading, uint32_t *sum, unsigned *faults)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_TOUCH;
    job->count = pages;
    job->size = distance;
    job->seed = seed;
    job->in[0] = reading;
    job->ea[0] = (uint64_t)area;
    must(spe_worker(&spe, NULL, 0, job), "memory.touch");
    spe_run(&spe);
    int code = spe_exit_code(&spe);
    if (sum != NULL)
        *sum = job->out[0];
    if (faults != NULL) {
        // state, four times, switches, then: SLB faults, hash faults, minor, major, class 2, call-backs
        char text[256];
        unsigned long long v[13];
        *faults = 0;
        if (spe_read_text(&spe, "stat", text, sizeof text)
            && sscanf(text, "%*s %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4],
                   &v[5], &v[6], &v[7], &v[8], &v[9], &v[10], &v[11]) == 12)
            *faults = (unsigned)v[7];
    }
    spe_destroy(&spe);
    munmap(job, 4096);
    return code;
}

static unsigned wrong_stamps(uint8_t *area, uint32_t pages, uint32_t distance, uint32_t seed)
{
    unsigned wrong = 0;
    for (uint32_t page = 0; page < pages; page++)
        for (uint32_t word = 0; word < 4; word++)
            wrong += stamp_at(area, page, distance)[word] != seed + page * 4 + word;
    return wrong;
}

static void untouched(void)
{
    uint32_t pages = 1500, sum = 1;
    unsigned faults = 0;
    uint8_t *area = take((uint64_t)pages * 4096);
    int code = touch(area, pages, 4096, 0x1000, false, NULL, &faults);
    unsigned wrong = wrong_stamps(area, pages, 4096, 0x1000);
    check(code == 0 && wrong == 0 && faults >= pages, "memory.write", "%u new pages, %u words wrong, %u faults, exit %d", pages,
        wrong, faults, code);
    munmap(area, (uint64_t)pages * 4096);

    // Never written: one page of zeroes stands for all.
    area = take((uint64_t)pages * 4096);
    code = touch(area, pages, 4096, 0, true, &sum, NULL);
    check(code == 0 && sum == 0, "memory.read", "%u new pages, sum %u, exit %d", pages, sum, code);
    // And then written behind that: from the shared page of zeroes to one of their own.
    code = touch(area, pages, 4096, 0x2000, false, NULL, NULL);
    wrong = wrong_stamps(area, pages, 4096, 0x2000);
    check(code == 0 && wrong == 0, "memory.zero-page", "%u words wrong, exit %d", wrong, code);
    munmap(area, (uint64_t)pages * 4096);

    // Far apart: each in a segment of its own (256 MB), more of them than the SPE's SLB has entries.
    uint32_t distance = 0x10000000, segments = 24;
    area = mmap(NULL, (uint64_t)segments * distance, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(area != MAP_FAILED, "memory.segments");
    code = touch(area, segments, distance, 0x3000, false, NULL, NULL);
    wrong = wrong_stamps(area, segments, distance, 0x3000);
    check(code == 0 && wrong == 0, "memory.segments", "%u segments, %u words wrong, exit %d", segments, wrong, code);
    munmap(area, (uint64_t)segments * distance);
}

static void after_fork(void)
{
    uint32_t pages = 300;
    uint8_t *area = take((uint64_t)pages * 4096);
    must(touch(area, pages, 4096, 0x4000, false, NULL, NULL) == 0, "memory.fork");
    int there[2], back[2];
    char byte = 0;
    must(pipe(there) == 0 && pipe(back) == 0, "memory.fork");
    pid_t child = fork();
    must(child >= 0, "memory.fork");
    if (child == 0) {
        // Waits until the parent's SPE has written the shared pages; must not see it; then writes itself.
        bool good = read(there[0], &byte, 1) == 1 && wrong_stamps(area, pages, 4096, 0x4000) == 0
            && touch(area, pages, 4096, 0x6000, false, NULL, NULL) == 0 && wrong_stamps(area, pages, 4096, 0x6000) == 0;
        byte = good;
        good = write(back[1], &byte, 1) == 1 && good;
        _exit(good ? 0 : 1);
    }
    int code = touch(area, pages, 4096, 0x5000, false, NULL, NULL);
    unsigned wrong = wrong_stamps(area, pages, 4096, 0x5000);
    bool told = write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1;
    int status = -1;
    waitpid(child, &status, 0);
    unsigned after = wrong_stamps(area, pages, 4096, 0x5000);
    check(code == 0 && wrong == 0 && told && byte == 1 && status == 0 && after == 0, "memory.fork",
        "%u pages, parent %u wrong, then %u, child %s, exit %d", pages, wrong, after, byte ? "right" : "wrong", code);
    munmap(area, (uint64_t)pages * 4096);
}

// Pages taken away while the SPE knows them: it must not go on using them.
static void unmapped(void)
{
    uint32_t pages = 64;
    uint8_t *area = take((uint64_t)pages * 4096);
    must(touch(area, pages, 4096, 0x7000, false, NULL, NULL) == 0, "memory.discard");
    must(madvise(area, (uint64_t)pages * 4096, MADV_DONTNEED) == 0, "memory.discard");
    uint32_t sum = 1;
    int code = touch(area, pages, 4096, 0, true, &sum, NULL);
    check(code == 0 && sum == 0, "memory.discard", "discarded pages read as %u, exit %d", sum, code);
    munmap(area, (uint64_t)pages * 4096);
}

static void from_file(void)
{
    uint32_t pages = 100, sum = 0;
    int file = open("/tmp/spetest-pages", O_RDWR | O_CREAT | O_TRUNC, 0600);
    must(file >= 0 && unlink("/tmp/spetest-pages") == 0 && ftruncate(file, (off_t)pages * 4096) == 0, "memory.file");
    uint8_t *area = mmap(NULL, (uint64_t)pages * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    must(area != MAP_FAILED, "memory.file");
    int code = touch(area, pages, 4096, 0x8000, false, NULL, NULL);
    unsigned wrong = 0;
    for (uint32_t page = 0; page < pages; page++) {
        uint32_t word = 0;
        if (pread(file, &word, 4, (off_t)((uint8_t *)stamp_at(area, page, 4096) - area)) != 4 || word != 0x8000 + page * 4)
            wrong++;
    }
    int again = touch(area, pages, 4096, 0, true, &sum, NULL);
    check(code == 0 && again == 0 && wrong == 0 && sum != 0, "memory.file", "%u pages of a file, %u wrong, exits %d %d", pages, wrong,
        code, again);
    munmap(area, (uint64_t)pages * 4096);
    close(file);
}

void test_memory(void)
{
    untouched();
    after_fork();
    unmapped();
    from_file();
}
