// Counting and moving bits, by builtins and by hand.
#include "torture.h"

static int count_by_hand(uint64_t x)
{
    int n = 0;
    for (; x != 0; x &= x - 1)
        n++;
    return n;
}

static uint32_t reverse(uint32_t x)
{
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
    return x << 24 | (x & 0xff00u) << 8 | (x >> 8 & 0xff00u) | x >> 24;
}

TORTURE(bits)
{
    for (int i = 0; i < 32; i += 3) {
        uint32_t x = (uint32_t)hide((int)(0x9e3779b9u * (unsigned)(i + 1)));
        uint64_t y = (uint64_t)hide_long((long long)(0x9e3779b97f4a7c15ull * (unsigned)(i + 1)));
        printf("%d %d %d %d %08x %08x ", __builtin_popcount(x), __builtin_clz(x), __builtin_ctz(x), __builtin_parity(x),
            (unsigned)__builtin_bswap32(x), (unsigned)reverse(x));
        printf("%d %d %d %llx %d\n", __builtin_popcountll(y), __builtin_clzll(y), __builtin_ctzll(y),
            (unsigned long long)__builtin_bswap64(y), count_by_hand(y) - __builtin_popcountll(y));
    }
    uint32_t gray = 0;
    for (uint32_t i = 0; i < 100; i++)
        gray = mix(gray, i ^ i >> 1);
    printf("%08x %d %d\n", (unsigned)gray, __builtin_ffs(hide(0)), __builtin_ffs(hide(48)));
}
