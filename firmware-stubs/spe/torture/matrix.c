// Loops a compiler turns into vectors: integer products, sums, minima, conditional stores.
#include "torture.h"

#define N 24
static int a[N][N], b[N][N], c[N][N];
static short narrow[200];
static unsigned char bytes[200];

TORTURE(matrix)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = i * 7 - j * 3;
            b[i][j] = (i ^ j) * 5 - 11;
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int sum = 0;
            for (int k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    uint32_t hash = 0;
    int least = c[0][0], most = c[0][0];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            hash = mix(hash, (uint32_t)c[i][j]);
            least = c[i][j] < least ? c[i][j] : least;
            most = c[i][j] > most ? c[i][j] : most;
        }
    printf("%08x %d %d\n", (unsigned)hash, least, most);
    for (int i = 0; i < 200; i++) {
        narrow[i] = (short)(i * 331);
        bytes[i] = (unsigned char)(i * 29);
    }
    int positive = 0, sum = 0;
    for (int i = 0; i < 200; i++) {
        if (narrow[i] > 0)
            positive++;
        sum += narrow[i] * bytes[i];
        bytes[i] = (unsigned char)(bytes[i] > 128 ? 255 - bytes[i] : bytes[i] + 1);
    }
    for (int i = 0; i < 200; i++)
        hash = mix(hash, bytes[i]);
    printf("%d %d %08x\n", positive, sum, (unsigned)hash);
}
