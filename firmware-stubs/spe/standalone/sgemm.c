// C += A * B over blocks of 64 by 64 that come from main memory: while one pair is multiplied, the next is on its way. Checks one
// product against plain C, then repeats.
//   sgemm [BLOCK-PRODUCTS]
#include "sgemm_kernel.h"

#include <spu_mfcio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (BLOCK * BLOCK)
#define BYTES (SIZE * 4)

// Where the blocks are in main memory: pairs of A and B, one after the other.
#define MAIN 0x20000u
#define PAIRS 4

static float a[2][SIZE] __attribute__((aligned(128)));
static float b[2][SIZE] __attribute__((aligned(128)));
static float c[SIZE] __attribute__((aligned(128)));

static void wait_for(unsigned tag)
{
    mfc_write_tag_mask(1u << tag);
    mfc_read_tag_status_all();
}

static void fetch(unsigned buffer, unsigned pair)
{
    mfc_get(a[buffer], MAIN + pair * 2 * BYTES, BYTES, buffer, 0, 0);
    mfc_get(b[buffer], MAIN + pair * 2 * BYTES + BYTES, BYTES, buffer, 0, 0);
}

// Small whole numbers: exact in any arithmetic.
static void prepare(void)
{
    for (unsigned pair = 0; pair < PAIRS; pair++) {
        for (unsigned i = 0; i < SIZE; i++) {
            a[0][i] = (float)((int)((i + pair) * 7 % 15) - 7);
            b[0][i] = (float)((int)((i + pair) * 11 % 13) - 6);
        }
        mfc_put(a[0], MAIN + pair * 2 * BYTES, BYTES, 0, 0, 0);
        mfc_put(b[0], MAIN + pair * 2 * BYTES + BYTES, BYTES, 0, 0, 0);
        wait_for(0);
    }
}

static int check(void)
{
    int wrong = 0;
    fetch(0, 0);
    wait_for(0);
    sgemm_block(c, a[0], b[0]);
    for (int row = 0; row < BLOCK; row++)
        for (int column = 0; column < BLOCK; column++) {
            float sum = 0;
            for (int k = 0; k < BLOCK; k++)
                sum += a[0][row * BLOCK + k] * b[0][k * BLOCK + column];
            wrong += sum != c[row * BLOCK + column];
        }
    return wrong;
}

int main(int count, char **arguments)
{
    int products = count > 1 ? atoi(arguments[1]) : 200;
    prepare();
    int wrong = check();
    memset(c, 0, sizeof c);
    fetch(0, 0);
    for (int i = 0; i < products; i++) {
        unsigned now = i & 1;
        fetch(now ^ 1, (i + 1) % PAIRS);
        wait_for(now);
        sgemm_block(c, a[now], b[now]);
    }
    wait_for(products & 1);
    float trace = 0;
    for (int i = 0; i < BLOCK; i++)
        trace += c[i * BLOCK + i];
    printf("sgemm %d wrong %d trace %.0f operations %lld\n", products, wrong, trace, 2LL * SIZE * BLOCK * products);
    return wrong == 0 ? 0 : 1;
}
