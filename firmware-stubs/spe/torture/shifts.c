// Shifts and rotations of every width by every count.
#include "torture.h"

TORTURE(shifts)
{
    uint32_t sum = 0;
    for (int n = 0; n < 64; n++) {
        int count = hide(n);
        unsigned long long x = (unsigned long long)hide_long(0x8123456789abcdefLL);
        long long s = (long long)x;
        printf("%llx %llx %llx\n", x << count, x >> count, (unsigned long long)(s >> count));
        if (n < 32) {
            uint32_t w = (uint32_t)hide((int)0x89abcdefu);
            sum = mix(sum, w << count);
            sum = mix(sum, w >> count);
            sum = mix(sum, (uint32_t)((int32_t)w >> count));
            sum = mix(sum, w << count | (w >> (31 - count) >> 1));
        }
        if (n < 16) {
            uint16_t h = (uint16_t)hide(0x9abc);
            sum = mix(sum, (uint16_t)(h << count));
            sum = mix(sum, (uint16_t)(h >> count));
            sum = mix(sum, (uint16_t)((int16_t)h >> count));
        }
    }
    printf("%08x %llx %x\n", (unsigned)sum, (unsigned long long)hide_long(5) << 33, (unsigned)hide(3) << 30);
}
