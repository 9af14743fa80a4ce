#include "parts.h"

static const int table[words] = { [0 ... 6] = 50, [7] = 51, [8 ... 19999] = 50, [20000] = 52, [20001 ... words - 1] = 50 };

int second_table(int index)
{
    return table[index % words];
}

int second(int value)
{
    int here = table[value % words];
    return value >= 1000 ? third(value) - here : resident(value) * here;
}

int walk(int depth)
{
    if (depth == 0)
        return table[7];
    int below = depth % 2 == 0 ? third(-depth) : first(depth);
    return walk(depth - 1) + below;
}
