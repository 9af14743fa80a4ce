// Prints floating-point instruction vectors: what a reference PowerPC does with given registers and FPSCR.
// See README.md beside this file for how it is built and run, and for the format of the output.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

typedef struct {
    uint64_t a, b, c;      // f1, f2, f3
    uint64_t target;       // f4: before, then after
    uint64_t fpscr;        // before, then after
    uint64_t cr;           // after; 0 before
    uint64_t memory;       // doubleword at r5: before, then after
} Registers;

static uint32_t *code;

// FRT = f4, FRA = f1, FRB = f2, FRC = f3; BF = cr1 where an instruction has it.
enum { FRT = 4 << 21, FRA = 1 << 16, FRB = 2 << 11, FRC = 3 << 6, RC = 1 };

// QEMU's user mode has FE0 and FE1 on: an enabled exception is a signal. By then it has done all else the instruction
// does, so going on behind the instruction gives what a program in Ignore Exceptions Mode sees.
static void skip(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    unsigned long *nip = &((ucontext_t *)context)->uc_mcontext.gp_regs[32];
    uint32_t opcode = *(uint32_t *)*nip >> 26;
    if (opcode == 59 || opcode == 63)
        *nip += 4;
}

static void run(uint32_t word, Registers *r)
{
    code[0] = word;
    code[1] = 0x4e800020; // blr
    __builtin___clear_cache((char *)code, (char *)(code + 2));
    double fpscr, target;
    uint64_t cr, zero = 0;
    memcpy(&fpscr, &r->fpscr, 8);
    memcpy(&target, &r->target, 8);
    register uint64_t *memory asm("r5") = &r->memory;
    asm volatile(
        "mtfsf 255, %[fpscr]\n"
        "lfd 1, 0(%[r])\n"
        "lfd 2, 8(%[r])\n"
        "lfd 3, 16(%[r])\n"
        "lfd 4, 24(%[r])\n"
        "mtcrf 255, %[zero]\n"
        "mtctr %[code]\n"
        "bctrl\n"
        "mfcr %[cr]\n"
        "stfd 4, 24(%[r])\n"
        "mffs 5\n"
        "stfd 5, 32(%[r])\n"
        "mtfsfi 6, 0\n"
        "nop\n"
        "mtfsfi 7, 0\n"
        "nop\n"
        : [cr] "=&r"(cr)
        : [fpscr] "f"(fpscr), [r] "b"(r), [zero] "r"(zero), [code] "r"(code), "r"(memory)
        : "fr1", "fr2", "fr3", "fr4", "fr5", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6", "cr7", "lr", "ctr",
          "memory");
    r->cr = (uint32_t)cr;
    r->fpscr &= 0xffffffff;
}

// xorshift64*: the same vectors on each run.
static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t rnd(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 0x2545f4914f6cdd1d;
}

static uint64_t below(uint64_t limit) { return rnd() % limit; }

// Each stands for itself and its negative. The first SINGLE_EDGES are representable in single format.
static const uint64_t edges[] = {
    0x0000000000000000, 0x3ff0000000000000, 0x4000000000000000, 0x3ff8000000000000, 0x4008000000000000,
    0x36a0000000000000 /* least single */,  0x380fffffc0000000 /* largest denormalized single */,
    0x3810000000000000 /* least normalized single */, 0x47efffffe0000000 /* largest single */,
    0x3ff0000020000000 /* 1 + ulp */, 0x3fefffffe0000000, 0x3fb99999a0000000 /* 0.1f */, 0x41dfffffc0000000,
    0x41e0000000000000 /* 2^31 */, 0x43e0000000000000 /* 2^63 */, 0x36b8000000000000, 0x47d0000000000000,
    0x7ff0000000000000, 0x7ff8000000000000, 0x7ff8123460000000, 0x7ff4000000000000 /* signaling */,
    0x7ff0000020000000 /* signaling */,
    // doubles
    0x0000000000000001, 0x000fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0x3ff0000000000001,
    0x3fefffffffffffff, 0x4340000000000001, 0x3fb999999999999a, 0x400921fb54442d18, 0x36a0000000000001,
    0x380fffffe0000000, 0x380ffffff0000000, 0x3690000000000000, 0x47efffffefffffff, 0x47effffff0000000,
    0x7ff8000000000001, 0x7ff0000000000001, 0x5ff0000000000000, 0x1ff0000000000000,
};
enum { SINGLE_EDGES = 22, EDGES = sizeof edges / sizeof edges[0] };

static uint64_t edge(int single)
{
    return edges[below(single ? SINGLE_EDGES : EDGES)] ^ (rnd() << 63);
}

static uint64_t random_number(int single)
{
    uint64_t sign = rnd() << 63;
    if (single) {
        uint64_t fraction = (rnd() & 0x7fffff) << 29;
        uint64_t exponent = below(3) ? 1023 - 12 + below(24) : 897 + below(254);
        return sign | exponent << 52 | fraction;
    }
    uint64_t exponent = below(3) ? 1023 - 30 + below(60) : below(2047);
    uint64_t fraction = rnd() & 0xfffffffffffff;
    if (below(4) == 0)
        fraction &= ~0ull << below(52);
    return sign | exponent << 52 | fraction;
}

// Rounding mode and enable bits; sometimes sticky bits that already stand.
static uint64_t random_fpscr(void)
{
    uint64_t fpscr = rnd() & 3;
    switch (below(4)) {
    case 0: fpscr |= 1 << (3 + below(5)); break;
    case 1: fpscr |= rnd() & 0xf8; break;
    }
    if (below(4) == 0)
        fpscr |= rnd() & 0x9ffff700; // FEX and VX are made by mtfsf itself
    return fpscr;
}

enum { A = 1, B = 2, C = 4, MEMORY = 8, CR = 16, SINGLE = 32, IMAGE = 64 };

static void vector(uint32_t word, int uses, uint64_t fpscr, uint64_t a, uint64_t b, uint64_t c)
{
    Registers r = { a, b, c, 0xdeadbeefcafef00d, fpscr, 0, a };
    printf("%08x", (uint32_t)fpscr);
    if (uses & A) printf(" %016lx", a);
    if (uses & C) printf(" %016lx", c);
    if (uses & B) printf(" %016lx", b);
    run(word, &r);
    printf(" %016lx %08x", uses & MEMORY ? r.memory : r.target, (uint32_t)r.fpscr);
    if (uses & CR) printf(" %08x", (uint32_t)r.cr);
    putchar('\n');
}

static void head(const char *name, uint32_t word) { printf("= %s %08x\n", name, word); }

// How many vectors an instruction gets, and of how many in a hundred pairs of edges.
enum { RANDOM = 500, TRIPLES = 1700, PAIRS = 45 };

static void arithmetic(const char *name, uint32_t word, int uses)
{
    int single = uses & SINGLE, count = single ? SINGLE_EDGES : EDGES;
    head(name, word);
    if ((uses & (A | B | C)) == B) {
        for (int i = 0; i < 2 * EDGES; i++)
            for (int configuration = 0; configuration < 9; configuration++)
                vector(word, uses, configuration < 4 ? configuration : 8 << (configuration - 4), 0,
                       edges[i >> 1] ^ (uint64_t)i << 63, 0);
    } else if ((uses & (A | B | C)) != (A | B | C)) {
        for (int i = 0; i < 2 * count; i++)
            for (int j = 0; j < 2 * count; j++) {
                if (below(100) >= PAIRS)
                    continue;
                uint64_t second = edges[j >> 1] ^ (uint64_t)j << 63;
                vector(word, uses, (i + j) % 3 == 0 ? rnd() & 3 : random_fpscr(), edges[i >> 1] ^ (uint64_t)i << 63, second,
                       second);
            }
    } else {
        for (int i = 0; i < TRIPLES; i++)
            vector(word, uses, random_fpscr(), edge(single), edge(single), edge(single));
    }
    for (int i = 0; i < RANDOM; i++) {
        uint64_t a = random_number(single), c = random_number(single), b = random_number(single);
        if (uses & IMAGE)
            b = rnd() >> below(64);
        vector(word, uses, below(2) ? below(4) : random_fpscr(), a, b, c);
    }
}

int main(void)
{
    puts("# reference: qemu-ppc64 -cpu 970fx");
    struct sigaction action = { .sa_sigaction = skip, .sa_flags = SA_SIGINFO };
    sigaction(SIGFPE, &action, 0);
    code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static const struct { const char *name; int extended, uses; } a_form[] = {
        { "fadd", 21, A | B }, { "fsub", 20, A | B }, { "fmul", 25, A | C }, { "fdiv", 18, A | B },
        { "fmadd", 29, A | B | C }, { "fmsub", 28, A | B | C }, { "fnmadd", 31, A | B | C }, { "fnmsub", 30, A | B | C },
        { "fsqrt", 22, B }, { "fres", 24, B }, { "frsqrte", 26, B }, { "fsel", 23, A | B | C },
    };
    for (unsigned i = 0; i < sizeof a_form / sizeof a_form[0]; i++) {
        int uses = a_form[i].uses;
        uint32_t word = FRT | (uses & A ? FRA : 0) | (uses & B ? FRB : 0) | (uses & C ? FRC : 0)
                        | a_form[i].extended << 1;
        char name[16];
        snprintf(name, sizeof name, "%ss", a_form[i].name);
        if (strcmp(a_form[i].name, "fres") != 0)
            arithmetic(a_form[i].name, 63u << 26 | word, uses);
        else
            arithmetic("fres", 59u << 26 | word, uses | SINGLE);
        if (i < 9)
            arithmetic(name, 59u << 26 | word, uses | SINGLE);
    }

    static const struct { const char *name; int extended, uses; } x_form[] = {
        { "fneg", 40, B }, { "fabs", 264, B }, { "fnabs", 136, B }, { "fmr", 72, B }, { "frsp", 12, B },
        { "fctid", 814, B }, { "fctidz", 815, B }, { "fctiw", 14, B }, { "fctiwz", 15, B }, { "fcfid", 846, B | IMAGE },
    };
    for (unsigned i = 0; i < sizeof x_form / sizeof x_form[0]; i++)
        arithmetic(x_form[i].name, 63u << 26 | FRT | FRB | x_form[i].extended << 1, x_form[i].uses);

    arithmetic("fcmpu", 63u << 26 | 1 << 23 | FRA | FRB, A | B | CR);
    arithmetic("fcmpo", 63u << 26 | 1 << 23 | FRA | FRB | 32 << 1, A | B | CR);

    // lfs f4, 0(r5) and stfs f1, 0(r5): the doubleword's first word is what is loaded or stored.
    head("lfs", 48u << 26 | FRT | 5 << 16);
    for (int i = 0; i < 600; i++)
        vector(48u << 26 | FRT | 5 << 16, A, 0, below(3) ? rnd() : (rnd() & 0x807fffff00000000) >> below(2), 0, 0);
    head("stfs", 52u << 26 | 1 << 21 | 5 << 16);
    for (int i = 0; i < 600; i++) {
        uint64_t value = i < 2 * EDGES ? edges[i >> 1] ^ (uint64_t)i << 63
            : below(2) ? rnd() : (rnd() & 0x800fffffffffffff) | (870 + below(30)) << 52;
        vector(52u << 26 | 1 << 21 | 5 << 16, A | MEMORY, 0, value, 0, 0);
    }

    // FPSCR moves: the operand is in the word.
    for (int i = 0; i < 40; i++) {
        uint32_t word = 63u << 26 | below(256) << 17 | FRB | 711 << 1 | RC;
        head("mtfsf.", word);
        for (int j = 0; j < 10; j++)
            vector(word, B | CR, random_fpscr(), 0, rnd(), 0);
    }
    for (int bit = 0; bit < 32; bit++) {
        head("mtfsb0.", 63u << 26 | bit << 21 | 70 << 1 | RC);
        for (int j = 0; j < 8; j++)
            vector(63u << 26 | bit << 21 | 70 << 1 | RC, CR, rnd() & 0x9ffff7ff, 0, 0, 0);
        head("mtfsb1.", 63u << 26 | bit << 21 | 38 << 1 | RC);
        for (int j = 0; j < 8; j++)
            vector(63u << 26 | bit << 21 | 38 << 1 | RC, CR, rnd() & rnd() & 0x9ffff7ff, 0, 0, 0);
    }
    for (int field = 0; field < 8; field++) {
        for (int value = 0; value < 16; value += 3) {
            uint32_t word = 63u << 26 | field << 23 | value << 12 | 134 << 1 | RC;
            head("mtfsfi.", word);
            for (int j = 0; j < 6; j++)
                vector(word, CR, rnd() & rnd() & 0x9ffff7ff, 0, 0, 0);
        }
        uint32_t word = 63u << 26 | 2 << 23 | field << 18 | 64 << 1;
        head("mcrfs", word);
        for (int j = 0; j < 12; j++)
            vector(word, CR, rnd() & 0x9ffff7ff, 0, 0, 0);
    }
    head("mffs.", 63u << 26 | FRT | 583 << 1 | RC);
    for (int j = 0; j < 30; j++)
        vector(63u << 26 | FRT | 583 << 1 | RC, CR, random_fpscr(), 0, 0, 0);
    return 0;
}
