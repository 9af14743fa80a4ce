// Jumps to labels held in variables, and a machine made of gotos.
#include "torture.h"

static int run(const unsigned char *code)
{
    static const void *const labels[] = { &&push, &&add, &&multiply, &&swap, &&duplicate, &&decrement, &&jump, &&stop };
    int stack[16], top = 0, steps = 0;
    const unsigned char *at = code;
#define NEXT \
    do { \
        steps++; \
        goto *labels[*at++]; \
    } while (0)
    NEXT;
push:
    stack[top++] = *at++;
    NEXT;
add:
    top--;
    stack[top - 1] += stack[top];
    NEXT;
multiply:
    top--;
    stack[top - 1] = (int)((unsigned)stack[top - 1] * (unsigned)stack[top]);
    NEXT;
swap: {
    int t = stack[top - 1];
    stack[top - 1] = stack[top - 2];
    stack[top - 2] = t;
    NEXT;
}
duplicate:
    stack[top] = stack[top - 1];
    top++;
    NEXT;
decrement:
    stack[top - 1]--;
    NEXT;
jump:
    at = stack[top - 1] != 0 ? code + *at : at + 1;
    NEXT;
stop:
    return stack[0] + steps * 100000;
}

TORTURE(gotos)
{
    // 1; 9 times: the product and the counter change places.
    static const unsigned char power[] = { 0, 1, 0, 9, 3, 0, 3, 2, 3, 5, 6, 4, 7 };
    static const unsigned char simple[] = { 0, 5, 4, 2, 0, 7, 1, 7 };
    printf("%d %d\n", run(power), run(simple));
    int i = hide(0), sum = 0;
again:
    sum += i * i;
    if (++i < 20)
        goto again;
    printf("%d\n", sum);
}
