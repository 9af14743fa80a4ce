// Scalar floating point. Built with -ffp-contract=off: a fused multiply-add rounds once, and hosts do not fuse.
#include <math.h>
#include <string.h>

#include "bench.h"

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

enum { BODIES = 5 };

struct body {
    double x[3], v[3], mass;
};

static NOINLINE void advance(struct body *bodies, double step)
{
    for (int i = 0; i < BODIES; i++) {
        for (int j = i + 1; j < BODIES; j++) {
            struct body *a = &bodies[i], *b = &bodies[j];
            double dx = a->x[0] - b->x[0], dy = a->x[1] - b->x[1], dz = a->x[2] - b->x[2];
            double square = dx * dx + dy * dy + dz * dz;
            double pull = step / (square * sqrt(square));
            a->v[0] -= dx * b->mass * pull;
            a->v[1] -= dy * b->mass * pull;
            a->v[2] -= dz * b->mass * pull;
            b->v[0] += dx * a->mass * pull;
            b->v[1] += dy * a->mass * pull;
            b->v[2] += dz * a->mass * pull;
        }
    }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            bodies[i].x[k] += step * bodies[i].v[k];
}

// Bodies of our own on wide orbits: what counts is that they stay apart.
uint64_t run_nbody(const struct job *job)
{
    struct body bodies[BODIES];
    for (int i = 0; i < BODIES; i++) {
        double far = (double)(i * i + i) * 2.5 * (double)seed;
        bodies[i] = (struct body){ { far, far * 0.25, -far * 0.125 }, { -0.01 * i, 0.4 / (i + 1), 0.02 * i }, i == 0 ? 39.5 : 0.03 / i };
    }
    for (unsigned long i = 0; i < 600000 * job->scale; i++)
        advance(bodies, 0.001);
    uint64_t sum = 0;
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            sum = mix(sum, bits_of(bodies[i].x[k]) ^ bits_of(bodies[i].v[k]));
    return sum;
}

enum { ORDER = 160 };

static NOINLINE void multiply(double (*restrict out)[ORDER], double (*restrict left)[ORDER], double (*restrict right)[ORDER])
{
    for (int i = 0; i < ORDER; i++) {
        for (int j = 0; j < ORDER; j++)
            out[i][j] = 0;
        for (int k = 0; k < ORDER; k++)
            for (int j = 0; j < ORDER; j++)
                out[i][j] += left[i][k] * right[k][j];
    }
}

uint64_t run_matmul(const struct job *job)
{
    double (*m)[ORDER][ORDER] = job->memory;
    for (int i = 0; i < ORDER; i++) {
        for (int j = 0; j < ORDER; j++) {
            m[0][i][j] = (double)((i * 7 + j * 3) % 11) / 16 - 0.3;
            m[1][i][j] = (double)((i * 5 + j * 13) % 17) / 32 - 0.2;
        }
    }
    uint64_t sum = 0;
    for (unsigned long round = 0; round < 36 * job->scale; round++) {
        multiply(m[2], m[0], m[1]);
        m[0][round % ORDER][round * 3 % ORDER] += (double)seed / 64;
        for (int i = 0; i < ORDER; i += 7)
            sum = mix(sum, bits_of(m[2][i][(i * 11) % ORDER]));
    }
    return sum;
}

// Four biquads behind each other: each sample needs the one before.
static NOINLINE float filter(const float *in, size_t count)
{
    float z[4][2] = { { 0 } }, total = 0;
    for (size_t i = 0; i < count; i++) {
        float x = in[i];
        for (int k = 0; k < 4; k++) {
            float y = 0.2f * x + z[k][0];
            z[k][0] = 0.3f * x + z[k][1] + 0.7f * y;
            z[k][1] = 0.1f * x - 0.3f * y;
            x = y;
        }
        total += x * x;
    }
    return total;
}

static NOINLINE unsigned mandelbrot(float left, float top, float step, int side)
{
    unsigned inside = 0;
    for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
            float a = left + step * (float)column, b = top + step * (float)row, x = 0, y = 0;
            unsigned turns = 0;
            while (turns < 100 && x * x + y * y < 4.0f) {
                float next = x * x - y * y + a;
                y = 2.0f * x * y + b;
                x = next;
                turns++;
            }
            inside += turns;
        }
    }
    return inside;
}

uint64_t run_single(const struct job *job)
{
    float *samples = job->memory;
    size_t count = job->size / sizeof *samples;
    uint64_t state = seed, sum = 0;
    for (size_t i = 0; i < count; i++)
        samples[i] = (float)(next_random(&state) >> 48) / 65536.0f - 0.5f;
    for (unsigned long round = 0; round < 60 * job->scale; round++) {
        sum = mix(sum, bits_of(filter(samples, count)));
        sum = mix(sum, mandelbrot(-2.0f, -1.5f + (float)round / 256, 3.0f / 96, 96));
    }
    return sum;
}
