/* Four generators of four words each, in vector registers throughout. */
#include <altivec.h>
#include "user.h"

#define STEPS 80000

static const u32 expected[2] = {0x7e04ae86, 0x6168d5ac};

typedef vector unsigned int words;

/* One run from one of the two starting values. */
static u32 run(u64 number)
{
    u32 seed = (u32)number + 1;
    words rotate = vec_splat_u32(7), step = {0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5cedc834};
    words a = {seed, seed + 1, seed + 2, seed + 3};
    words b = {seed * 3, seed * 5, seed * 7, seed * 9};
    words c = vec_add(a, b), d = vec_xor(a, b);
    union {
        words vector;
        u32 word[4];
    } end;
    u32 sum = 0;

    for (u32 i = 0; i < STEPS; i++) {
        a = vec_add(vec_rl(a, rotate), step);
        b = vec_add(vec_rl(b, rotate), a);
        c = vec_xor(vec_rl(c, rotate), b);
        d = vec_add(vec_rl(d, rotate), c);
    }
    end.vector = d;
    for (u32 i = 0; i < 4; i++)
        sum = sum * 31 + end.word[i];
    return sum;
}

int main(u64 argument)
{
    u64 number = NUMBER(argument), good = 1;

    for (u64 work = WORK(argument); work; work--)
        good &= run(number) == expected[number];
    write(good ? "vectors as expected" : "vectors differ");
    return !good;
}
