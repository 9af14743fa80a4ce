/* Exception vectors (Book III 5.4), the common way into C and back, and the switch between kernel and processes.
 *
 * A vector runs with translation off, interrupts off and no free register. It parks r13 in SPRG2, takes the thread's
 * block from SPRG1 and goes to trap_common, which builds a frame on the kernel stack and enters trap_dispatch() with
 * translation on. The whole kernel runs with interrupts enabled only where it waits, so frames rarely nest deeper than two. */
#include "layout.h"

    .machine cell
    .section .vectors, "ax"         /* linked at 0x100 */

    .macro VECTOR address
    .org    \address - 0x100
    mtspr   SPR_SPRG2, 13
    mfspr   13, SPR_SPRG1
    std     1, THREAD_R1(13)
    std     12, THREAD_R12(13)
    mfcr    12
    std     12, THREAD_CR(13)
    li      12, \address
    b       trap_common
    .endm

    VECTOR  0x100                   /* system reset: unexpected */
    VECTOR  0x200                   /* machine check: unexpected */
    VECTOR  0x300                   /* data storage: no page, or no right */
    VECTOR  0x380                   /* data segment: no SLB entry */
    VECTOR  0x400                   /* instruction storage */
    VECTOR  0x480                   /* instruction segment */
    VECTOR  0x500                   /* external: a plug of this thread has something */
    VECTOR  0x600                   /* alignment */
    VECTOR  0x700                   /* program: illegal, privileged, trap */
    VECTOR  0x800                   /* floating point unavailable: switch the registers now */
    VECTOR  0x900                   /* decrementer */
    VECTOR  0xa00
    VECTOR  0xb00
    VECTOR  0xc00                   /* system call */
    VECTOR  0xd00                   /* trace */
    VECTOR  0xe00
    VECTOR  0xf00                   /* performance monitor */
    VECTOR  0xf20                   /* VMX unavailable */
    VECTOR  0x1000
    VECTOR  0x1100
    VECTOR  0x1200
    VECTOR  0x1300
    VECTOR  0x1400
    VECTOR  0x1500
    VECTOR  0x1600
    VECTOR  0x1700                  /* VMX assist: denormal operand in Java mode */
    VECTOR  0x1800

    .org    0x1e00
trap_common:
    std     11, THREAD_R11(13)
    mfspr   11, 27                  /* SRR1 */
    andi.   11, 11, MSR_PR
    beq     1f
    ld      1, THREAD_STACK(13)
1:  addi    1, 1, -(TRAP_STACK + ABI_RED_ZONE)
    std     0, ABI_HEADER + FRAME_GPR + 0 * 8(1)
    ld      0, THREAD_R1(13)
    std     0, ABI_HEADER + FRAME_GPR + 1 * 8(1)
    .irp    n, 2, 3, 4, 5, 6, 7, 8, 9, 10
    std     \n, ABI_HEADER + FRAME_GPR + \n * 8(1)
    .endr
    ld      3, THREAD_R11(13)
    ld      4, THREAD_R12(13)
    mfspr   5, SPR_SPRG2
    std     3, ABI_HEADER + FRAME_GPR + 11 * 8(1)
    std     4, ABI_HEADER + FRAME_GPR + 12 * 8(1)
    std     5, ABI_HEADER + FRAME_GPR + 13 * 8(1)
    .irp    n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    std     \n, ABI_HEADER + FRAME_GPR + \n * 8(1)
    .endr
    mfspr   3, 26                   /* SRR0 */
    mfspr   4, 27                   /* SRR1 */
    ld      5, THREAD_CR(13)
    mflr    6
    mfctr   7
    mfxer   8
    mfspr   9, 19                   /* DAR */
    mfspr   10, 18                  /* DSISR */
    std     3, ABI_HEADER + FRAME_PC(1)
    std     4, ABI_HEADER + FRAME_MSR(1)
    std     5, ABI_HEADER + FRAME_CR(1)
    std     6, ABI_HEADER + FRAME_LR(1)
    std     7, ABI_HEADER + FRAME_CTR(1)
    std     8, ABI_HEADER + FRAME_XER(1)
    std     9, ABI_HEADER + FRAME_DAR(1)
    std     10, ABI_HEADER + FRAME_DSISR(1)
    std     12, ABI_HEADER + FRAME_TRAP(1)
    li      0, 0
    std     0, 0(1)                 /* a back chain of 0 ends stack walks here */
    ld      2, THREAD_TOC(13)
    ld      3, THREAD_MSR(13)
    lis     4, trap_enter@highest
    ori     4, 4, trap_enter@higher
    sldi    4, 4, 32
    oris    4, 4, trap_enter@high
    ori     4, 4, trap_enter@l
    mtspr   26, 4
    mtspr   27, 3
    rfid

    .text
/* struct frame *trap_dispatch(struct frame *): the frame to go back to, which after a switch is another process's. */
trap_enter:
    addi    3, 1, ABI_HEADER
    bl      trap_dispatch
    nop
    /* falls through: r3 = frame */

frame_restore:
    /* From here to rfid SRR0, SRR1 and the registers are being filled: nothing may interrupt. EE is off already; RI off
     * says that an interruption here could not be recovered from. */
    li      4, 0
    mtmsrd  4, 1
    /* A reservation held by what was interrupted must not serve what is resumed (Book II 1.7.3): spend it. */
    addi    4, 1, -8
    stdcx.  0, 0, 4
    ld      4, FRAME_PC(3)
    ld      5, FRAME_MSR(3)
    ld      6, FRAME_CR(3)
    ld      7, FRAME_LR(3)
    ld      8, FRAME_CTR(3)
    ld      9, FRAME_XER(3)
    mtspr   26, 4
    mtspr   27, 5
    mtcr    6
    mtlr    7
    mtctr   8
    mtxer   9
    .irp    n, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld      \n, FRAME_GPR + \n * 8(3)
    .endr
    ld      3, FRAME_GPR + 3 * 8(3)
    rfid

    .macro FUNCTION name
    .section ".opd", "aw"
    .balign 8
    .globl  \name
    .type   \name, @function
\name:
    .quad   .L.\name, .TOC.@tocbase, 0
    .text
.L.\name:
    .endm

/* void processes_enter(struct frame *first): runs processes; returns when processes_leave() is called. The callee-saved
 * registers wait on this stack meanwhile. */
    FUNCTION processes_enter
    mflr    0
    mfcr    12
    std     0, 16(1)
    stw     12, 8(1)
    stdu    1, -(ABI_HEADER + 18 * 8)(1)
    .irp    n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    std     \n, ABI_HEADER + (\n - 14) * 8(1)
    .endr
    std     2, 40(1)
    std     1, THREAD_RESUME(13)
    b       frame_restore

/* void processes_leave(void): abandons the trap of the last process and returns from processes_enter(). */
    FUNCTION processes_leave
    ld      1, THREAD_RESUME(13)
    ld      2, 40(1)
    .irp    n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld      \n, ABI_HEADER + (\n - 14) * 8(1)
    .endr
    addi    1, 1, ABI_HEADER + 18 * 8
    ld      0, 16(1)
    lwz     12, 8(1)
    mtlr    0
    mtcr    12
    blr

/* void float_save(u64 area[33]), float_load(const u64 area[33]): f0..f31 and the FPSCR. The kernel itself is compiled
 * without floating point; MSR.FP is on only in these lines. */
    FUNCTION float_save
    mfmsr   4
    ori     5, 4, MSR_FP
    mtmsrd  5
    isync
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    stfd    \n, \n * 8(3)
    .endr
    mffs    0
    stfd    0, 32 * 8(3)
    mtmsrd  4
    isync
    blr

    FUNCTION float_load
    mfmsr   4
    ori     5, 4, MSR_FP
    mtmsrd  5
    isync
    lfd     0, 32 * 8(3)
    mtfsf   0xff, 0
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    lfd     \n, \n * 8(3)
    .endr
    mtmsrd  4
    isync
    blr

/* void vector_save(void *area), vector_load(const void *area): v0..v31, then the VSCR; 16-byte aligned. VRSAVE (SPR 256)
 * follows in the word after them. */
    FUNCTION vector_save
    mfmsr   4
    oris    5, 4, MSR_VEC >> 16
    mtmsrd  5
    isync
    mr      6, 3
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    stvx    \n, 0, 6
    addi    6, 6, 16
    .endr
    mfvscr  0
    stvx    0, 0, 6
    mfspr   5, 256
    stw     5, 16(6)
    mtmsrd  4
    isync
    blr

    FUNCTION vector_load
    mfmsr   4
    oris    5, 4, MSR_VEC >> 16
    mtmsrd  5
    isync
    addi    6, 3, 32 * 16
    lvx     0, 0, 6
    mtvscr  0
    lwz     5, 16(6)
    mtspr   256, 5
    mr      6, 3
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    lvx     \n, 0, 6
    addi    6, 6, 16
    .endr
    mtmsrd  4
    isync
    blr

/* The processes' programs, each a flat image linked at 0x10000000 (user/user.ld). */
    .section .rodata
    .macro PROGRAM name, file
    .balign 16
    .globl  program_\name, program_\name\()_end
program_\name:
    .incbin "\file"
program_\name\()_end:
    .endm
    PROGRAM integer, "user/integer.bin"
    PROGRAM floats, "user/floats.bin"
    PROGRAM vectors, "user/vectors.bin"
    PROGRAM memory, "user/memory.bin"
    PROGRAM badload, "user/badload.bin"
    PROGRAM illegal, "user/illegal.bin"
