// Code of many short branches: queens by backtracking, quicksort, and a machine that interprets a small program. The same
// file compiled natively is what its speed is compared with.
//   branchy [ROUNDS]
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int queens(int n)
{
    int place[16], row = 0, found = 0;
    place[0] = -1;
    while (row >= 0) {
        if (++place[row] == n) {
            row--;
            continue;
        }
        int good = 1;
        for (int i = 0; i < row; i++) {
            int distance = place[i] - place[row];
            if (distance == 0 || distance == row - i || distance == i - row) {
                good = 0;
                break;
            }
        }
        if (!good)
            continue;
        if (row == n - 1)
            found++;
        else
            place[++row] = -1;
    }
    return found;
}

#define NUMBERS 4096
static uint32_t numbers[NUMBERS];

static void sort(int first, int last)
{
    while (first < last) {
        uint32_t pivot = numbers[(first + last) / 2];
        int i = first, j = last;
        while (i <= j) {
            while (numbers[i] < pivot)
                i++;
            while (numbers[j] > pivot)
                j--;
            if (i <= j) {
                uint32_t t = numbers[i];
                numbers[i++] = numbers[j];
                numbers[j--] = t;
            }
        }
        sort(first, j);
        first = i;
    }
}

enum operation { LOAD, ADD, MULTIPLY, SUBTRACT, JUMP_IF, DUPLICATE, SWAP, STOP };

static uint32_t interpret(const uint8_t *code, uint32_t input)
{
    uint32_t stack[8] = { input };
    int top = 1, at = 0;
    for (;;)
        switch (code[at++]) {
        case LOAD:
            stack[top++] = code[at++];
            break;
        case ADD:
            top--;
            stack[top - 1] += stack[top];
            break;
        case MULTIPLY:
            top--;
            stack[top - 1] *= stack[top];
            break;
        case SUBTRACT:
            top--;
            stack[top - 1] -= stack[top];
            break;
        case JUMP_IF:
            at = stack[top - 1] != 0 ? code[at] : at + 1;
            break;
        case DUPLICATE:
            stack[top] = stack[top - 1];
            top++;
            break;
        case SWAP: {
            uint32_t t = stack[top - 1];
            stack[top - 1] = stack[top - 2];
            stack[top - 2] = t;
            break;
        }
        default:
            return stack[0];
        }
}

int main(int count, char **arguments)
{
    // acc = input; n = 200; do acc = acc * 33 + 7; while (--n != 0)
    static const uint8_t code[] = { LOAD, 200, SWAP, LOAD, 33, MULTIPLY, LOAD, 7, ADD, SWAP, LOAD, 1, SUBTRACT, JUMP_IF, 2, STOP };
    int rounds = count > 1 ? atoi(arguments[1]) : 20;
    uint32_t sum = 0, x = 1;
    int found = 0;
    for (int round = 0; round < rounds; round++) {
        found += queens(7 + (round & 1));
        for (int i = 0; i < NUMBERS; i++)
            numbers[i] = x = x * 1664525u + 1013904223u;
        sort(0, NUMBERS - 1);
        for (int i = 0; i < NUMBERS; i += 64)
            sum = sum * 31 + numbers[i];
        for (int i = 0; i < 50; i++)
            sum ^= interpret(code, sum + (uint32_t)i);
    }
    printf("branchy %d %d %08x\n", rounds, found, (unsigned)sum);
    return 0;
}
