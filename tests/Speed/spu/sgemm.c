// C += A * B for blocks of 64 by 64 in local store, over and over. Four rows by sixteen columns of C stay in registers; a step
// over k spreads four numbers of A and takes four quadwords of B, for sixteen multiply-adds.
#include "work.h"

#include <spu_intrinsics.h>

#define SIZE 64
#define ROW (SIZE / 4)

static vec_float4 a[SIZE * ROW], b[SIZE * ROW], c[SIZE * ROW];

#define MADD(r) \
    do { \
        vec_float4 e = spu_shuffle(left[r], left[r], s); \
        c##r##0 = spu_madd(e, b0, c##r##0); \
        c##r##1 = spu_madd(e, b1, c##r##1); \
        c##r##2 = spu_madd(e, b2, c##r##2); \
        c##r##3 = spu_madd(e, b3, c##r##3); \
    } while (0)

#define STEP(k) \
    do { \
        const vec_uchar16 s = spread[k]; \
        const vec_float4 *r = right + (k) * ROW; \
        vec_float4 b0 = r[0], b1 = r[1], b2 = r[2], b3 = r[3]; \
        MADD(0); \
        MADD(1); \
        MADD(2); \
        MADD(3); \
    } while (0)

#define LOAD(r) vec_float4 c##r##0 = out[r * ROW], c##r##1 = out[r * ROW + 1], c##r##2 = out[r * ROW + 2], c##r##3 = out[r * ROW + 3]
#define STORE(r) out[r * ROW] = c##r##0, out[r * ROW + 1] = c##r##1, out[r * ROW + 2] = c##r##2, out[r * ROW + 3] = c##r##3

static void block(const vec_uchar16 *spread)
{
    for (int row = 0; row < SIZE; row += 4)
        for (int quad = 0; quad < ROW; quad += 4) {
            vec_float4 *out = c + row * ROW + quad;
            const vec_float4 *from = a + row * ROW, *right = b + quad;
            LOAD(0);
            LOAD(1);
            LOAD(2);
            LOAD(3);
            for (int k = 0; k < ROW; k++, from++, right += 4 * ROW) {
                vec_float4 left[4] = { from[0], from[ROW], from[2 * ROW], from[3 * ROW] };
                STEP(0);
                STEP(1);
                STEP(2);
                STEP(3);
            }
            STORE(0);
            STORE(1);
            STORE(2);
            STORE(3);
        }
}

// Small whole numbers at first, so that every arithmetic gives the same.
uint32_t work(uint32_t count)
{
    static const vec_uchar16 spread[4] = {
        { 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 },
        { 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7 },
        { 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11 },
        { 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15 },
    };
    float *x = (float *)a, *y = (float *)b;
    for (int i = 0; i < SIZE * SIZE; i++) {
        x[i] = (float)(i * 7 % 15 + 1);
        y[i] = (float)(i * 11 % 13 + 1);
        ((float *)c)[i] = 1;
    }
    for (uint32_t i = 0; i < count; i++)
        block(spread);
    uint32_t sum = 0;
    for (int i = 0; i < SIZE * SIZE; i++)
        sum = sum * 31 + ((uint32_t *)c)[i];
    return sum;
}
