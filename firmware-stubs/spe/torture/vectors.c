// GCC's vector types: lanes are numbered alike on every machine.
#include "torture.h"

typedef int32_t v4 __attribute__((vector_size(16)));
typedef uint16_t v8 __attribute__((vector_size(16)));
typedef uint8_t v16 __attribute__((vector_size(16)));

static v4 hide4(v4 x)
{
    volatile v4 v = x;
    return v;
}

static void show(const char *name, v4 x)
{
    printf("%s %d %d %d %d\n", name, (int)x[0], (int)x[1], (int)x[2], (int)x[3]);
}

TORTURE(vectors)
{
    v4 a = hide4((v4){ 1, -2, 300000, 2147483647 }), b = hide4((v4){ 7, 5, -3, 1 });
    show("xor", a ^ b);
    show("minus", a - b);
    show("less", a < b);
    show("equal", a == (b & 0x7fffffff));
    show("select", ((a < b) & a) | (~(a < b) & b));
    show("shift", a >> 2);
    show("negate", ~a);
    show("shuffle", __builtin_shuffle(a, b, hide4((v4){ 3, 4, 0, 6 })));
    v4 sum = { 0, 0, 0, 0 };
    for (int i = 0; i < 50; i++)
        sum += hide4((v4){ i, i * 2, i * 3, -i }) * b;
    show("sum", sum);
    v8 h;
    v16 c;
    for (int i = 0; i < 8; i++)
        h[i] = (uint16_t)hide(i * 9999);
    for (int i = 0; i < 16; i++)
        c[i] = (uint8_t)hide(i * 37);
    h = h * 3 + (h >> 4);
    c = (c ^ 0x5a) - (c & 15);
    uint32_t hash = 0;
    for (int i = 0; i < 8; i++)
        hash = mix(hash, h[i]);
    for (int i = 0; i < 16; i++)
        hash = mix(hash, c[i]);
    printf("%08x\n", (unsigned)hash);
}
