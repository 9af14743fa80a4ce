/* The few types and register names every file of the guest uses. */
#ifndef PENGUIN_TYPES_H
#define PENGUIN_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef signed int s32;
typedef signed long s64;

#define NULL ((void *)0)
#define KERNEL_BASE 0xC000000000000000UL /* linear map of all memory */
#define DEVICE_BASE 0xD000000000000000UL /* 4 KiB pages over device registers */
#define PAGE_SIZE 4096UL
#define LARGE_PAGE 0x1000000UL /* 16 MiB */

#define array_length(a) (sizeof(a) / sizeof((a)[0]))

/* The linear map ends in the real address, so that the same pointer works with translation off: real mode ignores
 * the four highest bits of an effective address (Book III 4.2). */
static inline u64 physical_of(const volatile void *pointer)
{
    return (u64)pointer & ~KERNEL_BASE;
}

static inline void *pointer_to(u64 physical)
{
    return (void *)(physical | KERNEL_BASE);
}

#endif
