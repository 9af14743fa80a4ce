// The C99 call-backs: streams are handles, 1 to 3 are the standard ones.
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spe.h"

enum stdio_operation {
    STDIO_FCLOSE = 2,
    STDIO_FEOF = 3,
    STDIO_FERROR = 4,
    STDIO_FFLUSH = 5,
    STDIO_FGETC = 6,
    STDIO_FGETS = 8,
    STDIO_FOPEN = 10,
    STDIO_FPUTC = 11,
    STDIO_FPUTS = 12,
    STDIO_FREAD = 13,
    STDIO_FSEEK = 15,
    STDIO_FTELL = 17,
    STDIO_FWRITE = 18,
    STDIO_PUTC = 23,
    STDIO_PUTCHAR = 24,
    STDIO_PUTS = 25,
    STDIO_REMOVE = 26,
    STDIO_REWIND = 28,
    STDIO_VFPRINTF = 35,
    STDIO_VPRINTF = 37,
    STDIO_VSNPRINTF = 39,
    STDIO_VSPRINTF = 40,
};

static char *text(volatile uint8_t *store, uint32_t address)
{
    return (char *)(store + (address & (LS_SIZE - 1)));
}

// The next variable argument. Arguments in registers were saved below `skip`; the rest lies 32 bytes above it.
static volatile uint8_t *next_slot(volatile uint8_t *store, uint32_t *next, uint32_t skip)
{
    uint32_t slot = *next;
    if (slot + 16 > skip && slot <= skip)
        slot = skip + 32;
    *next = slot + 16;
    return store + (slot & (LS_SIZE - 16));
}

// One conversion at a time, each with the host's own snprintf, so that every flag, width and precision works.
char *assist_format(volatile uint8_t *store, uint32_t format, uint32_t next, uint32_t skip)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);
    const char *at = text(store, format);
    while (*at != '\0') {
        if (*at != '%') {
            fputc(*at++, stream);
            continue;
        }
        if (at[1] == '%') {
            fputc('%', stream);
            at += 2;
            continue;
        }
        // Flags, width, precision and length, with stars replaced by their values.
        char one[64] = "%";
        size_t length = 1, modifiers = 0;
        for (at++; *at != '\0' && strchr("-+ #0123456789.*hlLjztq", *at) != NULL && length < 40; at++) {
            if (*at == '*') {
                int value = *(volatile int32_t *)next_slot(store, &next, skip);
                length += (size_t)snprintf(one + length, 12, "%d", value);
            } else if (*at == 'l' || *at == 'j' || *at == 'q' || *at == 'L') {
                modifiers += *at == 'l' ? 1 : 2;
            } else if (*at == 'h') {
                one[length++] = 'h';
            } else if (strchr("zt", *at) == NULL) {
                one[length++] = *at;
            }
        }
        char kind = *at;
        if (kind == '\0')
            break;
        at++;
        volatile uint8_t *slot = next_slot(store, &next, skip);
        if (strchr("diouxX", kind) != NULL && modifiers >= 2) {
            snprintf(one + length, 8, "ll%c", kind);
            fprintf(stream, one, *(volatile long long *)slot);
        } else if (strchr("diouxXc", kind) != NULL) {
            snprintf(one + length, 8, "%c", kind);
            fprintf(stream, one, *(volatile int32_t *)slot);
        } else if (strchr("eEfFgGaA", kind) != NULL) {
            snprintf(one + length, 8, "%c", kind);
            fprintf(stream, one, *(volatile double *)slot);
        } else if (kind == 's') {
            uint32_t string = *(volatile uint32_t *)slot;
            snprintf(one + length, 8, "s");
            fprintf(stream, one, string == 0 ? "(null)" : text(store, string));
        } else if (kind == 'p') {
            fprintf(stream, "0x%x", *(volatile uint32_t *)slot);
        } else if (kind == 'n') {
            fflush(stream);
            *(volatile int32_t *)(store + (*(volatile uint32_t *)slot & (LS_SIZE - 4))) = (int32_t)size;
        } else {
            fputc('%', stream);
            fputc(kind, stream);
        }
    }
    fclose(stream);
    return out;
}

static FILE *file_of(struct spe *spe, uint32_t handle)
{
    return handle < SPE_FILES && spe->files[handle] != NULL ? spe->files[handle] : NULL;
}

static uint32_t open_file(struct spe *spe, const char *name, const char *mode)
{
    for (uint32_t handle = 4; handle < SPE_FILES; handle++)
        if (spe->files[handle] == NULL)
            return (spe->files[handle] = fopen(name, mode)) != NULL ? handle : 0;
    errno = EMFILE;
    return 0;
}

static long put(FILE *file, char *formatted)
{
    long written = file != NULL ? fputs(formatted, file) : -1;
    long length = (long)strlen(formatted);
    if (file != NULL)
        fflush(file);
    free(formatted);
    return written < 0 ? -1 : length;
}

// The longest that fits into a buffer of the program's, with its terminator.
static long store_text(volatile uint8_t *store, uint32_t address, uint32_t size, char *formatted)
{
    size_t length = strlen(formatted), left = LS_SIZE - (address & (LS_SIZE - 1));
    if (size > left)
        size = (uint32_t)left;
    if (size > 0) {
        size_t kept = length < size - 1 ? length : size - 1;
        memcpy(text(store, address), formatted, kept);
        text(store, address)[kept] = '\0';
    }
    free(formatted);
    return (long)length;
}

bool assist_stdio(struct spe *spe, unsigned operation, volatile uint8_t *store, uint32_t block)
{
    uint32_t slot[6];
    for (unsigned i = 0; i < 6; i++)
        slot[i] = *(volatile uint32_t *)(store + ((block + 16 * i) & (LS_SIZE - 16)));
    // Which slot holds the stream, by operation.
    FILE *first = file_of(spe, slot[0]), *second = file_of(spe, slot[1]), *fourth = file_of(spe, slot[3]);
    uint32_t bytes = slot[1] * slot[2], left = LS_SIZE - (slot[0] & (LS_SIZE - 1));
    long value = -1;
    errno = 0;

    switch (operation) {
    case STDIO_FCLOSE:
        if (first != NULL && slot[0] > 3) {
            value = fclose(first);
            spe->files[slot[0]] = NULL;
        }
        break;
    case STDIO_FEOF:
        value = first != NULL ? feof(first) != 0 : 0;
        break;
    case STDIO_FERROR:
        value = first != NULL ? ferror(first) != 0 : 1;
        break;
    case STDIO_FFLUSH:
        value = fflush(first);
        break;
    case STDIO_FGETC:
        value = first != NULL ? fgetc(first) : EOF;
        break;
    case STDIO_FGETS: {
        FILE *from = file_of(spe, slot[2]);
        uint32_t room = slot[1] < left ? slot[1] : left;
        value = from != NULL && fgets(text(store, slot[0]), (int)room, from) != NULL ? (long)slot[0] : 0;
        break;
    }
    case STDIO_FOPEN:
        value = open_file(spe, text(store, slot[0]), text(store, slot[1]));
        break;
    case STDIO_FPUTC:
    case STDIO_PUTC:
        value = second != NULL ? fputc((int)slot[0], second) : EOF;
        break;
    case STDIO_FPUTS:
        value = second != NULL ? fputs(text(store, slot[0]), second) : EOF;
        break;
    case STDIO_FREAD:
        value = fourth != NULL && bytes <= left ? (long)fread(text(store, slot[0]), slot[1], slot[2], fourth) : 0;
        break;
    case STDIO_FWRITE:
        value = fourth != NULL && bytes <= left ? (long)fwrite(text(store, slot[0]), slot[1], slot[2], fourth) : 0;
        break;
    case STDIO_FSEEK:
        value = first != NULL ? fseek(first, (int32_t)slot[1], (int)slot[2]) : -1;
        break;
    case STDIO_FTELL:
        value = first != NULL ? ftell(first) : -1;
        break;
    case STDIO_REWIND:
        if (first != NULL)
            rewind(first);
        value = 0;
        break;
    case STDIO_PUTCHAR:
        value = fputc((int)slot[0], spe->files[2]);
        break;
    case STDIO_PUTS:
        value = fputs(text(store, slot[0]), spe->files[2]) < 0 || fputc('\n', spe->files[2]) < 0 ? EOF : 1;
        break;
    case STDIO_REMOVE:
        value = remove(text(store, slot[0]));
        break;
    case STDIO_VFPRINTF:
        value = put(first, assist_format(store, slot[1], slot[2], slot[3]));
        break;
    case STDIO_VPRINTF:
        value = put(spe->files[2], assist_format(store, slot[0], slot[1], slot[2]));
        break;
    case STDIO_VSNPRINTF:
        value = store_text(store, slot[0], slot[1], assist_format(store, slot[2], slot[3], slot[4]));
        break;
    case STDIO_VSPRINTF:
        value = store_text(store, slot[0], LS_SIZE, assist_format(store, slot[1], slot[2], slot[3]));
        break;
    default:
        fprintf(stderr, "spe: no call-back for C99 operation %u\n", operation);
        return false;
    }
    volatile uint32_t *result = (volatile uint32_t *)(store + (block & (LS_SIZE - 16)));
    result[0] = (uint32_t)value;
    result[3] = (uint32_t)errno;
    return true;
}
