/* The SLB, and what a page table entry looks like: the same whoever keeps the table. */
#include "kernel.h"

#define SLB_VALID 0x08000000UL

volatile u64 expected_fault; /* an access the kernel makes knowing that it must fault: see traps.c */

/* RB of slbmte holds the effective segment, the valid bit and the index; RS the virtual segment and its flags. */
void slb_insert(u64 index, u64 address, u64 vsid, u64 flags)
{
    u64 rb = (address & ~SEGMENT_MASK) | SLB_VALID | index;
    u64 rs = vsid << 12 | flags;

    __asm__ volatile("isync\n\tslbmte %0, %1\n\tisync" : : "r"(rs), "r"(rb) : "memory");
}

/* slbia spares entry 0, which holds the linear map this code and its stack are in. */
void slb_clear_user(void)
{
    __asm__ volatile("isync\n\tslbia\n\tisync" : : : "memory");
    slb_insert(1, DEVICE_BASE, DEVICE_VSID, SLB_KERNEL);
}

/* The first doubleword of a page table entry, and the group it belongs to before the table's size cuts it (Book III 4.5.2). */
u64 entry_valid_word(u64 vsid, u64 address, int large)
{
    u64 avpn = (vsid << 28 | (address & SEGMENT_MASK)) >> 23;

    if (large)
        avpn &= ~1UL; /* the lowest bit of the field lies inside a 16 MiB page */
    return avpn << 7 | (large ? HPTE_LARGE : 0) | HPTE_VALID;
}

u64 entry_hash(u64 vsid, u64 address, int large)
{
    return vsid ^ ((address & SEGMENT_MASK) >> (large ? 24 : 12));
}

/* Fills the SLB of this thread and turns translation on. */
void mmu_start_thread(void)
{
    this_thread->handler_msr = MSR_SF | MSR_IR | MSR_DR | MSR_RI;
    mmu_use_table();
    slb_insert(0, KERNEL_BASE, KERNEL_VSID, SLB_KERNEL | SLB_LARGE);
    slb_clear_user();
    enter_virtual_mode();
}
