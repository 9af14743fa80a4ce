/* Offsets and constants shared by assembly and C. C checks the offsets against its structs (irq.c). */
#ifndef PENGUIN_LAYOUT_H
#define PENGUIN_LAYOUT_H

/* struct thread: what an exception vector needs before it has a stack. SPRG1 points at it. */
#define THREAD_R1        0x00
#define THREAD_R11       0x08
#define THREAD_R12       0x10
#define THREAD_CR        0x18
#define THREAD_STACK     0x20 /* top of the kernel stack a trap from problem state starts on */
#define THREAD_TOC       0x28
#define THREAD_MSR       0x30 /* the MSR handlers run with: translation off until the page table stands */
#define THREAD_RESUME    0x38 /* stack pointer to come back to when the last process has ended */
#define THREAD_NUMBER    0x40
#define THREAD_SIZE      0x80

/* struct frame: the registers of interrupted code. */
#define FRAME_GPR        0x000
#define FRAME_PC         0x100
#define FRAME_MSR        0x108
#define FRAME_CR         0x110
#define FRAME_LR         0x118
#define FRAME_CTR        0x120
#define FRAME_XER        0x128
#define FRAME_DAR        0x130
#define FRAME_DSISR      0x138
#define FRAME_TRAP       0x140
#define FRAME_SIZE       0x150
#define ABI_HEADER       0x70  /* back chain, save words and parameter area a callee may use (ELF ABI 3.2.2) */
#define ABI_RED_ZONE     0x120 /* what a leaf function may keep below its stack pointer */
#define TRAP_STACK       (ABI_HEADER + FRAME_SIZE)

#define STACK_SIZE       0x4000

#define MSR_SF           0x8000000000000000
#define MSR_VEC          0x02000000
#define MSR_EE           0x8000
#define MSR_PR           0x4000
#define MSR_FP           0x2000
#define MSR_IR           0x20
#define MSR_DR           0x10
#define MSR_RI           0x02

#define SPR_SPRG1        273
#define SPR_SPRG2        274

#endif
