#include "parts.h"

static const int table[words] = { [0 ... 6] = 3, [7] = 4, [8 ... 19999] = 3, [20000] = 5, [20001 ... words - 1] = 3 };

int first_table(int index)
{
    return table[index % words];
}

int first(int value)
{
    int here = table[value % words];
    return value >= 1000 ? second(value) + here : resident(value) + here;
}
