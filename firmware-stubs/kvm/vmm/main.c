/* kvmtest: runs virtual machines by KVM, as process 1 of an initramfs or as an ordinary program. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "machine.h"

#define KVM_MAJOR 10
#define KVM_MINOR 232

extern const uint8_t first_image[], first_image_end[], kernel_image[], kernel_image_end[];

static const struct machine_plan plans[] = {
    {"first", first_image, first_image_end, 1 << 20, 1, "", 60},
    {"kernel", kernel_image, kernel_image_end, 32 << 20, 2, "quiet-time hz=50 work=20", 240},
};

static char words[1024] = "";

/* The value of a word of the kernel's command line, or the given one. */
static const char *option(const char *name, const char *otherwise)
{
    static char value[128];
    size_t length = strlen(name);

    for (const char *at = words; *at; at += strcspn(at, " \n"), at += strspn(at, " \n"))
        if (!strncmp(at, name, length) && at[length] == '=') {
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + length + 1, " \n"), at + length + 1);
            return value;
        }
    return otherwise;
}

static int listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && !strncmp(at, name, length))
            return 1;
    return !strcmp(list, "all");
}

static int run_machines(const char *names)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), version = kvm < 0 ? -1 : ioctl(kvm, KVM_GET_API_VERSION, 0);
    unsigned good = 0, bad = 0;
    struct utsname system;

    uname(&system);
    printf("KVMTEST-INIT %s, KVM API %d\n", system.release, version);
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]) && version == KVM_API_VERSION; i++) {
        uint64_t status;

        if (!listed(names, plans[i].name))
            continue;
        status = machine_run(kvm, &plans[i]);
        printf("%s %s: ended with status %ld\n", status ? "FAIL" : "ok", plans[i].name, (long)status);
        *(status ? &bad : &good) += 1;
    }
    if (bad || !good)
        printf("KVMTEST FAIL %u of %u machines\n", bad, good + bad);
    else
        printf("KVMTEST OK %u machines\n", good);
    return bad || !good;
}

static void start_system(void)
{
    FILE *file;

    mkdir("/proc", 0755);
    mkdir("/dev", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    if (access("/dev/kvm", F_OK))
        mknod("/dev/kvm", S_IFCHR | 0600, makedev(KVM_MAJOR, KVM_MINOR));
    file = fopen("/proc/cmdline", "r");
    if (file) {
        if (!fgets(words, sizeof(words), file))
            words[0] = 0;
        fclose(file);
    }
}

int main(int count, char **arguments)
{
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (getpid() != 1)
        return run_machines(count > 1 ? arguments[1] : "all");
    start_system();
    status = run_machines(option("only", "all"));
    printf("KVMTEST-EXIT %d\n", status);
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    for (;;)
        pause();
}
