// CRC-32, Adler-32, FNV-1a of 64 bits, and a rotating sum over the same bytes.
#include "torture.h"

TORTURE(checksums)
{
    static uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    uint32_t crc = 0xffffffffu, a = 1, b = 0, sum = 0;
    uint64_t fnv = 0xcbf29ce484222325ull;
    for (int i = 0; i < 5000; i++) {
        unsigned char byte = (unsigned char)(i * i >> 3 ^ i);
        crc = table[(crc ^ byte) & 255] ^ crc >> 8;
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
        fnv = (fnv ^ byte) * 0x100000001b3ull;
        sum = mix(sum, byte);
    }
    printf("%08x %08x %llx %08x\n", (unsigned)~crc, (unsigned)(b << 16 | a), (unsigned long long)fnv, (unsigned)sum);
}
