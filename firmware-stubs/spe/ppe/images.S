# The SPU programs, as the build made them.
        .section .rodata
        .macro  image name, file
        .balign 16
\name\()_start:
        .incbin "\file"
\name\()_end:
        .endm

        image   worker, "worker.elf"
        image   hello, "hello.elf"
        image   sgemm, "sgemm.elf"

        .section .data.rel.ro,"aw"
        .macro  descriptor name
        .balign 8
        .globl  \name\()_image
\name\()_image:
        .quad   \name\()_start, \name\()_end
        .endm

        descriptor worker
        descriptor hello
        descriptor sgemm
        .section .note.GNU-stack,"",@progbits
