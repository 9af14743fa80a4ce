// Quick, heap, merge and insertion sort on the same numbers.
#include "torture.h"

#define N 500
static uint32_t given[N], work[N], spare[N];

static void quick(uint32_t *v, int n)
{
    while (n > 1) {
        uint32_t pivot = v[n / 2];
        int i = 0, j = n - 1;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                uint32_t t = v[i];
                v[i++] = v[j];
                v[j--] = t;
            }
        }
        quick(v, j + 1);
        v += i;
        n -= i;
    }
}

static void sift(uint32_t *v, int i, int n)
{
    for (int child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && v[child + 1] > v[child])
            child++;
        if (v[i] >= v[child])
            return;
        uint32_t t = v[i];
        v[i] = v[child];
        v[child] = t;
    }
}

static void heap(uint32_t *v, int n)
{
    for (int i = n / 2 - 1; i >= 0; i--)
        sift(v, i, n);
    while (--n > 0) {
        uint32_t t = v[0];
        v[0] = v[n];
        v[n] = t;
        sift(v, 0, n);
    }
}

static void merge(uint32_t *v, int n)
{
    for (int width = 1; width < n; width *= 2) {
        for (int at = 0; at < n; at += 2 * width) {
            int i = at, middle = at + width < n ? at + width : n, j = middle, end = at + 2 * width < n ? at + 2 * width : n;
            for (int k = at; k < end; k++)
                spare[k] = i < middle && (j >= end || v[i] <= v[j]) ? v[i++] : v[j++];
        }
        memcpy(v, spare, (size_t)n * sizeof *v);
    }
}

static void insertion(uint32_t *v, int n)
{
    for (int i = 1; i < n; i++) {
        uint32_t x = v[i];
        int j = i;
        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

TORTURE(sorts)
{
    static void (*const sorts[])(uint32_t *, int) = { quick, heap, merge, insertion };
    uint32_t x = 12345;
    for (int i = 0; i < N; i++)
        given[i] = x = x * 1664525u + 1013904223u;
    for (int s = 0; s < 4; s++) {
        memcpy(work, given, sizeof work);
        sorts[s](work, hide(N));
        uint32_t sum = 0;
        int ordered = 1;
        for (int i = 0; i < N; i++) {
            sum = mix(sum, work[i]);
            ordered &= i == 0 || work[i - 1] <= work[i];
        }
        printf("%d %08x %u %u\n", ordered, (unsigned)sum, (unsigned)work[0], (unsigned)work[N - 1]);
    }
}
