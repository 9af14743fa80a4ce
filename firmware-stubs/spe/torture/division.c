// Division by variables and by constants.
#include "torture.h"

TORTURE(division)
{
    static const int a[] = { 0, 1, -1, 7, -7, 100, -100, 65535, 2147483647, -2147483647 };
    static const int b[] = { 1, -1, 2, -2, 3, 7, -10, 641, 65537, 2147483647 };
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 10; j++) {
            int x = hide(a[i]), y = hide(b[j]);
            printf("%d:%d:%u:%u ", x / y, x % y, (uint32_t)x / (uint32_t)y, (uint32_t)x % (uint32_t)y);
        }
        int x = hide(a[i]);
        printf("| %d %d %d %d %d %u %u\n", x / 3, x / 7, x / -5, x % 10, x / 8, (uint32_t)x / 10, (uint32_t)x % 1000);
    }
}
