// SPU events, one after the other: those the PPE causes and those the program causes by itself; and the interrupt.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

#define EVENT_TAG 0x0001u
#define EVENT_STALL 0x0002u
#define EVENT_QUEUE 0x0008u
#define EVENT_MBOX_IN 0x0010u
#define EVENT_DECREMENTER 0x0020u
#define EVENT_IBOX 0x0040u
#define EVENT_MBOX 0x0080u
#define EVENT_SIGNAL_2 0x0100u
#define EVENT_SIGNAL_1 0x0200u
#define EVENT_LOST 0x0400u
#define EVENT_SYNC 0x1000u

static volatile uint32_t *memory;

static void send(const struct spe *spe, const char *file_name, uint32_t word)
{
    int file = spe_open(spe, file_name, O_WRONLY);
    if (file < 0 || write(file, &word, 4) != 4)
        give_up(file_name, "write");
    close(file);
}

// What the PPE has to do for the event to come.
static void cause(struct spe *spe, uint32_t event)
{
    switch (event) {
    case EVENT_MBOX_IN:
        send(spe, "wbox", 0xabcd);
        break;
    case EVENT_SIGNAL_1:
        send(spe, "signal1", 0xabcd);
        break;
    case EVENT_SIGNAL_2:
        send(spe, "signal2", 0xabcd);
        break;
    case EVENT_LOST:
        memory[3] = 1;
        break;
    }
}

static void one(const char *name, uint32_t event, uint32_t want, bool says)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_EVENTS;
    job->in[0] = event;
    job->ea[0] = (uint64_t)memory;
    must(spe_worker(&spe, NULL, 0, job), name);
    spe_start(&spe);
    if (says) {
        // The program waits now, or will in a moment.
        uint32_t word = 0;
        int file = spe_open(&spe, event == EVENT_IBOX ? "ibox" : "mbox", O_RDONLY);
        if (event == EVENT_MBOX || event == EVENT_IBOX)
            sleep_ms(20);
        while (read(file, &word, 4) != 4)
            sched_yield();
        close(file);
        if (event != EVENT_MBOX && event != EVENT_IBOX)
            sleep_ms(20);
        cause(&spe, event);
    }
    int code = spe_join(&spe);
    check(code == 0 && job->out[0] == event && (want == 0 || job->out[1] == want), name,
        "status %04x, value %x, left %u, exit %d", job->out[0], job->out[1], job->out[4], code);
    spe_destroy(&spe);
}

static void interrupt(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_INTERRUPT;
    job->count = (uint32_t)(50 * options.scale);
    must(spe_worker(&spe, NULL, 0, job), "events.interrupt");
    spe_run(&spe);
    int code = spe_exit_code(&spe);
    check(code == 0 && job->out[0] >= job->count && (job->out[3] & 1) == 0, "events.interrupt",
        "%u interrupts, status %x, %u turns of the loop, machine status %x, exit %d", job->out[0], job->out[1], job->out[2],
        job->out[3], code);
    spe_destroy(&spe);
}

void test_events(void)
{
    memory = take(8192);
    // Touched before the SPE reserves it: else that would be a line of the kernel's page of zeros, and the PPE's store would go to
    // another page.
    memory[3] = 0;
    one("events.mailbox", EVENT_MBOX_IN, 0xabcd, true);
    one("events.signal1", EVENT_SIGNAL_1, 0xabcd, true);
    one("events.signal2", EVENT_SIGNAL_2, 0xabcd, true);
    one("events.outbound", EVENT_MBOX, 1, true);
    one("events.outbound-interrupt", EVENT_IBOX, 1, true);
    one("events.reservation", EVENT_LOST, 1, true);
    one("events.decrementer", EVENT_DECREMENTER, 0, false);
    one("events.tag", EVENT_TAG, 1u << 2, false);
    one("events.stall", EVENT_STALL, 1u << 2, false);
    one("events.queue", EVENT_QUEUE, 1u << 2, false);
    one("events.sync", EVENT_SYNC, 1, false);
    interrupt();
}
