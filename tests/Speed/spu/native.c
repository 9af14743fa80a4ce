// native COUNT TURNS: seconds and result of each turn.
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    for (int turn = 0; turn < atoi(arguments[2]); turn++) {
        struct timespec from, to;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        uint32_t result = work((uint32_t)strtoul(arguments[1], NULL, 10));
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        printf("%.6f %08x\n", (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec), result);
    }
    return 0;
}
