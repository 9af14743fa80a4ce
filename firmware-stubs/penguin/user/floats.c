/* Eight logistic maps whose values never leave the floating-point registers. Chaotic: one wrong bit, once, shows at the
 * end. The expected words are those of any IEEE double arithmetic that rounds every operation. */
#include "user.h"

#define STEPS 40000

static const u64 expected[2] = {0xf9630fb10bc544b2, 0x938838124cc4887f};

/* One run from one of the two starting values. */
static u64 run(u64 number)
{
    double a = 0.1 + 0.01 * (double)number;
    double x0 = a, x1 = a + 0.1, x2 = a + 0.2, x3 = a + 0.3, x4 = a + 0.4, x5 = a + 0.5, x6 = a + 0.6, x7 = a + 0.7;
    union {
        double value[8];
        u64 bits[8];
    } end;
    u64 sum = 0;

    for (u32 step = 0; step < STEPS; step++) {
        x0 = 3.75 * x0 * (1.0 - x0);
        x1 = 3.75 * x1 * (1.0 - x1);
        x2 = 3.75 * x2 * (1.0 - x2);
        x3 = 3.75 * x3 * (1.0 - x3);
        x4 = 3.75 * x4 * (1.0 - x4);
        x5 = 3.75 * x5 * (1.0 - x5);
        x6 = 3.75 * x6 * (1.0 - x6);
        x7 = 3.75 * x7 * (1.0 - x7);
    }
    end.value[0] = x0;
    end.value[1] = x1;
    end.value[2] = x2;
    end.value[3] = x3;
    end.value[4] = x4;
    end.value[5] = x5;
    end.value[6] = x6;
    end.value[7] = x7;
    for (u32 i = 0; i < 8; i++)
        sum = sum * 31 + end.bits[i];
    return sum;
}

int main(u64 argument)
{
    u64 number = NUMBER(argument), good = 1;

    for (u64 work = WORK(argument); work; work--)
        good &= run(number) == expected[number];
    write(good ? "floating point as expected" : "floating point differs");
    return !good;
}
