// The smallest program that says something.
#include <stdio.h>

int main(void)
{
    printf("Hello from an SPE: %d %s %c %.3f %llx\n", 42, "text", '!', 3.25, 0x123456789abcdefULL);
    return 0;
}
