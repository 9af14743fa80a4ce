// What every subtest sees. The same files are compiled for the guest (big-endian ppc64) and for the host, and the
// checksums must agree: no value may depend on byte order, on the C library or on how floating point is contracted.
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

// Keeps the compiler from folding a subtest into its result, or two copies of a function into one.
#define NOINLINE __attribute__((noinline, noclone))

// One run of one subtest: how often to repeat, and memory that has been touched already.
struct job {
    unsigned long scale;
    void *memory;
    size_t size;
};

// A subtest. Sized so that a host needs 0.03 to 0.15 s for scale 1.
struct subtest {
    const char *name;
    uint64_t (*run)(const struct job *job);
    size_t memory;
};

// Set from outside the compiler's sight: always 1.
extern volatile uint64_t seed;

// The path of this program, for the subtest that executes it again.
extern const char *self;

// A number in every guest and host the same (xorshift, Marsaglia 2003).
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static inline uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * 0x9e3779b97f4a7c15u + (sum >> 29);
}

uint64_t run_alu(const struct job *job);
uint64_t run_branches(const struct job *job);
uint64_t run_calls(const struct job *job);
uint64_t run_recursion(const struct job *job);
uint64_t run_hash(const struct job *job);
uint64_t run_sort(const struct job *job);
uint64_t run_strings(const struct job *job);
uint64_t run_sweep(const struct job *job);
uint64_t run_sieve(const struct job *job);
uint64_t run_chase(const struct job *job);
uint64_t run_nbody(const struct job *job);
uint64_t run_matmul(const struct job *job);
uint64_t run_single(const struct job *job);
uint64_t run_vmx(const struct job *job);
uint64_t run_syscalls(const struct job *job);
uint64_t run_switches(const struct job *job);
uint64_t run_fork(const struct job *job);
uint64_t run_exec(const struct job *job);
uint64_t run_faults(const struct job *job);

#endif
