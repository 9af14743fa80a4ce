// The same storage as different types, where byte order does not show.
#include "torture.h"

union number {
    float f;
    int32_t i;
    uint32_t u;
};

union wide {
    double d;
    unsigned long long u;
};

struct tagged {
    enum { INT, LONG, DOUBLE, TEXT } kind;
    union {
        int i;
        long long l;
        double d;
        char text[12];
    } value;
};

static void show(const struct tagged *t)
{
    switch (t->kind) {
    case INT:
        printf("int %d\n", t->value.i);
        break;
    case LONG:
        printf("long %lld\n", t->value.l);
        break;
    case DOUBLE:
        printf("double %f\n", t->value.d);
        break;
    case TEXT:
        printf("text %s\n", t->value.text);
        break;
    }
}

TORTURE(unions)
{
    static const float floats[] = { 1, -1, 0.5f, 3.25f, 65536, -0.0f };
    for (int i = 0; i < 6; i++) {
        union number n = { .f = hide_float(floats[i]) };
        printf("%08x %d %d\n", (unsigned)n.u, (int)(n.u >> 23 & 255) - 127, n.i < 0);
        n.u ^= 0x80000000u;
        printf("%f\n", n.f);
    }
    union wide w = { .d = hide_double(-6.25) };
    printf("%llx\n", w.u);
    struct tagged all[] = { { INT, { .i = 7 } }, { LONG, { .l = -(1LL << 40) } }, { DOUBLE, { .d = 2.5 } }, { TEXT, { .text = "hello" } } };
    for (int i = 0; i < 4; i++)
        show(&all[hide(i)]);
}
