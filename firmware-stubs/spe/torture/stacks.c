// Memory whose size the program decides: alloca, variable arrays, deep frames.
#include <alloca.h>

#include "torture.h"

static __attribute__((noinline)) uint32_t scratch(int n)
{
    unsigned char *a = alloca((size_t)n), *b = alloca((size_t)n * 2);
    int c[n];
    for (int i = 0; i < n; i++) {
        a[i] = (unsigned char)i;
        b[i * 2] = (unsigned char)(i + 1);
        b[i * 2 + 1] = (unsigned char)(i * 3);
        c[i] = i << 8;
    }
    uint32_t sum = 0;
    for (int i = 0; i < n; i++)
        sum = mix(sum, (uint32_t)(a[i] + b[2 * i] * 3 + b[2 * i + 1] * 5 + c[i]));
    return n < 8 ? sum : sum + scratch(n - 7);
}

static __attribute__((noinline)) int frames(int depth)
{
    volatile int local[64];
    for (int i = 0; i < 64; i++)
        local[i] = depth + i;
    int below = depth == 0 ? 0 : frames(depth - 1);
    return below + local[depth & 63];
}

TORTURE(stacks)
{
    for (int n = 1; n < 200; n += 33)
        printf("%08x ", (unsigned)scratch(hide(n)));
    printf("%d\n", frames(hide(60)));
}
