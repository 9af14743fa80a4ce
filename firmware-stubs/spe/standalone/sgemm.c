// The matrix kernel alone, in local store: checks it against plain C, then repeats it.
//   sgemm [BLOCK-PRODUCTS]
#include "sgemm_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float a[BLOCK * BLOCK] __attribute__((aligned(128)));
static float b[BLOCK * BLOCK] __attribute__((aligned(128)));
static float c[BLOCK * BLOCK] __attribute__((aligned(128)));

int main(int count, char **arguments)
{
    int products = count > 1 ? atoi(arguments[1]) : 200;
    // Small whole numbers: exact in any arithmetic.
    for (int i = 0; i < BLOCK * BLOCK; i++) {
        a[i] = (float)(i * 7 % 15 - 7);
        b[i] = (float)(i * 11 % 13 - 6);
    }
    sgemm_block(c, a, b);
    int wrong = 0;
    for (int row = 0; row < BLOCK; row++)
        for (int column = 0; column < BLOCK; column++) {
            float sum = 0;
            for (int k = 0; k < BLOCK; k++)
                sum += a[row * BLOCK + k] * b[k * BLOCK + column];
            wrong += sum != c[row * BLOCK + column];
        }
    for (int i = 1; i < products; i++)
        sgemm_block(c, a, b);
    float trace = 0;
    for (int i = 0; i < BLOCK; i++)
        trace += c[i * BLOCK + i];
    printf("sgemm %d wrong %d trace %.0f operations %lld\n", products, wrong, trace, 2LL * BLOCK * BLOCK * BLOCK * products);
    return wrong == 0 ? 0 : 1;
}
