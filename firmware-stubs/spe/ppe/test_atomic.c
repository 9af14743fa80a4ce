// One line, many writers: SPEs by getllar and putllc, the PPE's threads by lwarx and stwcx.
#define _GNU_SOURCE
#include <stdio.h>

#include "check.h"
#include "spe.h"

#define SPES 6
#define THREADS 2

struct adder {
    pthread_t thread;
    volatile uint32_t *word;
    uint32_t count, lost;
};

static void *add(void *argument)
{
    struct adder *adder = argument;
    for (uint32_t i = 0; i < adder->count; i++) {
        uint32_t value, stored;
        do {
            __asm__ volatile("lwarx %0,0,%2\n\taddi %0,%0,1\n\tstwcx. %0,0,%2\n\tmfcr %1\n\trlwinm %1,%1,3,31,31"
                             : "=&b"(value), "=&r"(stored)
                             : "r"(adder->word)
                             : "cr0", "memory");
            adder->lost += stored ^ 1;
        } while (stored == 0);
    }
    return NULL;
}

static void shared(const char *name, unsigned threads)
{
    struct spe spes[SPES];
    struct job *jobs = take(SPES * sizeof *jobs);
    volatile uint32_t *line = take(128);
    struct adder adders[THREADS];
    uint32_t count = (uint32_t)(2000 * options.scale);
    for (unsigned i = 0; i < SPES; i++) {
        jobs[i].command = JOB_ATOMIC_ADD;
        jobs[i].count = count;
        jobs[i].ea[0] = (uint64_t)line;
        jobs[i].in[0] = i + 1;
        jobs[i].in[1] = threads == 0;
        must(spe_worker(&spes[i], NULL, 0, &jobs[i]), name);
    }
    uint64_t start = now();
    for (unsigned i = 0; i < SPES; i++)
        spe_start(&spes[i]);
    for (unsigned i = 0; i < threads; i++) {
        adders[i] = (struct adder){ .word = line, .count = count };
        must(pthread_create(&adders[i].thread, NULL, add, &adders[i]) == 0, name);
    }
    uint32_t lost = 0, torn = 0, lost_here = 0, ended = 0, right = 0;
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(adders[i].thread, NULL);
        lost_here += adders[i].lost;
    }
    for (unsigned i = 0; i < SPES; i++) {
        ended += spe_join(&spes[i]) == 0;
        lost += jobs[i].out[0];
        torn += jobs[i].out[1];
        right += line[i + 1] == count;
        spe_destroy(&spes[i]);
    }
    uint64_t taken = now() - start;
    check(ended == SPES && right == SPES && torn == 0 && line[0] == count * (SPES + threads), name,
        "%u of %u, %u torn, %u lost by SPEs, %u by the PPE, %lu ms", line[0], count * (SPES + threads), torn, lost, lost_here,
        (unsigned long)(taken / 1000000));
}

static void lock(void)
{
    struct spe spes[SPES];
    struct job *jobs = take(SPES * sizeof *jobs);
    volatile uint32_t *line = take(128), *data = take(256);
    uint32_t count = (uint32_t)(200 * options.scale), ended = 0, right = 0;
    for (unsigned i = 0; i < SPES; i++) {
        jobs[i].command = JOB_ATOMIC_LOCK;
        jobs[i].count = count;
        jobs[i].ea[0] = (uint64_t)line;
        jobs[i].ea[1] = (uint64_t)data;
        jobs[i].in[0] = i + 1;
        must(spe_worker(&spes[i], NULL, 0, &jobs[i]), "atomic.lock");
    }
    for (unsigned i = 0; i < SPES; i++)
        spe_start(&spes[i]);
    for (unsigned i = 0; i < SPES; i++) {
        ended += spe_join(&spes[i]) == 0;
        spe_destroy(&spes[i]);
    }
    for (uint32_t word = 0; word < 64; word++)
        right += data[word] == SPES * count * (word + 1);
    check(ended == SPES && right == 64 && line[0] == 0, "atomic.lock", "%u programs ended, %u of 64 words right, lock %u", ended,
        right, line[0]);
}

void test_atomic(void)
{
    shared("atomic.line", 0);
    shared("atomic.ppe", THREADS);
    lock();
}
