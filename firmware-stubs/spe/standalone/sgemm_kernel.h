// C += A * B for blocks of 64 by 64 single-precision numbers, row after row.
#ifndef SGEMM_KERNEL_H
#define SGEMM_KERNEL_H

#define BLOCK 64

void sgemm_block(float *c, const float *a, const float *b);

#endif
