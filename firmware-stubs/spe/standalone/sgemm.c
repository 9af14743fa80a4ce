// C += A * B over blocks of 64 by 64 that come from main memory. Four blocks of C stay in local store; each step takes two blocks of A, one
// above the other, and two of B, side by side, for four products: while these are computed, the blocks of the next step are on their way.
// Checks one step against plain C, then repeats.
//   sgemm [BLOCK-PRODUCTS]
#include "sgemm_kernel.h"

#include <spu_mfcio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (BLOCK * BLOCK)
#define BYTES (SIZE * 4)

// Blocks of a step: two of A and two of B, one after the other.
#define OPERANDS 4
#define PRODUCTS 4

// Where they are in main memory, for as many steps as there are different ones.
#define MAIN 0x20000u
#define STEPS 2

static float operands[2][OPERANDS][SIZE] __attribute__((aligned(128)));
static float c[PRODUCTS][SIZE] __attribute__((aligned(128)));

static const float *row_of(unsigned buffer, unsigned product)
{
    return operands[buffer][product / 2];
}

static const float *column_of(unsigned buffer, unsigned product)
{
    return operands[buffer][2 + product % 2];
}

static void wait_for(unsigned tag)
{
    mfc_write_tag_mask(1u << tag);
    mfc_read_tag_status_all();
}

static unsigned place_of(unsigned step, unsigned operand)
{
    return MAIN + (step * OPERANDS + operand) * BYTES;
}

static void fetch(unsigned buffer, unsigned step)
{
    for (unsigned operand = 0; operand < OPERANDS; operand++)
        mfc_get(operands[buffer][operand], place_of(step, operand), BYTES, buffer, 0, 0);
}

// Small whole numbers: exact in any arithmetic.
static void prepare(void)
{
    for (unsigned step = 0; step < STEPS; step++)
        for (unsigned operand = 0; operand < OPERANDS; operand++) {
            float *block = operands[0][operand];
            for (unsigned i = 0; i < SIZE; i++)
                block[i] = operand < 2 ? (float)((int)((i + step + operand) * 7 % 15) - 7) : (float)((int)((i + step + operand) * 11 % 13) - 6);
            mfc_put(block, place_of(step, operand), BYTES, 0, 0, 0);
            wait_for(0);
        }
}

static void multiply(unsigned buffer, int products)
{
    for (int product = 0; product < products; product++)
        sgemm_block(c[product], row_of(buffer, product), column_of(buffer, product));
}

static int check(void)
{
    int wrong = 0;
    fetch(0, 0);
    wait_for(0);
    multiply(0, PRODUCTS);
    for (int product = 0; product < PRODUCTS; product++) {
        const float *a = row_of(0, product), *b = column_of(0, product);
        for (int row = 0; row < BLOCK; row++)
            for (int column = 0; column < BLOCK; column++) {
                float sum = 0;
                for (int k = 0; k < BLOCK; k++)
                    sum += a[row * BLOCK + k] * b[k * BLOCK + column];
                wrong += sum != c[product][row * BLOCK + column];
            }
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
    unsigned now = 0;
    for (int left = products; left > 0; left -= PRODUCTS, now ^= 1) {
        fetch(now ^ 1, now ^ 1);
        wait_for(now);
        multiply(now, left < PRODUCTS ? left : PRODUCTS);
    }
    wait_for(now);
    float trace = 0;
    for (int product = 0; product < PRODUCTS; product++)
        for (int i = 0; i < BLOCK; i++)
            trace += c[product][i * BLOCK + i];
    printf("sgemm %d wrong %d trace %.0f operations %lld\n", products, wrong, trace, 2LL * SIZE * BLOCK * products);
    return wrong == 0 ? 0 : 1;
}
