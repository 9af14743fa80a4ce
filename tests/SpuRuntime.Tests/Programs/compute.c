/* Built without a library: start code, then results of small computations at an address it returns. */
typedef unsigned int u32;
typedef unsigned long long u64;

u32 results[16];
static unsigned char sieve[10000];
static u32 table[256];
static int numbers[500];

__asm__(".global _start\n_start:\n ila $1,0x3ffd0\n il $2,0\n stqd $2,0($1)\n brsl $0,compute\n stop 0x2000\n");

static u32 crc(const char *text)
{
    u32 value = 0xffffffffu;
    for (int i = 0; i < 256; i++) {
        u32 c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    while (*text)
        value = table[(value ^ *text++) & 0xff] ^ (value >> 8);
    return ~value;
}

static u32 primes(void)
{
    u32 count = 0;
    for (int i = 2; i < 10000; i++) {
        if (sieve[i])
            continue;
        count++;
        for (int j = 2 * i; j < 10000; j += i)
            sieve[j] = 1;
    }
    return count;
}

static void sort(int *first, int *last)
{
    if (first >= last)
        return;
    int pivot = *last, *store = first;
    for (int *at = first; at < last; at++) {
        if (*at < pivot) {
            int swap = *at;
            *at = *store;
            *store++ = swap;
        }
    }
    *last = *store;
    *store = pivot;
    sort(first, store - 1);
    sort(store + 1, last);
}

static u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

u32 *compute(void)
{
    u32 seed = 1, hash = 0;
    results[0] = crc("123456789");
    results[1] = primes();
    results[2] = fibonacci(20);
    for (int i = 0; i < 500; i++)
        numbers[i] = (int)(seed = seed * 1664525u + 1013904223u);
    sort(numbers, numbers + 499);
    for (int i = 0; i < 500; i++)
        hash = hash * 31 + (u32)numbers[i];
    results[3] = hash;
    volatile u64 big = 0x123456789abcdefULL;
    volatile u64 by = 12345;
    u64 quotient = big / by, product = big * by;
    results[4] = quotient >> 32;
    results[5] = quotient;
    results[6] = product >> 32;
    results[7] = product;
    results[8] = (u32)(big % by);
    volatile float half = 0.5f;
    float sum = 0;
    for (int i = 0; i < 100; i++)
        sum += (float)i * half;
    results[9] = (u32)sum;
    volatile double third = 0.333;
    double total = 0;
    for (int i = 0; i < 100; i++)
        total = total * third + i;
    union { double d; u64 u; } bits = { total };
    results[10] = bits.u >> 32;
    results[11] = bits.u;
    return results;
}
