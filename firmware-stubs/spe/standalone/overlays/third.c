#include "parts.h"

static const int table[words] = { [0 ... 6] = 700, [7] = 701, [8 ... 19999] = 700, [20000] = 702, [20001 ... words - 1] = 700 };

int third_table(int index)
{
    return table[index % words];
}

int third(int value)
{
    if (value < 0)
        return first(-value) + walk(-value / 3 - (value % 2 != 0));
    return value >= 1000 ? first(value - 999) + table[7] : resident(value) - table[value % words];
}
