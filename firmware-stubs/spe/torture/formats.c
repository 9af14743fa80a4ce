// What printf and snprintf make of flags, widths and precisions.
#include "torture.h"

TORTURE(formats)
{
    char text[80];
    for (int width = 0; width < 9; width += 4)
        for (int precision = 0; precision < 5; precision += 2) {
            int length = snprintf(text, sizeof text, "[%*.*d|%-*d|%+d|% d|%0*d|%#x|%#o]", width, precision, hide(42), width, -7, 5, 6,
                width, 9, 255, 8);
            printf("%d %s\n", length, text);
        }
    printf("%c%c%c %s|%10s|%-10s|%.2s\n", 'a', hide('b'), 'c', "text", "right", "left", "cut");
    printf("%f %.0f %10.3f|%-10.2f|%+.1f %e %G\n", 1.5, 2.0, 3.125, 4.25, 5.5, 1e10, 1e-10);
    printf("%lld %llu %llx %hhd %hd\n", -5LL, 18446744073709551615ULL, 0xabcdef0123ULL, 3, 4);
    int length = snprintf(text, (size_t)hide(8), "%s", "cut off here");
    printf("%d %s %d%%\n", length, text, 100);
}
