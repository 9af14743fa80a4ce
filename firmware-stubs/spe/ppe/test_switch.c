// More contexts than SPEs: the kernel saves and restores them, hundreds of times, and nothing of them may change.
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "check.h"
#include "group.h"

static unsigned all_switches(const struct group *group)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < group->size; i++)
        sum += member_switches(&group->members[i]);
    return sum;
}

static void compute(void)
{
    static struct group group;
    unsigned size = 20, wanted = (unsigned)(300 * options.scale), right = 0, least = ~0u;
    uint64_t slices = 0, start = now(), limit = 200 * options.scale * 1000000000u;
    group_create(&group, "switch.compute", NULL, size, JOB_COMPUTE, 2000);
    group_start(&group);
    while (all_switches(&group) < wanted && now() - start < limit)
        sleep_ms(250);
    unsigned ended = group_stop(&group), switches = all_switches(&group);
    for (unsigned i = 0; i < size; i++) {
        const struct member *member = &group.members[i];
        uint64_t done = member_slices(member), steps = done * member->job->count;
        unsigned good = member->job->out[0] == 0;
        for (uint32_t j = 0; j < 8; j++)
            good &= member->job->out[8 + j] == job_steps(member->job->seed + j, steps);
        right += good;
        slices += done;
        if (member_switches(member) < least)
            least = member_switches(member);
        if (!good || spe_exit_code(&member->spe) != 0)
            say("# context %u: status %x, error %d, %u differences", i, member->spe.status, member->spe.error, member->job->out[0]);
    }
    check(ended == size && right == size, "switch.compute", "%u contexts ended, %u right, %lu slices", ended, right,
        (unsigned long)slices);
    check(switches >= wanted && least > 0, "switch.count", "%u switches, at least %u each, in %lu ms", switches, least,
        (unsigned long)((now() - start) / 1000000));
    group_destroy(&group);
}

// Mailbox words of contexts that are loaded, and of contexts that are not.
static void mailboxes(void)
{
    unsigned size = 16, rounds = (unsigned)(20 * options.scale), wrong = 0, ended = 0, switches = 0;
    static struct member members[16];
    struct job *jobs = take(16 * sizeof *jobs);
    int in[16], out[16];
    for (unsigned i = 0; i < size; i++) {
        jobs[i].command = JOB_MAILBOX_ECHO;
        jobs[i].count = rounds * 2;
        jobs[i].in[0] = 1;
        must(spe_worker(&members[i].spe, NULL, 0, &jobs[i]), "switch.mailbox");
        in[i] = spe_open(&members[i].spe, "wbox", O_WRONLY);
        out[i] = spe_open(&members[i].spe, "ibox", O_RDONLY);
        must(in[i] >= 0 && out[i] >= 0, "switch.mailbox");
        spe_start(&members[i].spe);
    }
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < size; i++)
            for (uint32_t word = 0; word < 2; word++) {
                uint32_t sent = round * 1000 + i * 2 + word;
                if (write(in[i], &sent, 4) != 4)
                    wrong++;
            }
        for (unsigned i = 0; i < size; i++)
            for (uint32_t word = 0; word < 2; word++) {
                uint32_t got = 0;
                if (read(out[i], &got, 4) != 4 || got != (round * 1000 + i * 2 + word) * 3 + 1)
                    wrong++;
            }
    }
    for (unsigned i = 0; i < size; i++) {
        ended += spe_join(&members[i].spe) == 0;
        switches += member_switches(&members[i]);
        close(in[i]);
        close(out[i]);
        spe_destroy(&members[i].spe);
    }
    check(wrong == 0 && ended == size, "switch.mailbox", "%u contexts, %u words each, %u wrong, %u ended, %u switches", size,
        rounds * 2, wrong, ended, switches);
}

// Two contexts taking turns at atomics while others push them off: reservations do not survive a switch.
static void atomics(void)
{
    static struct group others;
    struct spe spes[4];
    struct job *jobs = take(4 * sizeof *jobs);
    volatile uint32_t *line = take(128);
    uint32_t count = (uint32_t)(3000 * options.scale), ended = 0;
    group_create(&others, "switch.atomic", NULL, 10, JOB_COMPUTE, 2000);
    group_start(&others);
    for (unsigned i = 0; i < 4; i++) {
        jobs[i].command = JOB_ATOMIC_ADD;
        jobs[i].count = count;
        jobs[i].ea[0] = (uint64_t)line;
        jobs[i].in[0] = i + 1;
        jobs[i].in[1] = 1;
        must(spe_worker(&spes[i], NULL, 0, &jobs[i]), "switch.atomic");
        spe_start(&spes[i]);
    }
    for (unsigned i = 0; i < 4; i++) {
        ended += spe_join(&spes[i]) == 0;
        spe_destroy(&spes[i]);
    }
    unsigned good = group_stop(&others);
    check(ended == 4 && good == 10 && line[0] == 4 * count, "switch.atomic", "%u of %u, %u and %u programs ended", line[0], 4 * count,
        ended, good);
    group_destroy(&others);
}

void test_switch(void)
{
    compute();
    mailboxes();
    atomics();
}
