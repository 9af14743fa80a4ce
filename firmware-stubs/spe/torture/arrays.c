// Arrays of arrays, negative indices, sizes known only at run time.
#include "torture.h"

static int cube[5][6][7];

static __attribute__((noinline)) int trace(int n, int m[n][n])
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += m[i][i] * (i + 1) - m[i][n - 1 - i];
    return sum;
}

TORTURE(arrays)
{
    int sum = 0;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 6; j++)
            for (int k = 0; k < 7; k++)
                cube[i][j][k] = i * 100 + j * 10 + k;
    for (int k = 6; k >= 0; k--)
        for (int i = 0; i < 5; i++)
            sum = sum * 3 + cube[hide(i)][(i * 2) % 6][k];
    printf("%d\n", sum);
    for (int n = 2; n < 9; n++) {
        int m[n][n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                m[i][j] = i * n + j * j;
        printf("%d ", trace(n, m));
    }
    int *end = &cube[4][5][6];
    printf("%d %d %d\n", end[-hide(1)], end[-7], (int)(end - &cube[0][0][0]));
    static const char *const names[][2] = { { "a", "one" }, { "b", "two" }, { "c", "three" } };
    for (int i = 0; i < 3; i++)
        printf("%s=%s ", names[hide(2 - i)][0], names[i][1]);
    printf("\n");
}
