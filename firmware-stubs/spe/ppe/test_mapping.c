// Local store as memory: of the PPE's, and of another SPE's DMA; the mapped areas of problem state.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

static uint32_t read_mailbox(const struct spe *spe)
{
    uint32_t word = 0;
    int file = spe_open(spe, "mbox", O_RDONLY);
    while (read(file, &word, 4) != 4)
        sched_yield();
    close(file);
    return word;
}

static void send(const struct spe *spe, uint32_t word)
{
    int file = spe_open(spe, "wbox", O_WRONLY);
    if (file < 0 || write(file, &word, 4) != 4)
        give_up("mapping", "write");
    close(file);
}

// While the context runs the mapping shows the SPE's own memory, while it does not the kernel's copy; both must agree
// with what is read from the file.
static void local_store(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_LOCAL_STORE;
    must(spe_worker(&spe, NULL, 0, job), "mapping.store");
    volatile uint8_t *store = spe_store(&spe);
    must(store != NULL, "mapping.store");
    uint32_t code_word = *(volatile uint32_t *)(store + spe.npc), file_word = 0;
    int file = spe_open(&spe, "mem", O_RDWR);
    must(pread(file, &file_word, 4, spe.npc) == 4, "mapping.store");
    check(code_word == file_word && code_word != 0, "mapping.saved", "first instruction %08x by mapping, %08x by file", code_word,
        file_word);

    spe_start(&spe);
    uint32_t address = read_mailbox(&spe);
    volatile uint32_t *words = (volatile uint32_t *)(store + address);
    unsigned wrong = 0;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 16384; i++) {
        wrong += words[i] != i + 1;
        words[i] += 5;
        sum += i + 6;
    }
    // Narrow stores, and the file while it runs.
    *(volatile uint8_t *)(words + 100) = 0x7f;
    *((volatile uint16_t *)(words + 101) + 1) = 0x1234;
    sum += (0x7f000000u | 106) - 106 + 0x1234 - 107;
    must(pread(file, &file_word, 4, address + 400) == 4, "mapping.store");
    send(&spe, 1);
    int code = spe_join(&spe);
    check(code == 0 && wrong == 0 && job->out[0] == sum && file_word == (0x7f000000u | 106), "mapping.store",
        "%u words wrong, sum %08x of %08x, file %08x, exit %d", wrong, job->out[0], sum, file_word, code);
    close(file);
    spe_destroy(&spe);
}

// A stream from memory to another SPE's local store and back out.
static void between(void)
{
    struct spe holder, mover;
    struct job *hold = take(sizeof *hold), *move = take(sizeof *move);
    hold->command = JOB_LOCAL_STORE;
    must(spe_worker(&holder, NULL, 0, hold), "mapping.between");
    volatile uint8_t *store = spe_store(&holder);
    spe_start(&holder);
    uint32_t address = read_mailbox(&holder);
    uint32_t *out = take(65536);
    move->command = JOB_STREAM;
    move->size = 65536;
    move->count = 8192;
    move->seed = 3;
    move->ea[0] = (uint64_t)(store + address);
    move->ea[1] = (uint64_t)out;
    must(spe_worker(&mover, NULL, 0, move), "mapping.between");
    int code = (spe_run(&mover), spe_exit_code(&mover));
    unsigned wrong = 0;
    for (uint32_t i = 0; i < 16384; i++)
        wrong += out[i] != (i + 1) * 5 + 3;
    check(code == 0 && wrong == 0, "mapping.get", "from another SPE's local store, %u words wrong, exit %d", wrong, code);
    spe_destroy(&mover);

    move->ea[0] = (uint64_t)out;
    move->ea[1] = (uint64_t)(store + address);
    must(spe_worker(&mover, NULL, 0, move), "mapping.between");
    code = (spe_run(&mover), spe_exit_code(&mover));
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 16384; i++)
        sum += out[i] * 5 + 3;
    send(&holder, 1);
    int other = spe_join(&holder);
    check(code == 0 && other == 0 && hold->out[0] == sum, "mapping.put", "to another SPE's local store, sum %08x of %08x, exits %d %d",
        hold->out[0], sum, code, other);
    spe_destroy(&mover);
    spe_destroy(&holder);
}

static void areas(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_WAIT;
    must(spe_worker(&spe, NULL, 0, job), "mapping.areas");
    spe_start(&spe);
    volatile uint8_t *ps = spe_map(&spe, "psmap", 0x20000), *mss = spe_map(&spe, "mss", 0x1000),
                     *mfc = spe_map(&spe, "mfc", 0x1000);
    must(ps != NULL && mss != NULL && mfc != NULL, "mapping.areas");
    *(volatile uint64_t *)mss = 1;
    uint64_t sync = 1;
    for (unsigned i = 0; i < 1000 && sync != 0; i++)
        sync = *(volatile uint64_t *)mss & 1;
    check(sync == 0, "mapping.mss", "multi-source synchronization ends");
    // Not by mapping `cntl`: Linux 6.1 loses the context there (simple_attr_open overwrites the file's private data).
    uint32_t status = *(volatile uint32_t *)(ps + 0x4024);
    check((status & 1) != 0, "mapping.status", "SPU status %x", status);
    uint32_t room = *(volatile uint32_t *)(mfc + 0x104) & 0xff, all = *(volatile uint32_t *)(ps + 0x3104) & 0xff;
    check(room == 8 && all == 8, "mapping.mfc", "room for %u proxy commands, by psmap %u", room, all);

    // A proxy command by hand: address, size and tag, then the command, whose read gives the answer.
    uint8_t *from = take(4096);
    memset(from, 0x5c, 4096);
    *(volatile uint32_t *)(ps + 0x3004) = 0x38000;
    *(volatile uint64_t *)(ps + 0x3008) = (uint64_t)from;
    *(volatile uint32_t *)(ps + 0x3010) = 4096u << 16 | 5;
    *(volatile uint32_t *)(ps + 0x3014) = 0x40;
    uint32_t answer = *(volatile uint32_t *)(ps + 0x3014) & 3;
    *(volatile uint32_t *)(ps + 0x321c) = 1u << 5;
    uint32_t done = 0;
    for (unsigned i = 0; i < 5000 && done == 0; i++, sched_yield())
        done = *(volatile uint32_t *)(ps + 0x322c);
    check(answer == 0 && done == 1u << 5 && memcmp((const void *)(spe_store(&spe) + 0x38000), from, 4096) == 0, "mapping.proxy",
        "answer %u, tag status %x", answer, done);
    send(&spe, 1);
    check(spe_join(&spe) == 0, "mapping.areas", "exit %d", spe_exit_code(&spe));
    spe_destroy(&spe);
}

void test_mapping(void)
{
    local_store();
    between();
    areas();
}
