// Code and tables that are larger than local store together: three overlays take turns in one region, fetched by the linker's overlay
// manager from the program's file in main memory. Prints what the same C prints natively.
#include <stdio.h>

#include "parts.h"

// Resident, so that it can be called from every overlay.
int resident(int value)
{
    return value ^ 0x55;
}

int main(void)
{
    int (*const parts[])(int) = { first, second, third };
    int sum = 0;
    for (int round = 0; round < 6; round++)
        sum = sum * 3 + parts[round % 3](round);
    printf("pointers %d\n", sum);
    // Each call leaves an overlay that is still to be returned to.
    printf("nested %d\n", first(1000));
    printf("deep %d\n", walk(12));
    printf("tables %d %d %d\n", first_table(20000), second_table(20000), third_table(20000));
    return 0;
}
