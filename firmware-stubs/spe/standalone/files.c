// Files, by streams and by descriptors: writes lines, reads them back, takes numbers apart, removes the file.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "spe-files.tmp";
    char text[100];
    FILE *file = fopen(name, "w");
    if (file == NULL) {
        printf("cannot write %s: %d\n", name, errno);
        return 1;
    }
    for (int i = 0; i < 5; i++)
        fprintf(file, "line %d of %d\n", i + 1, 5);
    fputs("end\n", file);
    long size = ftell(file);
    fclose(file);
    printf("wrote %ld bytes\n", size);

    file = fopen(name, "r");
    int lines = 0;
    while (fgets(text, sizeof text, file) != NULL)
        lines++;
    printf("%d lines, end %d, last %s", lines, feof(file) != 0, text);
    rewind(file);
    fseek(file, 5, SEEK_SET);
    printf("at 5: %c\n", fgetc(file));
    fclose(file);

    int handle = open(name, O_RDWR);
    printf("seek %d\n", (int)lseek(handle, -4, SEEK_END));
    memset(text, 0, sizeof text);
    int length = (int)read(handle, text, sizeof text);
    printf("read %d %.3s\n", length, text);
    printf("write %d\n", (int)write(handle, "more", 4));
    printf("close %d\n", close(handle));
    printf("unlink %d\n", unlink(name));
    handle = open(name, O_RDONLY);
    printf("open %d, no such file %d\n", handle, errno == ENOENT);
    return 0;
}
