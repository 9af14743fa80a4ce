// Copies of every length between all places within a quadword, overlapping ones too.
#include "torture.h"

TORTURE(memory)
{
    static unsigned char from[256], to[256];
    uint32_t sum = 0;
    for (int i = 0; i < 256; i++)
        from[i] = (unsigned char)(i * 7 + 3);
    for (int a = 0; a < 17; a++)
        for (int b = 0; b < 17; b++)
            for (int length = 0; length < 70; length += 1 + length / 3) {
                memset(to, 0xaa, sizeof to);
                memcpy(to + hide(a), from + hide(b), (size_t)hide(length));
                sum = mix(sum, to[a] + 3u * to[a + length] + (length > 0 ? 5u * to[a + length - 1] : 0));
                if (memcmp(to + a, from + b, (size_t)length) != 0)
                    printf("differs at %d %d %d\n", a, b, length);
            }
    printf("%08x\n", (unsigned)sum);
    memcpy(to, from, sizeof to);
    memmove(to + 5, to, 100);
    memmove(to, to + 9, 200);
    for (int i = 0; i < 256; i++)
        sum = mix(sum, to[i]);
    printf("%08x %d\n", (unsigned)sum, (int)((unsigned char *)memchr(from, 59, 256) - from));
    struct {
        unsigned char c;
        unsigned short s[5];
        unsigned char d[7];
    } odd[4];
    memset(odd, 0, sizeof odd);
    for (int i = 0; i < 4; i++) {
        odd[hide(i)].c = (unsigned char)(i + 1);
        odd[i].s[i] = (unsigned short)(i * 1000);
        odd[i].d[6 - i] = (unsigned char)(i * 9);
    }
    for (int i = 0; i < 4; i++)
        printf("%d %d %d %d\n", odd[i].c, odd[i].s[hide(3)], odd[i].d[hide(4)], odd[i].s[i] + odd[i].d[6 - i]);
}
