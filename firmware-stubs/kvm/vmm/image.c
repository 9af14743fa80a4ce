/* What is in a machine's memory when it starts: the segments of an ELF file, and a flattened device tree. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include "machine.h"

/* This program is big-endian as its guests are: the fields are read as they are. */
int image_load(const struct machine_plan *plan, uint8_t *memory, uint64_t *entry)
{
    size_t size = (size_t)(plan->image_end - plan->image);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)plan->image;

    if (size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_ident[EI_DATA] != ELFDATA2MSB || header->e_machine != EM_PPC64)
        return 0;
    *entry = header->e_entry & 0x0fffffffffffffffUL;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const Elf64_Phdr *segment = (const Elf64_Phdr *)(plan->image + header->e_phoff) + i;

        if ((const uint8_t *)(segment + 1) > plan->image_end)
            return 0;
        if (segment->p_type != PT_LOAD)
            continue;
        if (segment->p_offset > size || segment->p_filesz > size - segment->p_offset || segment->p_filesz > segment->p_memsz ||
            segment->p_paddr > plan->memory_size || segment->p_memsz > plan->memory_size - segment->p_paddr)
            return 0;
        memcpy(memory + segment->p_paddr, plan->image + segment->p_offset, segment->p_filesz);
    }
    return 1;
}

/* A tree under construction: structure and strings, which come behind it. */
struct tree {
    uint8_t structure[2048], strings[256];
    size_t structure_size, strings_size;
};

static void put_word(struct tree *tree, uint32_t word)
{
    memcpy(tree->structure + tree->structure_size, &word, sizeof(word));
    tree->structure_size += sizeof(word);
}

static void put_bytes(struct tree *tree, const void *bytes, size_t size)
{
    memcpy(tree->structure + tree->structure_size, bytes, size);
    tree->structure_size += (size + 3) & ~(size_t)3;
}

static void begin(struct tree *tree, const char *name)
{
    put_word(tree, 1);
    put_bytes(tree, name, strlen(name) + 1);
}

static void end(struct tree *tree)
{
    put_word(tree, 2);
}

static void property(struct tree *tree, const char *name, const void *value, size_t size)
{
    put_word(tree, 3);
    put_word(tree, (uint32_t)size);
    put_word(tree, (uint32_t)tree->strings_size);
    put_bytes(tree, value, size);
    memcpy(tree->strings + tree->strings_size, name, strlen(name) + 1);
    tree->strings_size += strlen(name) + 1;
}

/* Version 17 of the format: header, one empty reservation, structure, strings. */
size_t device_tree_write(const struct machine_plan *plan, uint8_t *to, size_t room)
{
    struct tree tree = {.structure_size = 0};
    uint32_t servers[MAXIMUM_THREADS], header[10], two = 2, zero = 0;
    uint64_t range[2] = {0, plan->memory_size};
    size_t start = sizeof(header) + 16, total;

    if (strlen(plan->arguments) > 256)
        return 0;
    for (unsigned i = 0; i < plan->threads; i++)
        servers[i] = i;
    begin(&tree, "");
    property(&tree, "#address-cells", &two, 4);
    property(&tree, "#size-cells", &two, 4);
    begin(&tree, "chosen");
    property(&tree, "bootargs", plan->arguments, strlen(plan->arguments) + 1);
    end(&tree);
    begin(&tree, "memory@0");
    property(&tree, "device_type", "memory", 7);
    property(&tree, "reg", range, sizeof(range));
    end(&tree);
    begin(&tree, "cpus");
    begin(&tree, "cpu@0");
    property(&tree, "device_type", "cpu", 4);
    property(&tree, "reg", &zero, 4);
    property(&tree, "ibm,ppc-interrupt-server#s", servers, 4 * plan->threads);
    end(&tree);
    end(&tree);
    end(&tree);
    put_word(&tree, 9);

    total = start + tree.structure_size + tree.strings_size;
    if (total > room)
        return 0;
    header[0] = 0xd00dfeed;
    header[1] = (uint32_t)total;
    header[2] = (uint32_t)start;
    header[3] = (uint32_t)(start + tree.structure_size);
    header[4] = sizeof(header);
    header[5] = 17;
    header[6] = 16;
    header[7] = 0;
    header[8] = (uint32_t)tree.strings_size;
    header[9] = (uint32_t)tree.structure_size;
    memcpy(to, header, sizeof(header));
    memset(to + sizeof(header), 0, 16);
    memcpy(to + start, tree.structure, tree.structure_size);
    memcpy(to + start + tree.structure_size, tree.strings, tree.strings_size);
    return total;
}
