/* Executes a word that is no instruction. */
#include "user.h"

int main(u64 argument)
{
    (void)argument;
    write("about to execute an illegal instruction");
    __asm__ volatile(".long 0");
    return 0;
}
