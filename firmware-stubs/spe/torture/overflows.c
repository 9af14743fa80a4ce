// Arithmetic that says whether it fitted, and products of which only the upper half is kept.
#include "torture.h"

static uint64_t high(uint64_t a, uint64_t b)
{
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t middle = ah * bl + (al * bl >> 32), other = al * bh + (uint32_t)middle;
    return ah * bh + (middle >> 32) + (other >> 32);
}

TORTURE(overflows)
{
    static const int ints[] = { 0, 1, -1, 46341, -46341, 2147483647, -2147483647 - 1 };
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++) {
            int a = hide(ints[i]), b = hide(ints[j]), r = 0, s = 0, t = 0;
            int x = __builtin_add_overflow(a, b, &r), y = __builtin_sub_overflow(a, b, &s), z = __builtin_mul_overflow(a, b, &t);
            printf("%d%d%d:%d:%d:%d ", x, y, z, r, s, t);
        }
    printf("\n");
    uint64_t x = 0x123456789abcdef1ull;
    for (int i = 0; i < 8; i++) {
        x = high(x, (uint64_t)hide_long((long long)0xfedcba9876543211ull)) ^ x << 7;
        printf("%llx ", (unsigned long long)x);
    }
    uint32_t carry = 0, sum[4] = { 0xffffffffu, 0xffffffffu, 0xfffffffeu, 1 };
    for (int i = 0; i < 4; i++) {
        uint64_t wide = (uint64_t)sum[i] + (uint32_t)hide(i + 1) + carry;
        sum[i] = (uint32_t)wide;
        carry = (uint32_t)(wide >> 32);
    }
    printf("\n%u %u %u %u\n", (unsigned)sum[0], (unsigned)sum[1], (unsigned)sum[2], (unsigned)sum[3]);
}
