/* Whole numbers: a sieve in zeroed data, three times for each unit of work, and giving way in the middle. */
#include "user.h"

#define LIMIT 10000

static u8 composite[LIMIT];

int main(u64 argument)
{
    u64 work = WORK(argument);
    u32 primes = 0;

    for (u64 round = 0; round < 3 * work; round++) {
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
        if (round % work == 0)
            yield();
    }
    write(primes == 1229 && getpid() ? "1229 primes below 10000" : "wrong number of primes");
    return primes != 1229;
}
