// All ways to place queens, by recursion over bit masks and by backtracking over an array.
#include "torture.h"

static int masks(unsigned full, unsigned columns, unsigned left, unsigned right)
{
    if (columns == full)
        return 1;
    int found = 0;
    for (unsigned free = full & ~(columns | left | right); free != 0; free &= free - 1) {
        unsigned bit = free & -free;
        found += masks(full, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

static int array(int n)
{
    int place[12], row = 0, found = 0;
    place[0] = -1;
    while (row >= 0) {
        place[row]++;
        if (place[row] == n) {
            row--;
            continue;
        }
        int good = 1;
        for (int i = 0; i < row && good; i++)
            good = place[i] != place[row] && abs(place[i] - place[row]) != row - i;
        if (!good)
            continue;
        if (row == n - 1)
            found++;
        else
            place[++row] = -1;
    }
    return found;
}

TORTURE(queens)
{
    for (int n = 1; n < 9; n++)
        printf("%d:%d:%d ", n, masks((1u << hide(n)) - 1, 0, 0, 0), array(hide(n)));
    printf("\n");
}
