// How tests report. Every check is a line: `ok NAME: details` or `FAIL NAME: details`.
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct counts {
    unsigned checks, failures;
};

struct options {
    unsigned long scale;
};

extern struct counts *counts;
extern struct options options;

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
__attribute__((format(printf, 3, 4))) bool check(bool good, const char *name, const char *format, ...);

// Ends the test, as a failure, when something does not hold without which it cannot go on.
#define must(condition, name) \
    do { \
        if (!(condition)) \
            give_up(name, #condition); \
    } while (0)
__attribute__((noreturn)) void give_up(const char *name, const char *condition);

// Monotonic time in nanoseconds, and a sleep.
uint64_t now(void);
void sleep_ms(unsigned milliseconds);

// Physical memory of its own, aligned to a line, zeroed.
void *take(uint64_t size);

// A test runs in a process of its own; `seconds` is how long it may take at scale 1.
struct test {
    const char *name;
    void (*run)(void);
    unsigned seconds;
};

void test_hello(void);
void test_mailbox(void);
void test_signals(void);
void test_dma(void);
void test_list(void);
void test_proxy(void);
void test_atomic(void);
void test_events(void);
void test_memory(void);
void test_switch(void);
void test_gang(void);
void test_faults(void);
void test_files(void);
void test_mapping(void);
void test_nosched(void);
void test_priority(void);
void test_cleanup(void);
void test_sgemm(void);
void test_throughput(void);

int run_tests(const char *names);
void list_tests(void);
__attribute__((noreturn)) void be_init(void);

#endif
