// What a program on the PPE and one on an SPE say to each other: both are big endian and lay this out alike.
#ifndef JOB_H
#define JOB_H

#include <stdint.h>

enum job_command {
    JOB_NOTHING,
    JOB_MAILBOX_ECHO,      // every word of the inbound mailbox comes back; in[0]: 0 by the mailbox, 1 by the interrupt mailbox
    JOB_MAILBOX_FILL,      // waits for signal 1, then drains the inbound mailbox into out[]
    JOB_SIGNAL_READ,       // waits for a mailbox word, then reads signal in[0] once
    JOB_SIGNAL_SUM,        // reads signal 1 until bit 31 has come, ORs what it read and counts the reads
    JOB_SIGNAL_SEND,       // sndsig to ea[0], count times, waiting for a mailbox word before each
    JOB_STREAM,            // ea[1][i] = ea[0][i] * 5 + seed, double buffered, in pieces of count bytes
    JOB_SIZES,             // moves every legal small size at every legal offset from ea[0] to ea[1]
    JOB_TAGS,              // fences, barriers and the three kinds of tag query
    JOB_LIST,              // gathers count pieces from ea[0], scatters them to ea[1]; in[0]: stall every that many elements
    JOB_ATOMIC_ADD,        // count times: word 0 of the line at ea[0] and word in[0] go up by one
    JOB_ATOMIC_LOCK,       // count times: takes the lock at ea[0], adds to the plain words at ea[1], gives it back
    JOB_EVENTS,            // raises each event it can by itself; in[0] says which
    JOB_INTERRUPT,         // the decrementer interrupts a loop count times
    JOB_TOUCH,             // in[0] 0: stores a stamp in each of count pages from ea[0]; 1: reads and sums; stride size
    JOB_COMPUTE,           // runs until the word at ea[0] is not 0, and proves that nothing of its state was lost
    JOB_ECHO_STATE,        // leaves known values in decrementer, event mask, registers and mailboxes, and stops
    JOB_LOCAL_STORE,       // out[0] is the address of a buffer in local store that the PPE plays with
    JOB_FAULT,             // in[0] says which
    JOB_COUNT,             // counts iterations of an integer loop until the word at ea[0] is not 0
    JOB_WAIT,              // reads its mailbox: for being idle
};

enum job_fault {
    FAULT_UNMAPPED_GET = 1,
    FAULT_UNMAPPED_PUT,
    FAULT_MISALIGNED,
    FAULT_BAD_SIZE,
    FAULT_BAD_COMMAND,
    FAULT_ILLEGAL,
    FAULT_HALT,
    FAULT_STOP,
    FAULT_STOPD,
    FAULT_CHANNEL,
    FAULT_READ_ONLY,
    FAULT_BAD_LIST,
};

struct job {
    uint32_t command;
    uint32_t count;
    uint32_t size;
    uint32_t seed;
    uint64_t ea[6];
    uint32_t in[16];
    uint32_t out[32];
} __attribute__((aligned(128)));

#define JOB_OUT_OFFSET 128

// One step of the generator both sides check each other with.
static inline uint32_t job_step(uint32_t x)
{
    return x * 1664525u + 1013904223u;
}

// n steps at once: an affine map squared again and again.
static inline uint32_t job_steps(uint32_t x, uint64_t n)
{
    uint32_t a = 1664525u, c = 1013904223u;
    for (; n != 0; n >>= 1) {
        if (n & 1)
            x = x * a + c;
        c = c * a + c;
        a = a * a;
    }
    return x;
}

#endif
