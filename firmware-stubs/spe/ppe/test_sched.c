// How the kernel shares the SPEs: gangs, contexts it may not take away, real-time threads, and what dies with its process.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "group.h"

void test_gang(void)
{
    static struct group group;
    char path[64], inner[96];
    snprintf(path, sizeof path, "/spu/gang-%d", (int)getpid());
    int fd = (int)spe_syscall_create(path, SPU_CREATE_GANG, 0755, -1);
    must(fd >= 0, "gang.create");
    struct stat status;
    check(stat(path, &status) == 0 && S_ISDIR(status.st_mode), "gang.create", "%s is a directory", path);

    group_create(&group, "gang.run", path, 8, JOB_COMPUTE, 2000);
    group_start(&group);
    sleep_ms(300);
    unsigned good = group_stop(&group), right = 0;
    for (unsigned i = 0; i < group.size; i++) {
        const struct member *member = &group.members[i];
        right += member->job->out[8] == job_steps(member->job->seed, member_slices(member) * member->job->count);
    }
    check(good == 8 && right == 8, "gang.run", "%u of 8 contexts ended, %u right", good, right);

    snprintf(inner, sizeof inner, "%s/gang", path);
    int refused = (int)spe_syscall_create(inner, SPU_CREATE_GANG, 0755, -1), error = errno;
    check(refused < 0 && error == EINVAL, "gang.nested", "a gang in a gang: %s", strerror(error));
    // A PS3 tells nothing of where its SPEs lie.
    snprintf(inner, sizeof inner, "%s/affine", path);
    refused = (int)spe_syscall_create(inner, SPU_CREATE_AFFINITY_MEM, 0755, -1);
    error = errno;
    check(refused < 0 && error == EINVAL, "gang.affinity", "affinity to memory: %s", strerror(error));
    refused = (int)spe_syscall_create(inner, SPU_CREATE_AFFINITY_SPU, 0755, group.members[0].spe.fd);
    error = errno;
    check(refused < 0 && error == EINVAL, "gang.neighbour", "affinity to an SPE: %s", strerror(error));

    group_destroy(&group);
    close(fd);
    check(stat(path, &status) < 0 && errno == ENOENT, "gang.end", "its directory is gone: %s", strerror(errno));
}

// A NOSCHED context has no file for its registers, which keep what the last run left: three instructions at the far end of local
// store clear those of main's arguments, so that the program asks its mailbox.
static void start_without_arguments(struct spe *spe)
{
    const uint32_t at = LS_SIZE - 0x80;
    uint32_t words[3] = { 0x40800003, 0x40800004, 0x30000000 | (spe->npc >> 2 & 0xffff) << 7 }; // il $3,0; il $4,0; bra entry
    int file = spe_open(spe, "mem", O_WRONLY);
    if (file < 0 || pwrite(file, words, sizeof words, at) != (ssize_t)sizeof words)
        give_up("nosched", "mem");
    close(file);
    spe->npc = at;
}

static void send_address(const struct spe *spe, uint64_t address)
{
    uint32_t words[2] = { (uint32_t)(address >> 32), (uint32_t)address };
    int file = spe_open(spe, "wbox", O_WRONLY);
    if (file < 0 || write(file, words, 8) != 8)
        give_up("nosched", "write");
    close(file);
}

void test_nosched(void)
{
    static struct group group;
    struct spe spe;
    struct job *job = take(sizeof *job);
    uint32_t *in = take(65536), *out = take(65536);
    job->command = JOB_STREAM;
    job->size = 65536;
    job->count = 16384;
    job->seed = 9;
    job->ea[0] = (uint64_t)in;
    job->ea[1] = (uint64_t)out;
    for (uint32_t i = 0; i < 16384; i++)
        in[i] = i;
    must(spe_worker(&spe, NULL, SPU_CREATE_NOSCHED, job), "nosched.create");
    char text[64] = "";
    spe_read_text(&spe, "capabilities", text, sizeof text);
    int registers = spe_open(&spe, "regs", O_RDONLY);
    check(strcmp(text, "step") == 0 && registers < 0, "nosched.files", "capabilities '%s', regs %d", text, registers);

    // The others share what is left.
    group_create(&group, "nosched.others", NULL, 8, JOB_COMPUTE, 2000);
    unsigned good = 0, wrong = 0;
    uint64_t place = ~0ull;
    bool moved = false;
    for (unsigned round = 0; round < 5; round++) {
        must(spe_load(&spe, &worker_image), "nosched.load");
        start_without_arguments(&spe);
        send_address(&spe, (uint64_t)job);
        spe_run(&spe);
        good += spe_exit_code(&spe) == 0;
        for (uint32_t i = 0; i < 16384; i++)
            wrong += out[i] != i * 5 + 9;
        memset(out, 0, 65536);
        uint64_t at = spe_read_number(&spe, "phys-id");
        moved |= place != ~0ull && at != place;
        place = at;
        // Once it has its SPE: one of equal priority does not get it from contexts that wait in the queue.
        if (round == 0)
            group_start(&group);
        sleep_ms(100);
    }
    unsigned ended = group_stop(&group);
    check(good == 5 && wrong == 0 && ended == 8, "nosched.run", "%u of 5 runs, %u words wrong, %u of 8 others", good, wrong, ended);
    // NOSCHED contexts have the file only in some kernels.
    check(!moved, "nosched.place", "always on SPE %ld", (long)place);
    group_destroy(&group);
    spe_destroy(&spe);
}

void test_priority(void)
{
    static struct group group;
    group_create(&group, "priority", NULL, 14, JOB_COUNT, 2000);
    group.members[0].class = group.members[1].class = MEMBER_REALTIME;
    for (unsigned i = 2; i < 8; i++)
        group.members[i].class = MEMBER_NICE;
    group_start(&group);
    sleep_ms((unsigned)(3000 * options.scale));
    unsigned ended = group_stop(&group), right = 0;
    uint64_t sums[3] = { 0, 0, 0 }, counted[3] = { 0, 0, 0 };
    for (unsigned i = 0; i < group.size; i++) {
        const struct member *member = &group.members[i];
        sums[member->class] += member_slices(member);
        counted[member->class]++;
        right += member->job->out[0] == job_steps(member->job->seed, member_slices(member) * member->job->count);
    }
    uint64_t normal = sums[MEMBER_NORMAL] / counted[MEMBER_NORMAL], nice = sums[MEMBER_NICE] / counted[MEMBER_NICE],
             realtime = sums[MEMBER_REALTIME] / counted[MEMBER_REALTIME];
    check(ended == 14 && right == 14, "priority.run", "%u of 14 contexts ended, %u right", ended, right);
    check(realtime > normal, "priority.realtime", "slices each: real-time %lu, normal %lu, nice %lu", (unsigned long)realtime,
        (unsigned long)normal, (unsigned long)nice);
    group_destroy(&group);
}

static unsigned contexts_left(void)
{
    unsigned found = 0;
    DIR *directory = opendir("/spu");
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        found += entry->d_name[0] != '.';
    if (directory != NULL)
        closedir(directory);
    return found;
}

// Killed while its programs run, a process takes its contexts with it, and the SPEs are free for others.
void test_cleanup(void)
{
    static struct group group;
    for (unsigned round = 0; round < 3; round++) {
        unsigned before = contexts_left(), left = before + 1;
        int ready[2];
        char byte = 0;
        must(pipe(ready) == 0, "cleanup.pipe");
        pid_t child = fork();
        must(child >= 0, "cleanup.fork");
        if (child == 0) {
            group_create(&group, "cleanup.child", NULL, 9, JOB_COUNT, 2000);
            group_start(&group);
            sleep_ms(200);
            _exit(write(ready[1], &byte, 1) == 1 ? (pause(), 0) : 1);
        }
        must(read(ready[0], &byte, 1) == 1, "cleanup.ready");
        unsigned during = contexts_left();
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        for (unsigned i = 0; i < 200 && (left = contexts_left()) != before; i++)
            sleep_ms(10);
        check(during == before + 9 && left == before && WIFSIGNALED(status), "cleanup.kill", "%u contexts, then %u", during, left);
        close(ready[0]);
        close(ready[1]);
    }
    group_create(&group, "cleanup.after", NULL, 6, JOB_COMPUTE, 2000);
    group_start(&group);
    sleep_ms(100);
    unsigned ended = group_stop(&group);
    check(ended == 6, "cleanup.after", "%u of 6 contexts ended", ended);
    group_destroy(&group);
}
