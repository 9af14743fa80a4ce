// Signal notification: by file, by mapped register, from another SPE by sndsig; ORed and overwritten.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "spe.h"

static void send(const struct spe *spe, const char *name, uint32_t word)
{
    int file = spe_open(spe, name, O_WRONLY);
    if (file < 0 || write(file, &word, 4) != 4)
        give_up(name, "write");
    close(file);
}

static void mode(unsigned which, bool ored)
{
    char file[16], type[24], name[32], read_type[24] = "";
    snprintf(file, sizeof file, "signal%u", which);
    snprintf(type, sizeof type, "signal%u_type", which);
    snprintf(name, sizeof name, "signals.%u-%s", which, ored ? "or" : "overwrite");
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_SIGNAL_READ;
    job->in[0] = which;
    must(spe_worker(&spe, NULL, 0, job), name);
    must(spe_write_text(&spe, type, ored ? "1" : "0"), name);
    spe_start(&spe);
    send(&spe, file, 0x01);
    send(&spe, file, 0x10);
    send(&spe, file, 0x80000000u);
    send(&spe, "wbox", 1);
    int code = spe_join(&spe);
    spe_read_text(&spe, type, read_type, sizeof read_type);
    uint32_t want = ored ? 0x80000011u : 0x80000000u;
    check(code == 0 && job->out[0] == want && job->out[1] == 1 && job->out[2] == 0 && read_type[0] == (ored ? '1' : '0'), name,
        "read %08x, counts %u then %u, type %s, exit %d", job->out[0], job->out[1], job->out[2], read_type, code);
    spe_destroy(&spe);
}

// Written while the SPE reads: nothing may get lost in OR mode.
static void mapped(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    job->command = JOB_SIGNAL_SUM;
    must(spe_worker(&spe, NULL, 0, job), "signals.mapped");
    must(spe_write_text(&spe, "signal1_type", "1"), "signals.mapped");
    spe_start(&spe);
    volatile uint8_t *area = spe_map(&spe, "signal1", 0x1000);
    must(area != NULL, "signals.mapped");
    for (unsigned bit = 0; bit < 32; bit++)
        *(volatile uint32_t *)(area + 0xc) = 1u << bit;
    int code = spe_join(&spe);
    check(code == 0 && job->out[0] == 0xffffffffu, "signals.mapped", "%08x in %u reads, exit %d", job->out[0], job->out[1], code);
    spe_destroy(&spe);
}

// One SPE signals another, whose register is an address like any other to the first one's DMA.
static void from_spe(void)
{
    struct spe sender, receiver;
    struct job *send_job = take(sizeof *send_job), *receive_job = take(sizeof *receive_job);
    receive_job->command = JOB_SIGNAL_SUM;
    receive_job->in[0] = 1;
    send_job->command = JOB_SIGNAL_SEND;
    send_job->count = 32;
    must(spe_worker(&receiver, NULL, 0, receive_job), "signals.sndsig");
    must(spe_write_text(&receiver, "signal1_type", "1"), "signals.sndsig");
    volatile uint8_t *area = spe_map(&receiver, "signal1", 0x1000);
    must(area != NULL, "signals.sndsig");
    send_job->ea[0] = (uint64_t)(area + 0xc);
    must(spe_worker(&sender, NULL, 0, send_job), "signals.sndsig");
    spe_start(&receiver);
    spe_start(&sender);
    unsigned wrong = 0;
    int mbox = spe_open(&receiver, "mbox", O_RDONLY);
    for (unsigned i = 0; i < 32; i++) {
        uint32_t all = 0;
        send(&sender, "wbox", i);
        while (read(mbox, &all, 4) != 4)
            sleep_ms(0);
        if (all != (uint32_t)((2ull << i) - 1))
            wrong++;
    }
    close(mbox);
    int code = spe_join(&sender), other = spe_join(&receiver);
    check(code == 0 && other == 0 && wrong == 0 && receive_job->out[1] == 32, "signals.sndsig", "%u reads, %08x, %u wrong, exits %d %d",
        receive_job->out[1], receive_job->out[0], wrong, code, other);
    spe_destroy(&sender);
    spe_destroy(&receiver);
}

// What a program left unread is in the file when the context is saved.
static void unread(void)
{
    struct spe spe;
    struct job *job = take(sizeof *job);
    must(spe_worker(&spe, NULL, 0, job), "signals.unread");
    // Read as the kernel keeps it: a channel's 64 bits.
    uint64_t word = 0;
    int file = spe_open(&spe, "signal2", O_RDWR);
    ssize_t before = read(file, &word, 8);
    send(&spe, "signal2", 0x77);
    ssize_t after = read(file, &word, 8);
    close(file);
    check(before == 0 && after == 8 && word == 0x77, "signals.unread", "read %d, then %d: %lx", (int)before, (int)after, (unsigned long)word);
    spe_destroy(&spe);
}

void test_signals(void)
{
    for (unsigned which = 1; which <= 2; which++) {
        mode(which, true);
        mode(which, false);
    }
    mapped();
    from_spe();
    unread();
}
