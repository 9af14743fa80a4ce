/* The machines' images, made by build.sh in the folder the assembler is told. */
    .section .rodata
    .macro IMAGE name
    .balign 16
    .globl  \name\()_image, \name\()_image_end
\name\()_image:
    .incbin "\name\().elf"
\name\()_image_end:
    .endm
    IMAGE first
    IMAGE kernel
    .section .note.GNU-stack, "", @progbits
