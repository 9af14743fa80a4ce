// Long numbers: factorials, powers of two and Fibonacci numbers in decimal.
#include "torture.h"

#define DIGITS 200
static unsigned char number[DIGITS], other[DIGITS];

static void times(unsigned char *n, unsigned by)
{
    unsigned carry = 0;
    for (int i = 0; i < DIGITS; i++) {
        carry += n[i] * by;
        n[i] = (unsigned char)(carry % 10);
        carry /= 10;
    }
}

static void show(const unsigned char *n)
{
    char text[DIGITS + 1];
    int length = 0, at = DIGITS - 1;
    while (at > 0 && n[at] == 0)
        at--;
    while (at >= 0)
        text[length++] = (char)('0' + n[at--]);
    text[length] = '\0';
    printf("%s\n", text);
}

TORTURE(bignum)
{
    memset(number, 0, DIGITS);
    number[0] = 1;
    for (unsigned i = 2; i <= 60; i++)
        times(number, i);
    show(number);
    memset(number, 0, DIGITS);
    number[0] = 1;
    for (int i = 0; i < 400; i++)
        times(number, 2);
    show(number);
    memset(number, 0, DIGITS);
    memset(other, 0, DIGITS);
    other[0] = 1;
    for (int i = 0; i < 500; i++) {
        unsigned carry = 0;
        for (int d = 0; d < DIGITS; d++) {
            unsigned sum = number[d] + other[d] + carry;
            number[d] = other[d];
            other[d] = (unsigned char)(sum % 10);
            carry = sum / 10;
        }
    }
    show(number);
}
