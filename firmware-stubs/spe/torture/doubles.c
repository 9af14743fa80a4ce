// Double precision, which an SPU rounds as IEEE says.
#include "torture.h"

static __attribute__((noinline)) double horner(const double *c, int n, double x)
{
    double sum = 0;
    while (n-- > 0)
        sum = sum * x + c[n];
    return sum;
}

TORTURE(doubles)
{
    static const double c[] = { 1, 0.1, -0.3, 7.7, 1e-3, 123456.789 };
    double sum = 0;
    for (int i = 0; i < 40; i++) {
        double x = hide_double(i * 0.37 - 5);
        sum += horner(c, 6, x);
        printf("%.17g ", horner(c, 6, x));
    }
    printf("\n%.17g %a\n", sum, sum);
    double x = 0.5, r = 3.9;
    for (int i = 0; i < 100; i++)
        x = r * x * (1 - x);
    printf("%.17g %d%d%d\n", x, x < 0.5, x > 0.5, hide_double(0.1) + hide_double(0.2) == 0.3);
    printf("%.17g %.17g %.17g\n", hide_double(1e300) * 1e-5, hide_double(1e-300) * 1e5, -hide_double(0.0) + 0.0);
    printf("%.10f %.10f\n", hide_double(1) / hide_double(3), hide_double(22) / 7);
}
