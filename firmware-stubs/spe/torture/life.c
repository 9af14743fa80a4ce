// The game of life on a torus.
#include "torture.h"

#define SIZE 24
static signed char now[SIZE][SIZE], next[SIZE][SIZE];

TORTURE(life)
{
    static const signed char cells[][2] = { { 1, 2 }, { 2, 3 }, { 3, 1 }, { 3, 2 }, { 3, 3 }, { 10, 10 }, { 10, 11 }, { 10, 12 }, { 11, 11 }, { 17, 5 }, { 17, 6 }, { 18, 5 }, { 20, 20 }, { 20, 21 }, { 21, 19 }, { 21, 20 }, { 22, 20 } };
    memset(now, 0, sizeof now);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        now[cells[i][0]][cells[i][1]] = 1;
    for (int generation = 0; generation < 60; generation++) {
        for (int y = 0; y < SIZE; y++)
            for (int x = 0; x < SIZE; x++) {
                int near = -now[y][x];
                for (int dy = -1; dy <= 1; dy++)
                    for (int dx = -1; dx <= 1; dx++)
                        near += now[(y + dy + SIZE) % SIZE][(x + dx + SIZE) % SIZE];
                next[y][x] = near == 3 || (near == 2 && now[y][x]);
            }
        memcpy(now, next, sizeof now);
    }
    for (int y = 0; y < SIZE; y++) {
        char line[SIZE + 1];
        for (int x = 0; x < SIZE; x++)
            line[x] = now[y][x] ? '#' : '.';
        line[SIZE] = '\0';
        printf("%s\n", line);
    }
}
