/* What the virtual machine's kernel has besides the penguin's files. */
#ifndef KVM_KERNEL_MACHINE_H
#define KVM_KERNEL_MACHINE_H

#include "board.h"
#include "kernel.h"

u64 board_read(u64 offset);
void board_write(u64 offset, u64 value);
void board_mapped(void *registers);
void machine_end(u64 status) __attribute__((noreturn));

#endif
