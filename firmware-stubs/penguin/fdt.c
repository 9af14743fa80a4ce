/* Reads the flattened device tree the loader hands over: boot arguments, memory, number of hardware threads
 * (boot-protocol 4). Everything wanted is copied out, so the tree's memory is free afterwards. */
#include "kernel.h"

#define FDT_MAGIC 0xd00dfeed
#define MAXIMUM_TREE 0x100000
#define MAXIMUM_DEPTH 8

enum fdt_token { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROPERTY = 3, FDT_NOP = 4, FDT_END = 9 };

struct fdt_header {
    u32 magic, total_size, structure_offset, strings_offset;
};

struct boot_options options;

static int starts_with(const char *text, const char *start)
{
    while (*start)
        if (*text++ != *start++)
            return 0;
    return 1;
}

static u64 number(const char *digits)
{
    u64 value = 0;

    while (*digits >= '0' && *digits <= '9')
        value = value * 10 + (u64)(*digits++ - '0');
    return value;
}

static void read_arguments(void)
{
    const char *word = options.arguments;

    while (*word) {
        if (starts_with(word, "hz="))
            options.hertz = number(word + 3);
        else if (starts_with(word, "procs="))
            options.processes = number(word + 6);
        else if (starts_with(word, "slices="))
            options.slices = number(word + 7);
        else if (starts_with(word, "work="))
            options.work = number(word + 5);
        else if (starts_with(word, "verbose"))
            options.verbose = 1;
        else if (starts_with(word, "noshutdown"))
            options.no_shutdown = 1;
        else if (starts_with(word, "quiet-time"))
            options.quiet_time = 1;
        while (*word && *word != ' ')
            word++;
        while (*word == ' ')
            word++;
    }
    if (options.hertz < 10 || options.hertz > 10000)
        options.hertz = 100;
    if (options.slices < 10 || options.slices > 100000)
        options.slices = 20000;
    if (options.work < 1)
        options.work = 1;
    if (options.processes > 8)
        options.processes = 8;
}

static void take_property(const char *node, const char *name, const u8 *value, u32 length)
{
    if (strings_equal(node, "chosen") && strings_equal(name, "bootargs")) {
        if (length > sizeof(options.arguments) - 1)
            length = sizeof(options.arguments) - 1;
        memcpy(options.arguments, value, length);
        options.arguments[length] = 0;
    } else if (starts_with(node, "memory") && strings_equal(name, "reg") && length >= 16) {
        u64 range[2];

        memcpy(range, value, sizeof(range));
        options.memory_size = range[1];
    } else if (starts_with(node, "cpu@") && strings_equal(name, "ibm,ppc-interrupt-server#s")) {
        options.threads += (int)(length / 4);
    }
}

/* Returns the number of nodes, or 0 when there is no tree there. */
int fdt_parse(const void *tree)
{
    const struct fdt_header *header = tree;
    const char *nodes[MAXIMUM_DEPTH] = {""};
    int depth = 0, count = 0;
    u32 at;

    options.hertz = 100;
    options.processes = 2;
    if (!tree || header->magic != FDT_MAGIC || header->total_size > MAXIMUM_TREE)
        return 0;

    for (at = header->structure_offset; at + 4 <= header->total_size;) {
        const u8 *here = (const u8 *)tree + at;
        u32 token = *(const u32 *)here;

        if (token == FDT_BEGIN_NODE) {
            u32 length = 0;

            while (here[4 + length])
                length++;
            depth++;
            count++;
            if (depth < MAXIMUM_DEPTH)
                nodes[depth] = (const char *)here + 4;
            at += 4 + ((length + 4) & ~3U);
        } else if (token == FDT_END_NODE) {
            depth--;
            at += 4;
        } else if (token == FDT_PROPERTY) {
            u32 length = ((const u32 *)here)[1];
            const char *name = (const char *)tree + header->strings_offset + ((const u32 *)here)[2];

            if (depth >= 0 && depth < MAXIMUM_DEPTH)
                take_property(nodes[depth], name, here + 12, length);
            at += 12 + ((length + 3) & ~3U);
        } else if (token == FDT_NOP) {
            at += 4;
        } else {
            break;
        }
    }
    read_arguments();
    return count;
}
