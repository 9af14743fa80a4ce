// A small library over spufs: creates contexts, loads SPU programs into them, runs them, and serves their call-backs.
// Everything goes through spu_create, spu_run and the files of the context's directory.
#ifndef SPE_H
#define SPE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../job.h"

#define LS_SIZE 0x40000u

// spu_create flags and spu_run events, as in the kernel's asm/spu.h.
#define SPU_CREATE_EVENTS_ENABLED 0x01u
#define SPU_CREATE_GANG 0x02u
#define SPU_CREATE_NOSCHED 0x04u
#define SPU_CREATE_ISOLATE 0x08u
#define SPU_CREATE_AFFINITY_SPU 0x10u
#define SPU_CREATE_AFFINITY_MEM 0x20u

#define SPE_EVENT_DMA_ALIGNMENT 0x0008u
#define SPE_EVENT_SPE_ERROR 0x0010u
#define SPE_EVENT_SPE_DATA_STORAGE 0x0040u
#define SPE_EVENT_INVALID_DMA 0x0800u

#define SPU_STOPPED_BY_STOP 0x2
#define SPU_STOPPED_BY_HALT 0x4

// An SPU ELF file in memory.
struct image {
    const unsigned char *start, *end;
};

extern const struct image worker_image, hello_image, sgemm_image;

#define SPE_FILES 20

// A context, and the program in it. One thread at a time runs it; its files may be used by others.
struct spe {
    int fd;
    char path[96];
    uint32_t npc;
    uint32_t event;         // what spu_run said of faults (SPU_CREATE_EVENTS_ENABLED)
    int status;             // what spu_run returned last
    int error;              // errno of a spu_run that returned -1
    unsigned assists;       // call-backs served
    FILE *files[SPE_FILES]; // what the program's stream handles are: 1 stdin, 2 stdout, 3 stderr
    volatile uint8_t *store;// local store, mapped when first needed
    pthread_t thread;
    struct job *job;
};

long spe_syscall_create(const char *path, unsigned flags, unsigned mode, int neighbour);

// All of these answer false, with errno set, when the kernel refuses.
bool spe_create(struct spe *spe, const char *parent, unsigned flags);
bool spe_load(struct spe *spe, const struct image *image);
bool spe_arguments(struct spe *spe, uint64_t id, uint64_t argp, uint64_t envp);
void spe_destroy(struct spe *spe);

// Opens a file of the context. -1 when there is none.
int spe_open(const struct spe *spe, const char *name, int flags);
// Reads a small text file of the context into a buffer, without its newline. False when it cannot be read.
bool spe_read_text(const struct spe *spe, const char *name, char *text, size_t size);
bool spe_write_text(const struct spe *spe, const char *name, const char *text);
uint64_t spe_read_number(const struct spe *spe, const char *name);
// Maps an area: "mem", "psmap", "cntl", "signal1", ... NULL when the kernel refuses.
volatile void *spe_map(const struct spe *spe, const char *name, size_t size);
volatile uint8_t *spe_store(struct spe *spe);

// Runs until something happens that no call-back is: the status spu_run gave, or -1 with `error` set.
int spe_run(struct spe *spe);
// The exit code of a program that ended by exit, or -1 if it stopped for another reason.
int spe_exit_code(const struct spe *spe);

// Creates a context with the worker program and this job as its argument.
bool spe_worker(struct spe *spe, const char *parent, unsigned flags, struct job *job);
// The same as a thread of its own. spe_join gives the exit code.
void spe_start(struct spe *spe);
int spe_join(struct spe *spe);

// Serves one call-back (stop codes 0x2100, 0x2101, 0x2105) whose block lies at local store address `block`.
// False when there is no such call-back.
bool assist(struct spe *spe, unsigned stop_code, unsigned operation, uint32_t block);
bool assist_stdio(struct spe *spe, unsigned operation, volatile uint8_t *store, uint32_t block);
// Formats as the SPU's printf family asks: the values lie in quadword slots of local store.
char *assist_format(volatile uint8_t *store, uint32_t format, uint32_t next, uint32_t skip);

#endif
