/* The first virtual machine: one thread, translation off from beginning to end. The monitor has set r3 only. */
    .machine cell
    .section .head, "ax"

    .globl entry
entry:
    lis     1, 0x1                  /* the stack ends at 64 KiB */
    addi    1, 1, -0x80
    li      0, 0
    std     0, 0(1)
    lis     2, .TOC.@h
    ori     2, 2, .TOC.@l
    bl      first_main
    nop
    b       .

    /* No interrupt is expected: each vector tells which one came, and where. */
    .macro VECTOR address
    .org    \address
    li      3, \address
    mfspr   4, 26                   /* SRR0 */
    b       trapped
    .endm
    VECTOR  0x100
    VECTOR  0x200
    VECTOR  0x300
    VECTOR  0x380
    VECTOR  0x400
    VECTOR  0x480
    VECTOR  0x500
    VECTOR  0x600
    VECTOR  0x700
    VECTOR  0x800
    VECTOR  0x900
    VECTOR  0xc00
    VECTOR  0xd00
    VECTOR  0xf20
    .org    0x1000
trapped:
    bl      first_trapped
    nop
    b       .
