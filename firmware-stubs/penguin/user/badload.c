/* Reads beyond its heap, and must not live to tell. */
#include "user.h"

int main(u64 argument)
{
    (void)argument;
    write("about to read where nothing is");
    return *(volatile u8 *)0x20100000;
}
