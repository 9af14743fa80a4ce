// Primes by a sieve of bytes and one of bits.
#include "torture.h"

static unsigned char bytes[8192];
static uint32_t bits[256];

TORTURE(sieve)
{
    memset(bytes, 1, sizeof bytes);
    int count = 0, last = 0;
    uint32_t sum = 0;
    for (int i = 2; i < 8192; i++)
        if (bytes[i]) {
            count++;
            last = i;
            sum = mix(sum, (uint32_t)i);
            for (int j = i * 2; j < 8192; j += i)
                bytes[j] = 0;
        }
    printf("%d %d %08x\n", count, last, (unsigned)sum);
    memset(bits, 0xff, sizeof bits);
    for (unsigned i = 2; i < 8192; i++)
        if (bits[i >> 5] >> (i & 31) & 1)
            for (unsigned j = i * i; j < 8192; j += i)
                bits[j >> 5] &= ~(1u << (j & 31));
    int same = 1;
    for (unsigned i = 2; i < 8192; i++)
        same &= (int)(bits[i >> 5] >> (i & 31) & 1) == bytes[i];
    printf("%d\n", same);
}
