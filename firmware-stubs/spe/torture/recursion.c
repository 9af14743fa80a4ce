// Deep calls.
#include "torture.h"

static int ackermann(int m, int n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static int fibonacci(int n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static uint32_t hanoi(int n, int from, int to, int over, uint32_t sum)
{
    if (n == 0)
        return sum;
    sum = hanoi(n - 1, from, over, to, sum);
    sum = mix(sum, (uint32_t)(from * 3 + to));
    return hanoi(n - 1, over, to, from, sum);
}

static int is_odd(int n);

static __attribute__((noinline)) int is_even(int n)
{
    return n == 0 ? 1 : is_odd(n - 1);
}

static __attribute__((noinline)) int is_odd(int n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

static __attribute__((noinline)) long long down(int n, long long a, int b, double c)
{
    long long kept = a * 3 + b;
    return n == 0 ? kept + (long long)c : down(n - 1, kept % 1000003, b + n, c + 0.5) + kept;
}

TORTURE(recursion)
{
    printf("%d %d\n", ackermann(hide(2), 9), fibonacci(hide(18)));
    printf("%08x\n", (unsigned)hanoi(hide(12), 0, 1, 2, 1));
    printf("%d %d\n", is_even(hide(100)), is_odd(hide(101)));
    printf("%lld\n", down(hide(200), 7, 5, 1.0));
}
