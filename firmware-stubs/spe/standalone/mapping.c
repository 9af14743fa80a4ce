// mmap, mremap, msync, munmap and shared memory: prints what the same C prints natively.
//   mapping FILE      a name for a file that it makes and removes
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef unsigned long long address;

#ifdef __SPU__
#include <spu_mfcio.h>

#define MAP_FAILED_HERE MAP_FAILED_EADDR

static char line[16384] __attribute__((aligned(128)));

static void transfer(address at, int size, unsigned command)
{
    spu_mfcdma64(line, (unsigned)(at >> 32), (unsigned)at, size, 5, command);
    spu_writech(MFC_WrTagMask, 1 << 5);
    spu_mfcstat(MFC_TAG_UPDATE_ALL);
}

static void store(address at, const char *text)
{
    transfer(at, 128, MFC_GET_CMD);
    strcpy(line, text);
    transfer(at, 128, MFC_PUT_CMD);
}

static const char *load(address at)
{
    transfer(at, 128, MFC_GET_CMD);
    return line;
}
#else
#define MAP_FAILED_HERE ((address)-1)
#define mmap_eaddr(start, length, protection, flags, file, offset) ((address)mmap((void *)(start), length, protection, flags, file, offset))
#define mremap_eaddr(old, size, new, flags) ((address)mremap((void *)(old), size, new, flags))
#define msync_eaddr(start, length, flags) ((address)msync((void *)(start), length, flags))
#define munmap_eaddr(start, length) ((address)munmap((void *)(start), length))

static void store(address at, const char *text)
{
    strcpy((char *)at, text);
}

static const char *load(address at)
{
    return (const char *)at;
}
#endif

enum { page = 4096, all = PROT_READ | PROT_WRITE };

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "spe-mapping.tmp";
    char text[128] = "";

    address plain = mmap_eaddr(0, 3 * page + 1, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("anonymous %d %d '%s'\n", plain != MAP_FAILED_HERE, (int)(plain % page), load(plain));
    store(plain, "first");
    store(plain + 3 * page, "last");
    printf("%s ", load(plain));
    printf("%s\n", load(plain + 3 * page));
    address grown = mremap_eaddr(plain, 4 * page, 64 * page, MREMAP_MAYMOVE);
    printf("mremap %d %s ", grown != MAP_FAILED_HERE, load(grown));
    printf("%s '", load(grown + 3 * page));
    printf("%s'\n", load(grown + 63 * page));
    printf("munmap %d", (int)munmap_eaddr(grown + page, page));
    printf(" %s ", load(grown));
    printf("%s\n", load(grown + 3 * page));
    address again = mmap_eaddr(grown + page, page, all, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("fixed %d '%s'\n", again == grown + page, load(again));
    printf("shrunk %d", mremap_eaddr(grown, page, page, 0) == grown);
    printf(" %s\n", load(grown));
    printf("munmap %d\n", (int)munmap_eaddr(grown, 64 * page));
    printf("bad length %d", mmap_eaddr(0, 0, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED_HERE);
    printf(" %d\n", errno == EINVAL);
    printf("bad file %d", mmap_eaddr(0, page, all, MAP_PRIVATE, 77, 0) == MAP_FAILED_HERE);
    printf(" %d\n", errno == EBADF);

    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    ftruncate(file, 2 * page);
    pwrite(file, "in the file", 12, page);
    address shared = mmap_eaddr(0, 2 * page, all, MAP_SHARED, file, 0);
    address part = mmap_eaddr(0, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, page);
    printf("file '%s' ", load(shared + page));
    printf("'%s'\n", load(part));
    store(part, "private");
    store(shared, "shared");
    pread(file, text, sizeof text, 0);
    printf("read '%s'", text);
    pread(file, text, sizeof text, page);
    printf(" '%s'\n", text);
    pwrite(file, "written", 8, page);
    printf("mapped '%s'", load(shared + page));
    printf(" '%s'\n", load(part));
    printf("msync %d", (int)msync_eaddr(shared, 2 * page, MS_SYNC));
    close(file);
    store(shared, "after close");
    printf(" munmap %d\n", (int)munmap_eaddr(shared, 2 * page));
    munmap_eaddr(part, page);
    file = open(name, O_RDONLY);
    memset(text, 0, sizeof text);
    printf("read %d", (int)read(file, text, sizeof text));
    printf(" '%s'\n", text);
    printf("read-only %d", mmap_eaddr(0, page, all, MAP_SHARED, file, 0) == MAP_FAILED_HERE);
    printf(" %d\n", errno == EACCES);
    close(file);
    unlink(name);

    file = shm_open("/spe-mapping", O_RDWR | O_CREAT, 0600);
    printf("shm_open %d", file >= 0);
    printf(" ftruncate %d\n", ftruncate(file, page));
    address memory = mmap_eaddr(0, page, all, MAP_SHARED, file, 0);
    store(memory, "shared memory");
    int second = shm_open("/spe-mapping", O_RDONLY, 0);
    printf("read %d", (int)read(second, text, sizeof text));
    printf(" '%s'\n", text);
    printf("shm_unlink %d", shm_unlink("/spe-mapping"));
    printf(" %d\n", shm_open("/spe-mapping", O_RDONLY, 0));
    return 0;
}
