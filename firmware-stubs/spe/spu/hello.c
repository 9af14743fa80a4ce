// Everything a C program says to its PPE: streams, formats, files, memory, system calls. Its lines are compared with what
// the PPE formats from the same values.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/linux_syscalls.h>
#include <unistd.h>

static const char name[] = "/tmp/spe-hello.txt";

int main(unsigned long long speid, unsigned long long argp, unsigned long long envp)
{
    (void)speid;
    printf("Hello from an SPE\n");
    printf("ints %d %5d|%-5d|%05d %u %x %X %o %c %s %%\n", -1, 42, 42, 42, 4000000000u, 0xbeef, 0xbeef, 8, 'c', "text");
    printf("long %lld %llx %ld\n", -1234567890123LL, 0x123456789abcdefULL, 77L);
    printf("floats %f %.3f %e %g %10.2f|%-10.1f|\n", 3.25, -2.5, 12345.678, 0.0001, 99.995, 1.5);
    // More arguments than registers hold: 72 of them are passed in registers.
    printf("many"
           " %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d"
           " %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d\n",
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
        34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
        64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80);
    printf("star %*d|%-*d|%.*s\n", 6, 1, 6, 2, 3, "abcdef");
    printf("arguments %llx %llx\n", argp, envp);

    char text[64];
    int length = snprintf(text, sizeof text, "%s-%d", "built", 17);
    printf("snprintf %d %s\n", length, text);
    puts("puts");
    putchar('p');
    putchar('\n');
    fputs("fputs\n", stdout);
    fprintf(stdout, "fprintf %d\n", 5);

    FILE *stream = fopen(name, "w");
    if (stream == NULL)
        return 1;
    fprintf(stream, "line %d\nline %d\n", 1, 2);
    fwrite("raw\n", 1, 4, stream);
    fclose(stream);
    stream = fopen(name, "r");
    while (fgets(text, sizeof text, stream) != NULL)
        printf("read %s", text);
    fclose(stream);

    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return 2;
    printf("write %d\n", (int)write(file, "0123456789", 10));
    printf("lseek %d\n", (int)lseek(file, 4, SEEK_SET));
    memset(text, 0, sizeof text);
    length = read(file, text, 20);
    printf("read %d %s\n", length, text);
    printf("close %d\n", close(file));
    printf("unlink %d\n", unlink(name));
    file = open(name, O_RDONLY);
    printf("open %d %d\n", file, errno == ENOENT);
    printf("pid %d\n", linux_getpid() > 0);

    fflush(stdout);
    exit(42);
}
