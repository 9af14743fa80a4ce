// Integer work in registers: arithmetic, branches, calls.
#include "bench.h"

// One chain of 64-bit operations, each of which needs the one before.
uint64_t run_alu(const struct job *job)
{
    uint64_t x = seed, y = seed + 2;
    for (unsigned long i = 0; i < 20000000 * job->scale; i++) {
        x = x * 0x5851f42d4c957f2du + y;
        y = (y << 13 | y >> 51) ^ x;
        x += y >> 17;
        y -= x & i;
    }
    return mix(x, y);
}

// Which way each goes depends on data that no predictor knows.
uint64_t run_branches(const struct job *job)
{
    uint64_t state = seed, low = 0, high = 0, steps = 0;
    for (unsigned long i = 0; i < 5000000 * job->scale; i++) {
        uint64_t value = next_random(&state);
        if ((value & 3) == 0)
            low += value >> 40;
        else if (value & 0x100)
            high = mix(high, i);
        else if ((value & 0x1000) != 0 && low > high)
            low ^= high;
        // The Collatz walk ends where it ends.
        for (uint64_t n = (value >> 20 & 0xff) | 1; n > 9; steps++) {
            if (n & 1)
                n = 3 * n + 1;
            else
                n >>= 1;
            if (steps % 61 == 60)
                break;
        }
    }
    return mix(mix(low, high), steps);
}

typedef uint64_t operation(uint64_t left, uint64_t right);

static NOINLINE uint64_t op_add(uint64_t left, uint64_t right) { return left + right; }
static NOINLINE uint64_t op_sub(uint64_t left, uint64_t right) { return left - right; }
static NOINLINE uint64_t op_xor(uint64_t left, uint64_t right) { return left ^ right; }
static NOINLINE uint64_t op_shift(uint64_t left, uint64_t right) { return left << (right & 7); }
static NOINLINE uint64_t op_turn(uint64_t left, uint64_t right) { return left << 11 | (right | left >> 53); }
static NOINLINE uint64_t op_times(uint64_t left, uint64_t right) { return left * (right | 1); }
static NOINLINE uint64_t op_least(uint64_t left, uint64_t right) { return left < right ? left : right; }
static NOINLINE uint64_t op_mix(uint64_t left, uint64_t right) { return mix(left, right); }

static operation *volatile operations[8] = { op_add, op_sub, op_xor, op_shift, op_turn, op_times, op_least, op_mix };

// A call through a table whose index is data, and one whose index is a pattern.
uint64_t run_calls(const struct job *job)
{
    uint64_t x = seed, state = seed + 6;
    for (unsigned long i = 0; i < 5000000 * job->scale; i++) {
        uint64_t value = next_random(&state);
        x = operations[value >> 13 & 7](x, value);
        x = operations[i & 3](x, i);
    }
    return x;
}

static NOINLINE uint64_t fib(uint64_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static NOINLINE uint64_t ackermann(uint64_t m, uint64_t n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

uint64_t run_recursion(const struct job *job)
{
    uint64_t sum = 0;
    for (unsigned long i = 0; i < 4 * job->scale; i++) {
        sum = mix(sum, fib(32 + seed));
        sum = mix(sum, ackermann(2 + seed, 7 + seed));
    }
    return sum;
}
