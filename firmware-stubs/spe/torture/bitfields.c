// Fields narrower than a word, signed and not, across word boundaries.
#include "torture.h"

struct fields {
    unsigned a : 1;
    unsigned b : 3;
    signed c : 5;
    unsigned d : 11;
    signed e : 17;
    unsigned long long f : 40;
    signed char g : 4;
    unsigned h : 32;
};

static struct fields step(struct fields x, int n)
{
    x.a ^= 1;
    x.b += 3;
    x.c -= n & 7;
    x.d = x.d * 5 + 1;
    x.e += 12345;
    x.f = x.f * 3 + (unsigned)n;
    x.g ^= n & 7;
    x.h = x.h << 1 ^ x.d;
    return x;
}

TORTURE(bitfields)
{
    struct fields x = { 0, 1, -3, 5, -7, 11, -2, 13 };
    for (int i = 0; i < 20; i++) {
        x = step(x, hide(i));
        printf("%u %d %d %u %d %llu %d %u\n", x.a, x.b, x.c, x.d, x.e, (unsigned long long)x.f, x.g, x.h);
    }
}
