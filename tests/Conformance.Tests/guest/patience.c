/*
 * Linked into the kernel's self-tests in place of alarm(): their time limits are made for processors, not for an
 * interpreter on a machine that has other work.
 */
unsigned int __real_alarm(unsigned int seconds);
unsigned int __wrap_alarm(unsigned int seconds);

unsigned int __wrap_alarm(unsigned int seconds)
{
	enum { PATIENCE = 10 };

	return __real_alarm(seconds * PATIENCE) / PATIENCE;
}
