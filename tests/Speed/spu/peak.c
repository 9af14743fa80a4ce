// What the host does at most in vectors as long as an SPU's: sixteen independent chains of multiply-adds of four numbers, and nothing else.
// Natively only: it is the measure of sgemm.
#include "work.h"

typedef float vector __attribute__((vector_size(16)));

#define EACH(one) \
    one(0) one(1) one(2) one(3) one(4) one(5) one(6) one(7) one(8) one(9) one(10) one(11) one(12) one(13) one(14) one(15)
#define MAKE(n) vector c##n = { n, n + 1, n + 2, n + 3 };
#define STEP(n) c##n = c##n * factor + summand;
#define ADD(n) +c##n

uint32_t work(uint32_t count)
{
    const vector factor = { 0.5f, 0.25f, 0.5f, 0.25f }, summand = { 1, 2, 3, 4 };
    EACH(MAKE)
    for (uint32_t i = 0; i < count; i++) {
        EACH(STEP)
    }
    vector sum = EACH(ADD);
    return (uint32_t)(sum[0] + sum[1] + sum[2] + sum[3]);
}
