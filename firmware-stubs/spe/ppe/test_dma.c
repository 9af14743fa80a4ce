// Transfers that the SPE starts: streams, sizes, tags, lists; and ones the PPE starts by the `mfc` file.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

static int run_job(struct job *job, const char *name)
{
    struct spe spe;
    must(spe_worker(&spe, NULL, 0, job), name);
    spe_run(&spe);
    int code = spe_exit_code(&spe);
    if (code != 0)
        say("# %s: status %x, error %d, exit %d", name, spe.status, spe.error, code);
    spe_destroy(&spe);
    return code;
}

static void stream(uint32_t piece)
{
    uint32_t size = (uint32_t)(1 << 20), wrong = 0;
    struct job *job = take(sizeof *job);
    uint32_t *in = take(size), *out = take(size + 4096);
    for (uint32_t i = 0; i < size / 4; i++)
        in[i] = i * 2654435761u;
    memset(out, 0xee, size + 4096);
    job->command = JOB_STREAM;
    job->size = size;
    job->count = piece;
    job->seed = 0x1234567;
    job->ea[0] = (uint64_t)in;
    job->ea[1] = (uint64_t)out;
    uint64_t start = now();
    int code = run_job(job, "dma.stream");
    uint64_t taken = now() - start;
    for (uint32_t i = 0; i < size / 4; i++)
        if (out[i] != in[i] * 5 + job->seed)
            wrong++;
    for (uint32_t i = size / 4; i < size / 4 + 1024; i++)
        if (out[i] != 0xeeeeeeeeu)
            wrong++;
    check(code == 0 && wrong == 0 && job->out[0] == size / piece, "dma.stream", "%u pieces of %u bytes, %u words wrong, %lu us",
        job->out[0], piece, wrong, (unsigned long)(taken / 1000));
}

static void sizes(void)
{
    struct job *job = take(sizeof *job);
    uint8_t *in = take(8192), *out = take(8192), want[8192];
    for (uint32_t i = 0; i < 8192; i++)
        in[i] = (uint8_t)(i * 7 + (i >> 8) + 1);
    memset(out, 0xcc, 8192);
    memset(want, 0xcc, sizeof want);
    // The same moves, by hand.
    uint32_t at = 0, moved = 0;
    for (uint32_t size = 1; size <= 8; size <<= 1)
        for (uint32_t offset = 0; offset < 16; offset += size, at += 16, moved++)
            memcpy(want + at + offset, in + at + offset, size);
    for (uint32_t size = 16; at + size <= 2048; at += size + 16, size += 16, moved++)
        memcpy(want + at, in + at, size);
    memcpy(want + 2048, in + 2048, 2048);
    job->command = JOB_SIZES;
    job->ea[0] = (uint64_t)in;
    job->ea[1] = (uint64_t)out;
    int code = run_job(job, "dma.sizes");
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < 8192; i++)
        wrong += out[i] != want[i];
    check(code == 0 && wrong == 0 && job->out[0] == moved, "dma.sizes", "%u transfers, %u bytes wrong", job->out[0], wrong);
}

static void tags(void)
{
    struct job *job = take(sizeof *job);
    job->command = JOB_TAGS;
    job->count = (uint32_t)(200 * options.scale);
    job->ea[0] = (uint64_t)take(8192);
    int code = run_job(job, "dma.tags");
    check(code == 0, "dma.tags", "exit %d, any %x all %x now %x mask %x room %u", code, job->out[0], job->out[1], job->out[2],
        job->out[3], job->out[4]);
}

void test_dma(void)
{
    stream(16384);
    stream(4096);
    stream(128);
    sizes();
    tags();
}

static void list(const char *name, uint32_t elements, uint32_t piece, uint32_t distance, uint32_t stall)
{
    struct job *job = take(sizeof *job);
    // One list stays within four gigabytes.
    uint8_t *in = take((uint64_t)elements * distance), *out = take((uint64_t)elements * distance);
    for (uint32_t i = 0; i < elements * distance; i++)
        in[i] = (uint8_t)(i * 13 + (i >> 10));
    job->command = JOB_LIST;
    job->count = elements;
    job->seed = piece;
    job->size = distance;
    job->in[0] = stall;
    job->ea[0] = (uint64_t)in;
    job->ea[1] = (uint64_t)out;
    int code = run_job(job, name);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < elements; i++)
        for (uint32_t j = 0; j < distance; j++)
            wrong += out[(elements - 1 - i) * distance + j] != (j < piece ? in[i * distance + j] : 0);
    uint32_t stalls = stall != 0 ? (elements - 1) / stall : 0;
    check(code == 0 && wrong == 0 && job->out[1] == stalls, name, "%u elements of %u bytes, %u bytes wrong, %u stalls, exit %d",
        job->out[0], piece, wrong, job->out[1], code);
}

void test_list(void)
{
    list("list.pages", 64, 256, 4096, 0);
    list("list.small", 128, 16, 48, 0);
    list("list.large", 8, 4096, 8192, 0);
    list("list.stall", 64, 128, 4096, 8);
    list("list.stall-each", 16, 128, 256, 1);
}

// As the kernel's asm/spu.h has it.
struct mfc_command {
    int32_t pad;
    uint32_t lsa;
    uint64_t ea;
    uint16_t size, tag, class, command;
};

void test_proxy(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_WAIT;
    must(spe_worker(&spe, NULL, 0, job), "proxy.create");
    spe_start(&spe);
    uint8_t *in = take(16384), *out = take(16384);
    for (uint32_t i = 0; i < 16384; i++)
        in[i] = (uint8_t)(i * 3 + (i >> 8));
    int file = spe_open(&spe, "mfc", O_RDWR);
    must(file >= 0, "proxy.open");
    struct mfc_command get = { 0, 0x30000, (uint64_t)in, 16384, 3, 0, 0x40 }, put = { 0, 0x30000, (uint64_t)out, 16384, 4, 0, 0x20 };
    uint32_t status = 0;
    must(write(file, &get, sizeof get) == sizeof get, "proxy.get");
    ssize_t length = read(file, &status, 4);
    check(length == 4 && status == 1u << 3, "proxy.get", "read %d, tags %x", (int)length, status);
    check(memcmp((const void *)(spe_store(&spe) + 0x30000), in, 16384) == 0, "proxy.store", "local store has the data");
    must(write(file, &put, sizeof put) == sizeof put, "proxy.put");
    struct pollfd wait = { .fd = file, .events = POLLIN };
    int ready = poll(&wait, 1, 10000);
    length = read(file, &status, 4);
    check(ready == 1 && length == 4 && status == 1u << 4 && memcmp(in, out, 16384) == 0, "proxy.put", "poll %d, read %d, tags %x",
        ready, (int)length, status);
    // More commands than the queue holds.
    unsigned done = 0;
    for (unsigned i = 0; i < 64; i++) {
        struct mfc_command one = { 0, 0x30000 + i * 128, (uint64_t)out + i * 128, 128, (uint16_t)(i & 15), 0, 0x20 };
        done += write(file, &one, sizeof one) == sizeof one;
    }
    uint32_t seen = 0;
    while (seen != 0xffff && read(file, &status, 4) == 4)
        seen |= status;
    check(done == 64 && seen == 0xffff, "proxy.many", "%u commands, tags %x", done, seen);
    // What the kernel refuses by itself.
    struct mfc_command bad = get;
    bad.lsa = 0x30004;
    bool misaligned = write(file, &bad, sizeof bad) < 0;
    bad = get;
    bad.command = 0x24;
    bool command = write(file, &bad, sizeof bad) < 0;
    check(misaligned && command, "proxy.refused", "misaligned %d, list command %d", misaligned, command);
    close(file);
    uint32_t go = 1;
    int in_box = spe_open(&spe, "wbox", O_WRONLY);
    must(write(in_box, &go, 4) == 4, "proxy.end");
    close(in_box);
    check(spe_join(&spe) == 0, "proxy.end", "exit %d", spe_exit_code(&spe));
    spe_destroy(&spe);
}
