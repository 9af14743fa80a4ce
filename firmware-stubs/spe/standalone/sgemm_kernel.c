// The product of two blocks. Four rows by sixteen columns of C stay in sixteen registers; each step over k takes four quadwords
// of B and spreads four numbers of A, for sixteen multiply-adds. Steps are unrolled by four so that a quadword of A is loaded once.
#include "sgemm_kernel.h"

#include <spu_intrinsics.h>

// Scheduled for an SPU's latencies, the loop keeps more alive than most hosts have registers; with a register of its own for every
// result, it leaves results behind that nobody wants and that an emulator must keep all the same.
#pragma GCC optimize("no-schedule-insns", "no-schedule-insns2", "no-rename-registers")

#define ROWS 4
#define QUADS 4
#define STRIDE (BLOCK / 4)

static const vec_uchar16 spread[4] = {
    { 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 },
    { 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7 },
    { 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11 },
    { 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15 },
};

// One row of C: a number of A against four quadwords of B.
#define ROW(r) \
    do { \
        vec_float4 e = spu_shuffle(four[r], four[r], s); \
        c##r##0 = spu_madd(e, b0, c##r##0); \
        c##r##1 = spu_madd(e, b1, c##r##1); \
        c##r##2 = spu_madd(e, b2, c##r##2); \
        c##r##3 = spu_madd(e, b3, c##r##3); \
    } while (0)

// One step over k: row k of B against element k of four quadwords of A.
#define STEP(k) \
    do { \
        const vec_uchar16 s = spread[k]; \
        const vec_float4 *from = right + (k) * STRIDE; \
        vec_float4 b0 = from[0], b1 = from[1], b2 = from[2], b3 = from[3]; \
        ROW(0); \
        ROW(1); \
        ROW(2); \
        ROW(3); \
    } while (0)

#define LOAD(r) \
    vec_float4 c##r##0 = out[r * STRIDE], c##r##1 = out[r * STRIDE + 1], c##r##2 = out[r * STRIDE + 2], c##r##3 = out[r * STRIDE + 3]
#define STORE(r) \
    out[r * STRIDE] = c##r##0, out[r * STRIDE + 1] = c##r##1, out[r * STRIDE + 2] = c##r##2, out[r * STRIDE + 3] = c##r##3

void sgemm_block(float *c, const float *a, const float *b)
{
    for (int row = 0; row < BLOCK; row += ROWS)
        for (int quad = 0; quad < STRIDE; quad += QUADS) {
            vec_float4 *out = (vec_float4 *)(c + row * BLOCK) + quad;
            const vec_float4 *left = (const vec_float4 *)(a + row * BLOCK), *right = (const vec_float4 *)b + quad;
            LOAD(0);
            LOAD(1);
            LOAD(2);
            LOAD(3);
            for (int k = 0; k < STRIDE; k++, left++, right += 4 * STRIDE) {
                vec_float4 four[4] = { left[0], left[STRIDE], left[2 * STRIDE], left[3 * STRIDE] };
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
