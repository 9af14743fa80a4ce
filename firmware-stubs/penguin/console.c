/* The hypervisor's debug console (lv1-calls 15), with a copy on the screen, and the end of a machine that cannot go on. */
#include "kernel.h"

#define CONSOLE_ID 1
#define CONSOLE_SIZE 0xff0

static int console_ready;

void console_open(void)
{
    struct lv1_results results;
    s32 status = LV1(&results, LV1_CONSOLE_OPEN, CONSOLE_ID, 0, 0, CONSOLE_SIZE, CONSOLE_SIZE, 0, 0);

    console_ready = status == LV1_SUCCESS || status == LV1_DUPLICATE_ENTRY;
}

/* Up to 32 bytes a call, from the left of four doublewords. */
static void console_write(const char *text, u64 length)
{
    while (console_ready && length) {
        struct lv1_results results;
        u64 words[4] = {0, 0, 0, 0};
        u64 count = length < 32 ? length : 32;

        memcpy(words, text, count);
        if (LV1(&results, LV1_CONSOLE_WRITE, CONSOLE_ID, count, words[0], words[1], words[2], words[3]) != LV1_SUCCESS)
            return;
        if (results.value[0] < count)
            count = results.value[0];
        text += count;
        length -= count;
        if (!count)
            LV1(&results, LV1_CONSOLE_FLUSH, CONSOLE_ID);
    }
}

void console_text(const char *text, u64 length)
{
    console_write(text, length);
    screen_text(text);
}

void console_update(void)
{
    screen_show();
}

void machine_panic(const char *text, u64 length)
{
    struct lv1_results results;

    console_write("PENGUIN PANIC ", 14);
    console_write(text, length);
    console_write("\n", 1);
    LV1(&results, LV1_CONSOLE_FLUSH, CONSOLE_ID);
    LV1(&results, LV1_PANIC, 0);
    for (;;)
        LV1(&results, LV1_PAUSE, 1);
}
