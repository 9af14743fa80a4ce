// Dense, sparse, nested and falling-through cases.
#include "torture.h"

static __attribute__((noinline)) int dense(int x)
{
    switch (x) {
    case 0: return 17;
    case 1: return 3;
    case 2: return -5;
    case 3: return 99;
    case 4: return 1000;
    case 5: return x * 7;
    case 6: return 12;
    case 7: return -1;
    case 8: return 8888;
    case 9: return 4;
    case 10: return 31;
    case 11: return 2;
    default: return -100 - x;
    }
}

static __attribute__((noinline)) int sparse(int x)
{
    switch (x) {
    case -1000000: return 1;
    case -77: return 2;
    case 0: return 3;
    case 500: return 4;
    case 65536: return 5;
    case 2147483647: return 6;
    default: return 0;
    }
}

static __attribute__((noinline)) int falling(int x)
{
    int sum = 0;
    switch (x & 7) {
    case 7: sum += 64; // fall through
    case 5: sum += 32; // fall through
    case 3:
        sum += 16;
        switch (x >> 3) {
        case 1: sum += 1000; break;
        case 2: sum += 2000; // fall through
        case 3: sum += 3000;
        }
        break;
    default: sum -= 1; // fall through
    case 1: sum += 8;
    }
    return sum;
}

// Duff's device.
static __attribute__((noinline)) int copy(int *to, const int *from, int count)
{
    int n = (count + 7) / 8, done = 0;
    switch (count % 8) {
    case 0: do { to[done] = from[done]; done++; // fall through
    case 7: to[done] = from[done]; done++; // fall through
    case 6: to[done] = from[done]; done++; // fall through
    case 5: to[done] = from[done]; done++; // fall through
    case 4: to[done] = from[done]; done++; // fall through
    case 3: to[done] = from[done]; done++; // fall through
    case 2: to[done] = from[done]; done++; // fall through
    case 1: to[done] = from[done]; done++;
        } while (--n > 0);
    }
    return done;
}

TORTURE(switches)
{
    for (int i = -2; i < 14; i++)
        printf("%d ", dense(hide(i)));
    static const int values[] = { -1000000, -77, 0, 1, 500, 65536, 2147483647, 2147483646 };
    for (int i = 0; i < 8; i++)
        printf("%d ", sparse(hide(values[i])));
    printf("\n");
    for (int i = 0; i < 32; i++)
        printf("%d ", falling(hide(i)));
    int from[30], to[30] = { 0 };
    for (int i = 0; i < 30; i++)
        from[i] = i * i;
    int done = copy(to, from, hide(29));
    printf("\n%d %d %d\n", done, to[28], to[29]);
}
