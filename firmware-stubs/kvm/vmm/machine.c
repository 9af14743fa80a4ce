/* Machines and their vCPUs, by /dev/kvm (Linux, Documentation/virt/kvm/api.rst). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "machine.h"

#define CELL_PVR 0x00700100 /* KVM takes any between POWER3's and Cell's for a processor with SLB and hashed table */
#define MSR_SF 0x8000000000000000UL
#define DEVICE_TREE_FROM_END 0x10000UL
#define DEVICE_TREE_ROOM 0x1000UL
#define SECONDARY_HOLD 0x60UL

/* All vCPUs leave the guest: each sees `ended` before it enters again. The signal breaks off a KVM_RUN; immediate_exit (read by
 * KVM when it begins) one that is about to begin. */
void machine_end(struct machine *machine, uint64_t status)
{
    int expected = 0;

    if (!atomic_compare_exchange_strong(&machine->ended, &expected, 1))
        return;
    machine->status = status;
    for (unsigned i = 0; i < machine->threads; i++) {
        machine->vcpus[i].run->immediate_exit = 1;
        pthread_kill(machine->vcpus[i].thread, SIGUSR1);
    }
}

void machine_fail(struct machine *machine, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    printf("FAIL %s: ", machine->name);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    machine_end(machine, MACHINE_FAILED);
}

/* Where a vCPU is, for a person. */
static void print_registers(struct vcpu *vcpu)
{
    struct kvm_regs registers;

    if (ioctl(vcpu->file, KVM_GET_REGS, &registers) < 0)
        return;
    printf("%s| vcpu %u: pc %lx msr %lx lr %lx srr0 %lx srr1 %lx, %lu exits\n", vcpu->machine->name, vcpu->number, registers.pc,
           registers.msr, registers.lr, registers.srr0, registers.srr1, (unsigned long)vcpu->exits);
    for (int i = 0; i < 32; i += 4)
        printf("%s|   r%-2d %016lx %016lx %016lx %016lx\n", vcpu->machine->name, i, registers.gpr[i], registers.gpr[i + 1],
               registers.gpr[i + 2], registers.gpr[i + 3]);
}

static void *run(void *argument)
{
    struct vcpu *vcpu = argument;
    struct machine *machine = vcpu->machine;

    while (!atomic_load(&machine->ended)) {
        if (ioctl(vcpu->file, KVM_RUN, 0) < 0) {
            if (errno != EINTR && errno != EAGAIN)
                machine_fail(machine, "KVM_RUN of vcpu %u: %s", vcpu->number, strerror(errno));
            continue;
        }
        vcpu->exits++;
        switch (vcpu->run->exit_reason) {
        case KVM_EXIT_MMIO:
            if (!board_access(vcpu, vcpu->run->mmio.phys_addr, vcpu->run->mmio.data, vcpu->run->mmio.len, vcpu->run->mmio.is_write))
                machine_fail(machine, "vcpu %u accessed %lx, where nothing is", vcpu->number, vcpu->run->mmio.phys_addr);
            break;
        case KVM_EXIT_INTR:
            break;
        default:
            machine_fail(machine, "vcpu %u left the guest for reason %u", vcpu->number, vcpu->run->exit_reason);
        }
    }
    if (machine->status == MACHINE_FAILED)
        print_registers(vcpu);
    return NULL;
}

static int set_register(struct vcpu *vcpu, uint64_t id, uint64_t value)
{
    struct kvm_one_reg reg = {.id = id, .addr = (uint64_t)&value};

    return ioctl(vcpu->file, KVM_SET_ONE_REG, &reg);
}

/* As lv1 starts a kernel: thread 0 at the entry with r3 = device tree, thread 1 at 0x60 with r3 = 1. */
static int vcpu_create(int kvm, struct machine *machine, unsigned number, uint64_t entry)
{
    struct vcpu *vcpu = &machine->vcpus[number];
    struct kvm_sregs special;
    struct kvm_regs registers;
    int run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

    vcpu->machine = machine;
    vcpu->number = number;
    vcpu->file = ioctl(machine->file, KVM_CREATE_VCPU, number);
    if (vcpu->file < 0 || run_size < (int)sizeof(struct kvm_run))
        return 0;
    vcpu->run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->file, 0);
    if (vcpu->run == MAP_FAILED || ioctl(vcpu->file, KVM_GET_SREGS, &special) < 0)
        return 0;
    special.pvr = CELL_PVR;
    memset(&registers, 0, sizeof(registers));
    registers.pc = number ? SECONDARY_HOLD : entry;
    registers.msr = MSR_SF;
    registers.gpr[3] = number ? number : machine->memory_size - DEVICE_TREE_FROM_END;
    /* HIOR, where the interrupt vectors are, would be 0xfff00000 as on a PowerMac. */
    return ioctl(vcpu->file, KVM_SET_SREGS, &special) == 0 && set_register(vcpu, KVM_REG_PPC_HIOR, 0) == 0 &&
           ioctl(vcpu->file, KVM_SET_REGS, &registers) == 0;
}

static int machine_create(int kvm, struct machine *machine, const struct machine_plan *plan)
{
    struct kvm_userspace_memory_region region = {.memory_size = plan->memory_size};
    uint64_t entry;

    machine->file = ioctl(kvm, KVM_CREATE_VM, 0);
    if (machine->file < 0)
        return 0;
    machine->memory = mmap(NULL, plan->memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (machine->memory == MAP_FAILED)
        return 0;
    machine->memory_size = plan->memory_size;
    region.userspace_addr = (uint64_t)machine->memory;
    if (ioctl(machine->file, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return 0;
    errno = ENOEXEC;
    if (!image_load(plan, machine->memory, &entry) ||
        !device_tree_write(plan, machine->memory + plan->memory_size - DEVICE_TREE_FROM_END, DEVICE_TREE_ROOM))
        return 0;
    for (unsigned i = 0; i < plan->threads; i++)
        if (!vcpu_create(kvm, machine, i, entry))
            return 0;
    return 1;
}

static void machine_destroy(struct machine *machine)
{
    for (unsigned i = 0; i < machine->threads; i++)
        close(machine->vcpus[i].file);
    close(machine->file);
    munmap(machine->memory, machine->memory_size);
}

static void no_action(int signal)
{
    (void)signal;
}

uint64_t machine_run(int kvm, const struct machine_plan *plan)
{
    static struct machine machine;
    struct sigaction interrupt = {.sa_handler = no_action};
    struct timespec deadline;

    memset(&machine, 0, sizeof(machine));
    machine.name = plan->name;
    machine.threads = plan->threads;
    board_open(&machine.board);
    sigaction(SIGUSR1, &interrupt, NULL);
    if (!machine_create(kvm, &machine, plan)) {
        printf("FAIL %s: the machine could not be made: %s\n", plan->name, strerror(errno));
        return MACHINE_FAILED;
    }
    for (unsigned i = 0; i < plan->threads; i++)
        pthread_create(&machine.vcpus[i].thread, NULL, run, &machine.vcpus[i]);
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += plan->seconds;
    for (unsigned i = 0; i < plan->threads; i++)
        if (pthread_timedjoin_np(machine.vcpus[i].thread, NULL, &deadline) != 0) {
            machine_fail(&machine, "it has not ended in %u seconds", plan->seconds);
            pthread_join(machine.vcpus[i].thread, NULL);
        }
    machine_destroy(&machine);
    return machine.status;
}
