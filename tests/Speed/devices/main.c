// Process 1 of a guest whose disk and network are measured. It connects to the host (10.0.2.2, port control=N of the kernel command
// line), takes a command a line, does it, and answers "ok NANOSECONDS" or "error TEXT". The guest's own clock counts.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HOST "10.0.2.2"
#define GUEST "10.0.2.15"

enum {
    block_size = 4096,       // each block of the disk begins with its number, so that what was read can be checked cheaply
    request_size = 64 * 1024,
    most_pings = 4096,
};

// The mark of blocks that this program has written.
static const uint64_t written = 0x5750000000000000u;

static int control = -1;
static int disk = -1;
static uint64_t disk_size;
static unsigned char buffer[request_size] __attribute__((aligned(4096)));

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

__attribute__((format(printf, 1, 2))) static void answer(const char *format, ...)
{
    char line[200];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (write(control, line, (size_t)length) != length)
        _exit(1);
}

static void answer_time(uint64_t start)
{
    answer("ok %llu", (unsigned long long)(now() - start));
}

static void answer_error(const char *what)
{
    answer("error %s: %s", what, strerror(errno));
}

static struct sockaddr_in address_of(const char *host, unsigned port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

static int connect_to(unsigned port)
{
    struct sockaddr_in host = address_of(HOST, port);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s >= 0 && connect(s, (struct sockaddr *)&host, sizeof host) != 0) {
        close(s);
        s = -1;
    }
    return s;
}

static bool start_network(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq request = { .ifr_name = "eth0" };
    struct sockaddr_in address = address_of(GUEST, 0), mask = address_of("255.255.255.0", 0);
    memcpy(&request.ifr_addr, &address, sizeof address);
    bool good = ioctl(s, SIOCSIFADDR, &request) == 0;
    memcpy(&request.ifr_netmask, &mask, sizeof mask);
    good = good && ioctl(s, SIOCSIFNETMASK, &request) == 0;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    good = good && ioctl(s, SIOCSIFFLAGS, &request) == 0;
    close(s);
    return good;
}

// Some drivers look for their disks behind the start of init.
static void open_disk(void)
{
    static const char *const names[] = { "/dev/ps3da", "/dev/vda" };
    for (int tries = 0; disk < 0 && tries < 100; tries++) {
        for (size_t i = 0; disk < 0 && i < sizeof names / sizeof *names; i++)
            disk = open(names[i], O_RDWR | O_DIRECT | O_CLOEXEC);
        if (disk < 0)
            usleep(100000);
    }
    if (disk >= 0)
        disk_size = (uint64_t)lseek(disk, 0, SEEK_END);
}

static uint64_t *word_of(size_t offset)
{
    return (uint64_t *)(buffer + offset);
}

static bool read_at(uint64_t offset, size_t size)
{
    if (pread(disk, buffer, size, (off_t)offset) != (ssize_t)size)
        return false;
    for (size_t i = 0; i < size; i += block_size)
        if (*word_of(i) != (offset + i) / block_size) {
            errno = EBADMSG;
            return false;
        }
    return true;
}

// The first half of the disk is read, the second written.
static void do_read(uint64_t bytes)
{
    uint64_t start = now();
    for (uint64_t done = 0; done < bytes; done += request_size)
        if (!read_at(done % (disk_size / 2), request_size)) {
            answer_error("read");
            return;
        }
    answer_time(start);
}

static void do_write(uint64_t bytes)
{
    uint64_t start = now();
    for (uint64_t done = 0; done < bytes; done += request_size) {
        uint64_t offset = disk_size / 2 + done % (disk_size / 2);
        for (size_t i = 0; i < request_size; i += block_size)
            *word_of(i) = written | ((offset + i) / block_size);
        if (pwrite(disk, buffer, request_size, (off_t)offset) != request_size) {
            answer_error("write");
            return;
        }
    }
    answer_time(start);
}

static void do_random(uint64_t count)
{
    uint64_t state = 88172645463325252u, start = now();
    for (uint64_t i = 0; i < count; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if (!read_at(state % (disk_size / 2 / block_size) * block_size, block_size)) {
            answer_error("random read");
            return;
        }
    }
    answer_time(start);
}

// One block, whatever is in it: the host may take its time.
static void do_late(uint64_t offset)
{
    uint64_t start = now();
    if (pread(disk, buffer, block_size, (off_t)offset) == block_size)
        answer_time(start);
    else
        answer_error("late read");
}

static void do_get(unsigned port, uint64_t bytes)
{
    int s = connect_to(port);
    uint64_t start = now(), left = bytes;
    while (left > 0) {
        ssize_t count = recv(s, buffer, sizeof buffer, 0);
        if (count <= 0)
            break;
        left -= (uint64_t)count < left ? (uint64_t)count : left;
    }
    if (left == 0)
        answer_time(start);
    else
        answer_error("receive");
    close(s);
}

// The host answers with a byte when it has everything.
static void do_put(unsigned port, uint64_t bytes)
{
    int s = connect_to(port);
    uint64_t start = now(), left = bytes;
    while (left > 0) {
        ssize_t count = send(s, buffer, left < sizeof buffer ? left : sizeof buffer, MSG_NOSIGNAL);
        if (count <= 0)
            break;
        left -= (uint64_t)count;
    }
    if (left == 0 && recv(s, buffer, 1, 0) == 1)
        answer_time(start);
    else
        answer_error("send");
    close(s);
}

static uint16_t checksum(const void *bytes, size_t size)
{
    const uint16_t *words = bytes;
    uint32_t sum = 0;
    for (size_t i = 0; i < size / 2; i++)
        sum += words[i];
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~(sum + (sum >> 16));
}

// One echo request of 56 bytes, as ping's.
static bool ping(int s, uint16_t number, uint64_t *taken)
{
    struct {
        struct icmphdr header;
        unsigned char data[56];
    } request = { .header = { .type = ICMP_ECHO, .un.echo = { .id = htons(0x5033), .sequence = htons(number) } } };
    request.header.checksum = checksum(&request, sizeof request);
    struct sockaddr_in host = address_of(HOST, 0);
    uint64_t start = now();
    if (sendto(s, &request, sizeof request, 0, (struct sockaddr *)&host, sizeof host) != sizeof request)
        return false;
    while (true) {
        unsigned char packet[256];
        ssize_t count = recv(s, packet, sizeof packet, 0);
        if (count < 0)
            return false;
        struct icmphdr reply;
        size_t ip = (packet[0] & 15u) * 4u;
        if ((size_t)count < ip + sizeof reply)
            continue;
        memcpy(&reply, packet + ip, sizeof reply);
        if (reply.type == ICMP_ECHOREPLY && reply.un.echo.sequence == htons(number))
            break;
    }
    *taken = now() - start;
    return true;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

// The median of so many round trips, one behind the other or with a pause between.
static void do_ping(unsigned count, unsigned pause_ms)
{
    static uint64_t taken[most_pings];
    struct timeval patience = { .tv_sec = 5 };
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    count = count == 0 ? 1 : count > most_pings ? most_pings : count;
    for (unsigned i = 0; i < count; i++) {
        if (!ping(s, (uint16_t)i, &taken[i])) {
            answer_error("ping");
            close(s);
            return;
        }
        if (pause_ms != 0)
            usleep(pause_ms * 1000);
    }
    close(s);
    qsort(taken, count, sizeof *taken, compare);
    answer("ok %llu", (unsigned long long)taken[count / 2]);
}

static bool obey(char *line)
{
    char name[16] = "";
    unsigned long long first = 0, second = 0;
    sscanf(line, "%15s %llu %llu", name, &first, &second);
    if (strcmp(name, "off") == 0)
        return false;
    if (strcmp(name, "read") == 0) {
        do_read(first);
    } else if (strcmp(name, "write") == 0) {
        do_write(first);
    } else if (strcmp(name, "random") == 0) {
        do_random(first);
    } else if (strcmp(name, "late") == 0) {
        do_late(first);
    } else if (strcmp(name, "get") == 0) {
        do_get((unsigned)first, second);
    } else if (strcmp(name, "put") == 0) {
        do_put((unsigned)first, second);
    } else if (strcmp(name, "ping") == 0) {
        do_ping((unsigned)first, (unsigned)second);
    } else {
        answer("error no such command: %s", name);
    }
    return true;
}

int main(void)
{
    mount("dev", "/dev", "devtmpfs", 0, NULL);
    const char *port = getenv("control");
    if (!start_network() || port == NULL)
        perror("network");
    for (int tries = 0; control < 0 && tries < 10; tries++) {
        control = connect_to((unsigned)strtoul(port != NULL ? port : "0", NULL, 10));
        if (control < 0)
            sleep(1);
    }
    open_disk();
    FILE *commands = control < 0 ? NULL : fdopen(control, "r");
    char line[100];
    if (commands != NULL) {
        answer("ready");
        while (fgets(line, sizeof line, commands) != NULL && obey(line))
            continue;
    } else {
        perror("control");
    }
    sync();
    reboot(RB_POWER_OFF);
    return 0;
}
