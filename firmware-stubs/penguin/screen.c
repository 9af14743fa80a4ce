/* What the boot screen shows: a penguin, the four shapes, colour bars, and the console's text in columns. Pixels are
 * X8R8G8B8 words. Shapes are computed, so that the image carries no picture data. */
#include "kernel.h"

#define HEADER_HEIGHT 144
#define BAR_HEIGHT 8
#define CELL_WIDTH 8
#define CELL_HEIGHT 16
#define COLUMN_CELLS 80
#define LOG_SIZE 8192

enum colour {
    BACKGROUND = 0x101828,
    TEXT = 0xd8dee8,
    GOOD = 0x78d878,
    BAD = 0xff6058,
    WHITE = 0xf4f4f4,
    BLACK = 0x080808,
    BEAK = 0xf0a020,
};

static u32 *frame;
static int screen_width, screen_height;
static int columns, rows, column, row, cell;
static u32 text_colour = TEXT;

/* Text printed before there is a screen. */
static char early_log[LOG_SIZE];
static u32 early_length;

static void fill(int x, int y, int width, int height, u32 colour)
{
    u64 pair = (u64)colour << 32 | colour;

    for (int line = y; line < y + height; line++) {
        u32 *pixels = frame + line * screen_width + x;
        int left = width;

        for (; left && ((u64)pixels & 7); left--)
            *pixels++ = colour;
        for (; left >= 8; left -= 8, pixels += 8) {
            ((u64 *)pixels)[0] = pair;
            ((u64 *)pixels)[1] = pair;
            ((u64 *)pixels)[2] = pair;
            ((u64 *)pixels)[3] = pair;
        }
        for (; left; left--)
            *pixels++ = colour;
    }
}

/* Filled ellipse: (x/a)^2 + (y/b)^2 <= 1 in whole numbers. */
static void ellipse(int x, int y, int a, int b, u32 colour)
{
    for (int dy = -b; dy <= b; dy++)
        for (int dx = -a; dx <= a; dx++)
            if (dx * dx * b * b + dy * dy * a * a <= a * a * b * b)
                frame[(y + dy) * screen_width + x + dx] = colour;
}

static void ring(int x, int y, int radius, u32 colour)
{
    ellipse(x, y, radius, radius, colour);
    ellipse(x, y, radius - 5, radius - 5, BACKGROUND);
}

static void square(int x, int y, int radius, u32 colour)
{
    fill(x - radius, y - radius, 2 * radius, 2 * radius, colour);
    fill(x - radius + 5, y - radius + 5, 2 * radius - 10, 2 * radius - 10, BACKGROUND);
}

static void cross(int x, int y, int radius, u32 colour)
{
    for (int d = -radius; d < radius; d++) {
        fill(x + d, y + d, 6, 1, colour);
        fill(x + d, y - d, 6, 1, colour);
    }
}

static void triangle(int x, int y, int radius, u32 colour)
{
    for (int d = 0; d < 2 * radius; d++) {
        fill(x - d / 2 - 3, y - radius + d, 6, 1, colour);
        fill(x + d / 2 - 3, y - radius + d, 6, 1, colour);
    }
    fill(x - radius - 3, y + radius - 5, 2 * radius + 6, 5, colour);
}

static void penguin(int x, int y)
{
    ellipse(x, y + 10, 40, 52, BLACK);         /* body */
    ellipse(x, y - 38, 25, 24, BLACK);         /* head */
    ellipse(x, y + 18, 28, 42, WHITE);         /* belly */
    ellipse(x - 40, y + 6, 7, 30, BLACK);      /* wings */
    ellipse(x + 40, y + 6, 7, 30, BLACK);
    ellipse(x - 9, y - 42, 7, 9, WHITE);       /* eyes */
    ellipse(x + 9, y - 42, 7, 9, WHITE);
    ellipse(x - 7, y - 40, 3, 4, BLACK);
    ellipse(x + 7, y - 40, 3, 4, BLACK);
    ellipse(x, y - 28, 12, 6, BEAK);
    ellipse(x - 18, y + 60, 17, 6, BEAK);      /* feet */
    ellipse(x + 18, y + 60, 17, 6, BEAK);
}

static void colour_bars(int y)
{
    static const u32 bars[8] = {0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x000000};

    for (int i = 0; i < 8; i++)
        fill(i * screen_width / 8, y, screen_width / 8, BAR_HEIGHT, bars[i]);
}

/* Five dots over seven pixels: the second and the fourth are two wide. */
static u32 spread(u32 dots)
{
    return (dots & 0x10) << 2 | (dots & 0x08) << 2 | (dots & 0x08) << 1 | (dots & 0x04) << 1 | (dots & 0x02) << 1 |
           (dots & 0x02) | (dots & 0x01);
}

static void glyph(int x, int y, char character, u32 colour)
{
    int index = character - ' ';

    if (index < 0 || index >= 95)
        index = 95;
    for (int line = 0; line < CELL_HEIGHT; line++) {
        u32 *pixels = frame + (y + line) * screen_width + x;

        u32 dots = font[index][line / 2];

        for (u32 bits = spread(dots); bits; bits = bits << 1 & 0x7f) {
            if (bits & 0x40)
                *pixels = colour;
            pixels++;
        }
    }
}

static int text_top(void)
{
    return HEADER_HEIGHT + BAR_HEIGHT + 8;
}

static void next_line(void)
{
    cell = 0;
    text_colour = TEXT;
    if (++row == rows) {
        row = 0;
        column = (column + 1) % columns;
    }
    fill(column * COLUMN_CELLS * CELL_WIDTH, text_top() + row * CELL_HEIGHT, COLUMN_CELLS * CELL_WIDTH, CELL_HEIGHT, BACKGROUND);
}

/* Lines of checks have their verdict's colour: the first word tells. */
static u32 line_colour(const char *text)
{
    if (text[0] == 'o' && text[1] == 'k')
        return GOOD;
    if (text[0] == 'F' && text[1] == 'A')
        return BAD;
    return TEXT;
}

void screen_text(const char *text)
{
    for (; *text; text++) {
        if (!frame) {
            if (early_length < LOG_SIZE - 1)
                early_log[early_length++] = *text;
            continue;
        }
        if (*text == '\n') {
            next_line();
            continue;
        }
        if (cell == COLUMN_CELLS)
            next_line();
        if (cell == 0)
            text_colour = line_colour(text);
        glyph((column * COLUMN_CELLS + cell) * CELL_WIDTH + 4, text_top() + row * CELL_HEIGHT, *text, text_colour);
        cell++;
    }
}

void screen_start(u32 *pixels, u32 width, u32 height)
{
    static const u32 shapes[4] = {0x40c8a0, 0xf06868, 0x80a8f0, 0xe090d8};
    int x, y = HEADER_HEIGHT / 2;

    screen_width = (int)width;
    screen_height = (int)height;
    columns = screen_width / (COLUMN_CELLS * CELL_WIDTH);
    rows = (screen_height - text_top() - 8) / CELL_HEIGHT;
    if (columns < 1 || rows < 1)
        return;
    frame = pixels;
    fill(0, 0, screen_width, screen_height, BACKGROUND);
    fill(0, 0, screen_width, HEADER_HEIGHT, 0x28405c);
    penguin(screen_width / 8 + 16, y);
    fill(screen_width / 2 - 8, 0, screen_width / 2 + 8, HEADER_HEIGHT, BACKGROUND);
    x = screen_width / 2 + 48;
    triangle(x, y, 24, shapes[0]);
    ring(x + 80, y, 26, shapes[1]);
    cross(x + 160, y, 24, shapes[2]);
    square(x + 240, y, 24, shapes[3]);
    colour_bars(HEADER_HEIGHT);
    early_log[early_length] = 0;
    screen_text(early_log);
}
