/* Processes: problem state, a segment and pages of their own, time slices, and floating-point and vector registers that
 * change hands only when they are used.
 *
 * A process that is not running is nothing but the frame on top of its kernel stack. The kernel itself is never
 * preempted, so a switch is: return from the trap with another process's frame. */
#include "kernel.h"

#define MAXIMUM_PROCESSES 20
#define MAXIMUM_PAGES 48
#define KERNEL_STACK 0x2000UL

/* Where things are in a process. Three segments, the last with a high number. */
#define PROGRAM_START 0x10000000UL
#define HEAP_START 0x20000000UL
#define HEAP_LIMIT (HEAP_START + 0x10000UL)
#define STACK_TOP 0x0000070000000000UL
#define STACK_LIMIT (STACK_TOP - 0x10000UL)
#define SLB_USER (0x400UL | 0x80UL) /* Kp: PP = 10 is read and write, 11 read only; C: translated-segment class */
#define SEGMENT(address) ((address) >> 28)

enum system_call { CALL_EXIT, CALL_WRITE, CALL_PID, CALL_YIELD, CALL_GROW };

/* Registers that are saved only when another process needs the unit. */
struct vector_area {
    u8 registers[32][16];
    u8 status[16];
    u32 vrsave;
} __attribute__((aligned(16)));

struct page {
    u64 address, slot;
    void *memory;
};

struct process {
    struct vector_area vectors;
    u64 floats[33];
    const char *name;
    const u8 *image;
    u64 image_size, heap_end, stack_top;
    struct frame *frame;
    u64 number, alive, exit_code, killed_by, fault_address;
    u64 preempted, float_switches, vector_switches;
    u64 page_count;
    struct page pages[MAXIMUM_PAGES];
};

static struct process processes[MAXIMUM_PROCESSES];
/* Vectors store on these with translation off, so they must lie in boot memory: highmem cannot be reached then. */
static u8 kernel_stacks[MAXIMUM_PROCESSES][KERNEL_STACK] __attribute__((aligned(16)));
static u64 process_count;
static struct process *running, *float_owner, *vector_owner;

#define PROGRAM(name) extern const u8 program_##name[], program_##name##_end[]
PROGRAM(integer);
PROGRAM(floats);
PROGRAM(vectors);
PROGRAM(memory);
PROGRAM(badload);
PROGRAM(illegal);

static u64 virtual_segment(const struct process *process, u64 address)
{
    u64 which = address >= STACK_LIMIT ? 2 : address >= HEAP_START ? 1 : 0;

    return 0x1000 + process->number * 16 + which;
}

/* What may be at an address: whole image and heap, and the stack. */
static int address_valid(const struct process *process, u64 address)
{
    return (address >= PROGRAM_START && address < PROGRAM_START + process->image_size) ||
           (address >= HEAP_START && address < process->heap_end) || (address >= STACK_LIMIT && address < STACK_TOP);
}

/* A segment without SLB entry (0x380, 0x480): entries 2 to 4 belong to the running process. */
int process_segment_in(u64 address)
{
    u64 vsid;

    if (!running || (SEGMENT(address) != SEGMENT(PROGRAM_START) && SEGMENT(address) != SEGMENT(HEAP_START) &&
                     SEGMENT(address) != SEGMENT(STACK_LIMIT)))
        return 0;
    vsid = virtual_segment(running, address);
    slb_insert(2 + (vsid & 15), address, vsid, SLB_USER);
    return 1;
}

/* A page without entry (0x300, 0x400): new memory, or the old page again when lv1 has evicted its entry. */
int process_fault_in(u64 address)
{
    u64 start = address & ~(PAGE_SIZE - 1);
    struct page *page = NULL;
    s64 slot;

    if (!running || !address_valid(running, address))
        return 0;
    for (u64 i = 0; i < running->page_count; i++)
        if (running->pages[i].address == start)
            page = &running->pages[i];
    if (!page) {
        if (running->page_count == MAXIMUM_PAGES)
            return 0;
        page = &running->pages[running->page_count++];
        page->address = start;
        page->memory = pages_allocate(PAGE_SIZE);
        if (start < HEAP_START) {
            u64 offset = start - PROGRAM_START, left = running->image_size - offset;

            memcpy(page->memory, running->image + offset, left < PAGE_SIZE ? left : PAGE_SIZE);
            /* What was written as data is going to be fetched as instructions (Book II 1.8). */
            for (u64 at = (u64)page->memory; at < (u64)page->memory + PAGE_SIZE; at += 128)
                __asm__ volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0" : : "r"(at) : "memory");
            __asm__ volatile("sync\n\tisync" : : : "memory");
        }
    }
    slot = page_insert(virtual_segment(running, start), start, lpar_of(physical_of(page->memory)), PAGE_MEMORY | PAGE_WRITE);
    if (slot < 0)
        return 0;
    page->slot = (u64)slot;
    return 1;
}

static struct process *process_create(const char *name, const u8 *image, const u8 *end, u64 argument)
{
    struct process *process;
    struct frame *frame;

    if (process_count == MAXIMUM_PROCESSES)
        panic("too many processes");
    process = &processes[process_count++];
    process->name = name;
    process->number = process_count;
    process->image = image;
    process->image_size = (u64)(end - image);
    process->heap_end = HEAP_START;
    process->alive = 1;
    process->stack_top = (u64)kernel_stacks[process_count - 1] + KERNEL_STACK;

    /* The frame a trap of this process would have left. */
    frame = (struct frame *)(process->stack_top - TRAP_STACK - ABI_RED_ZONE + ABI_HEADER);
    frame->pc = PROGRAM_START;
    frame->msr = MSR_SF | MSR_EE | MSR_PR | MSR_IR | MSR_DR | MSR_RI;
    frame->gpr[1] = STACK_TOP - 128;
    frame->gpr[3] = argument;
    process->frame = frame;
    return process;
}

/* Makes a process the one the traps of this thread belong to, and gives its frame. */
static struct frame *switch_to(struct process *process)
{
    running = process;
    this_thread->stack_top = process->stack_top;
    slb_clear_user();
    timer_slice(timebase_hertz / options.slices);
    return process->frame;
}

/* The next one alive after the running one, round robin; leaves for the kernel when there is none. */
static struct frame *schedule(void)
{
    u64 at = running ? running->number : 0; /* number is the index of the next */

    for (u64 i = 0; i < process_count; i++) {
        struct process *next = &processes[(at + i) % process_count];

        if (next->alive)
            return switch_to(next);
    }
    running = NULL;
    timer_slice(0);
    processes_leave();
}

static struct frame *give_way(struct frame *frame)
{
    /* Without the right to the units it comes back through 0x800 and 0xf20 and finds its registers there. */
    frame->msr &= ~(u64)(MSR_FP | MSR_VEC);
    running->frame = frame;
    return schedule();
}

/* After an interrupt in problem state. */
struct frame *process_preempt(struct frame *frame)
{
    running->preempted++;
    return give_way(frame);
}

static struct frame *process_end(u64 exit_code, u64 killed_by, u64 fault_address)
{
    running->alive = 0;
    running->exit_code = exit_code;
    running->killed_by = killed_by;
    running->fault_address = fault_address;
    if (float_owner == running)
        float_owner = NULL;
    if (vector_owner == running)
        vector_owner = NULL;
    for (u64 i = 0; i < running->page_count; i++)
        page_remove(running->pages[i].slot, virtual_segment(running, running->pages[i].address), running->pages[i].address);
    return schedule();
}

static void write_text(u64 address, u64 length)
{
    char text[100];
    u64 count = 0;

    while (count < length && count < sizeof(text) - 1 && address_valid(running, address + count)) {
        text[count] = *(const char *)(address + count);
        count++;
    }
    text[count] = 0;
    print("  [%lu %s] %s\n", running->number, running->name, text);
}

static struct frame *system_call(struct frame *frame)
{
    u64 argument = frame->gpr[3];

    switch (frame->gpr[0]) {
    case CALL_EXIT:
        return process_end(argument, 0, 0);
    case CALL_WRITE:
        write_text(argument, frame->gpr[4]);
        break;
    case CALL_PID:
        frame->gpr[3] = running->number;
        break;
    case CALL_YIELD:
        return give_way(frame);
    case CALL_GROW:
        frame->gpr[3] = running->heap_end;
        if (argument <= HEAP_LIMIT - running->heap_end)
            running->heap_end += argument;
        else
            frame->gpr[3] = 0;
        break;
    default:
        frame->gpr[3] = (u64)-1;
    }
    return frame;
}

static void float_take(struct frame *frame)
{
    if (float_owner != running) {
        if (float_owner)
            float_save(float_owner->floats);
        float_load(running->floats);
        float_owner = running;
        running->float_switches++;
    }
    frame->msr |= MSR_FP;
}

static void vector_take(struct frame *frame)
{
    if (vector_owner != running) {
        if (vector_owner)
            vector_save(&vector_owner->vectors);
        vector_load(&running->vectors);
        vector_owner = running;
        running->vector_switches++;
    }
    frame->msr |= MSR_VEC;
}

/* Any trap from problem state but the two interrupts. */
struct frame *process_trap(struct frame *frame)
{
    u64 address = frame->trap == 0x400 || frame->trap == 0x480 ? frame->pc : frame->dar;

    switch (frame->trap) {
    case 0x300:
    case 0x400:
        if (process_fault_in(address))
            return frame;
        break;
    case 0x380:
    case 0x480:
        if (process_segment_in(address))
            return frame;
        break;
    case 0x800:
        float_take(frame);
        return frame;
    case 0xc00:
        return system_call(frame);
    case 0xf20:
        vector_take(frame);
        return frame;
    case 0x600:
        break;
    default:
        address = frame->pc;
    }
    print("  [%lu %s] killed: trap %lx at %lx, address %lx\n", running->number, running->name, frame->trap, frame->pc, address);
    return process_end(0, frame->trap, address);
}

static int ended_well(const char *name)
{
    int good = 1;

    for (u64 i = 0; i < process_count; i++)
        if (strings_equal(processes[i].name, name))
            good &= !processes[i].killed_by && !processes[i].exit_code;
    return good;
}

void processes_check(void)
{
    struct process *badload, *illegal, *floats[2], *vectors[2];
    u64 preempted = 0;

    for (u64 i = 0; i < options.processes; i++)
        process_create("integer", program_integer, program_integer_end, options.work << 1);
    for (u64 i = 0; i < 2; i++) {
        floats[i] = process_create("floats", program_floats, program_floats_end, options.work << 1 | i);
        vectors[i] = process_create("vectors", program_vectors, program_vectors_end, options.work << 1 | i);
    }
    process_create("memory", program_memory, program_memory_end, 0);
    badload = process_create("badload", program_badload, program_badload_end, 0);
    illegal = process_create("illegal", program_illegal, program_illegal_end, 0);

    processes_enter(schedule());

    for (u64 i = 0; i < process_count; i++) {
        preempted += processes[i].preempted;
        if (options.verbose && !options.quiet_time)
            print("  process %lu %s: preempted %lu times, %lu float and %lu vector switches, %lu pages\n", processes[i].number,
                  processes[i].name, processes[i].preempted, processes[i].float_switches, processes[i].vector_switches,
                  processes[i].page_count);
    }
    check("processes", ended_well("integer") && preempted, "%lu ran, preempted by the timer", process_count);
    check("paging", ended_well("memory"), "heap and stack came page by page");
    check("faults", badload->killed_by == 0x300 && badload->fault_address == 0x20100000 && illegal->killed_by == 0x700,
          "bad load ended by trap %lx, illegal instruction by trap %lx", badload->killed_by, illegal->killed_by);
    check("floats", ended_well("floats") && floats[0]->float_switches > 1 && floats[1]->float_switches > 1,
          "two processes kept their floating-point registers apart");
    check("vectors", ended_well("vectors") && vectors[0]->vector_switches > 1 && vectors[1]->vector_switches > 1,
          "two processes kept their vector registers apart");
}
