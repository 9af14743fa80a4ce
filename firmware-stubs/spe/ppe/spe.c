// Contexts: creation, loading, running. See spe.h.
#define _GNU_SOURCE
#include "spe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_spu_run
#define SYS_spu_run 278
#define SYS_spu_create 279
#endif

long spe_syscall_create(const char *path, unsigned flags, unsigned mode, int neighbour)
{
    return syscall(SYS_spu_create, path, flags, mode, neighbour);
}

// Linux 6.1.192 counts a gang's contexts, but takes the number of a new context's file for an error and counts it down again
// (spufs_create_context: "if (ret && gang)"). The gang would be freed with its first context. A file of number 0 is counted.
static int create_in_gang(const char *path, unsigned flags)
{
    int input = dup(0);
    close(0);
    int fd = (int)spe_syscall_create(path, flags, 0755, -1);
    if (fd == 0) {
        fd = fcntl(0, F_DUPFD, 3);
        close(0);
    }
    dup2(input, 0);
    close(input);
    return fd;
}

bool spe_create(struct spe *spe, const char *parent, unsigned flags)
{
    static unsigned number;
    memset(spe, 0, sizeof *spe);
    snprintf(spe->path, sizeof spe->path, "%s/spetest-%d-%u", parent != NULL ? parent : "/spu", (int)getpid(),
        __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED));
    spe->fd = parent != NULL ? create_in_gang(spe->path, flags) : (int)spe_syscall_create(spe->path, flags, 0755, -1);
    spe->files[1] = stdin;
    spe->files[2] = stdout;
    spe->files[3] = stderr;
    return spe->fd >= 0;
}

void spe_destroy(struct spe *spe)
{
    if (spe->store != NULL)
        munmap((void *)spe->store, LS_SIZE);
    spe->store = NULL;
    close(spe->fd);
    spe->fd = -1;
}

int spe_open(const struct spe *spe, const char *name, int flags)
{
    return openat(spe->fd, name, flags);
}

bool spe_read_text(const struct spe *spe, const char *name, char *text, size_t size)
{
    int file = spe_open(spe, name, O_RDONLY);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, size - 1);
    close(file);
    if (length < 0)
        return false;
    while (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    return true;
}

bool spe_write_text(const struct spe *spe, const char *name, const char *text)
{
    int file = spe_open(spe, name, O_WRONLY);
    if (file < 0)
        return false;
    bool good = write(file, text, strlen(text)) == (ssize_t)strlen(text);
    close(file);
    return good;
}

uint64_t spe_read_number(const struct spe *spe, const char *name)
{
    char text[64];
    return spe_read_text(spe, name, text, sizeof text) ? strtoull(text, NULL, 0) : ~0ull;
}

volatile void *spe_map(const struct spe *spe, const char *name, size_t size)
{
    int file = spe_open(spe, name, O_RDWR);
    if (file < 0)
        return NULL;
    void *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return area == MAP_FAILED ? NULL : area;
}

volatile uint8_t *spe_store(struct spe *spe)
{
    if (spe->store == NULL)
        spe->store = spe_map(spe, "mem", LS_SIZE);
    return spe->store;
}

static bool write_at(int file, const void *bytes, size_t size, uint32_t address)
{
    return size == 0 || (lseek(file, address, SEEK_SET) == (off_t)address && write(file, bytes, size) == (ssize_t)size);
}

bool spe_load(struct spe *spe, const struct image *image)
{
    size_t size = (size_t)(image->end - image->start);
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)image->start;
    errno = ENOEXEC;
    if (size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != 23
        || header->e_phoff + header->e_phnum * sizeof(Elf32_Phdr) > size)
        return false;
    int file = spe_open(spe, "mem", O_RDWR);
    if (file < 0)
        return false;
    const Elf32_Phdr *segments = (const Elf32_Phdr *)(image->start + header->e_phoff);
    bool good = true;
    for (unsigned i = 0; i < header->e_phnum && good; i++) {
        const Elf32_Phdr *segment = &segments[i];
        if (segment->p_type != PT_LOAD)
            continue;
        good = segment->p_offset + segment->p_filesz <= size && segment->p_vaddr + segment->p_memsz <= LS_SIZE
            && write_at(file, image->start + segment->p_offset, segment->p_filesz, segment->p_vaddr);
        size_t rest = segment->p_memsz - segment->p_filesz;
        if (good && rest > 0) {
            void *zeroes = calloc(1, rest);
            good = zeroes != NULL && write_at(file, zeroes, rest, segment->p_vaddr + segment->p_filesz);
            free(zeroes);
        }
    }
    close(file);
    spe->npc = header->e_entry;
    return good;
}

// Registers 3, 4 and 5, each in its preferred doubleword (Cell Linux ABI). The start-up code of the program makes its
// own stack.
bool spe_arguments(struct spe *spe, uint64_t id, uint64_t argp, uint64_t envp)
{
    uint64_t registers[3][2] = { { id, 0 }, { argp, 0 }, { envp, 0 } };
    int file = spe_open(spe, "regs", O_RDWR);
    if (file < 0)
        return false;
    bool good = write_at(file, registers, sizeof registers, 3 * 16);
    close(file);
    return good;
}

int spe_run(struct spe *spe)
{
    for (;;) {
        spe->event = 0;
        spe->status = (int)syscall(SYS_spu_run, spe->fd, &spe->npc, &spe->event);
        spe->error = spe->status < 0 ? errno : 0;
        if (spe->status < 0 || (spe->status & SPU_STOPPED_BY_STOP) == 0)
            return spe->status;
        unsigned code = (unsigned)spe->status >> 16;
        if ((code & 0xff00) != 0x2100)
            return spe->status;

        // The word behind the stop: eight bits of operation, and where the parameters lie.
        volatile uint8_t *store = spe_store(spe);
        if (store == NULL || spe->npc > LS_SIZE - 4)
            return spe->status;
        uint32_t word = *(volatile uint32_t *)(store + (spe->npc & ~3u));
        if (!assist(spe, code, word >> 24, word & (LS_SIZE - 16)))
            return spe->status;
        spe->assists++;
        spe->npc += 4;
    }
}

int spe_exit_code(const struct spe *spe)
{
    return spe->status >= 0 && (spe->status & SPU_STOPPED_BY_STOP) != 0 && ((unsigned)spe->status >> 24) == 0x20
        ? (spe->status >> 16) & 0xff : -1;
}

bool spe_worker(struct spe *spe, const char *parent, unsigned flags, struct job *job)
{
    if (!spe_create(spe, parent, flags))
        return false;
    spe->job = job;
    return spe_load(spe, &worker_image)
        && ((flags & SPU_CREATE_NOSCHED) != 0 || spe_arguments(spe, (uint64_t)spe->fd, (uint64_t)job, 0));
}

static void *run_thread(void *argument)
{
    spe_run(argument);
    return NULL;
}

void spe_start(struct spe *spe)
{
    if (pthread_create(&spe->thread, NULL, run_thread, spe) != 0) {
        perror("pthread_create");
        _exit(2);
    }
}

int spe_join(struct spe *spe)
{
    pthread_join(spe->thread, NULL);
    return spe_exit_code(spe);
}
