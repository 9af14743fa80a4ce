/* What the files of the kernel offer each other, a section a file. */
#ifndef PENGUIN_KERNEL_H
#define PENGUIN_KERNEL_H

#include "layout.h"
#include "lv1.h"
#include "types.h"

/* Registers of interrupted code; the offsets are in layout.h. */
struct frame {
    u64 gpr[32];
    u64 pc, msr, cr, lr, ctr, xer, dar, dsisr, trap, reserved;
};

/* One hardware thread. r13 points at it in the kernel. */
struct thread {
    u64 saved_r1, saved_r11, saved_r12, saved_cr;
    u64 stack_top;
    u64 toc;
    u64 handler_msr;
    u64 resume_stack;
    u64 number;
    u64 reserved[7];
};

extern struct thread threads[2];
register struct thread *this_thread __asm__("r13");

/* start.S, vectors.S */
extern volatile u64 hold_release, hold_acknowledge;
extern char secondary_start[];
void enter_virtual_mode(void);
void processes_enter(struct frame *first);
void processes_leave(void) __attribute__((noreturn));
void float_save(u64 *area);
void float_load(const u64 *area);
void vector_save(void *area);
void vector_load(const void *area);

/* fdt.c */
struct boot_options {
    char arguments[256];
    u64 hertz;
    u64 processes;
    u64 slices; /* of processes, a second */
    u64 work; /* how often each computes everything */
    u64 memory_size;
    int threads;
    int verbose, no_shutdown, quiet_time;
};
extern struct boot_options options;
int fdt_parse(const void *tree);

/* console.c: the machine's */
void console_open(void);
void console_text(const char *text, u64 length); /* zero-terminated, too */
void console_update(void);
void machine_panic(const char *text, u64 length) __attribute__((noreturn));

/* text.c */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void check(const char *name, int good, const char *format, ...) __attribute__((format(printf, 3, 4)));
void panic(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *memset(void *to, int value, u64 size);
void *memcpy(void *to, const void *from, u64 size);
int strings_equal(const char *a, const char *b);
extern int checks_good, checks_bad;

/* repository.c */
extern u64 ppe_id, partition_id, timebase_hertz, boot_memory, total_memory;
void repository_read_machine(void);
void repository_list(void);
u64 repository_own_value(const char *first, const char *second, const char *third);

enum bus_type { BUS_SYSTEM = 4, BUS_STORAGE = 5 };
enum device_type { SYSTEM_GELIC = 3, STORAGE_DISK = 0, STORAGE_ROM = 5, STORAGE_FLASH = 14 };
#define MOST_REGIONS 8

/* What the repository says of a device, and what the guest has of it while it is open. */
struct device {
    u64 bus, id; /* what hypercalls name it by */
    u64 type, interrupt;
    u64 block_size, blocks, region_count; /* of storage devices; 0 else */
    struct region {
        u64 id, start, size; /* in blocks */
    } regions[MOST_REGIONS];
    u64 outlet;
};
u64 repository_bus(u64 bus_type, u64 *device_count); /* its id, or 0 */
int repository_device(u64 bus_type, u64 index, struct device *device);
int repository_find(u64 bus_type, u64 type, struct device *device);
const char *device_name(u64 bus_type, u64 type);

/* segments.c */
#define KERNEL_VSID 1UL
#define DEVICE_VSID 2UL
#define SEGMENT_MASK 0x0fffffffUL
#define HPTE_VALID 0x1UL
#define HPTE_LARGE 0x4UL
#define HPTE_BOLTED 0x10UL
#define HPTE_REFERENCED 0x100UL
#define HPTE_CHANGED 0x80UL
#define SLB_KERNEL 0x400UL /* Kp: problem state has the key of a stranger */
#define SLB_LARGE 0x100UL
void slb_insert(u64 index, u64 address, u64 vsid, u64 flags);
void slb_clear_user(void);
u64 entry_valid_word(u64 vsid, u64 address, int large);
u64 entry_hash(u64 vsid, u64 address, int large);
void mmu_start_thread(void);
extern volatile u64 expected_fault;

/* mmu.c: the machine's */
enum page_rights { PAGE_KERNEL = 0, PAGE_WRITE = 2, PAGE_READ = 3 };
enum page_kind { PAGE_MEMORY = 0x10, PAGE_DEVICE = 0x28 }; /* M; I and G */
void mmu_start(void);
void mmu_use_table(void); /* on each thread, before it turns translation on */
void mmu_check(void);
void *mmu_map_device(u64 lpar, u64 size);
s64 page_insert(u64 vsid, u64 address, u64 lpar, u64 flags);
void page_remove(u64 slot, u64 vsid, u64 address);
u64 lpar_of(u64 physical);
void *pages_allocate(u64 size);
extern u64 highmem_lpar, highmem_size;

/* irq.c: the machine's */
typedef void (*irq_handler)(void);
void irq_start(void);
int irq_connect(u64 thread, u64 outlet, irq_handler handler);
u64 irq_event_port(u64 thread, irq_handler handler);
void event_send(u64 port);
void external_interrupt(void);
void machine_pause(void);
void machine_rest(void);

/* device.c: what drivers have in common */
s32 device_open(struct device *device, irq_handler handler);
void device_close(struct device *device);
u64 device_map(const struct device *device, const void *memory, u64 size);
s32 device_unmap(const struct device *device, u64 bus_address, u64 size);
u64 deadline(u64 milliseconds);
int device_wait(u64 deadline);
int option_given(const char *word);
u64 option_number(const char *name, u64 otherwise);
void status_begin(void);
void status_expect(const char *what, s64 got, s64 expected);
u64 status_good(u64 *all);

/* storage.c: commands; notify.c, disk.c, optical.c, flash.c: what the checks do with them */
struct storage_end {
    s32 call; /* lv1's answer to the command; the rest holds if it is 0 */
    int in_time;
    u64 tag;
    u64 status; /* how the command ended; 0 is success */
};
s32 storage_open(struct device *device);
void storage_close(void);
struct storage_end storage_read(u64 region, u64 start, u64 blocks, u64 flags, const void *buffer);
struct storage_end storage_write(u64 region, u64 start, u64 blocks, u64 flags, const void *buffer);
struct storage_end storage_command(u64 command, u64 a1, u64 a2, u64 a3, u64 a4);
struct storage_end storage_start_read(u64 region, u64 start, u64 blocks, const void *buffer);
int storage_wait(u64 tag, u64 milliseconds, u64 *status);
int storage_good(struct storage_end end);
s32 storage_device_end(void);
s32 storage_poll(u64 tag, u64 *status);
extern struct device storage_device;
void storage_check(void);
int storage_find_region(const char *name, u8 *buffer, u64 *index);
int storage_rewrite(u64 region, u64 start, u64 blocks, u8 *buffer);
void disk_check(u8 *buffer);
void optical_check(u8 *buffer);
void flash_check(u8 *buffer);
#define STORAGE_BUFFER 0x40000 /* bytes: what the flash moves at once */
#define STORAGE_HALF (STORAGE_BUFFER / 2)

/* gelic.c: descriptor rings; frames.c: what is sent and received by them; network.c: checks */
#define GELIC_RING 16
#define GELIC_FRAME 1664 /* bytes of a buffer; a multiple of 128, to which the card wants it aligned */
extern struct device gelic_device;
extern u64 gelic_mac, gelic_events;
s32 gelic_open(void);
void gelic_close(void);
s32 gelic_start(void);
s32 gelic_stop(void);
s32 gelic_control(u64 command, u64 argument, u64 *value);
u8 *gelic_frame(void); /* room for the next frame to be queued; NULL when the ring is full */
void gelic_queue(u64 size, u64 fragment, u32 checksum);
int gelic_transmit(void);
u64 gelic_receive(u8 *frame, u32 *error);
u64 gelic_waiting(void);
u64 gelic_restarts(void);
void gelic_refusals(void);

struct network_counts {
    u64 damaged, repeated, flood, flood_lost;
    u32 checksum_errors;
};
extern struct network_counts network;
extern u32 network_address, network_gateway, network_offered;
extern u8 network_gateway_mac[6];
extern int network_gateway_known;
#define MOST_PINGS 0x8000
void frames_begin(void); /* receiving begins: frames may have been missed */
int frames_ask(void);
int frames_discover(void);
int frames_test(u64 size, u64 fragment);
int frames_ping(u32 number, u64 data_size, u64 fragment);
void frames_take(void);
int frames_answered(u32 number);
void network_check(void);

/* traps.c */
void threads_prepare(void);
struct frame *trap_dispatch(struct frame *frame);
void interrupts_on(void);
void interrupts_off(void);

/* timer.c */
void timer_start(void);
void timer_interrupt(void);
void timer_slice(u64 timebase_ticks);
void timer_check(void);
u64 timebase(void);
extern volatile u64 ticks[2];

/* smp.c */
struct lock { volatile u32 held; };
void lock_take(struct lock *lock);
void lock_release(struct lock *lock);
void smp_check(void);
void secondary_main(void) __attribute__((noreturn));

/* video.c, screen.c */
void video_check(void);
void video_rsx_check(void);
int video_wait_blanks(u32 count);
void screen_start(u32 *pixels, u32 width, u32 height);
void screen_text(const char *text);
void screen_show(void);
extern const u8 font[96][8];

/* vuart.c */
int vuart_write(u64 port, const void *data, u64 size);
int vuart_read(u64 port, void *data, u64 size, u64 milliseconds);
void system_power_off(void) __attribute__((noreturn));

/* rtc.c */
void rtc_check(void);

/* process.c */
void processes_check(void);
struct frame *process_trap(struct frame *frame);
struct frame *process_preempt(struct frame *frame);
int process_fault_in(u64 address);
int process_segment_in(u64 address);

#endif
