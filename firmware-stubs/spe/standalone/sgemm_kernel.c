// The product of two blocks. Four rows by sixteen columns of C stay in sixteen registers; each step over k takes four quadwords
// of B and spreads four numbers of A, for sixteen multiply-adds. Steps are unrolled by four so that a quadword of A is loaded
// once, and the loads of the next step stand between the multiply-adds of this one.
#include "sgemm_kernel.h"

#include <spu_intrinsics.h>

#define ROWS 4
#define QUADS 4
#define STRIDE (BLOCK / 4)

static const vec_uchar16 spread[4] = {
    { 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 },
    { 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7 },
    { 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11 },
    { 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15 },
};

// One step over k: row `k` of B against element `k` of four quadwords of A.
#define STEP(k) \
    do { \
        vec_float4 b0 = rows[(k) * STRIDE], b1 = rows[(k) * STRIDE + 1], b2 = rows[(k) * STRIDE + 2], b3 = rows[(k) * STRIDE + 3]; \
        vec_float4 e0 = spu_shuffle(a0, a0, s##k), e1 = spu_shuffle(a1, a1, s##k); \
        vec_float4 e2 = spu_shuffle(a2, a2, s##k), e3 = spu_shuffle(a3, a3, s##k); \
        c00 = spu_madd(e0, b0, c00), c01 = spu_madd(e0, b1, c01), c02 = spu_madd(e0, b2, c02), c03 = spu_madd(e0, b3, c03); \
        c10 = spu_madd(e1, b0, c10), c11 = spu_madd(e1, b1, c11), c12 = spu_madd(e1, b2, c12), c13 = spu_madd(e1, b3, c13); \
        c20 = spu_madd(e2, b0, c20), c21 = spu_madd(e2, b1, c21), c22 = spu_madd(e2, b2, c22), c23 = spu_madd(e2, b3, c23); \
        c30 = spu_madd(e3, b0, c30), c31 = spu_madd(e3, b1, c31), c32 = spu_madd(e3, b2, c32), c33 = spu_madd(e3, b3, c33); \
    } while (0)

#define FOUR_STEPS(quad) \
    do { \
        vec_float4 a0 = left[quad], a1 = left[(quad) + STRIDE], a2 = left[(quad) + 2 * STRIDE], a3 = left[(quad) + 3 * STRIDE]; \
        const vec_float4 *rows = right + (quad) * 4 * STRIDE; \
        STEP(0); \
        STEP(1); \
        STEP(2); \
        STEP(3); \
    } while (0)

void sgemm_block(float *c, const float *a, const float *b)
{
    vec_uchar16 s0 = spread[0], s1 = spread[1], s2 = spread[2], s3 = spread[3];
    for (int row = 0; row < BLOCK; row += ROWS) {
        const vec_float4 *left = (const vec_float4 *)(a + row * BLOCK);
        for (int quad = 0; quad < STRIDE; quad += QUADS) {
            vec_float4 *out = (vec_float4 *)(c + row * BLOCK) + quad;
            const vec_float4 *right = (const vec_float4 *)b + quad;
            vec_float4 c00 = out[0], c01 = out[1], c02 = out[2], c03 = out[3];
            vec_float4 c10 = out[STRIDE], c11 = out[STRIDE + 1], c12 = out[STRIDE + 2], c13 = out[STRIDE + 3];
            vec_float4 c20 = out[2 * STRIDE], c21 = out[2 * STRIDE + 1], c22 = out[2 * STRIDE + 2], c23 = out[2 * STRIDE + 3];
            vec_float4 c30 = out[3 * STRIDE], c31 = out[3 * STRIDE + 1], c32 = out[3 * STRIDE + 2], c33 = out[3 * STRIDE + 3];
            FOUR_STEPS(0);
            FOUR_STEPS(1);
            FOUR_STEPS(2);
            FOUR_STEPS(3);
            FOUR_STEPS(4);
            FOUR_STEPS(5);
            FOUR_STEPS(6);
            FOUR_STEPS(7);
            FOUR_STEPS(8);
            FOUR_STEPS(9);
            FOUR_STEPS(10);
            FOUR_STEPS(11);
            FOUR_STEPS(12);
            FOUR_STEPS(13);
            FOUR_STEPS(14);
            FOUR_STEPS(15);
            out[0] = c00, out[1] = c01, out[2] = c02, out[3] = c03;
            out[STRIDE] = c10, out[STRIDE + 1] = c11, out[STRIDE + 2] = c12, out[STRIDE + 3] = c13;
            out[2 * STRIDE] = c20, out[2 * STRIDE + 1] = c21, out[2 * STRIDE + 2] = c22, out[2 * STRIDE + 3] = c23;
            out[3 * STRIDE] = c30, out[3 * STRIDE + 1] = c31, out[3 * STRIDE + 2] = c32, out[3 * STRIDE + 3] = c33;
        }
    }
}
