// Variables that stay, tables initialised with addresses, enumerations, constants of every kind.
#include "torture.h"

enum colour { RED = 5, GREEN, BLUE = -3, BLACK };

static int counter(void)
{
    static int count = 100;
    static int *const where = &count;
    return *where += 7;
}

static int table[] = { [3] = 30, [1] = 10, [5] = 50 };
static int *const middle = &table[2];
static const struct {
    const char *name;
    int *where;
    long long big;
    double real;
} entries[] = { { "first", &table[1], -(1LL << 35), 0.25 }, { "second", table + 3, 0x7fffffffffLL, -1.5 }, { .name = "third", .where = &table[5] } };

TORTURE(statics)
{
    for (int i = 0; i < 5; i++)
        printf("%d ", counter());
    printf("%d %d %d\n", middle[hide(-1)], middle[1], middle[3]);
    for (int i = 0; i < 3; i++)
        printf("%s %d %lld %.2f\n", entries[hide(i)].name, *entries[i].where, entries[i].big, entries[i].real);
    printf("%d %d %d %d %d\n", RED, GREEN, BLUE, BLACK, (int)(sizeof table / sizeof *table));
    printf("%d %d %d %x\n", '\n', '\x41', '\101', 0xfu << 28);
}
