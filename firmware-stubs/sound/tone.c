/* Plays a sine through ALSA's kernel interface, without a C library.
 *
 *     tone RATE BITS FRAMES
 *
 * Left and right are 997 Hz: left 0.5 * sin, right -0.25 * sin of full scale, frame n at the angle 2 pi * (997 n mod RATE) / RATE. Silence
 * follows, so that nothing of the sine is left in the driver's buffer when it stops. One line says what happened. */
#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sound/asound.h>

#define FREQUENCY 997
#define CHUNK 1024
#define HIGHEST_RATE 96000

long system_call(long number, long a, long b, long c);

/* The angle repeats after RATE frames. Made before the first frame is played, so that a slow machine has nothing to compute meanwhile. */
static int32_t left[HIGHEST_RATE + CHUNK], right[HIGHEST_RATE + CHUNK];
static const int32_t silence[CHUNK];

/* A 997 Hz sine's angle, reduced to [-pi/2, pi/2], and its Taylor series: exact to 1e-13. */
static double sine(uint64_t frame, uint64_t rate)
{
    double turn = (double)(frame * FREQUENCY % rate) / (double)rate;
    double x, term, sum;

    if (turn > 0.75)
        turn -= 1.0;
    else if (turn > 0.25)
        turn = 0.5 - turn;
    x = turn * 6.283185307179586477;
    sum = term = x;
    for (int i = 2; i < 22; i += 2) {
        term *= -x * x / (i * (i + 1));
        sum += term;
    }
    return sum;
}

static int32_t rounded(double value)
{
    return (int32_t)(value < 0 ? value - 0.5 : value + 0.5);
}

/* 16 bits in 2 bytes, 24 bits in the lower three of 4 (SNDRV_PCM_FORMAT_S24_BE). */
static void put(int32_t *buffer, unsigned index, int bits, double value)
{
    if (bits == 16)
        ((int16_t *)buffer)[index] = (int16_t)rounded(value * 32767.0);
    else
        buffer[index] = rounded(value * 8388607.0) & 0xffffff;
}

static size_t length(const char *text)
{
    size_t count = 0;

    while (text[count])
        count++;
    return count;
}

static void print(const char *text)
{
    system_call(__NR_write, 1, (long)text, (long)length(text));
}

static void print_number(const char *before, long value)
{
    char digits[24];
    char *at = digits + sizeof(digits) - 1;
    unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;

    *at = 0;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    print(before);
    print(at);
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;

    while (*text >= '0' && *text <= '9')
        value = value * 10 + (uint64_t)(*text++ - '0');
    return value;
}

static long milliseconds(void)
{
    struct timespec now;

    system_call(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, (long)&now, 0);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void choose(struct snd_pcm_hw_params *params, int mask, unsigned value)
{
    struct snd_mask *bits = &params->masks[mask - SNDRV_PCM_HW_PARAM_FIRST_MASK];

    for (unsigned i = 0; i < sizeof(bits->bits) / sizeof(bits->bits[0]); i++)
        bits->bits[i] = 0;
    bits->bits[value / 32] = 1u << value % 32;
}

static void limit(struct snd_pcm_hw_params *params, int interval, unsigned value)
{
    struct snd_interval *one = &params->intervals[interval - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];

    one->min = one->max = value;
    one->integer = 1;
}

/* Playing starts when the buffer is full: a slow machine has a whole buffer of time then. */
static long start_when_full(long file, const struct snd_pcm_hw_params *params)
{
    unsigned frames = params->intervals[SNDRV_PCM_HW_PARAM_BUFFER_SIZE - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL].min;
    static struct snd_pcm_sw_params software;

    software.period_step = 1;
    software.avail_min = 1;
    software.start_threshold = software.stop_threshold = frames;
    return system_call(__NR_ioctl, file, (long)SNDRV_PCM_IOCTL_SW_PARAMS, (long)&software);
}

static long set_up(long file, unsigned rate, int bits, struct snd_pcm_hw_params *params)
{
    unsigned char *bytes = (unsigned char *)params;

    for (size_t i = 0; i < sizeof(*params); i++)
        bytes[i] = 0;
    for (unsigned i = 0; i < sizeof(params->masks) / sizeof(params->masks[0]); i++)
        for (unsigned j = 0; j < sizeof(params->masks[i].bits) / sizeof(params->masks[i].bits[0]); j++)
            params->masks[i].bits[j] = ~0u;
    for (unsigned i = 0; i < sizeof(params->intervals) / sizeof(params->intervals[0]); i++)
        params->intervals[i].max = ~0u;
    params->rmask = ~0u;
    params->info = ~0u;
    choose(params, SNDRV_PCM_HW_PARAM_ACCESS, SNDRV_PCM_ACCESS_RW_NONINTERLEAVED);
    choose(params, SNDRV_PCM_HW_PARAM_FORMAT, bits == 16 ? SNDRV_PCM_FORMAT_S16_BE : SNDRV_PCM_FORMAT_S24_BE);
    limit(params, SNDRV_PCM_HW_PARAM_CHANNELS, 2);
    limit(params, SNDRV_PCM_HW_PARAM_RATE, rate);
    return system_call(__NR_ioctl, file, (long)SNDRV_PCM_IOCTL_HW_PARAMS, (long)params);
}

/* The long that Linux leaves on the stack is argc, behind it is argv. */
int run(long *stack)
{
    char **arguments = (char **)(stack + 1);
    struct snd_pcm_hw_params params;
    uint64_t rate, frames, all, written = 0;
    long result, file, underruns = 0, stalls = 0, began;
    int bits;

    if (stack[0] != 4) {
        print("tone RATE BITS FRAMES\n");
        return 2;
    }
    rate = number(arguments[1]);
    bits = (int)number(arguments[2]);
    frames = number(arguments[3]);
    if (!rate || rate > HIGHEST_RATE) {
        print("tone: the rate is too high\n");
        return 2;
    }
    file = system_call(__NR_open, (long)"/dev/snd/pcmC0D0p", 1 /* O_WRONLY */, 0);
    result = file < 0 ? file : set_up(file, (unsigned)rate, bits, &params);
    if (result >= 0)
        result = start_when_full(file, &params);
    if (result >= 0)
        result = system_call(__NR_ioctl, file, SNDRV_PCM_IOCTL_PREPARE, 0);
    if (result < 0) {
        print_number("FAIL tone: ", result);
        print("\n");
        return 1;
    }
    for (uint64_t i = 0; i < rate + CHUNK; i++) {
        double value = sine(i, rate);

        put(left, (unsigned)i, bits, 0.5 * value);
        put(right, (unsigned)i, bits, -0.25 * value);
    }
    /* Twice the driver's largest buffer of silence. */
    all = frames + 2 * 8192;
    began = milliseconds();
    while (written < all) {
        uint64_t rest = written < frames ? frames - written : all - written;
        size_t at = (size_t)(written % rate) * (bits == 16 ? 2 : 4);
        void *sound[2] = {(char *)left + at, (char *)right + at};
        void *nothing[2] = {(void *)silence, (void *)silence};
        struct snd_xfern transfer = {0, written < frames ? sound : nothing, rest < CHUNK ? rest : CHUNK};

        result = system_call(__NR_ioctl, file, (long)SNDRV_PCM_IOCTL_WRITEN_FRAMES, (long)&transfer);
        if (result == -32 /* EPIPE */) {
            underruns++;
            result = system_call(__NR_ioctl, file, SNDRV_PCM_IOCTL_PREPARE, 0);
        } else if (result == -5 /* EIO: a tenth of a second without an interrupt */ && stalls < 100) {
            stalls++;
            result = 0;
        } else if (result >= 0) {
            written += (uint64_t)transfer.result;
        }
        if (result < 0) {
            print_number("FAIL tone writing: ", result);
            print_number(" after frame ", (long)written);
            print_number(", underruns ", underruns);
            print("\n");
            return 1;
        }
    }
    result = system_call(__NR_ioctl, file, SNDRV_PCM_IOCTL_DRAIN, 0);
    print_number("tone ", (long)rate);
    print_number(" Hz ", bits);
    print_number(" bits ", (long)frames);
    print_number(" frames, underruns ", underruns);
    print_number(", stalls ", stalls);
    print_number(", drain ", result);
    print_number(", ms ", milliseconds() - began);
    print("\n");
    return underruns || stalls ? 1 : 0;
}
