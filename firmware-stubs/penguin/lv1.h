/* Hypercalls: `sc 1` with the number in r11, up to eight arguments from r3, the status in r3 and up to seven results
 * from r4 (lv1-calls 1). */
#ifndef PENGUIN_LV1_H
#define PENGUIN_LV1_H

#include "types.h"

enum lv1_status {
    LV1_SUCCESS = 0,
    LV1_DENIED_BY_POLICY = -4,
    LV1_ACCESS_VIOLATION = -5,
    LV1_NO_ENTRY = -6,
    LV1_DUPLICATE_ENTRY = -7,
    LV1_BUSY = -9,
    LV1_EMPTY = -10,
    LV1_WRONG_STATE = -11,
    LV1_ALREADY_CONNECTED = -14,
    LV1_UNSUPPORTED_PARAMETER_VALUE = -15,
    LV1_ILLEGAL_PARAMETER_VALUE = -17,
    LV1_ALIGNMENT_ERROR = -23,
};

enum lv1_number {
    LV1_ALLOCATE_MEMORY = 0,
    LV1_WRITE_HTAB_ENTRY = 1,
    LV1_CONSTRUCT_VIRTUAL_ADDRESS_SPACE = 2,
    LV1_QUERY_ADDRESS_REGION = 6,
    LV1_SELECT_VIRTUAL_ADDRESS_SPACE = 7,
    LV1_PAUSE = 9,
    LV1_CONFIGURE_IRQ_STATE_BITMAP = 11,
    LV1_CONNECT_IRQ_PLUG = 12,
    LV1_CONSTRUCT_EVENT_RECEIVE_PORT = 18,
    LV1_DESTRUCT_EVENT_RECEIVE_PORT = 19,
    LV1_SEND_EVENT_LOCALLY = 24,
    LV1_END_OF_INTERRUPT = 30,
    LV1_DID_UPDATE_INTERRUPT_MASK = 31,
    LV1_GET_LOGICAL_PPE_ID = 69,
    LV1_GET_LOGICAL_PARTITION_ID = 74,
    LV1_READ_REPOSITORY_NODE = 91,
    LV1_READ_HTAB_ENTRIES = 95,
    LV1_CONSOLE_OPEN = 105,
    LV1_CONSOLE_WRITE = 107,
    LV1_CONSOLE_FLUSH = 109,
    LV1_GET_VERSION_INFO = 127,
    LV1_INSERT_HTAB_ENTRY = 158,
    LV1_READ_VIRTUAL_UART = 162,
    LV1_WRITE_VIRTUAL_UART = 163,
    LV1_GET_VIRTUAL_UART_PARAM = 165,
    LV1_OPEN_DEVICE = 170,
    LV1_CLOSE_DEVICE = 171,
    LV1_ALLOCATE_DEVICE_DMA_REGION = 174,
    LV1_FREE_DEVICE_DMA_REGION = 175,
    LV1_MAP_DEVICE_DMA_REGION = 176,
    LV1_UNMAP_DEVICE_DMA_REGION = 177,
    LV1_NET_ADD_MULTICAST_ADDRESS = 185,
    LV1_NET_REMOVE_MULTICAST_ADDRESS = 186,
    LV1_NET_START_TX_DMA = 187,
    LV1_NET_STOP_TX_DMA = 188,
    LV1_NET_START_RX_DMA = 189,
    LV1_NET_STOP_RX_DMA = 190,
    LV1_NET_SET_INTERRUPT_STATUS_INDICATOR = 191,
    LV1_NET_SET_INTERRUPT_MASK = 193,
    LV1_NET_CONTROL = 194,
    LV1_CONNECT_INTERRUPT_EVENT_RECEIVE_PORT = 197,
    LV1_DISCONNECT_INTERRUPT_EVENT_RECEIVE_PORT = 198,
    LV1_GPU_OPEN = 210,
    LV1_GPU_DEVICE_MAP = 212,
    LV1_GPU_MEMORY_ALLOCATE = 214,
    LV1_GPU_CONTEXT_ALLOCATE = 217,
    LV1_GPU_CONTEXT_IOMAP = 221,
    LV1_GPU_CONTEXT_ATTRIBUTE = 225,
    LV1_GPU_CONTEXT_INTR = 227,
    LV1_GET_RTC = 232,
    LV1_STORAGE_READ = 245,
    LV1_STORAGE_WRITE = 246,
    LV1_STORAGE_SEND_DEVICE_COMMAND = 248,
    LV1_STORAGE_GET_ASYNC_STATUS = 249,
    LV1_STORAGE_CHECK_ASYNC_STATUS = 254,
    LV1_PANIC = 255,
};

/* The results of a call, r4 first. Kept in registers by the compiler where the caller is inlined. */
struct lv1_results {
    u64 value[7];
};

static inline __attribute__((always_inline)) s32 lv1_call(u64 number, struct lv1_results *results, u64 a1, u64 a2, u64 a3,
                                                          u64 a4, u64 a5, u64 a6, u64 a7, u64 a8)
{
    register u64 r11 __asm__("r11") = number;
    register u64 r3 __asm__("r3") = a1;
    register u64 r4 __asm__("r4") = a2;
    register u64 r5 __asm__("r5") = a3;
    register u64 r6 __asm__("r6") = a4;
    register u64 r7 __asm__("r7") = a5;
    register u64 r8 __asm__("r8") = a6;
    register u64 r9 __asm__("r9") = a7;
    register u64 r10 __asm__("r10") = a8;

    __asm__ volatile(".long 0x44000022" /* sc 1 */
                     : "+r"(r11), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8), "+r"(r9), "+r"(r10)
                     :
                     : "r0", "r12", "lr", "ctr", "xer", "cr0", "cr1", "cr5", "cr6", "cr7", "memory");

    results->value[0] = r4;
    results->value[1] = r5;
    results->value[2] = r6;
    results->value[3] = r7;
    results->value[4] = r8;
    results->value[5] = r9;
    results->value[6] = r10;
    return (s32)r3;
}

/* LV1(results, number, up to eight arguments): missing arguments are 0. */
#define LV1_PAD(results, number, a1, a2, a3, a4, a5, a6, a7, a8, ...) \
    lv1_call(number, results, (u64)(a1), (u64)(a2), (u64)(a3), (u64)(a4), (u64)(a5), (u64)(a6), (u64)(a7), (u64)(a8))
#define LV1(results, number, ...) LV1_PAD(results, number, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0, 0)

#endif
