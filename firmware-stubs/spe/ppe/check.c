// Reporting, time, and the runner: each test in a process of its own, so that neither a fault nor a hang of one reaches
// the others.
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct counts *counts;
struct options options = { 1 };

static const struct test tests[] = {
    { "hello", test_hello, 60 },
    { "mailbox", test_mailbox, 120 },
    { "signals", test_signals, 60 },
    { "dma", test_dma, 120 },
    { "list", test_list, 60 },
    { "proxy", test_proxy, 60 },
    { "atomic", test_atomic, 180 },
    { "events", test_events, 60 },
    { "memory", test_memory, 120 },
    { "mapping", test_mapping, 60 },
    { "files", test_files, 60 },
    { "faults", test_faults, 120 },
    { "gang", test_gang, 60 },
    { "nosched", test_nosched, 60 },
    { "switch", test_switch, 300 },
    { "priority", test_priority, 180 },
    { "cleanup", test_cleanup, 120 },
    { "sgemm", test_sgemm, 180 },
    { "throughput", test_throughput, 120 },
};

#define TESTS (sizeof tests / sizeof *tests)

// A line by one write, so that the kernel's messages and other processes do not come between.
static void say_line(const char *first, const char *name, const char *format, va_list arguments)
{
    char text[512];
    int length = snprintf(text, sizeof text, "%s%s%s", first, name, *name != '\0' ? ": " : "");
    length += vsnprintf(text + length, sizeof text - (size_t)length - 1, format, arguments);
    if (length > (int)sizeof text - 2)
        length = (int)sizeof text - 2;
    text[length++] = '\n';
    if (write(STDOUT_FILENO, text, (size_t)length) != length)
        _exit(3);
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say_line("", "", format, arguments);
    va_end(arguments);
}

bool check(bool good, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    __atomic_add_fetch(&counts->checks, 1, __ATOMIC_RELAXED);
    if (!good)
        __atomic_add_fetch(&counts->failures, 1, __ATOMIC_RELAXED);
    say_line(good ? "ok " : "FAIL ", name, format, arguments);
    va_end(arguments);
    return good;
}

void give_up(const char *name, const char *condition)
{
    check(false, name, "%s does not hold (%s)", condition, strerror(errno));
    _exit(1);
}

uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void sleep_ms(unsigned milliseconds)
{
    struct timespec left = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

void *take(uint64_t size)
{
    void *memory = mmap(NULL, (size + 4095) & ~4095ull, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED, "memory");
    return memory;
}

static void run_one(const struct test *test)
{
    uint64_t limit = (uint64_t)test->seconds * options.scale, start = now();
    unsigned before = counts->checks;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        test->run();
        fflush(stdout);
        _exit(0);
    }
    if (child < 0) {
        check(false, test->name, "fork: %s", strerror(errno));
        return;
    }
    int status = 0;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0) {
        if (now() - start > limit * 1000000000u) {
            check(false, test->name, "no end within %lu s", (unsigned long)limit);
            // Its own children go with it.
            kill(-child, SIGKILL);
            kill(child, SIGKILL);
            for (int i = 0; i < 500 && waitpid(child, &status, WNOHANG) == 0; i++)
                sleep_ms(10);
            return;
        }
        sleep_ms(5);
    }
    if (WIFSIGNALED(status))
        check(false, test->name, "killed by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0 && counts->failures == 0)
        check(false, test->name, "exit code %d", WEXITSTATUS(status));
    if (counts->checks == before)
        check(false, test->name, "checked nothing");
    say("# %s took %lu ms", test->name, (unsigned long)((now() - start) / 1000000));
}

static bool wanted(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; at != NULL && *at != '\0'; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

static bool known(const char *name, size_t length)
{
    for (size_t i = 0; i < TESTS; i++)
        if (strlen(tests[i].name) == length && strncmp(tests[i].name, name, length) == 0)
            return true;
    return length == 3 && strncmp(name, "all", 3) == 0;
}

int run_tests(const char *names)
{
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        return 2;
    bool all = wanted(names, "all");
    for (const char *at = names; *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (!known(at, length))
            check(false, "spetest", "no test named %.*s", (int)length, at);
        at += length + (at[length] == ',');
    }
    for (size_t i = 0; i < TESTS; i++)
        if (all || wanted(names, tests[i].name))
            run_one(&tests[i]);
    if (counts->failures == 0)
        say("SPETEST OK");
    else
        say("SPETEST FAIL %u of %u", counts->failures, counts->checks);
    return counts->failures == 0 ? 0 : 1;
}

void list_tests(void)
{
    for (size_t i = 0; i < TESTS; i++)
        say("%s", tests[i].name);
}
