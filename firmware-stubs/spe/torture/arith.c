// Plain 32-bit arithmetic, signed and not, over edge values.
#include "torture.h"

TORTURE(arith)
{
    static const int edges[] = { 0, 1, -1, 2, 255, 256, 32767, 32768, 65535, 65536, -32768, 0x7fffffff, -0x7fffffff, 12345678 };
    enum { N = sizeof edges / sizeof *edges };
    for (int i = 0; i < N; i++) {
        uint32_t sum = 0, a = (uint32_t)hide(edges[i]);
        for (int j = 0; j < N; j++) {
            uint32_t b = (uint32_t)hide(edges[j]);
            sum = mix(sum, a + b);
            sum = mix(sum, a - b);
            sum = mix(sum, a * b);
            sum = mix(sum, (a & b) ^ (a | ~b));
            sum = mix(sum, -a);
            sum = mix(sum, a < b);
            sum = mix(sum, (int)a < (int)b);
        }
        printf("%d %08x\n", edges[i], (unsigned)sum);
    }
}
