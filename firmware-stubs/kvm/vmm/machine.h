/* A virtual machine: memory, vCPUs, and what its guest sees as the board. */
#ifndef KVM_MACHINE_H
#define KVM_MACHINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/kvm.h>

#define MAXIMUM_THREADS 2

struct machine;

struct vcpu {
    struct machine *machine;
    unsigned number;
    int file;
    struct kvm_run *run;
    pthread_t thread;
    uint64_t exits; /* to this program */
};

/* A console line is printed whole, and kept out of the other lines by the board's lock. */
struct board {
    pthread_mutex_t lock;
    char line[256];
    size_t length;
    uint32_t events[MAXIMUM_THREADS];
    uint64_t timebase;
};

struct machine {
    const char *name;
    unsigned threads;
    int file;
    uint8_t *memory;
    uint64_t memory_size;
    struct board board;
    struct vcpu vcpus[MAXIMUM_THREADS];
    atomic_int ended;
    uint64_t status; /* what the guest wrote to BOARD_END, or MACHINE_FAILED */
};

#define MACHINE_FAILED UINT64_MAX

/* What a machine is made of. */
struct machine_plan {
    const char *name;
    const uint8_t *image, *image_end; /* a big-endian ELF64, at its physical addresses */
    uint64_t memory_size;
    unsigned threads;
    const char *arguments;
    unsigned seconds; /* it has failed if it has not ended by then */
};

/* machine.c: runs a machine to its end. Returns the guest's status. */
uint64_t machine_run(int kvm, const struct machine_plan *plan);
void machine_end(struct machine *machine, uint64_t status);
void machine_fail(struct machine *machine, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* board.c: an access of the guest's to a real address that is no memory. Data is as it is in guest memory. Returns 0 if there is
 * nothing at that address. */
void board_open(struct board *board);
int board_access(struct vcpu *vcpu, uint64_t address, uint8_t *data, unsigned size, int write);

/* image.c: both return 0 if it does not fit or is no such thing. */
int image_load(const struct machine_plan *plan, uint8_t *memory, uint64_t *entry);
size_t device_tree_write(const struct machine_plan *plan, uint8_t *to, size_t room);

#endif
