/* Whole numbers: a sieve in zeroed data, and giving way in the middle. */
#include "user.h"

#define LIMIT 10000

static u8 composite[LIMIT];

int main(u64 argument)
{
    u32 primes = 0;

    (void)argument;
    for (u32 round = 0; round < 3; round++) {
        primes = 0;
        for (u32 i = 0; i < LIMIT; i++)
            composite[i] = 0;
        for (u32 i = 2; i < LIMIT; i++) {
            if (composite[i])
                continue;
            primes++;
            for (u32 multiple = i * i; multiple < LIMIT; multiple += i)
                composite[multiple] = 1;
        }
        yield();
    }
    write(primes == 1229 && getpid() ? "1229 primes below 10000" : "wrong number of primes");
    return primes != 1229;
}
