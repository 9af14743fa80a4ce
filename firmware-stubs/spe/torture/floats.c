// Single precision where every result is exact: small numbers with few bits.
#include "torture.h"

static __attribute__((noinline)) float polynomial(float x)
{
    return ((x * 0.5f + 3) * x - 2.25f) * x + 7;
}

TORTURE(floats)
{
    float sum = 0;
    for (int i = -20; i < 20; i++) {
        float x = hide_float((float)i * 0.25f);
        sum += polynomial(x);
        printf("%f %d %d%d%d ", polynomial(x), (int)(x * 4), x < 1, x == 0.5f, x >= -1);
    }
    printf("\n%f\n", sum);
    float a[16], b[16], dot = 0;
    for (int i = 0; i < 16; i++) {
        a[i] = hide_float((float)(i - 8));
        b[i] = hide_float((float)(i * 3 % 7) * 0.5f);
        dot += a[i] * b[i];
    }
    printf("%f %f %f %f\n", dot, -hide_float(2.5f), hide_float(3) / 4, hide_float(-6) / hide_float(2));
    float largest = a[0];
    for (int i = 1; i < 16; i++)
        largest = a[i] * b[i] > largest ? a[i] * b[i] : largest;
    printf("%f %d %u\n", largest, (int)hide_float(-3.75f), (unsigned)hide_float(3000000000.0f));
}
