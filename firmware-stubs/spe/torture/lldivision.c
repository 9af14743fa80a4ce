// 64-bit division.
#include "torture.h"

TORTURE(lldivision)
{
    static const long long a[] = { 0, 1, -1, 1000000007, 0x123456789abcdefLL, -0x123456789abcdefLL, 0x7fffffffffffffffLL };
    static const long long b[] = { 1, -1, 3, -10, 1000003, 0x100000001LL, -0x7fffffffffffffffLL };
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++) {
            long long x = hide_long(a[i]), y = hide_long(b[j]);
            printf("%lld:%lld:%llu:%llu ", x / y, x % y, (unsigned long long)x / (unsigned long long)y,
                (unsigned long long)x % (unsigned long long)y);
        }
        printf("%lld\n", hide_long(a[i]) / 1000);
    }
}
