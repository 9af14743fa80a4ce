/* Virtual UARTs: byte pipes to the system software; and the system manager's power-off (devices 7 and 9). */
#include "kernel.h"

#define SYSTEM_MANAGER_PORT 2
#define PARAM_RX_BYTES_WAITING 4

enum manager_service { SERVICE_REQUEST = 1, SERVICE_RESPONSE = 2, SERVICE_COMMAND = 3, SERVICE_SET_NEXT_OPERATION = 5 };

struct manager_header {
    u8 version, size;
    u16 reserved1;
    u32 payload_size;
    u16 service, reserved2;
    u32 tag;
};

static struct manager_header header;
static u8 payload[16];
static u32 next_tag;

/* Buffers are named by their real address, and lie in boot memory, where that is the LPAR address. */
int vuart_write(u64 port, const void *data, u64 size)
{
    u64 sent = 0;

    while (sent < size) {
        struct lv1_results results;

        if (LV1(&results, LV1_WRITE_VIRTUAL_UART, port, physical_of(data) + sent, size - sent) != LV1_SUCCESS || !results.value[0])
            return 0;
        sent += results.value[0];
    }
    return 1;
}

/* All or nothing within the time given. */
int vuart_read(u64 port, void *data, u64 size, u64 milliseconds)
{
    struct lv1_results results;
    u64 limit = timebase() + timebase_hertz / 1000 * milliseconds;
    u64 received = 0;

    while (received < size) {
        if (LV1(&results, LV1_GET_VIRTUAL_UART_PARAM, port, PARAM_RX_BYTES_WAITING) != LV1_SUCCESS)
            return 0;
        if (results.value[0]) {
            if (LV1(&results, LV1_READ_VIRTUAL_UART, port, physical_of(data) + received, size - received) != LV1_SUCCESS)
                return 0;
            received += results.value[0];
        } else if (timebase() > limit) {
            return 0;
        } else {
            LV1(&results, LV1_PAUSE, 0);
            interrupts_on();
            interrupts_off();
        }
    }
    return 1;
}

static int manager_send(u16 service, u8 version, u8 second, u8 third)
{
    memset(&header, 0, sizeof(header));
    memset(payload, 0, sizeof(payload));
    header.version = 1;
    header.size = sizeof(header);
    header.payload_size = sizeof(payload);
    header.service = service;
    header.tag = next_tag++;
    payload[0] = version;
    payload[1] = second;
    payload[2] = third;
    return vuart_write(SYSTEM_MANAGER_PORT, &header, sizeof(header)) && vuart_write(SYSTEM_MANAGER_PORT, payload, sizeof(payload));
}

/* Next operation: system shutdown (1), said by the other OS (3). Then ask for the shutdown, wait for the command to do
 * so, and acknowledge it. */
static int manager_shutdown(void)
{
    if (!manager_send(SERVICE_SET_NEXT_OPERATION, 3, 1, 3) || !manager_send(SERVICE_REQUEST, 1, 1, 0))
        return 0;
    for (int messages = 0; messages < 16; messages++) {
        if (!vuart_read(SYSTEM_MANAGER_PORT, &header, sizeof(header), 2000) || header.version != 1 ||
            header.payload_size > sizeof(payload) || !vuart_read(SYSTEM_MANAGER_PORT, payload, header.payload_size, 2000))
            return 0;
        if (header.service == SERVICE_COMMAND && payload[1] == 1)
            return manager_send(SERVICE_RESPONSE, 1, 0, 0);
    }
    return 0;
}

void system_power_off(void)
{
    struct lv1_results results;

    if (!manager_shutdown()) {
        print("penguin: no answer from the system manager\n");
        LV1(&results, LV1_CONSOLE_FLUSH, 1);
        LV1(&results, LV1_PANIC, 0);
    }
    for (;;)
        LV1(&results, LV1_PAUSE, 1);
}
