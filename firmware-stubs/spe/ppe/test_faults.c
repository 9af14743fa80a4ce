// What an SPE does wrong reaches its PPE thread: as a signal, as an event of a context that asked for events, or as a status.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

static sigjmp_buf back;
static volatile int signal_number, signal_code;
static void *volatile signal_address;

static void note(int number, siginfo_t *info, void *context)
{
    (void)context;
    signal_number = number;
    signal_code = info->si_code;
    signal_address = info->si_addr;
    siglongjmp(back, 1);
}

static void catch(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };
    sigaction(number, &action, NULL);
}

struct fault {
    const char *name;
    uint32_t fault, event;
    int signal, code;
};

static const struct fault by_dma[] = {
    { "unmapped-get", FAULT_UNMAPPED_GET, SPE_EVENT_SPE_DATA_STORAGE, SIGSEGV, SEGV_ACCERR },
    { "unmapped-put", FAULT_UNMAPPED_PUT, SPE_EVENT_SPE_DATA_STORAGE, SIGSEGV, SEGV_ACCERR },
    { "read-only", FAULT_READ_ONLY, SPE_EVENT_SPE_DATA_STORAGE, SIGSEGV, SEGV_ACCERR },
    { "misaligned", FAULT_MISALIGNED, SPE_EVENT_DMA_ALIGNMENT, SIGBUS, BUS_ADRALN },
    { "bad-size", FAULT_BAD_SIZE, SPE_EVENT_DMA_ALIGNMENT, SIGBUS, BUS_ADRALN },
    { "bad-list", FAULT_BAD_LIST, SPE_EVENT_DMA_ALIGNMENT, SIGBUS, BUS_ADRALN },
    { "bad-command", FAULT_BAD_COMMAND, SPE_EVENT_INVALID_DMA, SIGBUS, BUS_OBJERR },
    { "illegal", FAULT_ILLEGAL, SPE_EVENT_SPE_ERROR, SIGILL, ILL_ILLOPC },
    { "channel", FAULT_CHANNEL, SPE_EVENT_SPE_ERROR, SIGILL, ILL_ILLOPC },
};

static uint8_t *bad_page, *constant_page, *good_page;

static struct job *prepare(const struct fault *fault)
{
    struct job *job = take(sizeof *job);
    uint8_t *page = fault->event == SPE_EVENT_SPE_DATA_STORAGE ? fault->fault == FAULT_READ_ONLY ? constant_page : bad_page : good_page;
    job->command = JOB_FAULT;
    job->in[0] = fault->fault;
    job->ea[0] = (uint64_t)page + 256;
    job->seed = 0xabcd;
    return job;
}

static void as_signal(const struct fault *fault)
{
    static struct spe spe;
    char name[64];
    snprintf(name, sizeof name, "faults.%s", fault->name);
    struct job *job = prepare(fault);
    must(spe_worker(&spe, NULL, 0, job), name);
    signal_number = 0;
    if (sigsetjmp(back, 1) == 0)
        spe_run(&spe);
    uint64_t address = (uint64_t)signal_address;
    bool place = fault->signal != SIGSEGV || address == job->ea[0];
    check(signal_number == fault->signal && signal_code == fault->code && place, name, "signal %d code %d address %lx, status %x",
        signal_number, signal_code, (unsigned long)address, spe.status);
    if (fault->fault == FAULT_ILLEGAL) {
        uint32_t word = 0;
        int file = spe_open(&spe, "mem", O_RDONLY);
        bool got = address < LS_SIZE && pread(file, &word, 4, (off_t)address) == 4;
        close(file);
        check(got && word == 0x00800000, "faults.illegal-address", "the word at %lx is %08x", (unsigned long)address, word);
    }
    spe_destroy(&spe);
}

static void as_event(const struct fault *fault)
{
    struct spe spe;
    char name[64];
    snprintf(name, sizeof name, "faults.event.%s", fault->name);
    must(spe_worker(&spe, NULL, SPU_CREATE_EVENTS_ENABLED, prepare(fault)), name);
    signal_number = 0;
    if (sigsetjmp(back, 1) == 0)
        spe_run(&spe);
    check(signal_number == 0 && spe.status >= 0 && (spe.status & 3) == 0 && spe.event == fault->event, name,
        "status %x, %s, event %04x, signal %d", spe.status, strerror(spe.error), spe.event, signal_number);
    spe_destroy(&spe);
}

// Three words at local store 0, of which the SPU cannot do the last. si_addr names that one: the kernel takes 4 from SPU_NPC, which is
// behind it. Seen on consoles.
static void place(const char *name, uint32_t wrong)
{
    static struct spe spe;
    const uint32_t words[3] = { 0x40200000, 0x40200000, wrong };
    char line[64];
    for (unsigned flags = 0; flags <= SPU_CREATE_EVENTS_ENABLED; flags++) {
        snprintf(line, sizeof line, "faults.%s%s", flags != 0 ? "event." : "", name);
        must(spe_create(&spe, NULL, flags), line);
        int file = spe_open(&spe, "mem", O_RDWR);
        must(pwrite(file, words, sizeof words, 0) == sizeof words, line);
        close(file);
        spe.npc = 0;
        signal_number = 0;
        signal_address = NULL;
        if (sigsetjmp(back, 1) == 0)
            spe_run(&spe);
        if (flags == 0)
            check(signal_number == SIGILL && (uint64_t)signal_address == 8, line, "signal %d address %lx", signal_number,
                (unsigned long)signal_address);
        else
            check(signal_number == 0 && spe.event == SPE_EVENT_SPE_ERROR && spe.npc == 0xc, line, "event %04x npc %x", spe.event, spe.npc);
        spe_destroy(&spe);
    }
}

// The handler brings the page, spu_run goes on by itself, and the transfer is done as if nothing had been.
static void repair(int number, siginfo_t *info, void *context)
{
    (void)context;
    signal_number = number;
    uint32_t *page = mmap((void *)((uint64_t)info->si_addr & ~4095ull), 4096, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (page == MAP_FAILED)
        _exit(4);
    page[64] = 0x600d;
}

static void repaired(void)
{
    struct spe spe;
    struct fault get = by_dma[0];
    struct job *job = prepare(&get);
    catch(SIGSEGV, repair, SA_RESTART);
    signal_number = 0;
    must(spe_worker(&spe, NULL, 0, job), "faults.repaired");
    spe_run(&spe);
    check(spe_exit_code(&spe) == 0 && signal_number == SIGSEGV && job->out[0] == 0x600d, "faults.repaired",
        "signal %d, read %x, exit %d", signal_number, job->out[0], spe_exit_code(&spe));
    spe_destroy(&spe);
    munmap(bad_page, 4096);
}

static void stops(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_FAULT;
    job->in[0] = FAULT_STOP;
    must(spe_worker(&spe, NULL, 0, job), "faults.stop");
    spe_run(&spe);
    int first = spe.status;
    spe_run(&spe);
    check(first == 0x0abc0002 && spe_exit_code(&spe) == 0, "faults.stop", "status %x, and goes on to exit %d", first, spe_exit_code(&spe));
    spe_destroy(&spe);

    job->in[0] = FAULT_HALT;
    must(spe_worker(&spe, NULL, 0, job), "faults.halt");
    spe_run(&spe);
    check(spe.status == SPU_STOPPED_BY_HALT, "faults.halt", "status %x", spe.status);
    spe_destroy(&spe);

    job->in[0] = FAULT_STOPD;
    static struct spe trapped;
    must(spe_worker(&trapped, NULL, 0, job), "faults.stopd");
    catch(SIGTRAP, note, 0);
    signal_number = 0;
    if (sigsetjmp(back, 1) == 0)
        spe_run(&trapped);
    uint64_t status = spe_read_number(&trapped, "cntl");
    check(signal_number == SIGTRAP && status == 0x3fff0002, "faults.stopd", "signal %d, status file %lx", signal_number,
        (unsigned long)status);
    spe_destroy(&trapped);
}

static void refused(const char *name, const char *path, unsigned flags, int error)
{
    int fd = (int)spe_syscall_create(path, flags, 0755, -1), got = errno;
    check(fd < 0 && got == error, name, "%s", fd < 0 ? strerror(got) : "created");
    if (fd >= 0)
        close(fd);
}

static void refusals(void)
{
    struct spe spe;
    must(spe_create(&spe, NULL, 0), "faults.create");
    char inner[128];
    snprintf(inner, sizeof inner, "%s/inner", spe.path);
    refused("faults.create-elsewhere", "/tmp/spe", 0, EINVAL);
    refused("faults.create-again", spe.path, 0, EEXIST);
    refused("faults.create-inside", inner, 0, EINVAL);
    refused("faults.create-flags", "/spu/flags", 0x8000, EINVAL);
    refused("faults.create-isolated", "/spu/isolated", SPU_CREATE_ISOLATE, EINVAL);
    refused("faults.create-isolated-alone", "/spu/isolated", SPU_CREATE_ISOLATE | SPU_CREATE_NOSCHED, ENODEV);
    refused("faults.create-affine", "/spu/affine", SPU_CREATE_AFFINITY_MEM, EINVAL);

    uint32_t npc = 0, event;
    long bad = syscall(SYS_spu_run, -1, &npc, &event);
    int bad_error = errno;
    long other = syscall(SYS_spu_run, STDOUT_FILENO, &npc, &event);
    int other_error = errno;
    long pointer = syscall(SYS_spu_run, spe.fd, (void *)8, &event);
    int pointer_error = errno;
    check(bad == -1 && bad_error == EBADF && other == -1 && other_error == EINVAL && pointer == -1 && pointer_error == EFAULT,
        "faults.run", "errors %d %d %d", bad_error, other_error, pointer_error);
    spe_destroy(&spe);
}

void test_faults(void)
{
    bad_page = take(4096);
    munmap(bad_page, 4096);
    good_page = take(4096);
    constant_page = take(4096);
    constant_page[0] = 1;
    mprotect(constant_page, 4096, PROT_READ);
    stops();
    for (unsigned i = 0; i < sizeof by_dma / sizeof *by_dma; i++) {
        // What `take` maps in between may land there.
        struct job *filler = take(4096);
        (void)filler;
        bad_page = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        catch(SIGSEGV, note, 0);
        catch(SIGBUS, note, 0);
        catch(SIGILL, note, 0);
        as_signal(&by_dma[i]);
        as_event(&by_dma[i]);
    }
    place("illegal-npc", 0xa0000000);
    place("channel-npc", 0x21a03202); // wrch $ch100, $2
    repaired();
    refusals();
}
