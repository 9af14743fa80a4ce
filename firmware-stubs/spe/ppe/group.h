// Several contexts that run one job until a flag is set.
#ifndef GROUP_H
#define GROUP_H

#include "spe.h"

#define GROUP_MAX 32

// What scheduling the thread of a member asks for before it runs its context.
enum member_class { MEMBER_NORMAL, MEMBER_NICE, MEMBER_REALTIME };

struct member {
    struct spe spe;
    struct job *job;
    enum member_class class;
};

struct group {
    unsigned size;
    volatile uint32_t *flag;
    struct member members[GROUP_MAX];
};

// Creates `size` contexts for `command` (JOB_COMPUTE or JOB_COUNT), with `steps` generator steps a slice.
void group_create(struct group *group, const char *name, const char *parent, unsigned size, uint32_t command, uint32_t steps);
void group_start(struct group *group);
// Sets the flag and waits. How many ended with exit code 0.
unsigned group_stop(struct group *group);
void group_destroy(struct group *group);

uint64_t member_slices(const struct member *member);
// Context switches a context has been through, as its `stat` file says: voluntary and not.
unsigned member_switches(const struct member *member);

#endif
