// Ends by a halt instruction, behind a line of text.
#include <stdio.h>

int main(void)
{
    printf("halting\n");
    __asm__ volatile("heq $2, $2");
    return 0;
}
