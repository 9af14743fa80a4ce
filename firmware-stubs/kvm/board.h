/* The virtual board: memory from guest real address 0, and one page of registers that are not memory, so that each access leaves
 * the virtual machine (KVM_EXIT_MMIO) and is answered by the monitor (vmm/board.c). */
#ifndef KVM_BOARD_H
#define KVM_BOARD_H

#define BOARD_REGISTERS 0x80000000UL
#define BOARD_SIZE 0x1000UL

/* Doublewords, if nothing else is said. */
#define BOARD_TEXT 0x00       /* write: up to eight characters of console text, from the left; a zero byte ends them */
#define BOARD_END 0x08        /* write: ends the machine with this status; 0 is good */
#define BOARD_TIMEBASE 0x10   /* read: time base ticks a second */
#define BOARD_EVENT_SEND 0x18 /* write: event port 32 * thread + n; that thread gets an external interrupt */
#define BOARD_EVENT_TAKE 0x20 /* read: events of the reading thread, bit n for port n; they and the interrupt are then gone */
#define BOARD_PATTERN 0x40    /* read, any size: bytes 81 82 .. 88 */
#define BOARD_LOG 0x48        /* write, any size: the monitor prints size and value */

#define BOARD_PORTS_PER_THREAD 32

#endif
