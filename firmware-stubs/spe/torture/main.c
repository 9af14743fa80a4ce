// Runs the torture programs named, or all: each behind a line with its name.
#include "torture.h"

#define PROGRAM(name) void torture_##name(void);
#include "programs.h"
#undef PROGRAM

static const struct {
    const char *name;
    void (*run)(void);
} programs[] = {
#define PROGRAM(name) { #name, torture_##name },
#include "programs.h"
};

int main(int count, char **arguments)
{
    unsigned ran = 0;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        int wanted = count < 2;
        for (int j = 1; j < count; j++)
            wanted |= strcmp(arguments[j], programs[i].name) == 0;
        if (!wanted)
            continue;
        printf("== %s\n", programs[i].name);
        programs[i].run();
        ran++;
    }
    return ran > 0 ? 0 : 1;
}
