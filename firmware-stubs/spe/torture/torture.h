// What the torture programs share. Each file is one program: a function that prints what it computes. The same source,
// compiled natively, says what must come out, so nothing here may depend on byte order, on the sizes of long and of pointers, on
// whether char is signed, or on roundings in which an SPU differs by design.
#ifndef TORTURE_H
#define TORTURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TORTURE(name) void torture_##name(void)

// A value the compiler cannot know.
static inline int hide(int x)
{
    __asm__ volatile("" : "+r"(x));
    return x;
}

static inline long long hide_long(long long x)
{
    volatile long long v = x;
    return v;
}

static inline double hide_double(double x)
{
    volatile double v = x;
    return v;
}

static inline float hide_float(float x)
{
    volatile float v = x;
    return v;
}

static inline uint32_t mix(uint32_t sum, uint32_t value)
{
    return (sum << 5 | sum >> 27) ^ (value * 2654435761u);
}

#endif
