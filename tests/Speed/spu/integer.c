// An integer loop that no compiler can shorten.
#include "work.h"

uint32_t work(uint32_t count)
{
    uint32_t x = 12345, y = 1;
    for (uint32_t i = 0; i < count; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        y = (y + x) ^ (y << 3) ^ i;
    }
    return x ^ y;
}
