// Every comparison of every type, as a value and as a branch.
#include "torture.h"

#define COMPARE(type, count, values) \
    do { \
        uint32_t sum = 0; \
        for (int i = 0; i < count; i++) \
            for (int j = 0; j < count; j++) { \
                volatile type va = values[i], vb = values[j]; \
                type a = va, b = vb; \
                sum = mix(sum, (uint32_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a >= b) << 4 | (a > b) << 5)); \
                if (a < b) \
                    sum += 1; \
                else if (a == b) \
                    sum += 100; \
                sum += (uint32_t)((a < b ? a : b) == a); \
            } \
        printf(#type " %08x\n", (unsigned)sum); \
    } while (0)

TORTURE(comparisons)
{
    static const int ints[] = { 0, 1, -1, 127, 128, 255, 256, 32767, -32768, 65535, 2147483647, -2147483647 - 1 };
    static const long long longs[] = { 0, 1, -1, 1LL << 32, -(1LL << 32), 0xffffffffLL, 0x7fffffffffffffffLL, 1LL << 31 };
    static const double doubles[] = { 0, -0.0, 1, -1, 0.5, 1e10, -1e10, 0.0009765625 };
    COMPARE(signed char, 12, ints);
    COMPARE(unsigned char, 12, ints);
    COMPARE(short, 12, ints);
    COMPARE(unsigned short, 12, ints);
    COMPARE(int, 12, ints);
    COMPARE(unsigned, 12, ints);
    COMPARE(int64_t, 8, longs);
    COMPARE(uint64_t, 8, longs);
    COMPARE(float, 8, doubles);
    COMPARE(double, 8, doubles);
}
