# The argument is in register 3, the stack in register 1 already.
        .text
        .global _start
_start:
        brsl    $0, work
        stop    0x2000
