// Work that is measured: a matrix product, and how much counting gets done by how many contexts, how fairly.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "../standalone/sgemm_kernel.h"
#include "check.h"
#include "group.h"

#define SPES 6

// Element (row, column) of a matrix of blocks.
static float *element(float *matrix, uint32_t blocks, uint32_t row, uint32_t column)
{
    return matrix + ((uint64_t)(row / BLOCK * blocks + column / BLOCK) * BLOCK + row % BLOCK) * BLOCK + column % BLOCK;
}

static void sgemm(unsigned spes, uint32_t blocks)
{
    uint32_t size = blocks * BLOCK, wrong = 0, sampled = 0, done = 0, ended = 0;
    uint64_t bytes = (uint64_t)size * size * 4;
    float *a = take(bytes), *b = take(bytes), *c = take(bytes);
    volatile uint32_t *number = take(128);
    // Small whole numbers: every product and sum is exact, on any arithmetic.
    for (uint32_t i = 0; i < size * size; i++) {
        a[i] = (float)(int)(job_step(i) >> 28) - 7;
        b[i] = (float)(int)(job_step(i * 3 + 1) >> 28) - 8;
    }
    struct spe members[SPES];
    struct job *jobs = take(SPES * sizeof *jobs);
    for (unsigned i = 0; i < spes; i++) {
        jobs[i].count = blocks;
        jobs[i].ea[0] = (uint64_t)a;
        jobs[i].ea[1] = (uint64_t)b;
        jobs[i].ea[2] = (uint64_t)c;
        jobs[i].ea[3] = (uint64_t)number;
        must(spe_create(&members[i], NULL, 0) && spe_load(&members[i], &sgemm_image)
                && spe_arguments(&members[i], 0, (uint64_t)&jobs[i], 0), "sgemm.create");
    }
    uint64_t start = now();
    for (unsigned i = 0; i < spes; i++)
        spe_start(&members[i]);
    for (unsigned i = 0; i < spes; i++)
        ended += spe_join(&members[i]) == 0;
    uint64_t taken = now() - start;
    for (unsigned i = 0; i < spes; i++) {
        done += jobs[i].out[0];
        spe_destroy(&members[i]);
    }
    for (uint32_t i = 0; i < 2000; i++, sampled++) {
        uint32_t row = job_step(i) % size, column = job_step(i + 77777) % size;
        float sum = 0;
        for (uint32_t k = 0; k < size; k++)
            sum += *element(a, blocks, row, k) * *element(b, blocks, k, column);
        wrong += sum != *element(c, blocks, row, column);
    }
    uint64_t operations = 2ull * size * size * size;
    check(ended == spes && done == blocks * blocks && wrong == 0, "sgemm", "%u SPEs, %u by %u, %u of %u elements wrong, %lu MFLOPS",
        spes, size, size, wrong, sampled, (unsigned long)(operations * 1000 / (taken / 1000 + 1) / 1000));
}

void test_sgemm(void)
{
    uint32_t blocks = options.scale > 4 ? 16 : (uint32_t)(4 * options.scale);
    sgemm(1, blocks);
    sgemm(SPES, blocks);
}

// Jain's index of fairness in thousandths: 1000 when all got the same, 1000/n when one got all.
static unsigned fairness(const struct group *group, uint64_t *sum)
{
    double all = 0, squares = 0;
    *sum = 0;
    for (unsigned i = 0; i < group->size; i++) {
        double one = (double)member_slices(&group->members[i]);
        *sum += member_slices(&group->members[i]);
        all += one;
        squares += one * one;
    }
    return squares == 0 ? 0 : (unsigned)(1000 * all * all / (group->size * squares) + 0.5);
}

void test_throughput(void)
{
    static const unsigned sizes[] = { 1, 6, 16 };
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        static struct group group;
        uint64_t slices;
        group_create(&group, "throughput", NULL, sizes[i], JOB_COUNT, 10000);
        uint64_t start = now();
        group_start(&group);
        sleep_ms((unsigned)(1500 * options.scale));
        unsigned ended = group_stop(&group), right = 0, switches = 0;
        uint64_t taken = now() - start;
        unsigned jain = fairness(&group, &slices);
        for (unsigned j = 0; j < group.size; j++) {
            const struct member *member = &group.members[j];
            right += member->job->out[0] == job_steps(member->job->seed, member_slices(member) * member->job->count);
            switches += member_switches(member);
        }
        check(ended == sizes[i] && right == sizes[i], "throughput", "%u contexts, %lu steps/ms, Jain 0.%03u%s, %u switches, %u right",
            sizes[i], (unsigned long)(slices * 10000 * 1000 / (taken / 1000 + 1)), jain % 1000, jain == 1000 ? " (1)" : "", switches,
            right);
        group_destroy(&group);
    }
}
