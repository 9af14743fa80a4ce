// Between integers and floating point, and between widths.
#include "torture.h"

TORTURE(conversions)
{
    static const int values[] = { 0, 1, -1, 127, 128, -129, 32767, 40000, -70000, 16777216, 2147483647, -2147483647 };
    for (int i = 0; i < 12; i++) {
        int x = hide(values[i]);
        printf("%d %d %d %d %.1f %u %lld %.1f\n", (signed char)x, (unsigned char)x, (short)x, (unsigned short)x, (double)x, (unsigned)x,
            (long long)(unsigned)x, (double)(unsigned)x);
    }
    static const double doubles[] = { 0.5, -0.5, 1.999, -2.999, 1e9, -1e9, 123456789.75 };
    for (int i = 0; i < 7; i++) {
        double d = hide_double(doubles[i]);
        printf("%d %lld %.3f\n", (int)d, (long long)(d * 1000), (double)(long long)d);
    }
    static const long long longs[] = { 0, 1, -1, 1LL << 40, -(1LL << 52), 123456789012345LL };
    for (int i = 0; i < 6; i++)
        printf("%.1f %d %.1f\n", (double)hide_long(longs[i]), (int)(short)hide_long(longs[i]), (double)(unsigned long long)(longs[i] & 0xffffffffffffLL));
    printf("%.2f %.2f %d\n", (double)hide_float(1.25f), (double)(float)hide_double(2.5), (int)hide_float(1e6f));
    printf("%u %llu\n", (unsigned)hide_double(4000000000.0), (unsigned long long)hide_double(1e15));
}
