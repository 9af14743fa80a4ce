// Several contexts at once. See group.h.
#define _GNU_SOURCE
#include "group.h"

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

#include "check.h"

void group_create(struct group *group, const char *name, const char *parent, unsigned size, uint32_t command, uint32_t steps)
{
    group->size = size;
    group->flag = take(128);
    struct job *jobs = take(GROUP_MAX * sizeof *jobs);
    for (unsigned i = 0; i < size; i++) {
        struct member *member = &group->members[i];
        member->job = &jobs[i];
        member->class = MEMBER_NORMAL;
        jobs[i].command = command;
        jobs[i].count = steps;
        jobs[i].seed = 0x1000 + i * 0x01234567u;
        jobs[i].ea[0] = (uint64_t)group->flag;
        must(spe_worker(&member->spe, parent, 0, member->job), name);
    }
}

static void *run_member(void *argument)
{
    struct member *member = argument;
    struct sched_param parameter = { .sched_priority = 10 };
    if (member->class == MEMBER_REALTIME && pthread_setschedparam(pthread_self(), SCHED_RR, &parameter) != 0)
        give_up("group.realtime", "pthread_setschedparam");
    // Of the thread alone, on Linux.
    if (member->class == MEMBER_NICE)
        setpriority(PRIO_PROCESS, 0, 19);
    spe_run(&member->spe);
    return NULL;
}

void group_start(struct group *group)
{
    for (unsigned i = 0; i < group->size; i++)
        must(pthread_create(&group->members[i].spe.thread, NULL, run_member, &group->members[i]) == 0, "group.start");
}

unsigned group_stop(struct group *group)
{
    unsigned good = 0;
    *group->flag = 1;
    for (unsigned i = 0; i < group->size; i++)
        good += spe_join(&group->members[i].spe) == 0;
    return good;
}

void group_destroy(struct group *group)
{
    for (unsigned i = 0; i < group->size; i++)
        spe_destroy(&group->members[i].spe);
}

uint64_t member_slices(const struct member *member)
{
    return (uint64_t)member->job->out[1] << 32 | member->job->out[2];
}

unsigned member_switches(const struct member *member)
{
    char text[256];
    unsigned long long voluntary = 0, forced = 0;
    if (!spe_read_text(&member->spe, "stat", text, sizeof text)
        || sscanf(text, "%*s %*u %*u %*u %*u %llu %llu", &voluntary, &forced) != 2)
        return 0;
    return (unsigned)(voluntary + forced);
}
