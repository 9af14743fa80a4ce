/* Runs every vector instruction of vmx-instructions.S over edge and random operands and prints what came out.
 * See README.md for how to build it and for the format. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

extern const uint32_t vmx_code[];
extern const char vmx_names[];

typedef struct {
    uint32_t word[4];
} __attribute__((aligned(16))) vector;

typedef struct {
    vector a, b, c, vscr;
} operands;

enum { NJ = 0x10000, SAT = 1, MAX_CASES = 1024 };

static uint64_t seed = 0x243f6a8885a308d3u;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32);
}

static uint32_t below(uint32_t bound) { return random32() % bound; }

static const uint8_t edge8[] = { 0x00, 0x01, 0x02, 0x07, 0x08, 0x7f, 0x80, 0x81, 0xfe, 0xff };
static const uint16_t edge16[] = { 0x0000, 0x0001, 0x000f, 0x0010, 0x007f, 0x0080, 0x00ff, 0x0100, 0x7fff, 0x8000, 0x8001, 0xff7f, 0xff80, 0xfffe, 0xffff };
static const uint32_t edge32[] = {
    0x00000000, 0x00000001, 0x0000001f, 0x00000020, 0x00007fff, 0x00008000, 0x0000ffff, 0x00010000, 0x01000001,
    0x7fffffff, 0x80000000, 0x80000001, 0xffff7fff, 0xffff8000, 0xfffffffe, 0xffffffff, 0x7fffff80, 0x7fffffbf, 0x7fffffc0,
};
static const uint32_t edge_float[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000, 0x80800000, 0x00800001,
    0x3f800000, 0xbf800000, 0x3f000000, 0xbf000000, 0xbf7fffff, 0x3fc00000, 0x40200000, 0xc0600000, 0x4b000001, 0xcb800000,
    0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001, 0x4f7fffff, 0x4f800000, 0x7f7fffff, 0xff7fffff, 0x7f800000,
    0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0xff9abcde,
};

#define COUNT(array) (sizeof(array) / sizeof(array[0]))
#define PICK(array) ((array)[below(COUNT(array))])

static vector integer_vector(void)
{
    vector v;
    uint32_t kind = below(5);
    for (int i = 0; i < 4; i++) {
        uint32_t w = 0;
        switch (kind) {
        case 0: for (int j = 0; j < 4; j++) w = w << 8 | PICK(edge8); break;
        case 1: w = (uint32_t)PICK(edge16) << 16 | PICK(edge16); break;
        case 2: w = PICK(edge32); break;
        default: w = random32(); break;
        }
        v.word[i] = w;
    }
    return v;
}

static vector status(uint32_t value)
{
    vector v = { { 0, 0, 0, value } };
    return v;
}

static int integer_operands(operands *out)
{
    int n = 0;
    while (n < 160) {
        operands *o = &out[n++];
        o->a = integer_vector();
        /* Equal operands now and then, for the comparisons. */
        o->b = below(8) == 0 ? o->a : integer_vector();
        o->c = integer_vector();
        if (n % 8 == 0) {
            /* The one pair of halfword products that leaves the word. */
            o->a.word[1] = o->b.word[1] = o->a.word[2] = o->b.word[2] = 0x80008000;
        }
        o->vscr = status((below(4) == 0 ? SAT : 0) | (below(4) == 0 ? NJ : 0));
    }
    return n;
}

/* A finite number whose exponent field is near the given one. */
static uint32_t near(int exponent)
{
    exponent += (int)below(5) - 2;
    if (exponent < 0)
        exponent = 0;
    if (exponent > 254)
        exponent = 254;
    uint32_t fraction = below(4) == 0 ? (below(2) ? 0x7fffff : 0) : random32() & 0x7fffff;
    return (random32() & 0x80000000) | (uint32_t)exponent << 23 | fraction;
}

static int float_operands(operands *out)
{
    int n = 0;
    int lane = 0;
    /* Every pair of edges, with and without NJ; C is an edge by chance. */
    for (unsigned i = 0; i < COUNT(edge_float); i++)
        for (unsigned j = 0; j < COUNT(edge_float); j++) {
            operands *o = &out[n];
            o->a.word[lane] = edge_float[i];
            o->b.word[lane] = edge_float[j];
            o->c.word[lane] = PICK(edge_float);
            if (++lane == 4) {
                lane = 0;
                o->vscr = status(0);
                o[1] = *o;
                o[1].vscr = status(NJ | (below(2) ? SAT : 0));
                n += 2;
            }
        }
    for (int i = 0; i < 60; i++) {
        operands *o = &out[n];
        for (lane = 0; lane < 4; lane++) {
            int exponent = i % 3 == 0 ? 127 : i % 3 == 1 ? 127 + (int)below(34) : (int)below(255);
            int other = i % 2 ? exponent : 127;
            o->a.word[lane] = near(exponent);
            o->b.word[lane] = near(exponent);
            o->c.word[lane] = near(other);
        }
        o->vscr = status(i & 1 ? NJ : 0);
        n++;
    }
    /* Products about the smallest normal number: a * c lies next to 2^-126, b is tiny or cancels. */
    for (int i = 0; i < 40; i++) {
        operands *o = &out[n];
        for (lane = 0; lane < 4; lane++) {
            int exponent = 1 + (int)below(126);
            if (lane & 1) {
                /* (1 + k u)(1 - k u) = 1 - k^2 u^2, just below a power of two. */
                uint32_t k = 1 + below(8);
                o->a.word[lane] = (uint32_t)exponent << 23 | k;
                o->c.word[lane] = (uint32_t)(127 - exponent) << 23 | (0x800000 - 2 * k);
                o->b.word[lane] = below(3) == 0 ? 0 : 0x80000000;
            } else {
                o->a.word[lane] = near(exponent);
                o->c.word[lane] = near(128 - exponent);
                o->b.word[lane] = near((int)below(4));
            }
        }
        o->vscr = status(i & 3 ? NJ : 0);
        n++;
    }
    return n;
}

static void run(const uint32_t *code, const operands *in, vector *result, vector *vscr, uint32_t *cr)
{
    __asm__ volatile(
        "lvx 0,0,%[vscr_in]\n mtvscr 0\n"
        "lvx 3,0,%[a]\n lvx 4,0,%[b]\n lvx 5,0,%[c]\n vspltisw 2,-1\n"
        "mtcrf 0xff,%[ones]\n"
        "mtctr %[code]\n bctrl\n"
        "stvx 2,0,%[result]\n mfvscr 0\n stvx 0,0,%[vscr]\n mfcr 0\n stw 0,0(%[cr])\n"
        :
        : [vscr_in] "b"(&in->vscr), [a] "b"(&in->a), [b] "b"(&in->b), [c] "b"(&in->c), [ones] "r"(-1L), [code] "r"(code),
          [result] "b"(result), [vscr] "b"(vscr), [cr] "b"(cr)
        : "memory", "cc", "cr2", "cr3", "cr4", "ctr", "lr", "r0", "v0", "v2", "v3", "v4", "v5");
}

static void print_vector(const vector *v)
{
    printf("%08x%08x%08x%08x ", v->word[0], v->word[1], v->word[2], v->word[3]);
}

static int print_pool(char name, const operands *pool, int count)
{
    printf("@ %c %d\n", name, count);
    for (int i = 0; i < count; i++) {
        print_vector(&pool[i].a);
        print_vector(&pool[i].b);
        print_vector(&pool[i].c);
        printf("%x\n", pool[i].vscr.word[3]);
    }
    return count;
}

int main(void)
{
    static operands integers[MAX_CASES], floats[MAX_CASES];
    int integer_count = print_pool('I', integers, integer_operands(integers));
    int float_count = print_pool('F', floats, float_operands(floats));

    const uint32_t *code = vmx_code;
    for (const char *name = vmx_names; *name != 0; name += strlen(name) + 1, code += 2) {
        const operands *pool = name[0] == 'F' ? floats : integers;
        int count = name[0] == 'F' ? float_count : integer_count;
        printf("= %c %08x %s\n", name[0], code[0], name + 2);
        for (int i = 0; i < count; i++) {
            vector result, vscr;
            uint32_t cr;
            run(code, &pool[i], &result, &vscr, &cr);
            print_vector(&result);
            printf("%x %x\n", vscr.word[3], cr >> 4 & 15);
        }
    }
    return 0;
}
