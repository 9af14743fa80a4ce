// Short branches on data: quicksort with a comparison of its own, a search of solitaire-like states by backtracking, and an
// interpreter of a small program.
#include "work.h"

#define NUMBERS 2048
static uint32_t numbers[NUMBERS];

static void sort(int first, int last)
{
    while (first < last) {
        uint32_t middle = numbers[(first + last) / 2];
        int low = first, high = last;
        while (low <= high) {
            while (numbers[low] < middle)
                low++;
            while (numbers[high] > middle)
                high--;
            if (low <= high) {
                uint32_t other = numbers[low];
                numbers[low++] = numbers[high];
                numbers[high--] = other;
            }
        }
        sort(first, high);
        first = low;
    }
}

static int queens(int size)
{
    int column[16], row = 0, found = 0;
    column[0] = -1;
    while (row >= 0) {
        if (++column[row] == size) {
            row--;
            continue;
        }
        int fits = 1;
        for (int above = 0; above < row && fits; above++) {
            int distance = column[above] - column[row];
            if (distance == 0 || distance == row - above || distance == above - row)
                fits = 0;
        }
        if (!fits)
            continue;
        if (row == size - 1)
            found++;
        else
            column[++row] = -1;
    }
    return found;
}

enum { PUSH, ADD, MULTIPLY, LESS, BACK, COPY, SWAP, END };

static uint32_t interpret(const uint8_t *code, uint32_t input)
{
    uint32_t stack[8] = { input };
    int top = 0, at = 0;
    for (;;)
        switch (code[at++]) {
        case PUSH:
            stack[++top] = code[at++];
            break;
        case ADD:
            top--;
            stack[top] += stack[top + 1];
            break;
        case MULTIPLY:
            top--;
            stack[top] *= stack[top + 1];
            break;
        case LESS:
            stack[top]--;
            break;
        case BACK:
            at = stack[top] != 0 ? code[at] : at + 1;
            break;
        case COPY:
            stack[top + 1] = stack[top];
            top++;
            break;
        case SWAP: {
            uint32_t other = stack[top];
            stack[top] = stack[top - 1];
            stack[top - 1] = other;
            break;
        }
        default:
            return stack[0];
        }
}

uint32_t work(uint32_t count)
{
    static const uint8_t program[] = { PUSH, 100, SWAP, PUSH, 33, MULTIPLY, PUSH, 7, ADD, SWAP, LESS, BACK, 2, SWAP, END };
    uint32_t sum = 0, x = 1;
    for (uint32_t round = 0; round < count; round++) {
        for (int i = 0; i < NUMBERS; i++)
            numbers[i] = x = x * 1664525u + 1013904223u;
        sort(0, NUMBERS - 1);
        for (int i = 0; i < NUMBERS; i += 64)
            sum = sum * 31 + numbers[i];
        sum += (uint32_t)queens(6 + (int)(round & 1));
        for (int i = 0; i < 30; i++)
            sum ^= interpret(program, sum + (uint32_t)i);
    }
    return sum;
}
