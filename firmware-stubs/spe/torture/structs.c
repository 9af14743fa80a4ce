// Structures by value: small, in registers, and too large for them.
#include "torture.h"

struct pair {
    int x, y;
};

struct mixed {
    signed char c;
    short s;
    int i;
    long long l;
    double d;
};

struct large {
    int values[40];
    struct mixed tail;
};

static __attribute__((noinline)) struct pair swap(struct pair p)
{
    return (struct pair){ p.y, p.x };
}

static __attribute__((noinline)) struct mixed grow(struct mixed m, int by)
{
    m.c = (signed char)(m.c + by);
    m.s = (short)(m.s - by);
    m.i *= by;
    m.l += (long long)by << 33;
    m.d += by * 0.5;
    return m;
}

static __attribute__((noinline)) struct large fill(struct large l, int from)
{
    for (int i = 0; i < 40; i++)
        l.values[i] += from + i * i;
    l.tail = grow(l.tail, from);
    return l;
}

TORTURE(structs)
{
    struct pair p = swap(swap(swap((struct pair){ hide(3), hide(4) })));
    printf("%d %d\n", p.x, p.y);
    struct large l = { { 1, 2, 3 }, { 1, 2, 3, 4, 5 } };
    for (int i = 1; i < 5; i++)
        l = fill(l, hide(i));
    int sum = 0;
    for (int i = 0; i < 40; i++)
        sum += l.values[i] * (i + 1);
    printf("%d %d %d %d %lld %f\n", sum, l.tail.c, l.tail.s, l.tail.i, l.tail.l, l.tail.d);
    struct large copies[3] = { l, l, l };
    copies[1] = fill(copies[0], 9);
    printf("%d %d %d\n", copies[0].values[39], copies[1].values[39], memcmp(&copies[0].values, &copies[2].values, sizeof l.values));
}
