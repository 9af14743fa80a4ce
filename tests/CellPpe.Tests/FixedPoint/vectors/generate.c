/* Runs every entry of instructions.S over its pool of operands and prints what has changed. README.md tells the format
 * and how to rebuild. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

typedef unsigned long word;

struct context {
    word gpr[32], cr, xer, ctr, lr, taken, unused[3], saved[40];
    double fpr1;
    uint32_t vr2[4] __attribute__((aligned(16)));
};

extern const uint32_t instruction_words[];
extern const char instruction_names[];
extern uint32_t slot[];
extern void run_case(struct context *);

enum { MEMORY = 256, MAX_CASES = 256 };
#define WINDOW ((uint8_t *)0x40000000)
#define NEXT ((word)(slot + 1))

static uint64_t seed = 0x13198a2e03707344u;

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 0x2545f4914f6cdd1du;
}

static word below(word bound) { return (word)(random64() >> 33) % bound; }

static const uint64_t edges[] = {
    0, 1, 2, 0xffffffffffffffffu, 0xfffffffffffffffeu, 0x7fffffffffffffffu, 0x8000000000000000u,
    0x7fffffffu, 0x80000000u, 0xffffffffu, 0xffffffff80000000u, 0x0000000100000000u, 0x123456789abcdef0u,
};
enum { EDGES = sizeof edges / sizeof edges[0] };

/* In a 32-bit program the high word goes, and with it the edges that differ in it only. */
static word any(void) { return below(3) == 0 ? (word)edges[below(EDGES)] : (word)random64(); }

struct input {
    word r3, r4, r5, cr, xer, ctr, lr;
};

static struct context initial;
static uint8_t initial_memory[MEMORY];
static volatile sig_atomic_t signal_seen;

/* A trap is reported as a branch to the second way out; so is an instruction the reference does not have. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    (void)info;
    signal_seen = number;
#ifdef __powerpc64__
    user->uc_mcontext.gp_regs[32] = (word)(slot + 3);
#else
    user->uc_mcontext.uc_regs->gregs[32] = (word)(slot + 3);
#endif
}

static struct input plain(void)
{
    struct input in = { any(), any(), any(), (uint32_t)random64(), below(8) << 29, initial.ctr, initial.lr };
    return in;
}

static int fill(char pool, struct input *rows)
{
    int n = 0;
    static const word counters[] = { 0, 1, 2, (word)0x100000000u, (word)0x100000001u, (word)-1 };
    static const word offsets[] = { 64, 65, 67, 68, 72, 79, 80, 95, 100, 127 };
    switch (pool) {
    case 'A': /* every pair of edges, and random ones */
        for (int i = 0; i < EDGES; i++)
            for (int j = 0; j < EDGES; j++) {
                rows[n] = plain();
                rows[n].r4 = (word)edges[i];
                rows[n++].r5 = (word)edges[j];
            }
        while (n < 200)
            rows[n++] = plain();
        break;
    case 'D': /* fewer pairs, with equal ones among them */
        while (n < 40) {
            rows[n] = plain();
            if (n % 4 == 0)
                rows[n].r5 = rows[n].r4;
            n++;
        }
        break;
    case 'S': /* shift amounts */
        for (word shift = 0; shift < 136; shift += 1 + below(3)) {
            rows[n] = plain();
            rows[n].r4 = n % 3 ? (word)random64() : (word)edges[below(EDGES)];
            rows[n++].r5 = shift | (random64() & ~(word)127);
        }
        break;
    case 'U': /* one operand */
        for (int i = 0; i < EDGES; i++) {
            rows[n] = plain();
            rows[n].r4 = (word)edges[i];
            rows[n].xer = (word)(i & 1) << 29;
            n++;
            rows[n] = rows[n - 1];
            rows[n++].xer ^= (word)5 << 29;
        }
        while (n < 36)
            rows[n++] = plain();
        break;
    case 'C':
        while (n < 24)
            rows[n++] = plain();
        break;
    case 'B': case 'R': case 'J':
        while (n < 24) {
            rows[n] = plain();
            rows[n].ctr = counters[n % 6];
            rows[n].lr = (word)random64();
            if (n < 6)
                rows[n].cr = 0;
            else if (n < 12)
                rows[n].cr = 0xffffffff;
            if (pool == 'R')
                rows[n].lr = NEXT + 8 + n % 4;
            if (pool == 'J')
                rows[n].ctr = NEXT + 8 + n % 4;
            n++;
        }
        break;
    case 'M': case 'X': case 'L': /* storage: near the window; with a byte count in XER; aligned for a reservation */
        while (n < 20) {
            rows[n] = plain();
            rows[n].r3 = (word)random64();
            rows[n].r4 = (word)WINDOW + (n < 4 ? 64 + 8 * (word)n : offsets[n % 10]);
            rows[n].r5 = below(2) ? (word)0 - below(16) : below(33);
            if (n < 8)
                rows[n].r5 &= ~(word)7;
            if (pool == 'L')
                rows[n].r4 &= ~(word)7;
            if (pool == 'X')
                rows[n].xer |= n < 8 ? (word)n : below(45);
            n++;
        }
        break;
    }
    return n;
}

static void print_value(const char *name, word value) { printf(" %s=%lx", name, value); }

/* Addresses of the code are told as distances, because the code stands elsewhere in the test. */
static void print_place(const char *name, word value)
{
    if (value - NEXT < 16)
        printf(" %s=+%lx", name, value - NEXT);
    else
        print_value(name, value);
}

static void print_row(const struct input *in)
{
    printf("+");
    print_value("r3", in->r3);
    print_value("r4", in->r4);
    print_value("r5", in->r5);
    print_value("cr", in->cr);
    print_value("xer", in->xer);
    print_place("ctr", in->ctr);
    print_place("lr", in->lr);
    printf("\n");
}

static void print_changes(const struct context *before, const struct context *after)
{
    char name[8];
    printf(signal_seen == SIGTRAP ? " trap" : signal_seen == SIGILL ? " illegal" : after->taken ? " +8" : "");
    for (int i = 0; i < 32; i++)
        if (i != 2 && before->gpr[i] != after->gpr[i]) {
            sprintf(name, "r%d", i);
            print_value(name, after->gpr[i]);
        }
    if (before->cr != after->cr)
        print_value("cr", after->cr);
    if (before->xer != after->xer)
        print_value("xer", after->xer);
    if (before->ctr != after->ctr)
        print_place("ctr", after->ctr);
    if (before->lr != after->lr)
        print_place("lr", after->lr);
    if (memcmp(&before->fpr1, &after->fpr1, 8) != 0) {
        uint64_t bits;
        memcpy(&bits, &after->fpr1, 8);
        printf(" f1=%llx", (unsigned long long)bits);
    }
    if (memcmp(before->vr2, after->vr2, 16) != 0)
        printf(" v2=%08x%08x%08x%08x", after->vr2[0], after->vr2[1], after->vr2[2], after->vr2[3]);
    for (int at = 0; at < MEMORY; at++)
        if (WINDOW[at] != initial_memory[at]) {
            printf(" m%x=", at);
            for (; at < MEMORY && WINDOW[at] != initial_memory[at]; at++)
                printf("%02x", WINDOW[at]);
        }
}

static void print_initial(void)
{
    printf("*");
    for (int i = 0; i < 32; i++) {
        char name[8];
        sprintf(name, "r%d", i);
        if (i != 2)
            print_value(name, initial.gpr[i]);
    }
    uint64_t bits;
    memcpy(&bits, &initial.fpr1, 8);
    printf(" f1=%llx v2=%08x%08x%08x%08x m0=", (unsigned long long)bits, initial.vr2[0], initial.vr2[1], initial.vr2[2], initial.vr2[3]);
    for (int at = 0; at < MEMORY; at++)
        printf("%02x", initial_memory[at]);
    printf("\n");
}

static void install(const uint32_t *words)
{
    slot[0] = words[0];
    slot[1] = words[1];
    for (int i = 0; i < 2; i++)
        __asm__ volatile("dcbst 0,%0\n sync\n icbi 0,%0\n sync\n isync" : : "r"(&slot[i]) : "memory");
}

int main(void)
{
    static char signal_stack[65536];
    stack_t stack = { .ss_sp = signal_stack, .ss_size = sizeof signal_stack };
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    word page = (word)slot & ~(word)4095;
    if (sigaltstack(&stack, NULL) != 0 || sigaction(SIGTRAP, &action, NULL) != 0 || sigaction(SIGILL, &action, NULL) != 0
        || mprotect((void *)page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) != 0
        || mmap(WINDOW, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != WINDOW) {
        perror("setup");
        return 1;
    }

    for (int i = 0; i < 32; i++)
        initial.gpr[i] = (word)random64();
    initial.ctr = (word)random64();
    initial.lr = (word)random64();
    initial.fpr1 = -1.3;
    for (int i = 0; i < 4; i++)
        initial.vr2[i] = (uint32_t)random64();
    for (int at = 0; at < MEMORY; at++)
        initial_memory[at] = (uint8_t)random64();
    print_initial();

    static struct input pools[128][MAX_CASES];
    static int counts[128];
    for (const char *pool = "ADSUCBRJMXL"; *pool != 0; pool++) {
        counts[(int)*pool] = fill(*pool, pools[(int)*pool]);
        printf("@ %c\n", *pool);
        for (int i = 0; i < counts[(int)*pool]; i++)
            print_row(&pools[(int)*pool][i]);
    }

    const uint32_t *words = instruction_words;
    for (const char *name = instruction_names; *name != 0; name += strlen(name) + 1, words += 2) {
        install(words);
        printf("= %c ", name[0]);
        if (words[0] == 0x60000000)
            printf("%08x %s\n", words[1], name + 2);
        else
            printf("%08x,%08x %s\n", words[0], words[1], name + 2);
        for (int i = 0; i < counts[(int)name[0]]; i++) {
            const struct input *in = &pools[(int)name[0]][i];
            static struct context before, after;
            before = initial;
            before.gpr[3] = in->r3;
            before.gpr[4] = in->r4;
            before.gpr[5] = in->r5;
            before.cr = in->cr;
            before.xer = in->xer;
            before.ctr = in->ctr;
            before.lr = in->lr;
            after = before;
            memcpy(WINDOW, initial_memory, MEMORY);
            signal_seen = 0;
            run_case(&after);
            printf("-");
            print_changes(&before, &after);
            printf("\n");
        }
    }
    return 0;
}
