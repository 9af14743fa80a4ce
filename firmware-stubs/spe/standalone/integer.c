// An integer loop that no compiler can shorten. The same file compiled natively is what its speed is compared with.
//   integer [ITERATIONS]
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    uint32_t iterations = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 10000000;
    uint32_t x = 12345, y = 1;
    for (uint32_t i = 0; i < iterations; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        y = (y + x) ^ (y << 3) ^ i;
    }
    printf("integer %u %08x %08x\n", (unsigned)iterations, (unsigned)x, (unsigned)y);
    return 0;
}
