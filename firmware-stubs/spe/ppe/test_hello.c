// A C program on an SPE: what it prints must be what the PPE's own C library makes of the same values.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "spe.h"

static const char *const expected[] = {
    "Hello from an SPE",
    "ints -1    42|42   |00042 4000000000 beef BEEF 10 c text %",
    "long -1234567890123 123456789abcdef 77",
    "floats 3.250000 -2.500 1.234568e+04 0.0001     100.00|1.5       |",
    "many 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40"
    " 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80",
    "star      1|2     |abc",
    "arguments 123456789abcdef0 fedcba9876543210",
    "snprintf 8 built-17",
    "puts",
    "p",
    "fputs",
    "fprintf 5",
    "read line 1",
    "read line 2",
    "read raw",
    "write 10",
    "lseek 4",
    "read 6 456789",
    "close 0",
    "unlink 0",
    "open -1 1",
    "pid 1",
};

void test_hello(void)
{
    struct spe spe;
    must(spe_create(&spe, NULL, 0), "hello.create");
    must(spe_load(&spe, &hello_image), "hello.load");
    must(spe_arguments(&spe, 1, 0x123456789abcdef0ull, 0xfedcba9876543210ull), "hello.arguments");
    char *text = NULL;
    size_t size = 0;
    spe.files[2] = open_memstream(&text, &size);
    spe_run(&spe);
    fclose(spe.files[2]);

    unsigned good = 0, lines = 0;
    for (char *at = text; at != NULL && *at != '\0'; lines++) {
        size_t length = strcspn(at, "\n");
        bool more = at[length] == '\n';
        at[length] = '\0';
        const char *want = lines < sizeof expected / sizeof *expected ? expected[lines] : "(nothing)";
        if (strcmp(at, want) == 0)
            good++;
        else
            check(false, "hello.line", "'%.200s' instead of '%.200s'", at, want);
        at += length + more;
    }
    check(good == sizeof expected / sizeof *expected, "hello.output", "%u lines of %u right", good, lines);
    check(spe_exit_code(&spe) == 42, "hello.exit", "status %x, code %d", spe.status, spe_exit_code(&spe));
    check(spe.assists > 20, "hello.assists", "%u call-backs", spe.assists);
    free(text);
    spe_destroy(&spe);
}
