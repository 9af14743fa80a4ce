/* Known answers for a PowerPC machine and its kernel, as a static program: a line a test, "ok NAME" or "FAIL NAME", and
 * SELFTEST OK at the end when all are right. The answers were worked out by hand or on other machines; none is computed
 * twice the same way. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEMPORARY "/tmp/selftest.file"

static int failures;

/* Keeps the compiler from computing the answer itself. */
#define HIDE(value) __asm__ volatile("" : "+r"(value))

static void report(const char *name, int good)
{
    printf("%s %s\n", good ? "ok" : "FAIL", name);
    fflush(stdout);
    failures += !good;
}

static void test_integer(void)
{
    uint32_t crc = 0xffffffff, a = 0x12345678;
    int32_t minus = -7;

    for (const char *at = "123456789"; *at; at++) {
        crc ^= (uint8_t)*at;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    HIDE(a);
    HIDE(minus);
    report("integer", ~crc == 0xcbf43926 && __builtin_bswap32(a) == 0x78563412 && minus / 2 == -3 && minus % 2 == -1 &&
                          minus >> 1 == -4 && (a << 8 | a >> 24) == 0x34567812 && __builtin_popcount(a) == 13);
}

static void test_wide(void)
{
    uint64_t a = 0x123456789abcdef0, b = 0xfedcba9876543210, high, factorial = 1;
    int64_t smallest = INT64_MIN;

    HIDE(a);
    HIDE(b);
    HIDE(smallest);
    high = (uint64_t)((unsigned __int128)a * b >> 64);
    for (uint64_t i = 2; i <= 20; i++)
        factorial *= i;
    report("64-bit", a * b == 0x236d88fe5618cf00 && high == 0x121fa00ad77d7422 && factorial == 2432902008176640000 &&
                         b / a == 14 && b % a == 0x00000000000000f0 && smallest >> 63 == -1 && __builtin_clzll(a) == 3 &&
                         (a << 36 | a >> 28) == 0xabcdef0123456789);
}

static void test_strings(void)
{
    char buffer[64];

    snprintf(buffer, sizeof(buffer), "%s-%05d-%x-%.3f", "cell", 42, 0xbe, 2.5);
    report("strings", strcmp(buffer, "cell-00042-be-2.500") == 0 && strlen(buffer) == 19 && strchr(buffer, '-') == buffer + 4 &&
                          strstr(buffer, "be") == buffer + 11 && memcmp("abc", "abd", 3) < 0 && strtol("-0x1f", NULL, 0) == -31);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static void test_sort(void)
{
    static uint32_t numbers[5000];
    uint32_t state = 1;
    int good = 1;

    for (size_t i = 0; i < 5000; i++)
        numbers[i] = state = state * 1103515245 + 12345;
    qsort(numbers, 5000, sizeof(numbers[0]), compare);
    for (size_t i = 1; i < 5000; i++)
        good &= numbers[i - 1] <= numbers[i];
    report("sort", good);
}

static uint64_t bits(double value)
{
    uint64_t word;

    memcpy(&word, &value, sizeof(word));
    return word;
}

static void test_float(void)
{
    volatile double third = 1.0 / 3.0, big = 1e308, zero = 0.0, minus = -2.5, tenth = 0.1;
    volatile float single = 16777216.0f;
    double not_a_number = zero / zero, chaos = 0.1;

    for (int i = 0; i < 1000; i++)
        chaos = 3.75 * chaos * (1.0 - chaos);
    report("float", bits(third * 3.0) == 0x3ff0000000000000 && bits(tenth + 0.2) == 0x3fd3333333333334 && isinf(big * 10.0) &&
                        not_a_number != not_a_number && bits(-zero) == 0x8000000000000000 && (int)minus == -2 &&
                        single + 1.0f == 16777216.0f && bits(chaos) == 0x3fde7e093b6eab6d);
}

static sigjmp_buf after_fault;
static volatile sig_atomic_t signals_seen;
static void *volatile fault_address;

static void on_signal(int number)
{
    signals_seen += number;
}

static void on_fault(int number, siginfo_t *information, void *context)
{
    (void)context;
    fault_address = information->si_addr;
    siglongjmp(after_fault, number);
}

/* The C library's functions read and write the FPSCR in forms newer than the PPE, whose reserved bits an older processor
 * ignores. One that does not ends here instead of ending the program. */
static void test_math(void)
{
    volatile double two = 2.0, one = 1.0;
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};

    sigaction(SIGILL, &fault, NULL);
    if (sigsetjmp(after_fault, 1) != 0) {
        report("math", 0);
        return;
    }
    report("math", bits(sqrt(two)) == 0x3ff6a09e667f3bcd && fabs(sin(one) - 0.8414709848078965) < 1e-15 &&
                       fabs(exp(one) - 2.718281828459045) < 1e-15 && fabs(atan(one) * 4 - 3.141592653589793) < 1e-15 &&
                       fabs(pow(two, 0.5) - sqrt(two)) < 1e-15 && bits(fma(two, 3.0, one)) == bits(7.0));
}

static void test_files(void)
{
    char buffer[8192], back[8192];
    struct stat status;
    int file = open(TEMPORARY, O_RDWR | O_CREAT | O_TRUNC, 0600), good = file >= 0;

    for (size_t i = 0; i < sizeof(buffer); i++)
        buffer[i] = (char)(i * 7);
    good = good && write(file, buffer, sizeof(buffer)) == (ssize_t)sizeof(buffer) && lseek(file, 0, SEEK_SET) == 0 &&
           read(file, back, sizeof(back)) == (ssize_t)sizeof(back) && memcmp(buffer, back, sizeof(back)) == 0 &&
           pread(file, back, 16, 100) == 16 && memcmp(back, buffer + 100, 16) == 0 && fstat(file, &status) == 0 &&
           status.st_size == (off_t)sizeof(buffer);
    close(file);
    report("files", good && unlink(TEMPORARY) == 0 && access(TEMPORARY, F_OK) != 0);
}

static void test_fork(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(42);
    report("fork", child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static void test_pipe(void)
{
    char text[32] = "";
    int ends[2], status = 1;
    pid_t child;

    if (pipe(ends) != 0) {
        report("pipe", 0);
        return;
    }
    child = fork();
    if (child == 0) {
        close(ends[0]);
        _exit(write(ends[1], "through a pipe", 15) != 15);
    }
    close(ends[1]);
    report("pipe", read(ends[0], text, sizeof(text)) == 15 && strcmp(text, "through a pipe") == 0 && waitpid(child, &status, 0) == child &&
                       status == 0);
    close(ends[0]);
}

static void test_exec(const char *self)
{
    char text[32] = "";
    int ends[2], status = 1;
    pid_t child;

    if (pipe(ends) != 0) {
        report("exec", 0);
        return;
    }
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(self, self, "child", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    report("exec", read(ends[0], text, sizeof(text) - 1) == 6 && strcmp(text, "child\n") == 0 && waitpid(child, &status, 0) == child &&
                       status == 0);
    close(ends[0]);
}

static void test_mmap(void)
{
    size_t size = 1 << 20;
    uint32_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int good = memory != MAP_FAILED && shared != MAP_FAILED;
    pid_t child;

    for (size_t i = 0; good && i < size / 4; i += 256) {
        good &= memory[i] == 0;
        memory[i] = (uint32_t)i;
    }
    for (size_t i = 0; good && i < size / 4; i += 256)
        good &= memory[i] == i;
    if (good) {
        child = fork();
        if (child == 0) {
            shared[5] = 12345; /* seen by the parent */
            memory[0] = 54321; /* a copy of its own */
            _exit(0);
        }
        waitpid(child, NULL, 0);
        good = shared[5] == 12345 && memory[0] == 0 && munmap(memory, size) == 0;
    }
    report("mmap", good);
}

static void test_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}, fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile int caught;

    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    kill(getpid(), SIGUSR1);
    report("signal", signals_seen == SIGUSR1);

    setitimer(ITIMER_REAL, &soon, NULL);
    for (int i = 0; i < 200 && signals_seen == SIGUSR1; i++)
        usleep(5000);
    report("alarm", signals_seen == SIGUSR1 + SIGALRM);

    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGILL, &fault, NULL);
    caught = sigsetjmp(after_fault, 1);
    if (caught == 0)
        ((volatile char *)page)[100] = 1;
    report("segv", caught == SIGSEGV && fault_address == page + 100);

    caught = sigsetjmp(after_fault, 1);
    if (caught == 0)
        __asm__ volatile(".long 0");
    report("sigill", caught == SIGILL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t locked_count, atomic_count;
static double thread_results[4];

static void *thread_body(void *argument)
{
    size_t number = (size_t)argument;
    double x = 0.2 + 0.1 * (double)number;

    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        locked_count++;
        pthread_mutex_unlock(&mutex);
        __atomic_add_fetch(&atomic_count, 1, __ATOMIC_SEQ_CST);
        x = 3.75 * x * (1.0 - x);
    }
    thread_results[number] = x;
    return argument;
}

static void test_threads(void)
{
    pthread_t threads[4];
    int good = 1;

    for (size_t i = 0; i < 4; i++)
        good &= pthread_create(&threads[i], NULL, thread_body, (void *)i) == 0;
    for (size_t i = 0; good && i < 4; i++) {
        void *result;
        double x = 0.2 + 0.1 * (double)i;

        good &= pthread_join(threads[i], &result) == 0 && result == (void *)i;
        for (int step = 0; step < 2000; step++)
            x = 3.75 * x * (1.0 - x);
        good &= bits(x) == bits(thread_results[i]);
    }
    report("threads", good && locked_count == 8000 && atomic_count == 8000);
}

static void test_time(void)
{
    struct timespec before, after;
    struct timespec nap = {.tv_nsec = 10000000};
    double elapsed;

    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&nap, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    elapsed = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) * 1e-9;
    report("time", elapsed >= 0.01 && elapsed < 10.0);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "child") == 0) {
        puts("child");
        return 0;
    }
    test_integer();
    test_wide();
    test_strings();
    test_sort();
    test_float();
    test_math();
    test_files();
    test_fork();
    test_pipe();
    test_exec(arguments[0]);
    test_mmap();
    test_signals();
    test_threads();
    test_time();
    puts(failures ? "SELFTEST FAILED" : "SELFTEST OK");
    return failures != 0;
}
