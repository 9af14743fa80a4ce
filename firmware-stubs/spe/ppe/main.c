// spetest [--scale N] all | NAME... | list. As process 1 it is the whole userland of a guest.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

int main(int count, char **arguments)
{
    if (getpid() == 1)
        be_init();

    char names[1024] = "";
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--scale") == 0 && i + 1 < count) {
            options.scale = strtoul(arguments[++i], NULL, 10);
        } else if (strcmp(arguments[i], "list") == 0) {
            list_tests();
            return 0;
        } else if (strlen(names) + strlen(arguments[i]) + 2 < sizeof names) {
            if (*names != '\0')
                strcat(names, ",");
            strcat(names, arguments[i]);
        }
    }
    if (*names == '\0' || options.scale == 0) {
        say("usage: spetest [--scale N] all | NAME... | list");
        return 2;
    }
    return run_tests(names);
}
