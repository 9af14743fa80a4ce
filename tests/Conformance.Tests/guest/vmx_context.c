/*
 * Are vector registers kept? The kernel's own tests of that need instructions that a PPE does not have, so this is one
 * for it: several threads fill v0 to v31 with patterns of their own and look at them again after having been
 * preempted, after system calls, and after signals whose handler found the pattern in the signal's context and then
 * destroyed the registers.
 */
#include <altivec.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { THREADS = 6, REGISTERS = 32, ROUNDS = 600, SPIN = 30000 };

struct registers {
	unsigned int word[REGISTERS][4];
} __attribute__((aligned(16)));

/* Pattern of the thread while its registers hold it, for the handler. */
static __thread const struct registers *volatile held;
static __thread volatile int contexts, wrong_contexts;

#define EVERY(op) \
	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) op(15) op(16) \
	op(17) op(18) op(19) op(20) op(21) op(22) op(23) op(24) op(25) op(26) op(27) op(28) op(29) op(30) op(31)
#define LOAD(n) "lvx " #n ", 0, %[from]; addi %[from], %[from], 16;"
#define STORE(n) "stvx " #n ", 0, %[to]; addi %[to], %[to], 16;"
#define CLEAR(n) "vxor " #n ", " #n ", " #n ";"
#define CLOBBER(n) "v" #n,

/* Fills the registers, counts down, writes the registers out. A system call (if not 0) in the middle. */
static void hold(const struct registers *pattern, struct registers *seen, long spin, long call)
{
	const void *from = pattern;
	void *to = seen;

	__asm__ volatile(
		EVERY(LOAD)
		"mtctr %[spin]; 1: bdnz 1b;"
		"cmpdi %[call], 0; beq 2f; mr 0, %[call]; sc; 2:"
		EVERY(STORE)
		: [from] "+b"(from), [to] "+b"(to)
		: [spin] "r"(spin), [call] "r"(call)
		: EVERY(CLOBBER) "memory", "ctr", "cr0", "r0", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12");
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	const struct registers *pattern = held;
	const ucontext_t *uc = context;

	(void)number;
	(void)info;
	/* Only the loop in the middle has the whole pattern: the register that is filled last tells. */
	if (pattern != NULL && uc->uc_mcontext.v_regs != NULL &&
	    memcmp(&uc->uc_mcontext.v_regs->vrregs[31], pattern->word[31], 16) == 0) {
		contexts++;
		if (memcmp(uc->uc_mcontext.v_regs->vrregs, pattern->word, sizeof(pattern->word)) != 0)
			wrong_contexts++;
	}
	__asm__ volatile(EVERY(CLEAR) : : : EVERY(CLOBBER) "memory");
}

static int failures, all_contexts;

static void *worker(void *argument)
{
	static const long calls[] = { 0, SYS_getpid, SYS_sched_yield };
	unsigned int seed = 0x1234567u * (unsigned int)(1 + (long)argument);
	struct registers pattern, seen;
	int bad = 0;

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < REGISTERS; i++) {
			for (int j = 0; j < 4; j++)
				pattern.word[i][j] = (seed = seed * 1664525u + 1013904223u);
		}
		memset(&seen, 0, sizeof(seen));
		held = &pattern;
		hold(&pattern, &seen, SPIN, calls[round % 3]);
		held = NULL;
		/* The ABI lets a call destroy v0 to v19; Linux keeps all of them across a system call. */
		bad += memcmp(&pattern, &seen, sizeof(pattern)) != 0;
	}
	__atomic_add_fetch(&failures, bad + wrong_contexts, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&all_contexts, contexts, __ATOMIC_SEQ_CST);
	return NULL;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	pthread_t threads[THREADS];

	sigaction(SIGUSR1, &action, NULL);
	for (long i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, worker, (void *)i) != 0)
			return 2;
	}
	for (int i = 0; i < 50 * THREADS; i++) {
		pthread_kill(threads[i % THREADS], SIGUSR1);
		usleep(1000);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d signals inside, %d failures\n", all_contexts, failures);
	return failures != 0 || all_contexts == 0;
}
