// Prints its arguments; the first, if a number, is its exit code.
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    printf("%d arguments\n", count - 1);
    for (int i = 1; i < count; i++)
        printf("%d: %s\n", i, arguments[i]);
    return count > 1 ? atoi(arguments[1]) : 0;
}
