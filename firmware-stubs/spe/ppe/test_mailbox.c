// Mailboxes: by spufs files, blocking and not, with poll, and by the mapped problem state area.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

// Reads a word from a file that does not block, until there is one.
static bool read_word(int file, uint32_t *word)
{
    ssize_t length;
    while ((length = read(file, word, 4)) < 0 && errno == EAGAIN)
        sched_yield();
    return length == 4;
}

static uint32_t read_now(const struct spe *spe, const char *name)
{
    uint32_t word = ~0u;
    int file = spe_open(spe, name, O_RDONLY);
    if (file < 0 || read(file, &word, 4) != 4)
        word = ~0u;
    close(file);
    return word;
}

static void echo(const char *name, bool interrupt, bool polled)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_MAILBOX_ECHO;
    job->count = (uint32_t)(500 * options.scale);
    job->in[0] = interrupt;
    must(spe_worker(&spe, NULL, 0, job), name);
    spe_start(&spe);
    int in = spe_open(&spe, "wbox", O_WRONLY);
    int out = spe_open(&spe, interrupt ? "ibox" : "mbox", O_RDONLY);
    must(in >= 0 && out >= 0, name);
    uint32_t wrong = 0, word = 0;
    uint64_t start = now();
    for (uint32_t i = 0; i < job->count; i++) {
        uint32_t sent = i * 0x01010101u + 7;
        if (write(in, &sent, 4) != 4)
            wrong++;
        if (polled) {
            struct pollfd wait = { .fd = out, .events = POLLIN };
            if (poll(&wait, 1, 10000) != 1 || (wait.revents & POLLIN) == 0)
                wrong++;
        }
        if (!read_word(out, &word) || word != sent * 3 + 1)
            wrong++;
    }
    uint64_t taken = now() - start;
    int code = spe_join(&spe);
    check(wrong == 0 && code == 0, name, "%u round trips, %u wrong, %lu ns each, exit %d", job->count, wrong,
        (unsigned long)(taken / job->count), code);
    close(in);
    close(out);
    spe_destroy(&spe);
}

// Four deep, in order, and full behind that.
static void fill(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_MAILBOX_FILL;
    must(spe_worker(&spe, NULL, 0, job), "mailbox.fill");
    uint32_t space = read_now(&spe, "wbox_stat"), mbox = read_now(&spe, "mbox_stat"), ibox = read_now(&spe, "ibox_stat");
    check(space == 4 && mbox == 0 && ibox == 0, "mailbox.stat", "wbox %u mbox %u ibox %u when new", space, mbox, ibox);
    spe_start(&spe);
    int in = spe_open(&spe, "wbox", O_WRONLY | O_NONBLOCK), out = spe_open(&spe, "ibox", O_RDONLY | O_NONBLOCK);
    unsigned written = 0;
    for (uint32_t word = 100; written < 10 && write(in, &word, 4) == 4; word++)
        written++;
    int error = errno;
    uint32_t word;
    check(written == 4 && error == EAGAIN && read_now(&spe, "wbox_stat") == 0, "mailbox.full", "%u words, then %s, wbox_stat %u",
        written, strerror(error), read_now(&spe, "wbox_stat"));
    struct pollfd wait = { .fd = in, .events = POLLOUT };
    check(poll(&wait, 1, 20) == 0, "mailbox.pollout", "a full mailbox is not writable");
    check(read(out, &word, 4) == -1 && errno == EAGAIN, "mailbox.empty", "an empty interrupt mailbox is EAGAIN");
    int signal = spe_open(&spe, "signal1", O_WRONLY);
    uint32_t go = 0x55;
    must(write(signal, &go, 4) == 4, "mailbox.signal");
    bool writable = poll(&wait, 1, 10000) == 1 && (wait.revents & POLLOUT) != 0;
    int code = spe_join(&spe);
    bool order = true;
    for (uint32_t i = 0; i < 4; i++)
        order &= job->out[i] == 100 + i;
    check(order && code == 0 && job->out[8] == 0x55 && job->out[9] == 4 && job->out[10] == 0, "mailbox.order",
        "%u %u %u %u, counts %u then %u", job->out[0], job->out[1], job->out[2], job->out[3], job->out[9], job->out[10]);
    check(writable, "mailbox.space", "poll wakes when there is room");
    check(job->out[11] == 1 && job->out[12] == 1, "mailbox.counts", "room to the PPE %u, interrupt %u", job->out[11], job->out[12]);
    close(in);
    close(out);
    close(signal);
    spe_destroy(&spe);
}

// The registers themselves, without a system call: problem state offsets 0x4004, 0x400c and 0x4014.
static void mapped(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_MAILBOX_ECHO;
    job->count = (uint32_t)(5000 * options.scale);
    must(spe_worker(&spe, NULL, 0, job), "mailbox.mapped");
    spe_start(&spe);
    volatile uint8_t *area = spe_map(&spe, "psmap", 0x20000);
    must(area != NULL, "mailbox.mapped");
    volatile uint32_t *out = (volatile uint32_t *)(area + 0x4004), *in = (volatile uint32_t *)(area + 0x400c),
                      *state = (volatile uint32_t *)(area + 0x4014);
    uint32_t wrong = 0;
    uint64_t start = now();
    for (uint32_t i = 0; i < job->count; i++) {
        while ((*state & 0xff00) == 0)
            ;
        *in = i;
        while ((*state & 0xff) == 0)
            ;
        if (*out != i * 3 + 1)
            wrong++;
    }
    uint64_t taken = now() - start;
    int code = spe_join(&spe);
    check(wrong == 0 && code == 0, "mailbox.mapped", "%u round trips, %u wrong, %lu ns each, exit %d", job->count, wrong,
        (unsigned long)(taken / job->count), code);
    spe_destroy(&spe);
}

void test_mailbox(void)
{
    echo("mailbox.files", false, false);
    echo("mailbox.interrupt", true, false);
    echo("mailbox.poll", true, true);
    fill();
    mapped();
}
