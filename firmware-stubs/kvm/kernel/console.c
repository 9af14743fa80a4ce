/* The board's registers, and text through one of them. */
#include "machine.h"

/* With translation off its real address; a page of the device segment afterwards. */
static volatile u8 *board = (volatile u8 *)BOARD_REGISTERS;

u64 board_read(u64 offset)
{
    return *(volatile u64 *)(board + offset);
}

void board_write(u64 offset, u64 value)
{
    *(volatile u64 *)(board + offset) = value;
}

void board_mapped(void *registers)
{
    board = registers;
}

void console_open(void)
{
}

void console_text(const char *text, u64 length)
{
    for (u64 at = 0; at < length; at += 8) {
        u64 word = 0;

        memcpy(&word, text + at, length - at < 8 ? length - at : 8);
        board_write(BOARD_TEXT, word);
    }
}

void console_update(void)
{
}

void machine_end(u64 status)
{
    board_write(BOARD_END, status);
    for (;;)
        ;
}

void machine_panic(const char *text, u64 length)
{
    console_text("PANIC ", 6);
    console_text(text, length);
    console_text("\n", 1);
    machine_end(2);
}
