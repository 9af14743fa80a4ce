/* Formatted printing, the list of checks, and the few library functions everything needs. Where text goes is the machine's
 * (console.c). */
#include <stdarg.h>
#include "kernel.h"

static struct lock console_lock;
int checks_good, checks_bad;

void *memset(void *to, int value, u64 size)
{
    u8 *bytes = to;

    while (size--)
        *bytes++ = (u8)value;
    return to;
}

void *memcpy(void *to, const void *from, u64 size)
{
    u8 *target = to;
    const u8 *source = from;

    while (size--)
        *target++ = *source++;
    return to;
}

int strings_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

struct text {
    char characters[256];
    u64 length;
};

static void text_add(struct text *text, char character)
{
    if (text->length < sizeof(text->characters) - 1)
        text->characters[text->length++] = character;
}

static void text_add_number(struct text *text, u64 value, u64 base, int width, char fill)
{
    char digits[24];
    int count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > count; width--)
        text_add(text, fill);
    while (count)
        text_add(text, digits[--count]);
}

/* Knows %s %c %d %u %x with l and a width, and %%. */
static void text_format(struct text *text, const char *format, va_list arguments)
{
    for (; *format; format++) {
        int width = 0, wide = 0;
        char fill = ' ';

        if (*format != '%') {
            text_add(text, *format);
            continue;
        }
        format++;
        if (*format == '0')
            fill = '0';
        while (*format >= '0' && *format <= '9')
            width = width * 10 + *format++ - '0';
        while (*format == 'l')
            wide = 1, format++;
        switch (*format) {
        case 's': {
            const char *string = va_arg(arguments, const char *);

            for (; *string; string++, width--)
                text_add(text, *string);
            while (width-- > 0)
                text_add(text, ' ');
            break;
        }
        case 'c':
            text_add(text, (char)va_arg(arguments, int));
            break;
        case 'd': {
            s64 value = wide ? va_arg(arguments, s64) : va_arg(arguments, s32);

            if (value < 0)
                text_add(text, '-');
            text_add_number(text, value < 0 ? -(u64)value : (u64)value, 10, width, fill);
            break;
        }
        case 'u':
        case 'x':
            text_add_number(text, wide ? va_arg(arguments, u64) : va_arg(arguments, u32), *format == 'x' ? 16 : 10, width, fill);
            break;
        default:
            text_add(text, *format);
        }
    }
    text->characters[text->length] = 0;
}

static void text_print(struct text *text)
{
    lock_take(&console_lock);
    console_text(text->characters, text->length);
    lock_release(&console_lock);
}

void print(const char *format, ...)
{
    struct text text = {.length = 0};
    va_list arguments;

    va_start(arguments, format);
    text_format(&text, format, arguments);
    va_end(arguments);
    text_print(&text);
}

/* One line a check: what a test of the machine reads. */
void check(const char *name, int good, const char *format, ...)
{
    struct text text = {.length = 0};
    va_list arguments;

    if (good)
        checks_good++;
    else
        checks_bad++;
    for (const char *word = good ? "ok   " : "FAIL "; *word; word++)
        text_add(&text, *word);
    while (*name)
        text_add(&text, *name++);
    text_add(&text, ':');
    text_add(&text, ' ');
    va_start(arguments, format);
    text_format(&text, format, arguments);
    va_end(arguments);
    text_add(&text, '\n');
    text.characters[text.length] = 0;
    text_print(&text);
    console_update();
}

void panic(const char *format, ...)
{
    struct text text = {.length = 0};
    va_list arguments;

    /* The console's lock may be held by the code that failed. */
    va_start(arguments, format);
    text_format(&text, format, arguments);
    va_end(arguments);
    machine_panic(text.characters, text.length);
}
