// An evaluator of text: precedence, unary signs, brackets, names.
#include "torture.h"

static const char *at;

static int sum(void);

static int atom(void)
{
    if (*at == '(') {
        at++;
        int value = sum();
        at++;
        return value;
    }
    if (*at == '-') {
        at++;
        return -atom();
    }
    if (*at >= 'a' && *at <= 'z')
        return (*at++ - 'a') * 3;
    int value = 0;
    while (*at >= '0' && *at <= '9')
        value = value * 10 + (*at++ - '0');
    return value;
}

static int product(void)
{
    int value = atom();
    for (;; ) {
        if (*at == '*') {
            at++;
            value *= atom();
        } else if (*at == '/') {
            at++;
            int by = atom();
            value = by != 0 ? value / by : 0;
        } else if (*at == '%') {
            at++;
            int by = atom();
            value = by != 0 ? value % by : 0;
        } else {
            return value;
        }
    }
}

static int sum(void)
{
    int value = product();
    for (;;) {
        if (*at == '+') {
            at++;
            value += product();
        } else if (*at == '-') {
            at++;
            value -= product();
        } else {
            return value;
        }
    }
}

TORTURE(expressions)
{
    static const char *const texts[] = { "1+2*3", "(1+2)*3", "-(4-10)*-2", "100/7%5", "b*c+d*(e-f)", "((((7))))-8/3", "2*3*4*5-z/0",
        "123456789%1000+-5" };
    for (int i = 0; i < 8; i++) {
        at = texts[hide(i)];
        printf("%s=%d ", texts[i], sum());
    }
    int i = hide(3), j = 10, k = (i++, j = i * 2, i + j);
    i += i > 3 ? j-- : --j;
    k ^= (i & 6) == 6 && j++ > 0 ? 0x55 : ~0;
    printf("\n%d %d %d %d\n", i, j, k, (i > 2) + (j < 100 || k > 0) + !k);
}
