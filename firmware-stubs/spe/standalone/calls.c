// Every call of newlib's list that asks the host about files, directories and names: prints what the same C prints natively.
//   calls FOLDER      a name for a directory that it makes, works in and removes
#define _GNU_SOURCE
#include <sys/types.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// newlib's SPU part has these, and its headers do not declare all of them.
int lockf(int fd, int cmd, off_t len);
int mknod(const char *path, mode_t mode, dev_t dev);

static void mode(const char *name)
{
    struct stat status;
    int result = lstat(name, &status);
    printf("%s: %d %o links %d size %d\n", name, result, (int)status.st_mode, S_ISDIR(status.st_mode) ? 0 : (int)status.st_nlink, S_ISDIR(status.st_mode) ? 0 : (int)status.st_size);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void list(const char *name)
{
    char names[8][16];
    int count = 0;
    DIR *dir = opendir(name);
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL && count < 8)
        snprintf(names[count++], 16, "%.15s", entry->d_name);
    qsort(names, count, 16, compare);
    for (int i = 0; i < count; i++)
        printf("%s ", names[i]);
    rewinddir(dir);
    long start = telldir(dir);
    entry = readdir(dir);
    char first[16];
    snprintf(first, sizeof first, "%.15s", entry->d_name);
    seekdir(dir, start);
    entry = readdir(dir);
    printf("again %d", strcmp(first, entry->d_name) == 0);
    printf(" closed %d\n", closedir(dir));
}

int main(int count, char **arguments)
{
    const char *folder = count > 1 ? arguments[1] : "spe-calls.tmp";
    char text[64], before[256], inside[256];

    umask(022);
    printf("umask %o\n", (int)umask(027));
    getcwd(before, sizeof before);
    printf("mkdir %d", mkdir(folder, 0777));
    printf(" chdir %d\n", chdir(folder));
    getcwd(inside, sizeof inside);
    printf("moved %d", strcmp(before, inside) != 0);
    printf(" small %d", getcwd(text, 1) == NULL);
    printf(" %d\n", errno == ERANGE);
    printf("chdir %d", chdir("missing"));
    printf(" %d\n", errno == ENOENT);

    int fd = open("a", O_RDWR | O_CREAT, 0666);
    struct iovec parts[3] = { { "one ", 4 }, { "two ", 4 }, { "three", 5 } };
    printf("writev %d\n", (int)writev(fd, parts, 3));
    printf("pread %d", (int)pread(fd, text, 3, 4));
    printf(" %.3s", text);
    printf(" at %d\n", (int)lseek(fd, 0, SEEK_CUR));
    printf("pwrite %d\n", (int)pwrite(fd, "TWO", 3, 4));
    lseek(fd, 0, SEEK_SET);
    char x[4] = "", y[16] = "";
    struct iovec into[2] = { { x, 3 }, { y, 15 } };
    printf("readv %d", (int)readv(fd, into, 2));
    printf(" '%s' '%s'\n", x, y);
    int copy = dup(fd);
    printf("dup %d position %d\n", copy != fd, (int)lseek(copy, 0, SEEK_CUR));
    int other = dup2(fd, 9);
    printf("dup2 %d\n", other);
    close(fd);
    printf("still %d\n", (int)pread(copy, text, 1, 0));
    close(copy);
    printf("truncate %d", truncate("a", 3));
    printf(" ftruncate %d\n", ftruncate(9, 6));
    printf("lock %d", lockf(9, 2, 0));
    printf(" %d", lockf(9, 3, 0));
    printf(" %d\n", lockf(9, 0, 0));
    printf("fsync %d %d\n", fsync(9), fdatasync(9));
    mode("a");
    printf("fchmod %d\n", fchmod(9, 0604));
    mode("a");
    printf("fchown %d\n", fchown(9, -1, -1));
    close(9);
    printf("closed %d", fsync(9));
    printf(" %d\n", errno == EBADF);

    printf("chmod %d\n", chmod("a", 0640));
    printf("link %d", link("a", "b"));
    printf(" symlink %d\n", symlink("a", "c"));
    mode("a");
    mode("c");
    int length = (int)readlink("c", text, sizeof text);
    printf("readlink %.*s %d", length < 0 ? 0 : length, text, (int)readlink("a", text, 1));
    printf(" %d\n", errno == EINVAL);
    printf("chown %d lchown %d\n", chown("a", -1, -1), lchown("c", -1, -1));
    printf("mknod %d\n", mknod("p", S_IFIFO | 0666, 0));
    mode("p");
    struct utimbuf times = { 1000000000, 1100000000 };
    struct stat status;
    printf("utime %d", utime("a", &times));
    stat("a", &status);
    printf(" %ld %ld\n", (long)status.st_atime, (long)status.st_mtime);
    struct timeval fine[2] = { { 1200000000, 1 }, { 1300000000, 999999 } };
    printf("utimes %d", utimes("a", fine));
    stat("c", &status);
    printf(" %ld %ld\n", (long)status.st_atime, (long)status.st_mtime);
    printf("access %d", access("a", W_OK));
    printf(" %d", access("d", F_OK));
    printf(" %d\n", errno == ENOENT);

    char name[] = "t-XXXXXX", new[] = "n-XXXXXX", wrong[] = "wrong";
    fd = mkstemp(name);
    printf("mkstemp %d %d", fd >= 0, strcmp(name, "t-XXXXXX") != 0);
    fstat(fd, &status);
    printf(" %o\n", (int)status.st_mode);
    close(fd);
    unlink(name);
    printf("wrong %d", mkstemp(wrong));
    printf(" %d\n", errno == EINVAL);
    printf("mktemp %d", mktemp(new) == new);
    printf(" %d %d\n", strcmp(new, "n-XXXXXX") != 0, access(new, F_OK));

    int here = open(".", O_RDONLY);
    printf("directory %d", (int)read(here, text, 1));
    printf(" %d\n", errno == EISDIR);
    printf("mkdir %d rmdir", mkdir("d", 0777));
    fd = open("d/e", O_CREAT | O_WRONLY, 0600);
    close(fd);
    printf(" %d", rmdir("d"));
    printf(" %d\n", errno == ENOTEMPTY);
    mode("d");
    list(".");
    chdir("d");
    printf("fchdir %d", fchdir(here));
    printf(" %d\n", access("d", F_OK));
    close(here);
    printf("opendir %d", opendir("a") == NULL);
    printf(" %d\n", errno == ENOTDIR);

    FILE *file = fopen("f", "w");
    fputs("to f\n", file);
    file = freopen("g", "w", file);
    fprintf(file, "to g\n");
    fd = fileno(file);
    printf("fileno %d", fstat(fd, &status));
    printf(" %d\n", S_ISREG(status.st_mode));
    fclose(file);
    file = fopen("g", "r");
    printf("%s", fgets(text, sizeof text, file));
    fclose(file);
    fflush(stdout);
    printf("freopen %d", freopen("missing/x", "r", stdin) == NULL);
    printf(" %d\n", errno == ENOENT);
    char temporary[L_tmpnam];
    printf("tmpnam %d", tmpnam(temporary) == temporary);
    printf(" %d\n", access(temporary, F_OK));
    fflush(stdout);
    errno = EACCES;
    perror("calls");

    struct timespec wait = { 0, 2000000 }, left = { 9, 9 };
    printf("nanosleep %d", nanosleep(&wait, &left));
    wait.tv_nsec = 1000000000;
    printf(" %d", nanosleep(&wait, &left));
    printf(" %d\n", errno == EINVAL);
    sync();

    unlink("a"), unlink("b"), unlink("c"), unlink("f"), unlink("g"), unlink("p"), unlink("d/e");
    printf("rmdir %d", rmdir("d"));
    printf(" chdir %d", chdir(before));
    printf(" %d\n", rmdir(folder));
    return 0;
}
