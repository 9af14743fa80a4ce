/* Where both hardware threads come in, with translation off, and how each gets its stack and enters C. */
#include "layout.h"

    .machine cell
    .section .head, "ax"

/* Address 0: thread 0, r3 = flat device tree, r4 = r5 = 0. */
    .globl entry
entry:
    b       boot_thread_start

/* Address 8: the word thread 1 waits for: 0, then the address to jump to. */
    .balign 8
    .globl hold_release
hold_release:
    .quad   0
    .globl hold_acknowledge
hold_acknowledge:
    .quad   0

/* Address 0x60: thread 1, r3 = 1. It waits here at low priority until smp.c stores an address. The loop must not use
 * the table of contents: nobody has set r2 yet. */
    .org    0x60
    .globl hold_loop
hold_loop:
    mr      24, 3
    li      4, hold_acknowledge - entry
    std     3, 0(4)
    li      4, hold_release - entry
1:  or      1, 1, 1                 /* low thread priority: leave the core to thread 0 */
    ld      5, 0(4)
    cmpdi   5, 0
    beq     1b
    or      2, 2, 2                 /* medium again */
    isync                           /* what thread 0 wrote before the release is visible to fetches, too */
    mtctr   5
    mr      3, 24
    bctr

/* The vectors follow from 0x100: vectors.S. */

    .text

    .macro LOAD_ADDRESS register, symbol
    lis     \register, \symbol@highest
    ori     \register, \register, \symbol@higher
    sldi    \register, \register, 32
    oris    \register, \register, \symbol@high
    ori     \register, \register, \symbol@l
    .endm

/* The addresses loaded here are those of the linear map. With translation off the processor drops their high bits. */
boot_thread_start:
    mr      31, 3
    LOAD_ADDRESS 4, boot_thread_continue
    mtctr   4
    bctr
boot_thread_continue:
    LOAD_ADDRESS 2, .TOC.
    LOAD_ADDRESS 13, threads
    mtspr   SPR_SPRG1, 13
    LOAD_ADDRESS 1, boot_stacks + STACK_SIZE
    addi    1, 1, -ABI_HEADER
    li      0, 0
    std     0, 0(1)
    mr      3, 31
    bl      kernel_main
    nop
    b       .

    .globl secondary_start
    .type  secondary_start, @function
secondary_start:
    LOAD_ADDRESS 2, .TOC.
    LOAD_ADDRESS 13, threads + THREAD_SIZE
    mtspr   SPR_SPRG1, 13
    LOAD_ADDRESS 1, boot_stacks + 2 * STACK_SIZE
    addi    1, 1, -ABI_HEADER
    li      0, 0
    std     0, 0(1)
    bl      secondary_main
    nop
    b       .

/* void enter_virtual_mode(void): returns to its caller with translation on. The caller's return address and stack
 * pointer are already addresses of the linear map. */
    .section ".opd", "aw"
    .balign 8
    .globl enter_virtual_mode
enter_virtual_mode:
    .quad   .L.enter_virtual_mode, .TOC.@tocbase, 0
    .text
.L.enter_virtual_mode:
    ld      4, THREAD_MSR(13)
    mflr    5
    mtspr   26, 5                   /* SRR0 */
    mtspr   27, 4                   /* SRR1 */
    rfid

    .section .bss
    .balign 128
boot_stacks:
    .space  2 * STACK_SIZE
