// Variable arguments of all sizes, more than fit into registers, and va_copy.
#include <stdarg.h>

#include "torture.h"

static __attribute__((noinline)) long long sum(const char *kinds, ...)
{
    va_list list, again;
    long long total = 0;
    va_start(list, kinds);
    va_copy(again, list);
    for (const char *k = kinds; *k != '\0'; k++)
        switch (*k) {
        case 'i':
            total += va_arg(list, int);
            break;
        case 'l':
            total += va_arg(list, long long);
            break;
        case 'd':
            total += (long long)(va_arg(list, double) * 4);
            break;
        case 's':
            total += (long long)strlen(va_arg(list, char *));
            break;
        }
    va_end(list);
    if (*kinds == 'i')
        total = total * 100 + va_arg(again, int);
    va_end(again);
    return total;
}

struct triple {
    int a, b, c;
};

static __attribute__((noinline)) int triples(int count, ...)
{
    va_list list;
    int total = 0;
    va_start(list, count);
    while (count-- > 0) {
        struct triple t = va_arg(list, struct triple);
        total = total * 7 + t.a - t.b + t.c * 3;
    }
    va_end(list);
    return total;
}

TORTURE(varargs)
{
    printf("%lld\n", sum("ilds", 5, 1LL << 40, 2.25, "four"));
    printf("%lld\n", sum("lllll", 1LL, -2LL, 3LL << 50, 4LL, -5LL));
    printf("%lld\n", sum("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9,
        10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
        42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73,
        74, 75, 76, 77, 78, 79, 80));
    struct triple a = { 1, 2, 3 }, b = { hide(40), 50, 60 };
    printf("%d\n", triples(3, a, b, a));
}
