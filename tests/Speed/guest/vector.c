// AltiVec in the guest, what the host has for 16-byte vectors there: one source in GCC's vector extensions. Elements
// keep their width throughout, because a cast to another one shows the byte order.
#include <string.h>

#include "bench.h"

typedef uint32_t words __attribute__((vector_size(16)));
typedef int32_t numbers __attribute__((vector_size(16)));
typedef uint16_t halves __attribute__((vector_size(16)));
typedef float floats __attribute__((vector_size(16)));

static words turn(words value, unsigned by)
{
    return value << by | value >> (32 - by);
}

// Additions, rotations and permutes, as a stream cipher has them.
static NOINLINE words scramble(words *block, size_t count, words key)
{
    words a = key, b = key + 0x9e3779b9u, c = ~key, d = key ^ 0x5bd1e995u;
    for (size_t i = 0; i < count; i++) {
        a += b; d = turn(d ^ a, 16);
        c += d; b = turn(b ^ c, 12);
        a += b; d = turn(d ^ a, 8);
        c += d; b = turn(b ^ c, 7);
        b = __builtin_shuffle(b, (words){ 1, 2, 3, 0 });
        d = __builtin_shuffle(d, (words){ 3, 0, 1, 2 });
        block[i] ^= a ^ d;
    }
    return a ^ b ^ c ^ d;
}

// 16-bit multiplications and a compare with select, as pixels have them.
static NOINLINE halves blend(halves *pixels, size_t count, halves weight)
{
    halves total = { 0 };
    for (size_t i = 0; i < count; i++) {
        halves scaled = pixels[i] * weight + 0x80;
        halves dark = (halves)(scaled < total);
        total += (scaled & ~dark) | (weight & dark);
        pixels[i] = scaled ^ total;
    }
    return total;
}

// Single precision: a polynomial over vectors, and the larger of two.
static NOINLINE floats polynomial(const floats *points, size_t count)
{
    floats total = { 0 }, most = { 0 };
    for (size_t i = 0; i < count; i++) {
        floats x = points[i];
        floats y = ((x * 0.25f - 0.5f) * x + 0.75f) * x - 0.125f;
        numbers more = y > most;
        most = (floats)(((numbers)y & more) | ((numbers)most & ~more));
        total += y * most;
    }
    return total;
}

uint64_t run_vmx(const struct job *job)
{
    size_t third = job->size / 3 / 16;
    words *block = job->memory;
    halves *pixels = (halves *)(block + third);
    floats *points = (floats *)(pixels + third);
    uint64_t state = seed, sum = 0;
    for (size_t i = 0; i < third; i++) {
        for (int k = 0; k < 4; k++) {
            block[i][k] = (uint32_t)next_random(&state);
            points[i][k] = (float)(next_random(&state) >> 44) / 1048576.0f - 0.5f;
        }
        for (int k = 0; k < 8; k++)
            pixels[i][k] = (uint16_t)(next_random(&state) >> 16);
    }
    for (unsigned long round = 0; round < 2200 * job->scale; round++) {
        words a = scramble(block, third, (words){ 1, 2, 3, (uint32_t)round });
        halves b = blend(pixels, third, (halves){ 3, 5, 7, 9, 11, 13, 15, (uint16_t)(round | 1) });
        floats c = polynomial(points, third);
        for (int k = 0; k < 4; k++) {
            float element = c[k];
            uint32_t bits;
            memcpy(&bits, &element, sizeof bits);
            sum = mix(sum, (uint64_t)a[k] << 32 ^ (uint64_t)b[k] << 16 ^ bits);
        }
    }
    return sum;
}
