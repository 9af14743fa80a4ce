// The files of a context: all there, each with the content a stopped program left, and what is written into them is what
// the program finds when it goes on.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

static const char *const names[] = {
    "capabilities", "cntl", "decr", "decr_status", "dma_info", "event_mask", "event_status", "fpcr", "ibox", "ibox_info", "ibox_stat",
    "lslr", "mbox", "mbox_info", "mbox_stat", "mem", "mfc", "mss", "npc", "object-id", "phys-id", "proxydma_info", "psmap", "regs",
    "signal1", "signal1_type", "signal2", "signal2_type", "srr0", "stat", "switch_log", "tid", "wbox", "wbox_info", "wbox_stat",
};

#define NAMES (sizeof names / sizeof *names)

static ssize_t read_bytes(const struct spe *spe, const char *name, void *bytes, size_t size)
{
    int file = spe_open(spe, name, O_RDONLY);
    if (file < 0)
        return -1;
    ssize_t length = read(file, bytes, size);
    close(file);
    return length;
}

static void number(const struct spe *spe, const char *file, uint64_t want)
{
    char name[48];
    snprintf(name, sizeof name, "files.%s", file);
    uint64_t got = spe_read_number(spe, file);
    check(got == want, name, "%lx", (unsigned long)got);
}

static void word(const struct spe *spe, const char *file, uint32_t want)
{
    char name[48];
    snprintf(name, sizeof name, "files.%s", file);
    uint32_t got = 0;
    ssize_t length = read_bytes(spe, file, &got, 4);
    check(length == 4 && got == want, name, "%d bytes, %08x", (int)length, got);
}

static void directory(const struct spe *spe)
{
    unsigned found = 0, unknown = 0;
    DIR *entries = opendir(spe->path);
    must(entries != NULL, "files.directory");
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        unsigned i = 0;
        while (i < NAMES && strcmp(names[i], entry->d_name) != 0)
            i++;
        found += i < NAMES;
        unknown += i == NAMES;
    }
    closedir(entries);
    check(found == NAMES && unknown == 0, "files.directory", "%u of %u files, %u unknown", found, (unsigned)NAMES, unknown);
}

// A new context, never run.
static void fresh(const struct spe *spe)
{
    char text[128] = "";
    spe_read_text(spe, "capabilities", text, sizeof text);
    check(strcmp(text, "sched\nstep") == 0, "files.capabilities", "%.5s, %s", text, strlen(text) > 6 ? text + 6 : "");
    number(spe, "phys-id", 0xffffffff);
    number(spe, "object-id", 0);
    must(spe_write_text(spe, "object-id", "0x12345678"), "files.object-id");
    number(spe, "object-id", 0x12345678);
    number(spe, "signal1_type", 0);
    number(spe, "lslr", 0x3ffff);
    number(spe, "event_status", 0);
    must(spe_write_text(spe, "srr0", "0x4321"), "files.srr0");
    number(spe, "srr0", 0x4321);
    uint8_t registers[2048], other[8192];
    for (unsigned i = 0; i < sizeof registers; i++)
        registers[i] = (uint8_t)(i * 11 + 3);
    int file = spe_open(spe, "regs", O_RDWR);
    ssize_t got = read(file, other, sizeof other), more = read(file, other, 1);
    lseek(file, 1024, SEEK_SET);
    ssize_t put = write(file, registers + 1024, 1024);
    lseek(file, 1024, SEEK_SET);
    ssize_t again = read(file, other + 1024, 4096);
    close(file);
    check(got == 2048 && more == 0 && put == 1024 && again == 1024 && memcmp(registers + 1024, other + 1024, 1024) == 0, "files.regs",
        "read %d, then %d; wrote %d, read %d", (int)got, (int)more, (int)put, (int)again);
    uint32_t fpcr[4] = { 0, 0x700, 0, 0 }, back[4] = { 1, 1, 1, 1 };
    file = spe_open(spe, "fpcr", O_RDWR);
    put = write(file, fpcr, 16);
    lseek(file, 0, SEEK_SET);
    got = read(file, back, 16);
    memset(fpcr, 0, sizeof fpcr);
    lseek(file, 0, SEEK_SET);
    must(write(file, fpcr, 16) == 16, "files.fpcr");
    close(file);
    check(put == 16 && got == 16 && back[1] == 0x700, "files.fpcr", "wrote %d, read %d: %x", (int)put, (int)got, back[1]);
}

// Stopped in the middle: what the program did last is in the files.
static void stopped(struct spe *spe, struct job *job)
{
    check(spe->status == 0x12340002, "files.status", "%x", spe->status);
    number(spe, "npc", spe->npc);
    number(spe, "cntl", 0x12340002);
    number(spe, "event_mask", 0x600);
    number(spe, "srr0", 0x1230);
    number(spe, "decr_status", 1);
    uint64_t decrementer = spe_read_number(spe, "decr");
    check(decrementer < 0x7fffffff && decrementer > 0x60000000, "files.decr", "%lx", (unsigned long)decrementer);
    word(spe, "mbox_stat", 1);
    word(spe, "ibox_stat", 1);
    word(spe, "wbox_stat", 4);
    word(spe, "mbox_info", 0x0b0b0b0b);
    word(spe, "ibox_info", 0x01010101);
    uint32_t mark[4] = { 0, 0, 0, 0 }, words[8] = { 0x77, 0x88 };
    int file = spe_open(spe, "regs", O_RDWR);
    must(pread(file, mark, 16, 79 * 16) == 16, "files.mark");
    check(mark[0] == 0x11111111 && mark[2] == 0x33333333 && mark[3] == job->seed, "files.mark", "register 79 is %08x %08x %08x %08x",
        mark[0], mark[1], mark[2], mark[3]);
    mark[3] = 0xfeedf00d;
    must(pwrite(file, mark, 16, 79 * 16) == 16, "files.mark");
    close(file);

    int in = spe_open(spe, "wbox", O_WRONLY);
    must(write(in, words, 8) == 8, "files.wbox");
    close(in);
    ssize_t length = read_bytes(spe, "wbox_info", words + 2, 16);
    // Two words; Linux 6.1 multiplies by their size twice and gives all four.
    check(length >= 8 && words[2] == 0x77 && words[3] == 0x88, "files.wbox_info", "%d bytes, %x %x", (int)length, words[2], words[3]);

    uint64_t dma[5 + 16 * 4], proxy[3 + 8 * 4];
    length = read_bytes(spe, "dma_info", dma, sizeof dma);
    check(length == sizeof dma && dma[1] == 0xa5, "files.dma_info", "%d bytes, mask %lx", (int)length, (unsigned long)dma[1]);
    length = read_bytes(spe, "proxydma_info", proxy, sizeof proxy);
    check(length == sizeof proxy, "files.proxydma_info", "%d bytes, type %lx", (int)length, (unsigned long)proxy[0]);
    ssize_t refused = read_bytes(spe, "proxydma_info", proxy, 16);
    check(refused == -1 && errno == EINVAL, "files.proxydma_short", "a short read is %s", strerror(errno));
    number(spe, "tid", (uint64_t)getpid());
    char text[256] = "";
    bool readable = spe_read_text(spe, "stat", text, sizeof text);
    check(readable && strlen(text) > 20, "files.stat", "%s", text);

    must(spe_write_text(spe, "event_mask", "0x200"), "files.event_mask");
    must(spe_write_text(spe, "decr", "0x50000000"), "files.decr");
    spe_run(spe);
    int code = spe_exit_code(spe);
    check(code == 0 && job->out[0] == 0x11111111 && job->out[1] == 0xfeedf00d, "files.resume", "%08x, %08x, exit %d, status %x",
        job->out[0], job->out[1], code, spe->status);
    check(job->out[2] == 0x200 && job->out[3] <= 0x50000000 && job->out[3] > 0x30000000 && job->out[4] == 0xa5, "files.written",
        "event mask %x, decrementer %x, tag mask %x", job->out[2], job->out[3], job->out[4]);
    word(spe, "mbox", 0x0b0b0b0b);
    word(spe, "ibox", 0x01010101);
    word(spe, "mbox_stat", 0);
    word(spe, "ibox_stat", 0);
}

static void memory(void)
{
    struct spe spe;
    must(spe_create(&spe, NULL, 0), "files.mem");
    static uint8_t bytes[LS_SIZE], back[LS_SIZE + 4096];
    for (uint32_t i = 0; i < LS_SIZE; i++)
        bytes[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
    int file = spe_open(&spe, "mem", O_RDWR);
    ssize_t put = write(file, bytes, LS_SIZE), over = write(file, bytes, 16);
    lseek(file, 0, SEEK_SET);
    ssize_t got = read(file, back, LS_SIZE), end = read(file, back, 1);
    lseek(file, LS_SIZE - 8, SEEK_SET);
    ssize_t part = read(file, back + LS_SIZE - 8, 100);
    close(file);
    check(put == (ssize_t)LS_SIZE && over <= 0 && got == (ssize_t)LS_SIZE && end == 0 && part == 8 && memcmp(bytes + 1, back + 1, LS_SIZE - 1) == 0,
        "files.mem", "wrote %d then %d, read %d then %d, last %d", (int)put, (int)over, (int)got, (int)end, (int)part);
    spe_destroy(&spe);
}

void test_files(void)
{
    struct spe spe;
    must(spe_create(&spe, NULL, 0), "files.create");
    directory(&spe);
    fresh(&spe);
    spe_destroy(&spe);

    struct job *job = take(sizeof *job);
    job->command = JOB_ECHO_STATE;
    job->seed = 0xcafe0001;
    must(spe_worker(&spe, NULL, 0, job), "files.state");
    spe_run(&spe);
    stopped(&spe, job);
    spe_destroy(&spe);
    memory();
}
