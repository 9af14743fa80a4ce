// setjmp and longjmp out of depth, again and again.
#include <setjmp.h>

#include "torture.h"

static jmp_buf outer, inner;

static __attribute__((noinline)) int dive(int depth, int target)
{
    if (depth == target)
        longjmp(outer, depth + 1);
    volatile int kept = depth * 3;
    int below = target < 0 ? 0 : dive(depth + 1, target);
    return below + kept;
}

TORTURE(jumps)
{
    volatile int rounds = 0, sum = 0;
    int value = setjmp(outer);
    if (value != 0)
        sum += value;
    if (rounds < 10) {
        rounds++;
        dive(0, hide(rounds * 5));
    }
    printf("%d %d\n", rounds, sum);

    volatile int stage = 0;
    switch (setjmp(inner)) {
    case 0:
        stage = 1;
        longjmp(inner, 5);
    case 5:
        stage = stage * 10 + 2;
        longjmp(inner, 0);
    case 1:
        stage = stage * 10 + 3;
        break;
    }
    printf("%d\n", stage);
}
