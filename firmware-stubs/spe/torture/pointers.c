// Functions through pointers: tables, callbacks, functions that return functions.
#include "torture.h"

typedef int (*operation)(int, int);

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }
static int second(int a, int b) { (void)a; return b; }

static const operation operations[] = { add, subtract, multiply, second };

static __attribute__((noinline)) operation choose(int which)
{
    return operations[which & 3];
}

static __attribute__((noinline)) int fold(const int *values, int count, operation f, int start)
{
    for (int i = 0; i < count; i++)
        start = f(start, values[i]);
    return start;
}

static int ascending(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_digit(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return x % 10 != y % 10 ? x % 10 - y % 10 : x - y;
}

TORTURE(pointers)
{
    int values[20], copy[20];
    for (int i = 0; i < 20; i++)
        values[i] = (i * 37 + 11) % 101;
    for (int i = 0; i < 4; i++)
        printf("%d ", fold(values, 5, choose(hide(i)), 3));
    int (*sorts[])(const void *, const void *) = { ascending, by_digit };
    for (int s = 0; s < 2; s++) {
        memcpy(copy, values, sizeof copy);
        qsort(copy, 20, sizeof *copy, sorts[hide(s)]);
        for (int i = 0; i < 20; i++)
            printf("%d ", copy[i]);
        printf("\n");
    }
    qsort(copy, 20, sizeof *copy, ascending);
    int key = values[7], *found = bsearch(&key, copy, 20, sizeof *copy, ascending);
    printf("%d %d\n", found != NULL && *found == key, (int)(found - copy));
    int **indirect[3], *middle = &copy[5];
    indirect[hide(1)] = &middle;
    **indirect[1] = 77;
    printf("%d %d\n", copy[5], (int)(middle - copy));
}
