/* One entry an instruction (or a pair that belongs together): its words in .rodata, its text behind them. The assembler
 * is GNU as, so that the words are a second opinion on the tables. The letter names the pool of operands; the registers
 * are fixed: RT or RS = 3, RA = 4, RB = 5, or for the logical instructions RA = 3, RS = 4, RB = 5.
 */
.macro entry pool, text:vararg
    .section .rodata.words, "a"
    nop
    \text
    .section .rodata.names, "a"
    .asciz "\pool \text"
.endm

.macro pair pool, first, second
    .section .rodata.words, "a"
    \first
    \second
    .section .rodata.names, "a"
    .asciz "\pool \first;\second"
.endm

/* With and without Rc. */
.macro rc pool, name, operands:vararg
    entry \pool, \name \operands
    entry \pool, \name\(). \operands
.endm

/* All four of OE and Rc. */
.macro oe pool, name, operands:vararg
    rc \pool, \name, \operands
    rc \pool, \name\()o, \operands
.endm

    .section .rodata.words, "a"
    .balign 8
    .globl instruction_words
instruction_words:
    .section .rodata.names, "a"
    .globl instruction_names
instruction_names:

/* Arithmetic (Book I 3.3.8) */
    .irp name, add, subf, addc, subfc, adde, subfe, mullw, divw, divwu
    oe A, \name, 3,4,5
    .endr
    .irp name, addme, subfme, addze, subfze, neg
    oe U, \name, 3,4
    .endr
    .irp name, mulhw, mulhwu
    rc A, \name, 3,4,5
    .endr
    .irp value, 0, 1, -1, 0x7fff, -0x8000
    entry U, addi 3,4,\value
    entry U, addis 3,4,\value
    entry U, addi 3,0,\value
    entry U, addis 3,0,\value
    entry U, addic 3,4,\value
    entry U, addic. 3,4,\value
    entry U, subfic 3,4,\value
    entry U, mulli 3,4,\value
    entry U, cmpi 6,0,4,\value
    entry U, twi 24,4,\value
    entry U, twi 4,4,\value
    entry U, twi 3,4,\value
    .endr

/* Comparison (3.3.9), traps (3.3.10) */
    entry A, cmp 0,0,4,5
    entry A, cmp 7,0,4,5
    entry A, cmpl 0,0,4,5
    entry A, cmpl 3,0,4,5
    .irp value, 0, 1, 0x8000, 0xffff
    entry U, cmpli 5,0,4,\value
    entry U, andi. 3,4,\value
    entry U, andis. 3,4,\value
    entry U, ori 3,4,\value
    entry U, oris 3,4,\value
    entry U, xori 3,4,\value
    entry U, xoris 3,4,\value
    .endr
    .irp to, 0, 1, 2, 4, 8, 16, 31
    entry D, tw \to,4,5
    .endr

/* Logical (3.3.11) */
    .irp name, and, or, xor, nand, nor, eqv, andc, orc
    rc D, \name, 3,4,5
    .endr
    .irp name, extsb, extsh, cntlzw
    rc U, \name, 3,4
    .endr

/* Rotate and shift (3.3.12) */
    .irp shift, 0, 1, 16, 31
    rc U, rlwinm, 3,4,\shift,0,31
    rc U, rlwinm, 3,4,\shift,8,23
    rc U, rlwinm, 3,4,\shift,24,7
    rc U, rlwinm, 3,4,\shift,0,0
    rc U, rlwimi, 3,4,\shift,8,23
    rc U, rlwimi, 3,4,\shift,24,7
    rc U, srawi, 3,4,\shift
    .endr
    rc S, rlwnm, 3,4,5,0,31
    rc S, rlwnm, 3,4,5,8,23
    rc S, rlwnm, 3,4,5,24,7
    .irp name, slw, srw, sraw
    rc S, \name, 3,4,5
    .endr

/* Condition register (2.4.2, 2.4.3), move to and from system registers (3.3.15) */
    .irp name, crand, cror, crxor, crnand, crnor, creqv, crandc, crorc
    entry C, \name 0,1,2
    entry C, \name 31,4,31
    entry C, \name 10,10,11
    .endr
    entry C, mcrf 0,7
    entry C, mcrf 5,1
    entry C, mfcr 3
    entry C, mcrxr 0
    entry C, mcrxr 6
    .irp mask, 0, 3, 0xa5, 0xff
    entry C, mtcrf \mask,4
    .endr
    entry C, mfspr 3,1
    entry C, mfspr 3,8
    entry C, mfspr 3,9
    entry U, mtspr 1,4
    entry U, mtspr 8,4
    entry U, mtspr 9,4

/* Branches (2.4.1) */
    .irp bo, 0, 2, 4, 8, 10, 12, 16, 18, 20
    .irp bi, 0, 6, 31
    entry B, bc \bo,\bi,.+8
    entry B, bcl \bo,\bi,.+8
    entry R, bclr \bo,\bi,0
    entry R, bclrl \bo,\bi,0
    .endr
    .endr
    .irp bo, 4, 12, 20
    .irp bi, 2, 29
    entry J, bcctr \bo,\bi,0
    entry J, bcctrl \bo,\bi,0
    .endr
    .endr
    entry B, b .+8
    entry B, bl .+8

/* Loads and stores (3.3.2 to 3.3.7) */
    .irp name, lbz, lhz, lha, lwz, stb, sth, stw
    entry M, \name 3,0(4)
    entry M, \name 3,-7(4)
    entry M, \name\()u 3,5(4)
    entry M, \name\()x 3,4,5
    entry M, \name\()ux 3,4,5
    .endr
    .irp name, lhbrx, lwbrx, sthbrx, stwbrx
    entry M, \name 3,4,5
    entry M, \name 3,0,4
    .endr
    entry M, lwzx 3,0,4
    entry M, stwx 3,0,4
    .irp register, 16, 29, 31
    entry M, lmw \register,4(4)
    entry M, stmw \register,4(4)
    .endr
    .irp bytes, 0, 1, 3, 4, 7, 13, 31
    entry M, lswi 20,4,\bytes
    entry M, stswi 20,4,\bytes
    .endr
    entry X, lswx 20,4,5
    entry X, stswx 20,4,5
    pair L, "lwarx 6,0,4", "stwcx. 3,0,4"

/* Floating-point storage access (4.6.2, 4.6.3) */
    .irp name, lfs, lfd, stfs, stfd
    entry M, \name 1,8(4)
    entry M, \name\()u 1,-8(4)
    entry M, \name\()x 1,4,5
    entry M, \name\()ux 1,4,5
    .endr
    entry M, stfiwx 1,4,5

/* Vector storage access */
    .irp name, lvebx, lvehx, lvewx, lvx, lvxl, stvebx, stvehx, stvewx, stvx, stvxl, lvsl, lvsr
    entry M, \name 2,4,5
    entry M, \name 2,0,4
    .endr

/* Hints and barriers change nothing; dcbz is not here, because the line size is not a 970's. */
    entry M, dcbt 4,5
    entry M, dcbtst 4,5
    entry M, dcbst 4,5
    entry M, dcbf 4,5
    entry M, icbi 4,5
    entry M, sync
    entry M, eieio
    entry M, isync
    entry M, dst 4,5,1
    entry M, dstst 4,5,2
    entry M, dstt 4,5,1
    entry M, dststt 4,5,3
    entry M, dss 1
    entry M, dssall

#ifdef __powerpc64__
    .irp name, mulld, divd, divdu
    oe A, \name, 3,4,5
    .endr
    .irp name, mulhd, mulhdu
    rc A, \name, 3,4,5
    .endr
    .irp value, 0, 1, -1, 0x7fff, -0x8000
    entry U, cmpi 6,1,4,\value
    entry U, tdi 24,4,\value
    entry U, tdi 4,4,\value
    entry U, tdi 3,4,\value
    .endr
    .irp value, 0, 1, 0x8000, 0xffff
    entry U, cmpli 5,1,4,\value
    .endr
    entry A, cmp 0,1,4,5
    entry A, cmp 7,1,4,5
    entry A, cmpl 0,1,4,5
    entry A, cmpl 3,1,4,5
    .irp to, 0, 1, 2, 4, 8, 16, 31
    entry D, td \to,4,5
    .endr
    rc U, extsw, 3,4
    rc U, cntlzd, 3,4
    .irp shift, 0, 1, 31, 32, 47, 63
    rc U, rldicl, 3,4,\shift,0
    rc U, rldicl, 3,4,\shift,17
    rc U, rldicl, 3,4,\shift,63
    rc U, rldicr, 3,4,\shift,0
    rc U, rldicr, 3,4,\shift,40
    rc U, rldicr, 3,4,\shift,63
    rc U, rldic, 3,4,\shift,0
    rc U, rldic, 3,4,\shift,33
    rc U, rldimi, 3,4,\shift,0
    rc U, rldimi, 3,4,\shift,33
    rc U, sradi, 3,4,\shift
    .endr
    rc S, rldcl, 3,4,5,0
    rc S, rldcl, 3,4,5,33
    rc S, rldcr, 3,4,5,12
    rc S, rldcr, 3,4,5,63
    .irp name, sld, srd, srad
    rc S, \name, 3,4,5
    .endr
    .irp mask, 1, 0x10, 0x80
    entry C, mtocrf \mask,4
    entry C, mfocrf 3,\mask
    .endr
    .irp name, ld, std
    entry M, \name 3,0(4)
    entry M, \name 3,-8(4)
    entry M, \name\()u 3,8(4)
    entry M, \name\()x 3,4,5
    entry M, \name\()ux 3,4,5
    .endr
    entry M, lwa 3,4(4)
    entry M, lwax 3,4,5
    entry M, lwaux 3,4,5
    pair L, "ldarx 6,0,4", "stdcx. 3,0,4"
#endif

    .section .rodata.names, "a"
    .byte 0

/* void run_case(struct context *): loads every register from the context, runs the two words at slot, stores every
 * register. r2 holds the context meanwhile and is the one register that is no operand.
 */
#ifdef __powerpc64__
#define W 8
#define LOAD ld
#define STORE std
#else
#define W 4
#define LOAD lwz
#define STORE stw
#endif
#define CR (32*W)
#define XER (33*W)
#define CTR (34*W)
#define LR (35*W)
#define TAKEN (36*W)
#define SAVED (40*W)
#define FPR1 (80*W)
#define VR2 ((80*W+8+15)/16*16)

#ifdef __powerpc64__
    .section .opd, "aw"
    .balign 8
    .globl run_case
run_case:
    .quad .Lrun_case, .TOC.@tocbase, 0
    .section .text.run, "ax"
    .balign 4096
.Lrun_case:
#else
    .section .text.run, "ax"
    .balign 4096
    .globl run_case
run_case:
#endif
    .irp n, 1,2,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    STORE \n,(SAVED+\n*W)(3)
    .endr
    mflr 4
    STORE 4,SAVED(3)
    mfcr 4
    STORE 4,(SAVED+3*W)(3)
    mr 2,3
    lfd 1,FPR1(2)
    li 4,VR2
    lvx 2,2,4
    LOAD 4,CR(2)
    mtcrf 0xff,4
    LOAD 4,XER(2)
    mtxer 4
    LOAD 4,CTR(2)
    mtctr 4
    LOAD 4,LR(2)
    mtlr 4
    .irp n, 0,1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    LOAD \n,(\n*W)(2)
    .endr
    .globl slot
slot:
    nop
    nop
    b .Lnot_taken
    STORE 0,0(2)
    li 0,1
    b .Lstore
.Lnot_taken:
    STORE 0,0(2)
    li 0,0
.Lstore:
    STORE 0,TAKEN(2)
    .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    STORE \n,(\n*W)(2)
    .endr
    mfcr 4
    STORE 4,CR(2)
    mfxer 4
    STORE 4,XER(2)
    mfctr 4
    STORE 4,CTR(2)
    mflr 4
    STORE 4,LR(2)
    stfd 1,FPR1(2)
    li 4,VR2
    stvx 2,2,4
    mr 3,2
    LOAD 4,SAVED(3)
    mtlr 4
    LOAD 4,(SAVED+3*W)(3)
    mtcrf 0xff,4
    .irp n, 1,2,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    LOAD \n,(SAVED+\n*W)(3)
    .endr
    blr
    .section .note.GNU-stack, "", @progbits
