// Ends at a word that is no instruction, behind a line of text.
#include <stdio.h>

int main(void)
{
    printf("illegal\n");
    __asm__ volatile(".long 0x00800000");
    return 0;
}
