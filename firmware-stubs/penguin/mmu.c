/* Address spaces: the hashed page table, which only lv1 writes (lv1-calls 4). The SLB, which is the guest's own, is in segments.c.
 *
 * Linear map: 0xC000000000000000 + p in 16 MiB pages, boot memory first, highmem right behind it although lv1 puts that
 * at quite another LPAR address. Device registers and aliases: 0xD000000000000000 in 4 KiB pages. */
#include "kernel.h"

#define TABLE_SIZE_LOG 20
#define LARGE_PAGE_SIZES 0x1810000000000000UL /* 16 MiB and 64 KiB, a byte each from the left */
#define ALLOCATE_ANYWHERE 4

static u64 table_groups;
static u64 device_next = DEVICE_BASE;
static u64 memory_next;
u64 highmem_lpar, highmem_size;

static s64 entry_insert(u64 vsid, u64 address, u64 lpar, u64 flags, int large, u64 software)
{
    struct lv1_results results;
    u64 slot = (entry_hash(vsid, address, large) & (table_groups - 1)) * 8;
    s32 status = LV1(&results, LV1_INSERT_HTAB_ENTRY, 0, slot, entry_valid_word(vsid, address, large) | software, lpar | flags,
                     HPTE_BOLTED, 0);

    return status == LV1_SUCCESS ? (s64)results.value[0] : status;
}

/* Maps one evictable 4 KiB page. Returns its slot, or lv1's status. */
s64 page_insert(u64 vsid, u64 address, u64 lpar, u64 flags)
{
    return entry_insert(vsid, address, lpar, flags | HPTE_REFERENCED | HPTE_CHANGED, 0, 0);
}

/* lv1 may have evicted the entry and given the slot to another: look before clearing. */
void page_remove(u64 slot, u64 vsid, u64 address)
{
    struct lv1_results results;

    if (LV1(&results, LV1_READ_HTAB_ENTRIES, 0, slot & ~3UL) != LV1_SUCCESS)
        return;
    if ((results.value[slot & 3] & ~0x7eUL) == entry_valid_word(vsid, address, 0))
        LV1(&results, LV1_WRITE_HTAB_ENTRY, 0, slot, 0, 0);
}

u64 lpar_of(u64 physical)
{
    return physical < boot_memory ? physical : physical - boot_memory + highmem_lpar;
}

/* Whole pages for processes, from highmem where there is some: never given back, a run is short. */
void *pages_allocate(u64 size)
{
    u64 start = memory_next;

    memory_next += (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    if (memory_next > boot_memory + highmem_size)
        panic("out of memory");
    return memset(pointer_to(start), 0, size);
}

void *mmu_map_device(u64 lpar, u64 size)
{
    u64 start = device_next;

    for (u64 at = 0; at < size; at += PAGE_SIZE)
        if (entry_insert(DEVICE_VSID, start + at, lpar + at, PAGE_DEVICE | PAGE_KERNEL | HPTE_REFERENCED | HPTE_CHANGED, 0,
                         HPTE_BOLTED) < 0)
            return NULL;
    device_next += (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    return (void *)start;
}

static void allocate_highmem(void)
{
    struct lv1_results results;
    u64 size = (total_memory - boot_memory) & ~(LARGE_PAGE - 1);

    /* The linear map is one segment of 256 MiB. */
    if (boot_memory + size > SEGMENT_MASK + 1)
        size = SEGMENT_MASK + 1 - boot_memory;
    if (!size || LV1(&results, LV1_ALLOCATE_MEMORY, size, 24, 0, ALLOCATE_ANYWHERE) != LV1_SUCCESS) {
        memory_next = LARGE_PAGE; /* boot memory between the program and the picture */
        check("memory", !size, "no memory beyond the boot memory");
        return;
    }
    highmem_lpar = results.value[0];
    highmem_size = size;
    memory_next = boot_memory;
    check("memory", highmem_lpar >= boot_memory, "%lu MiB of highmem at LPAR address %lx", size >> 20, highmem_lpar);
}

/* The address space that thread 0 has selected is the other thread's, too. */
void mmu_use_table(void)
{
}

void mmu_start(void)
{
    struct lv1_results results;
    u64 space, mapped = 0;

    allocate_highmem();
    if (LV1(&results, LV1_QUERY_ADDRESS_REGION, 0) != LV1_SUCCESS || results.value[3] < 24)
        panic("no 16 MiB pages");
    if (LV1(&results, LV1_CONSTRUCT_VIRTUAL_ADDRESS_SPACE, TABLE_SIZE_LOG, 2, LARGE_PAGE_SIZES) != LV1_SUCCESS)
        panic("no address space");
    space = results.value[0];
    table_groups = results.value[1] / 128;
    if (LV1(&results, LV1_SELECT_VIRTUAL_ADDRESS_SPACE, space) != LV1_SUCCESS)
        panic("address space not selected");

    for (u64 at = 0; at < boot_memory + highmem_size; at += LARGE_PAGE) {
        if (entry_insert(KERNEL_VSID, at, lpar_of(at), PAGE_MEMORY | PAGE_KERNEL | HPTE_REFERENCED | HPTE_CHANGED, 1,
                         HPTE_BOLTED) < 0)
            panic("linear map: no entry for %lx", at);
        mapped++;
    }
    mmu_start_thread();
    check("mmu", 1, "translation on, %lu large pages, table of %lu groups, address space %lu", mapped, table_groups, space);
}

/* One page of memory under two addresses and two page sizes; the walker's R and C bits; and that an entry cleared by
 * lv1 is gone from the TLB, too. */
void mmu_check(void)
{
    struct lv1_results results;
    volatile u64 *page = pages_allocate(PAGE_SIZE);
    volatile u64 *alias = (volatile u64 *)device_next;
    u64 before, read, written, lane;
    s64 slot;

    device_next += PAGE_SIZE;
    slot = entry_insert(DEVICE_VSID, (u64)alias, lpar_of(physical_of(page)), PAGE_MEMORY | PAGE_KERNEL, 0, 0);
    if (slot < 0) {
        check("alias", 0, "lv1 refused the entry with %ld", slot);
        return;
    }
    lane = (3 - (slot & 3)) * 16;
    LV1(&results, LV1_READ_HTAB_ENTRIES, 0, slot & ~3UL);
    before = results.value[4] >> lane;
    page[1] = 0x50454e4755494eUL;
    read = alias[1];
    LV1(&results, LV1_READ_HTAB_ENTRIES, 0, slot & ~3UL);
    read = read == 0x50454e4755494eUL && (results.value[4] >> lane & (HPTE_REFERENCED | HPTE_CHANGED)) == HPTE_REFERENCED;
    alias[2] = 12345;
    LV1(&results, LV1_READ_HTAB_ENTRIES, 0, slot & ~3UL);
    written = page[2] == 12345 && (results.value[4] >> lane & HPTE_CHANGED);
    check("alias", !(before & (HPTE_REFERENCED | HPTE_CHANGED)) && read && written,
          "one page under two addresses, R and C bits follow (%lu %lu)", read, written);

    page_remove((u64)slot, DEVICE_VSID, (u64)alias);
    expected_fault = (u64)alias;
    (void)*alias;
    check("unmap", expected_fault == 0, "a cleared entry faults");
    expected_fault = 0;
}
