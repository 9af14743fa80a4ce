# The first instructions of a program without a C library: Linux enters with the stack pointer at argc, followed by argv.
    .machine "cell"
    .section ".opd", "aw"
    .balign 8
    .globl _start
_start:
    .quad .Lcode, .TOC.@tocbase, 0
    .text
.Lcode:
    mr      3, 1
    clrrdi  1, 1, 4
    stdu    1, -128(1)
    bl      run
    nop
    li      0, 1            # exit(r3)
    sc
    .globl system_call      # system_call(number, a, b, c): the result, or -errno
    .section ".opd", "aw"
    .balign 8
system_call:
    .quad .Lcall, .TOC.@tocbase, 0
    .text
.Lcall:
    mr      0, 3
    mr      3, 4
    mr      4, 5
    mr      5, 6
    sc
    bnslr
    neg     3, 3
    blr
