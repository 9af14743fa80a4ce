// Floating point as it prints: single precision with exact results, double precision, the library's functions.
#include <math.h>
#include <stdio.h>

int main(void)
{
    volatile float f = 1.5f;
    volatile double d = 2.0;
    printf("%f %f %f %f\n", f, f * 2.25f, f - 4, -f);
    printf("%.15g %.15g %.15g\n", d / 3, d * 1e100, d - 1e-9);
    printf("%.12f %.12f %.12f\n", sqrt(d), sin(d), exp(d));
    printf("%e %g %a\n", 123456.789, 1e-7, 0.375);
    double sum = 0;
    for (int i = 1; i <= 1000; i++)
        sum += 1.0 / i;
    printf("%.10f\n", sum);
    return 0;
}
