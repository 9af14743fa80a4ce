// Call-backs of SPU programs to their PPE thread, as newlib's SPU part makes them: `stop` with a code for the library, and
// in the word behind it the operation and the address of the parameters, a quadword each. The results overwrite the
// first quadword: two or three words of value, errno in the last.
#define _GNU_SOURCE
#include "spe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum posix_operation {
    POSIX_CLOSE = 2,
    POSIX_GETPAGESIZE = 6,
    POSIX_GETTIMEOFDAY = 7,
    POSIX_LSEEK = 9,
    POSIX_OPEN = 15,
    POSIX_READ = 16,
    POSIX_UNLINK = 24,
    POSIX_WRITE = 27,
    POSIX_FTRUNCATE = 28,
    POSIX_ACCESS = 29,
    POSIX_DUP = 30,
    POSIX_NANOSLEEP = 32,
    POSIX_YIELD = 61,
};

enum memory_operation {
    MEMORY_CALLOC = 1,
    MEMORY_FREE = 2,
    MEMORY_MALLOC = 3,
    MEMORY_REALLOC = 4,
};

struct result {
    uint32_t words[3];
    uint32_t error;
};

// An address in local store as one of ours. Programs are trusted no further than their local store.
static void *at(volatile uint8_t *store, uint32_t address)
{
    return (void *)(store + (address & (LS_SIZE - 1)));
}

static size_t room(uint32_t address, uint32_t size)
{
    uint32_t left = LS_SIZE - (address & (LS_SIZE - 1));
    return size < left ? size : left;
}

static bool assist_posix(unsigned operation, volatile uint8_t *store, uint32_t block)
{
    const uint32_t(*slot)[4] = at(store, block);
    uint32_t a = slot[0][0], b = slot[1][0], c = slot[2][0];
    struct result result = { { 0, 0, 0 }, 0 };
    long value = 0;
    // Local store is mapped without caching, and a system call's copy may use wide or cache-line accesses: through a buffer.
    static __thread char bytes[LS_SIZE];
    errno = 0;

    switch (operation) {
    case POSIX_CLOSE:
        value = close((int)a);
        break;
    case POSIX_GETPAGESIZE:
        value = getpagesize();
        break;
    case POSIX_GETTIMEOFDAY: {
        // 64-bit seconds: newlib's time_t.
        struct timeval now;
        value = gettimeofday(&now, NULL);
        uint32_t *out = at(store, a);
        out[0] = (uint32_t)((uint64_t)now.tv_sec >> 32);
        out[1] = (uint32_t)now.tv_sec;
        out[2] = (uint32_t)now.tv_usec;
        break;
    }
    case POSIX_LSEEK:
        value = lseek((int)a, (int32_t)b, (int)c);
        break;
    case POSIX_OPEN:
        // The flags arrive with Linux's values.
        value = open(at(store, a), (int)b, (mode_t)c);
        break;
    case POSIX_READ:
        value = read((int)a, bytes, room(b, c));
        if (value > 0)
            memcpy(at(store, b), bytes, (size_t)value);
        break;
    case POSIX_WRITE:
        memcpy(bytes, at(store, b), room(b, c));
        value = write((int)a, bytes, room(b, c));
        break;
    case POSIX_UNLINK:
        value = unlink(at(store, a));
        break;
    case POSIX_FTRUNCATE:
        value = ftruncate((int)a, (int32_t)b);
        break;
    case POSIX_ACCESS:
        value = access(at(store, a), (int)b);
        break;
    case POSIX_DUP:
        value = dup((int)a);
        break;
    case POSIX_YIELD:
        value = sched_yield();
        break;
    default:
        value = -1;
        errno = ENOSYS;
        break;
    }
    result.words[0] = (uint32_t)value;
    result.error = value < 0 ? (uint32_t)errno : 0;
    memcpy(at(store, block), &result, sizeof result);
    return true;
}

// Memory of the PPE's for the SPU: 64-bit effective addresses in and out.
static bool assist_memory(unsigned operation, volatile uint8_t *store, uint32_t block)
{
    const uint64_t(*slot)[2] = at(store, block);
    uint64_t a = slot[0][0], b = slot[1][0], value = 0;
    struct result result = { { 0, 0, 0 }, 0 };
    switch (operation) {
    case MEMORY_CALLOC:
        value = (uint64_t)calloc(a, b);
        break;
    case MEMORY_FREE:
        free((void *)a);
        break;
    case MEMORY_MALLOC:
        value = (uint64_t)malloc(a);
        break;
    case MEMORY_REALLOC:
        value = (uint64_t)realloc((void *)a, b);
        break;
    default:
        result.error = ENOSYS;
        break;
    }
    result.words[0] = (uint32_t)(value >> 32);
    result.words[1] = (uint32_t)value;
    memcpy(at(store, block), &result, sizeof result);
    return true;
}

bool assist(struct spe *spe, unsigned stop_code, unsigned operation, uint32_t block)
{
    volatile uint8_t *store = spe_store(spe);
    switch (stop_code) {
    case 0x2100:
        return assist_stdio(spe, operation, store, block);
    case 0x2101:
        return assist_posix(operation, store, block);
    case 0x2105:
        return assist_memory(operation, store, block);
    default:
        return false;
    }
}
