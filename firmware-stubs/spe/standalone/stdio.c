// What the host makes of printf's and scanf's conversions: prints what the same C prints natively.
#include <math.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void floats(void)
{
    static const double values[] = { 0.0, -0.0, 1, -1, 0.5, 1.5, 2.5, 0.125, 9.995, 99.5, 999.9999999999999, 1e-5, 9.9999e-5, 123456789,
        1e15, 1e16, 1e17, 1.7976931348623157e308, 4.9e-324, 2.2250738585072014e-308, 3.14159265358979, 1e100, 0.1, 1234.5678, 65535.99999,
        INFINITY, -INFINITY };
    static const char *const formats[] = { "%f", "%.0f", "%#.0f", "%10.3f", "%-12.2f|", "%+.1e", "% .3e", "%e", "%.15e", "%.17g", "%g", "%#g",
        "%G", "%.3g", "%.10g", "%a", "%A", "%.2a", "%.0a", "%#.0a", "%020.5f", "%-+20.3e|", "%25a", "%025a", "%.20f", "%.30e", "%.0e", "%#.0e" };
    for (unsigned i = 0; i < COUNT(values); i++)
        for (unsigned j = 0; j < COUNT(formats); j++) {
            printf(formats[j], values[i]);
            puts("");
        }
}

static void integers(void)
{
    static const int ints[] = { 0, 1, -1, 42, -42, 2147483647, -2147483647 - 1, 255, 65536 };
    static const char *const formats[] = { "%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%8.3d", "%-8.3d|", "%08.3d", "%x", "%X", "%#x",
        "%#X", "%#o", "%o", "%u", "%10u", "%hd", "%hhd", "%hu", "%hhx", "%#010x", "%.0d", "%#.0x", "%#.0o", "%c", "%i", "%+.5i" };
    for (unsigned i = 0; i < COUNT(ints); i++)
        for (unsigned j = 0; j < COUNT(formats); j++) {
            printf(formats[j], ints[i]);
            puts("");
        }
    static const long long longs[] = { 0, -1, 9223372036854775807LL, -9223372036854775807LL - 1, 1234567890123LL };
    static const char *const long_formats[] = { "%lld", "%llu", "%llx", "%#llo", "%020lld", "%+lld", "%jd", "%.25lld", "%-30lld|" };
    for (unsigned i = 0; i < COUNT(longs); i++)
        for (unsigned j = 0; j < COUNT(long_formats); j++) {
            printf(long_formats[j], longs[i]);
            puts("");
        }
}

static void strings(void)
{
    static const char *const texts[] = { "", "a", "hello world" };
    static const char *const formats[] = { "%s", "%5s", "%-5s|", "%.3s", "%10.3s", "%-10.3s|", "%.0s" };
    for (unsigned i = 0; i < COUNT(texts); i++)
        for (unsigned j = 0; j < COUNT(formats); j++) {
            printf(formats[j], texts[i]);
            puts("");
        }
    printf("%*d|%-*d|%.*f|%*.*f\n", 6, 42, 6, 42, 2, 3.14159, 10, 3, 2.71828);
    printf("%*d|%.*d|%%|%5c|%-5c|\n", -6, 42, -1, 42, 'x', 'y');
    int n = 0;
    printf("abc%ndef\n", &n);
    printf("%d\n", n);
    char text[16];
    // Sizes the compiler does not see: it would warn, or print by itself.
    volatile size_t room = sizeof text;
    n = snprintf(text, room, "%s-%d", "overflowing text", 7);
    printf("%d %s\n", n, text);
    room = 0;
    n = snprintf(text, room, "%s", "x");
    printf("%d %s\n", n, text);
    n = sprintf(text, "%d,%s", 5, "six");
    printf("%d %s\n", n, text);
}

// More than there are registers for: the rest comes by the stack.
static void many(void)
{
    for (int i = 0; i < 3; i++)
        printf("%d %s %c %.2f %lld %x %d %s %c %.2f %lld %x %d %s %c %.2f %lld %x %d %s %c %.2f %lld %x %d %s %c %.2f %lld %x %d %s %c %.2f "
               "%lld %x %d %s %c %.2f %lld %x %d %s %c %.2f %lld %x %d %s %c %.2f %lld %x %d %s %c %.2f %lld %x\n",
            1, "a", 'b', 1.5, 1LL, 7, 2, "c", 'd', 2.5, 2LL, 8, 3, "e", 'f', 3.5, 3LL, 9, 4, "g", 'h', 4.5, 4LL, 10, 5, "i", 'j', 5.5, 5LL, 11,
            6, "k", 'l', 6.5, 6LL, 12, 7, "m", 'n', 7.5, 7LL, 13, 8, "o", 'p', 8.5, 8LL, 14, 9, "q", 'r', 9.5, 9LL, 15, 10, "s", 't', 10.5, 10LL,
            i);
}

static void scanning(void)
{
    int a = 0, b = 0, c = 0, n = 0, count;
    unsigned u = 0, v = 0;
    char text[20] = "", more[20] = "", one = 0;
    float f = 0;
    double d = 0;
    long long l = 0;
    short h = 0;
    count = sscanf("  12 -7 0x1f abc 3.5 2.25e3 99999999999 77 zq", "%d %d %i %s %f %lf %lld %hd %c", &a, &b, &c, text, &f, &d, &l, &h, &one);
    printf("%d: %d %d %d %s %g %g %lld %d %c\n", count, a, b, c, text, f, d, l, h, one);
    count = sscanf("key=value;rest", "%[a-z]=%[^;]%n", text, more, &n);
    printf("%d: %s %s %d\n", count, text, more, n);
    count = sscanf("12345 ]-x", "%2d%3d %[]x-]", &a, &b, text);
    printf("%d: %d %d %s\n", count, a, b, text);
    count = sscanf("077 ff 10 44", "%o %x %*d %d", &u, &v, &a);
    printf("%d: %u %u %d\n", count, u, v, a);
    printf("%d\n", sscanf("", "%d", &a));
    printf("%d\n", sscanf("x", "%d", &a));
    count = sscanf("5% 6", "%d%% %d", &a, &b);
    printf("%d: %d %d\n", count, a, b);
    count = sscanf("010 0x10 10", "%i %i %i", &a, &b, &c);
    printf("%d: %d %d %d\n", count, a, b, c);
    count = sscanf("1,2;3", "%d,%d,%d", &a, &b, &c);
    printf("%d: %d %d\n", count, a, b);
    count = sscanf("abcdef", "%3c%2s", text, more);
    printf("%d: %.3s %s\n", count, text, more);
}

int main(void)
{
    floats();
    integers();
    strings();
    many();
    scanning();
    return 0;
}
