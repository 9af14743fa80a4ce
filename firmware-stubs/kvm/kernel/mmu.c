/* The hashed page table, which this kernel keeps itself: it names it in SDR1, writes its entries and throws translations away
 * with tlbie (Book III 4.5, 4.10). KVM reads the table as a processor would, and sets R and C in it. */
#include "machine.h"

#define TABLE 0x01800000UL /* 256 KiB, the smallest there is: HTABSIZE 0, 2^11 groups */
#define TABLE_GROUPS 2048UL
#define GROUP_ENTRIES 8
#define MEMORY_FIRST 0x00800000UL /* pages for processes, from here to the table */
#define HPTE_SECONDARY 0x2UL

static volatile u64 (*const table)[2] = (volatile u64 (*)[2])(TABLE | KERNEL_BASE);
static u64 memory_next = MEMORY_FIRST, device_next = DEVICE_BASE;

u64 lpar_of(u64 physical)
{
    return physical;
}

void *pages_allocate(u64 size)
{
    u64 start = memory_next;

    memory_next += (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    if (memory_next > TABLE)
        panic("out of memory");
    return memset(pointer_to(start), 0, size);
}

/* A free slot of a group, or -1. */
static s64 group_slot(u64 group)
{
    for (u64 slot = group * GROUP_ENTRIES; slot < (group + 1) * GROUP_ENTRIES; slot++)
        if (!(table[slot][0] & HPTE_VALID))
            return (s64)slot;
    return -1;
}

static s64 entry_insert(u64 vsid, u64 address, u64 real, u64 flags, int large)
{
    u64 hash = entry_hash(vsid, address, large), secondary = 0;
    s64 slot = group_slot(hash & (TABLE_GROUPS - 1));

    if (slot < 0) {
        slot = group_slot(~hash & (TABLE_GROUPS - 1));
        secondary = HPTE_SECONDARY;
    }
    if (slot < 0)
        return -1;
    /* The valid bit last (Book III 4.10.1.1). */
    table[slot][1] = real | flags;
    __asm__ volatile("eieio" : : : "memory");
    table[slot][0] = entry_valid_word(vsid, address, large) | secondary;
    __asm__ volatile("ptesync" : : : "memory");
    return slot;
}

static void entry_remove(u64 slot, u64 vsid, u64 address)
{
    u64 virtual_page = (vsid << 28 | (address & SEGMENT_MASK)) & ~(PAGE_SIZE - 1);

    table[slot][0] = 0;
    __asm__ volatile("ptesync\n\ttlbie %0\n\teieio\n\ttlbsync\n\tptesync" : : "r"(virtual_page) : "memory");
}

s64 page_insert(u64 vsid, u64 address, u64 lpar, u64 flags)
{
    return entry_insert(vsid, address, lpar, flags | HPTE_REFERENCED | HPTE_CHANGED, 0);
}

void page_remove(u64 slot, u64 vsid, u64 address)
{
    entry_remove(slot, vsid, address);
}

void *mmu_map_device(u64 lpar, u64 size)
{
    u64 start = device_next;

    for (u64 at = 0; at < size; at += PAGE_SIZE)
        if (entry_insert(DEVICE_VSID, start + at, lpar + at, PAGE_DEVICE | PAGE_KERNEL | HPTE_REFERENCED | HPTE_CHANGED, 0) < 0)
            return NULL;
    device_next += (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    return (void *)start;
}

/* SDR1: each thread has one. */
void mmu_use_table(void)
{
    __asm__ volatile("mtspr 25, %0" : : "r"(TABLE) : "memory");
}

void mmu_start(void)
{
    u64 mapped = 0;
    void *board;

    memset((void *)(TABLE | KERNEL_BASE), 0, TABLE_GROUPS * GROUP_ENTRIES * 16);
    for (u64 at = 0; at < options.memory_size; at += LARGE_PAGE, mapped++)
        if (entry_insert(KERNEL_VSID, at, at, PAGE_MEMORY | PAGE_KERNEL | HPTE_REFERENCED | HPTE_CHANGED, 1) < 0)
            panic("linear map: no entry for %lx", at);
    board = mmu_map_device(BOARD_REGISTERS, BOARD_SIZE);
    board_mapped(board);
    mmu_start_thread();
    check("mmu", 1, "translation on, %lu large pages, table of %lu groups at %lx", mapped, TABLE_GROUPS, TABLE);
}

/* Whether a load or store at an address faults. */
static int faults(volatile u64 *address, int store)
{
    int faulted;

    expected_fault = (u64)address;
    __asm__ volatile("" : : : "memory");
    if (store)
        __asm__ volatile("std %0, 0(%1)" : : "r"(0), "b"(address) : "memory");
    else
        (void)*address;
    __asm__ volatile("" : : : "memory");
    faulted = expected_fault == 0;
    expected_fault = 0;
    return faulted;
}

/* One page of memory under two addresses; R and C; a read-only page; that a removed entry is gone from the TLB; and entries in
 * their second group. */
void mmu_check(void)
{
    volatile u64 *page = pages_allocate(PAGE_SIZE), *alias = (volatile u64 *)device_next;
    u64 real = physical_of(page), virtual_segment = DEVICE_VSID, seen = 0;
    s64 slot = entry_insert(virtual_segment, (u64)alias, real, PAGE_MEMORY | PAGE_KERNEL, 0);
    int read, written, shared;
    s64 slots[2 * GROUP_ENTRIES];

    page[1] = 0x50454e4755494eUL;
    read = alias[1] == 0x50454e4755494eUL && (table[slot][1] & HPTE_REFERENCED);
    entry_remove((u64)slot, virtual_segment, (u64)alias);
    check("unmap", faults(alias, 0), "a removed entry faults");

    slot = entry_insert(virtual_segment, (u64)alias, real, PAGE_MEMORY | PAGE_KERNEL, 0);
    alias[2] = 12345;
    written = page[2] == 12345 && (table[slot][1] & HPTE_CHANGED) && (table[slot][1] & HPTE_REFERENCED);
    entry_remove((u64)slot, virtual_segment, (u64)alias);
    check("alias", read && written, "one page under two addresses, R and C bits follow");

    slot = entry_insert(virtual_segment, (u64)alias, real, PAGE_MEMORY | PAGE_READ, 0);
    shared = alias[2] == 12345;
    check("read-only", shared && faults(alias, 1) && !faults(alias, 0), "a store to a page with PP = 3 faults");
    entry_remove((u64)slot, virtual_segment, (u64)alias);

    /* Addresses 8 MiB apart have one hash in a table of 2^11 groups: the ninth and on go to the second group. */
    for (u64 i = 0; i < array_length(slots); i++) {
        u64 address = (u64)alias + i * TABLE_GROUPS * PAGE_SIZE;

        page[8 + i] = i;
        slots[i] = entry_insert(virtual_segment, address, real, PAGE_MEMORY | PAGE_KERNEL, 0);
        seen += slots[i] >= 0 && ((volatile u64 *)address)[8 + i] == i;
    }
    for (u64 i = 0; i < array_length(slots); i++)
        if (slots[i] >= 0)
            entry_remove((u64)slots[i], virtual_segment, (u64)alias + i * TABLE_GROUPS * PAGE_SIZE);
    check("groups", seen == 2 * GROUP_ENTRIES, "%lu entries of one hash in two groups", seen);
    device_next += PAGE_SIZE;
}
