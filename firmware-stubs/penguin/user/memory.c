/* Memory that appears when it is touched: a growing heap and a deepening stack. */
#include "user.h"

#define HEAP 0x8000
#define STEP 0x400

static u64 __attribute__((noinline)) deepen(u32 depth)
{
    volatile u64 room[128];

    room[depth % 128] = depth;
    return (depth ? deepen(depth - 1) : 0) + room[depth % 128];
}

int main(u64 argument)
{
    u8 *heap = grow(HEAP);
    u32 wrong = 0;

    (void)argument;
    if (!heap)
        return 1;
    for (u32 at = 0; at < HEAP; at += STEP) {
        wrong += heap[at] != 0;
        heap[at] = (u8)(at / STEP + 1);
    }
    for (u32 at = 0; at < HEAP; at += STEP)
        wrong += heap[at] != (u8)(at / STEP + 1);
    wrong += grow(0x100000) != 0;
    wrong += deepen(30) != 465;
    write(wrong ? "memory differs" : "heap and stack as expected");
    return wrong != 0;
}
