/* Computes, prints through the board's register, and reads and writes that register in every width a PowerPC has: with
 * translation off KVM emulates each such access from its instruction. */
#include "board.h"
#include "types.h"

#define LIMIT 10000

static u8 composite[LIMIT];
void first_main(void);
void first_trapped(u64 vector, u64 address);

static volatile void *register_at(u64 offset)
{
    return (volatile void *)(BOARD_REGISTERS + offset);
}

static void put(const char *text)
{
    while (*text) {
        u64 word = 0;
        int count = 0;

        for (; count < 8 && text[count]; count++)
            word |= (u64)(u8)text[count] << (56 - 8 * count);
        *(volatile u64 *)register_at(BOARD_TEXT) = word;
        text += count;
    }
}

static void put_number(u64 value, u64 base)
{
    char digits[24], *at = digits + sizeof(digits) - 1;

    *at = 0;
    do {
        *--at = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    put(at);
}

static void end(u64 status)
{
    *(volatile u64 *)register_at(BOARD_END) = status;
    for (;;)
        ;
}

void first_trapped(u64 vector, u64 address)
{
    put("trap ");
    put_number(vector, 16);
    put(" at ");
    put_number(address, 16);
    put("\n");
    end(1);
}

static u32 primes(void)
{
    u32 count = 0;

    for (u32 i = 2; i < LIMIT; i++) {
        if (composite[i])
            continue;
        count++;
        for (u32 multiple = i * i; multiple < LIMIT; multiple += i)
            composite[multiple] = 1;
    }
    return count;
}

/* CRC-32 of ISO 3309, bit by bit. */
static u32 checksum(const char *text)
{
    u32 value = ~0U;

    for (; *text; text++) {
        value ^= (u8)*text;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value;
}

static u64 factorial_modulo(u64 of, u64 modulus)
{
    u64 product = 1;

    for (u64 i = 2; i <= of; i++)
        product = product * i % modulus;
    return product;
}

/* One load of the pattern by an instruction, and what it must give. */
#define LOAD(mnemonic, operands, expected)                                                                     \
    do {                                                                                                       \
        u64 value;                                                                                             \
        __asm__ volatile(mnemonic operands : "=r"(value) : "b"(register_at(BOARD_PATTERN)) : "memory");        \
        put("load " mnemonic " ");                                                                             \
        put_number(value, 16);                                                                                 \
        put(value == (expected) ? "\n" : " is wrong\n");                                                       \
        wrong += value != (expected);                                                                          \
    } while (0)

#define STORE(mnemonic, operands) \
    __asm__ volatile(mnemonic operands : : "r"(0x0123456789abcdefUL), "b"(register_at(BOARD_LOG)) : "memory")

#define DISPLACED " %0, 0(%1)"
#define INDEXED " %0, 0, %1"

void first_main(void)
{
    u64 wrong = 0;

    put("hello from a virtual machine\n");
    put("primes below 10000: ");
    put_number(primes(), 10);
    put("\ncrc32 of 123456789: ");
    put_number(checksum("123456789"), 16);
    put("\n1000! modulo 1009: "); /* by Wilson's theorem 1008! is -1 */
    put_number(factorial_modulo(1000, 1009), 10);
    put(", 1008!: ");
    put_number(factorial_modulo(1008, 1009), 10);
    put("\n");
    LOAD("lbz", DISPLACED, 0x81);
    LOAD("lhz", DISPLACED, 0x8182);
    LOAD("lha", DISPLACED, 0xffffffffffff8182);
    LOAD("lwz", DISPLACED, 0x81828384);
    LOAD("lwa", DISPLACED, 0xffffffff81828384);
    LOAD("ld", DISPLACED, 0x8182838485868788);
    LOAD("lhbrx", INDEXED, 0x8281);
    LOAD("lwbrx", INDEXED, 0x84838281);
    LOAD("ldbrx", INDEXED, 0x8887868584838281);
    STORE("stb", DISPLACED);
    STORE("sth", DISPLACED);
    STORE("stw", DISPLACED);
    STORE("std", DISPLACED);
    STORE("sthbrx", INDEXED);
    STORE("stwbrx", INDEXED);
    STORE("stdbrx", INDEXED);
    end(wrong);
}
