// 64-bit addition, subtraction, multiplication and comparison.
#include "torture.h"

TORTURE(longlong)
{
    static const long long edges[] = { 0, 1, -1, 0xffffffffLL, 0x100000000LL, -0x100000000LL, 0x7fffffffffffffffLL, 0x123456789abcdefLL };
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++) {
            unsigned long long a = (unsigned long long)hide_long(edges[i]), b = (unsigned long long)hide_long(edges[j]);
            printf("%llx %llx %llx %d%d%d ", a + b, a - b, a * b, a < b, (long long)a < (long long)b, a == b);
        }
        printf("\n");
    }
    long long product = 1;
    for (int i = 1; i <= 20; i++)
        product *= hide(i);
    printf("%lld %lld\n", product, product >> 7);
    long long wide = (long long)hide(-123456) * hide(654321);
    unsigned long long more = (unsigned long long)(uint32_t)hide(-1) * (uint32_t)hide(-2);
    printf("%lld %llu\n", wide, more);
}
