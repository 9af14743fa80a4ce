// Each program is one function, compiled for the host and for the SPU.
#ifndef WORK_H
#define WORK_H

#include <stdint.h>

uint32_t work(uint32_t count);

#endif
