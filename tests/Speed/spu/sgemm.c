// C += A * B for blocks of 64 by 64 in local store, over and over, by the kernel that the guests' programs use.
#include "work.h"

#include "../../../firmware-stubs/spe/standalone/sgemm_kernel.h"

#define SIZE (BLOCK * BLOCK)

static float a[SIZE] __attribute__((aligned(16))), b[SIZE] __attribute__((aligned(16))), c[SIZE] __attribute__((aligned(16)));

// Small whole numbers at first, so that every arithmetic gives the same.
uint32_t work(uint32_t count)
{
    for (int i = 0; i < SIZE; i++) {
        a[i] = (float)(i * 7 % 15 + 1);
        b[i] = (float)(i * 11 % 13 + 1);
        c[i] = 1;
    }
    for (uint32_t i = 0; i < count; i++)
        sgemm_block(c, a, b);
    uint32_t sum = 0;
    for (int i = 0; i < SIZE; i++)
        sum = sum * 31 + ((union { float f; uint32_t u; }){ c[i] }).u;
    return sum;
}
