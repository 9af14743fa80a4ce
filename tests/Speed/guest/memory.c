// Integer work on memory: hashing, sorting, strings, sweeps, a sieve, pointers.
#include "bench.h"

// Without a table of 64-bit words and with bytes in order: the same on either byte order.
uint64_t run_hash(const struct job *job)
{
    static uint32_t table[256];
    uint8_t *bytes = job->memory;
    uint64_t state = seed, sum = 0;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t word = i;
        for (int bit = 0; bit < 8; bit++)
            word = word >> 1 ^ (word & 1 ? 0xedb88320u : 0);
        table[i] = word;
    }
    for (size_t i = 0; i < job->size; i++)
        bytes[i] = (uint8_t)(next_random(&state) >> 24);
    for (unsigned long round = 0; round < 150 * job->scale; round++) {
        uint32_t crc = ~0u;
        uint64_t hash = 0xcbf29ce484222325u;
        for (size_t i = 0; i < job->size; i++)
            crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
        for (size_t i = 0; i < job->size; i++)
            hash = (hash ^ bytes[i]) * 0x100000001b3u;
        sum = mix(sum, hash ^ crc);
        bytes[round % job->size] ^= (uint8_t)sum;
    }
    return sum;
}

struct record {
    uint32_t key, tag;
};

static int by_key(const void *left, const void *right)
{
    const struct record *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->tag < b->tag ? -1 : a->tag > b->tag;
}

typedef int comparer(const void *left, const void *right);
static comparer *volatile order = by_key;

static void swap(struct record *a, struct record *b)
{
    struct record kept = *a;
    *a = *b;
    *b = kept;
}

// Quicksort of our own: each C library has another, and picks its copying code by processor.
static NOINLINE void sort(struct record *first, size_t count, comparer *compare)
{
    while (count > 12) {
        struct record *last = first + count - 1, *middle = first + count / 2;
        if (compare(middle, first) < 0)
            swap(middle, first);
        if (compare(last, middle) < 0) {
            swap(last, middle);
            if (compare(middle, first) < 0)
                swap(middle, first);
        }
        struct record pivot = *middle, *up = first, *down = last;
        while (up <= down) {
            while (compare(up, &pivot) < 0)
                up++;
            while (compare(&pivot, down) < 0)
                down--;
            if (up <= down)
                swap(up++, down--);
        }
        sort(first, (size_t)(down - first + 1), compare);
        count = (size_t)(last - up + 1);
        first = up;
    }
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && compare(&first[j], &first[j - 1]) < 0; j--)
            swap(&first[j], &first[j - 1]);
}

uint64_t run_sort(const struct job *job)
{
    struct record *records = job->memory;
    size_t count = job->size / sizeof *records;
    uint64_t state = seed, sum = 0;
    for (unsigned long round = 0; round < 6 * job->scale; round++) {
        for (size_t i = 0; i < count; i++)
            records[i] = (struct record){ (uint32_t)(next_random(&state) >> 33), (uint32_t)i };
        sort(records, count, order);
        for (size_t i = 0; i < count; i += 97)
            sum = mix(sum, (uint64_t)records[i].key << 20 ^ records[i].tag);
    }
    return sum;
}

// As in a textbook: the C library has a version for each processor, which would not be the same program everywhere.
static NOINLINE size_t text_length(const char *text)
{
    const char *end = text;
    while (*end != '\0')
        end++;
    return (size_t)(end - text);
}

static NOINLINE int text_compare(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right)
        left++, right++;
    return (unsigned char)*left - (unsigned char)*right;
}

static NOINLINE void text_copy(char *to, const char *from, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = from[i];
}

static NOINLINE const char *text_find(const char *text, const char *wanted)
{
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (wanted[i] != '\0' && text[i] == wanted[i])
            i++;
        if (wanted[i] == '\0')
            return text;
    }
    return NULL;
}

uint64_t run_strings(const struct job *job)
{
    size_t half = job->size / 2;
    char *text = job->memory, *copy = text + half;
    uint64_t state = seed, sum = 0;
    for (size_t i = 0; i < half - 1; i++)
        text[i] = (char)('a' + (next_random(&state) >> 30) % 4);
    text[half - 1] = '\0';
    for (unsigned long round = 0; round < 500 * job->scale; round++) {
        char needle[9];
        text_copy(copy, text, half);
        text_copy(needle, text + next_random(&state) % (half - 9), 8);
        needle[8] = '\0';
        size_t place = (size_t)(text_find(copy, needle) - copy);
        copy[half - 2 - round % 100] ^= 1;
        sum = mix(sum, text_length(copy) + place);
        sum = mix(sum, (uint64_t)(text_compare(text, copy) + 1000));
    }
    return sum;
}

static NOINLINE void sweep_write(uint64_t *words, size_t count, uint64_t factor)
{
    for (size_t i = 0; i < count; i++)
        words[i] = i * factor;
}

static NOINLINE uint64_t sweep_read(const uint64_t *words, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += words[i];
    return sum;
}

static NOINLINE void sweep_add(uint64_t *to, const uint64_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += from[i] >> 1;
}

// The same number of bytes for each size.
uint64_t run_sweep(const struct job *job)
{
    uint64_t *words = job->memory;
    size_t count = job->size / sizeof *words;
    uint64_t sum = 0;
    for (unsigned long round = 0; round < ((192ul << 20) / job->size) * job->scale; round++) {
        sweep_write(words, count, seed + round);
        sweep_add(words, words + count / 2, count / 2);
        sum = mix(sum, sweep_read(words, count));
    }
    return sum;
}

uint64_t run_sieve(const struct job *job)
{
    uint8_t *composite = job->memory;
    uint64_t sum = 0;
    for (unsigned long round = 0; round < 12 * job->scale; round++) {
        uint64_t primes = 0;
        for (size_t i = 0; i < job->size; i++)
            composite[i] = 0;
        for (size_t i = 2; i < job->size; i++) {
            if (composite[i])
                continue;
            primes++;
            for (size_t j = i * 2; j < job->size; j += i)
                composite[j] = 1;
        }
        sum = mix(sum, primes);
    }
    return sum;
}

// A host's cache line, so that each step is another one.
struct node {
    struct node *next;
    uint64_t number, unused[6];
};

// One cycle through all nodes in random order (Sattolo 1986). Building it is a small part of the time.
uint64_t run_chase(const struct job *job)
{
    struct node *nodes = job->memory;
    size_t count = job->size / sizeof *nodes;
    uint64_t state = seed, sum = 0;
    for (size_t i = 0; i < count; i++)
        nodes[i] = (struct node){ &nodes[i], i, { 0 } };
    for (size_t i = count - 1; i > 0; i--) {
        size_t j = next_random(&state) % i;
        struct node *kept = nodes[i].next;
        nodes[i].next = nodes[j].next;
        nodes[j].next = kept;
    }
    // A cycle that fits a cache is walked more often.
    unsigned long steps = job->size > (4ul << 20) ? 1500000 : 8000000;
    const struct node *at = nodes;
    for (unsigned long i = 0; i < steps * job->scale; i++) {
        sum += at->number ^ i;
        at = at->next;
    }
    return mix(sum, at->number);
}
