/* The first instructions of a program: its table of contents, then main(argument), then exit with what it returns. */
    .machine cell
    .section .start, "ax"
    .globl entry
entry:
    lis     2, .TOC.@h
    ori     2, 2, .TOC.@l
    bl      main
    nop
    li      0, 0
    sc
