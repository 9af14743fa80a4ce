/* The board's registers (board.h). An access leaves the guest, and comes here with the bytes as they are or will be in the
 * guest's memory: KVM has done the instruction's reversing and sign extension, or will do it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include "../board.h"
#include "machine.h"

/* As Linux has it: its device tree's number, printed in decimal. */
static uint64_t read_timebase(void)
{
    char line[128];
    unsigned long value = 0;
    FILE *file = fopen("/proc/cpuinfo", "r");

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "timebase : %lu", &value) == 1)
            break;
    if (file)
        fclose(file);
    return value;
}

void board_open(struct board *board)
{
    pthread_mutex_init(&board->lock, NULL);
    board->timebase = read_timebase();
}

static void put_text(struct machine *machine, const uint8_t *text, unsigned size)
{
    struct board *board = &machine->board;

    for (unsigned i = 0; i < size && text[i]; i++) {
        if (text[i] != '\n')
            board->line[board->length++] = (char)text[i];
        if (text[i] == '\n' || board->length == sizeof(board->line) - 1) {
            printf("%s| %.*s\n", machine->name, (int)board->length, board->line);
            board->length = 0;
        }
    }
}

/* The external interrupt of a vCPU is asserted while it has events. */
static void set_interrupt(struct vcpu *vcpu, int asserted)
{
    struct kvm_interrupt interrupt = {.irq = asserted ? KVM_INTERRUPT_SET_LEVEL : KVM_INTERRUPT_UNSET};

    if (ioctl(vcpu->file, KVM_INTERRUPT, &interrupt) < 0)
        machine_fail(vcpu->machine, "KVM_INTERRUPT: %s", strerror(errno));
}

static void write_register(struct vcpu *vcpu, uint64_t offset, const uint8_t *data, unsigned size)
{
    struct machine *machine = vcpu->machine;
    uint64_t value = 0, thread;

    for (unsigned i = 0; i < size; i++)
        value = value << 8 | data[i];
    switch (offset) {
    case BOARD_TEXT:
        put_text(machine, data, size);
        break;
    case BOARD_END:
        machine_end(machine, value);
        break;
    case BOARD_EVENT_SEND:
        thread = value / BOARD_PORTS_PER_THREAD;
        if (thread >= machine->threads) {
            machine_fail(machine, "event for port %lu of %u threads", (unsigned long)value, machine->threads);
            break;
        }
        machine->board.events[thread] |= 1U << value % BOARD_PORTS_PER_THREAD;
        set_interrupt(&machine->vcpus[thread], 1);
        break;
    case BOARD_LOG:
        printf("%s| stored %u bytes: %0*lx\n", machine->name, size, (int)(2 * size), (unsigned long)value);
        break;
    default:
        machine_fail(machine, "write of %u bytes to register %lx, which is none", size, (unsigned long)offset);
    }
}

static void read_register(struct vcpu *vcpu, uint64_t offset, uint8_t *data, unsigned size)
{
    struct board *board = &vcpu->machine->board;
    uint64_t value = 0;

    switch (offset) {
    case BOARD_TIMEBASE:
        value = board->timebase;
        break;
    case BOARD_EVENT_TAKE:
        value = board->events[vcpu->number];
        board->events[vcpu->number] = 0;
        set_interrupt(vcpu, 0);
        break;
    case BOARD_PATTERN:
        for (unsigned i = 0; i < size; i++)
            data[i] = (uint8_t)(0x81 + i);
        return;
    default:
        machine_fail(vcpu->machine, "read of %u bytes from register %lx, which is none", size, (unsigned long)offset);
    }
    if (size == sizeof(value))
        memcpy(data, &value, sizeof(value));
    else
        machine_fail(vcpu->machine, "read of %u bytes from register %lx, which has 8", size, (unsigned long)offset);
}

int board_access(struct vcpu *vcpu, uint64_t address, uint8_t *data, unsigned size, int write)
{
    struct board *board = &vcpu->machine->board;
    uint64_t offset = address - BOARD_REGISTERS;

    if (address < BOARD_REGISTERS || offset >= BOARD_SIZE)
        return 0;
    pthread_mutex_lock(&board->lock);
    if (write)
        write_register(vcpu, offset, data, size);
    else
        read_register(vcpu, offset, data, size);
    pthread_mutex_unlock(&board->lock);
    return 1;
}
