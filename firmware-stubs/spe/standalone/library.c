// Calls that ask the host about files: prints what the same C prints natively.
//   library NAME      a name that it may use for a file and for a directory
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *name)
{
    struct stat status;
    if (stat(name, &status) != 0)
        printf("no status: %d\n", errno == ENOENT);
    else
        printf("file %d directory %d size %d blocks of %d\n", S_ISREG(status.st_mode), S_ISDIR(status.st_mode),
            S_ISREG(status.st_mode) ? (int)status.st_size : -1, (int)status.st_blksize);
}

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "spe-library.tmp";
    char other[200], text[20] = "";
    snprintf(other, sizeof other, "%s.2", name);
    show(name);

    FILE *file = fopen(name, "w+");
    fputs("0123456789", file);
    fseek(file, 3, SEEK_SET);
    int c = fgetc(file);
    ungetc(c + 1, file);
    printf("%c", fgetc(file));
    printf("%c", fgetc(file));
    printf(" %ld\n", ftell(file));
    fpos_t position;
    fgetpos(file, &position);
    printf("%d", (int)fread(text, 1, 3, file));
    printf(" %.3s\n", text);
    fsetpos(file, &position);
    printf("%d", (int)fread(text, 4, 3, file));
    printf(" %d %d\n", feof(file) != 0, ferror(file) != 0);
    fclose(file);
    show(name);

    file = fopen(name, "a");
    fprintf(file, "%s\n", "more");
    fclose(file);
    file = fopen(name, "r");
    int number = 0;
    printf("%d", fscanf(file, "%9d", &number));
    printf(" %d\n", number);
    printf("%s", fgets(text, sizeof text, file));
    printf("%d\n", fgets(text, sizeof text, file) == NULL);
    fclose(file);

    printf("rename %d\n", rename(name, other));
    show(name);
    int handle = open(other, O_WRONLY | O_CREAT | O_EXCL, 0600);
    printf("exclusive %d %d\n", handle, errno == EEXIST);
    handle = open(other, O_RDWR | O_TRUNC);
    struct stat status;
    printf("fstat %d", fstat(handle, &status));
    printf(" %d\n", (int)status.st_size);
    printf("write %d\n", (int)write(handle, "abc", 3));
    printf("lseek %d\n", (int)lseek(handle, -1, SEEK_CUR));
    printf("read %d", (int)read(handle, text, 10));
    printf(" %c\n", text[0]);
    printf("seek %d", (int)lseek(handle, -10, SEEK_SET));
    printf(" %d\n", errno == EINVAL);
    close(handle);
    printf("closed %d", (int)read(handle, text, 1));
    printf(" %d\n", errno == EBADF);
    printf("access %d %d\n", access(other, R_OK), access(name, R_OK));
    printf("remove %d\n", remove(other));
    printf("remove %d\n", remove(other));
    printf("mkdir %d\n", mkdir(name, 0700));
    printf("mkdir %d\n", mkdir(name, 0700));
    show(name);
    printf("rmdir %d\n", rmdir(name));

    file = tmpfile();
    fprintf(file, "%d", 42);
    rewind(file);
    printf("%d", fscanf(file, "%d", &number));
    printf(" %d", number);
    printf(" %d\n", fgetc(file));
    fclose(file);
    return 0;
}
