// Arithmetic in char and short, with its promotions and wraps.
#include "torture.h"

static __attribute__((noinline)) unsigned char uadd(unsigned char a, unsigned char b) { return (unsigned char)(a + b); }
static __attribute__((noinline)) signed char sadd(signed char a, signed char b) { return (signed char)(a + b); }
static __attribute__((noinline)) short hmul(short a, short b) { return (short)(a * b); }
static __attribute__((noinline)) unsigned short uhsub(unsigned short a, unsigned short b) { return (unsigned short)(a - b); }

TORTURE(narrow)
{
    for (int i = 0; i < 300; i += 37)
        printf("%d %d %d %d\n", uadd((unsigned char)hide(i), 200), sadd((signed char)hide(i), 100), hmul((short)hide(i * 100), 77),
            uhsub((unsigned short)hide(i), 150));
    static signed char c[100];
    static unsigned short h[100];
    for (int i = 0; i < 100; i++) {
        c[i] = (signed char)(i * 5);
        h[i] = (unsigned short)(i * 777);
    }
    int sum = 0;
    for (int i = 0; i < 100; i++) {
        c[i] = (signed char)(c[i] ^ (h[99 - i] >> 3));
        h[i] = (unsigned short)(h[i] + c[i]);
        sum += c[i] * h[i];
    }
    printf("%d %d %d\n", sum, c[50], h[50]);
    unsigned char wrap = 250;
    int turns = 0;
    while (++wrap != 10)
        turns++;
    printf("%d %d\n", turns, ~(unsigned char)hide(5));
}
