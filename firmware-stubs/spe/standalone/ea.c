// Memory of the PPE: __ea variables, the heap, files straight into it. Prints what must be so.
//   ea FILE           a name for a file that it makes and removes
#include <ea.h>
#include <errno.h>
#include <fcntl.h>
#include <spu_mfcio.h>
#include <stdio.h>
#include <string.h>
#include <sys/linux_syscalls.h>
#include <unistd.h>

__ea char greeting[128] = "a variable in main memory";
__ea int numbers[64] = { 1, 2, 3 };
static __ea char *__ea pointer_there = greeting;
static __ea char *pointer_here = greeting;

static char line[1024] __attribute__((aligned(128)));

static void transfer(__ea void *at, int size, unsigned command)
{
    spu_mfcdma64(line, 0, (unsigned)at, size, 3, command);
    spu_writech(MFC_WrTagMask, 1 << 3);
    spu_mfcstat(MFC_TAG_UPDATE_ALL);
}

static const char *text(__ea void *at)
{
    transfer((__ea char *)at - (unsigned)at % 16, 128, MFC_GET_CMD);
    return line + (unsigned)at % 16;
}

static void fill(__ea void *at, const char *string)
{
    memset(line, 0, sizeof line);
    strcpy(line, string);
    transfer(at, 128, MFC_PUT_CMD);
}

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "spe-ea.tmp";
    printf("%s\n", text(greeting));
    printf("pointer %d", pointer_here == greeting);
    printf(" %d\n", *(unsigned *)text(&pointer_there) == (unsigned)greeting);
    printf("numbers %d", ((int *)text(numbers))[0]);
    printf(" %d\n", ((int *)text(numbers))[2]);
    fill(greeting, "changed");
    printf("%s\n", text(greeting));

    __ea char *block = malloc_ea(1000);
    fill(block, "heap");
    block = realloc_ea(block, 100000);
    printf("realloc %s\n", text(block));
    __ea int *zeros = calloc_ea(100, 4);
    printf("calloc %d", zeros != NULL);
    printf(" %d\n", ((int *)text(zeros))[5]);
    __ea void *aligned = NULL;
    printf("memalign %d", posix_memalign_ea(&aligned, 65536, 5000));
    printf(" %d %d\n", (int)((unsigned)aligned % 65536), aligned != NULL);
    printf("memalign %d", posix_memalign_ea(&aligned, 24, 10) == EINVAL);
    printf(" %d\n", posix_memalign_ea(&aligned, 128, 0x7fffffff) == ENOMEM);
    free_ea(zeros);

    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    fill(block, "through the kernel");
    printf("write_ea %d\n", (int)write_ea(file, block, 18));
    printf("pwrite_ea %d\n", (int)pwrite_ea(file, block, 7, 20));
    printf("pread_ea %d", (int)pread_ea(file, block, 6, 12));
    printf(" %.6s\n", text(block));
    lseek(file, 0, SEEK_SET);
    printf("read_ea %d", (int)read_ea(file, block, 100));
    printf(" %.18s\n", text(block));
    static struct iovec_ea parts[2] __attribute__((aligned(16)));
    parts[0].iov_base = block;
    parts[0].iov_len = 7;
    parts[1].iov_base = greeting;
    parts[1].iov_len = 7;
    printf("writev_ea %d\n", (int)writev_ea(file, parts, 2));
    lseek(file, -14, SEEK_CUR);
    parts[1].iov_base = block + 256;
    printf("readv_ea %d", (int)readv_ea(file, parts, 2));
    printf(" %.7s", text(block));
    printf(" %.7s\n", text(block + 256));
    printf("bad %d", (int)read_ea(file, (__ea void *)16, 8));
    printf(" %d\n", errno == EFAULT);
    printf("bad %d", (int)write_ea(77, block, 8));
    printf(" %d\n", errno == EBADF);
    printf("process %d %d\n", linux_getpid() > 0, linux_gettid() == linux_getpid());
    close(file);
    unlink(name);
    free_ea(block);
    return 0;
}
