// Process 1: mounts what programs need, runs the tests the kernel command line names (only=NAME,... scale=N), says what
// came out, and powers off.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static void mount_at(const char *type, const char *where)
{
    mkdir(where, 0755);
    if (mount(type, where, type, 0, NULL) != 0 && errno != EBUSY)
        say("INIT mount %s on %s: %s", type, where, strerror(errno));
}

// The value of a name=value word of the command line.
static bool option(const char *line, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    for (const char *at = line; (at = strstr(at, name)) != NULL; at++)
        if ((at == line || at[-1] == ' ') && at[length] == '=') {
            size_t end = strcspn(at + length + 1, " \n");
            if (end >= size)
                end = size - 1;
            memcpy(value, at + length + 1, end);
            value[end] = '\0';
            return true;
        }
    return false;
}

static unsigned count_spus(void)
{
    unsigned found = 0;
    DIR *directory = opendir("/sys/devices/system/spu");
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (strncmp(entry->d_name, "spu", 3) == 0 && entry->d_name[3] >= '0' && entry->d_name[3] <= '9')
            found++;
    if (directory != NULL)
        closedir(directory);
    return found;
}

void be_init(void)
{
    mount_at("proc", "/proc");
    mount_at("sysfs", "/sys");
    mount_at("devtmpfs", "/dev");
    mount_at("tmpfs", "/tmp");
    mount_at("spufs", "/spu");
    int console = open("/dev/console", O_RDWR);
    if (console >= 0)
        for (int fd = 0; fd < 3; fd++)
            dup2(console, fd);

    char line[2048] = "", names[1024] = "all", scale[32] = "1";
    int file = open("/proc/cmdline", O_RDONLY);
    ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    line[length < 0 ? 0 : length] = '\0';
    option(line, "only", names, sizeof names);
    if (option(line, "scale", scale, sizeof scale) && strtoul(scale, NULL, 10) > 0)
        options.scale = strtoul(scale, NULL, 10);

    unsigned spus = count_spus();
    say("SPETEST-INIT spus=%u only=%s scale=%lu", spus, names, options.scale);
    // Without SPEs every program would wait for one for ever.
    if (spus == 0)
        say("SPETEST FAIL no SPEs");
    int code = spus == 0 ? 1 : run_tests(names);
    say("SPETEST-EXIT %d", code);
    sync();
    reboot(RB_POWER_OFF);
    for (;;)
        pause();
}
