/* The BD drive (devices 1.3): everything but reading is an ATAPI packet. A failed one says why in its status. */
#include "kernel.h"

#define ATAPI_COMMAND 1
#define CHECK_CONDITION 0x02
#define NOT_READY 2
#define UNIT_ATTENTION 6
#define NO_MEDIUM 0x3a
#define TRIES 4

struct atapi_block {
    u8 packet[32];
    u32 packet_length, blocks, block_size, protocol, direction, reserved;
    u64 buffer;
    u32 length;
} __attribute__((aligned(8)));

enum scsi { TEST_UNIT_READY = 0x00, INQUIRY = 0x12, READ_CAPACITY = 0x25, VENDOR = 0xff };
enum protocol { NO_DATA = 0, PIO_IN = 1 };

static struct storage_end packet(u8 operation, u8 allocation, void *data, u32 length)
{
    struct atapi_block block = {.packet = {operation, 0, 0, 0, allocation}, .packet_length = 12, .blocks = length, .block_size = 1,
                                .protocol = length ? PIO_IN : NO_DATA, .direction = 1, .length = length};

    block.buffer = lpar_of(physical_of(data));
    return storage_command(ATAPI_COMMAND, lpar_of(physical_of(&block)), sizeof(block), block.buffer, length);
}

void optical_check(u8 *buffer)
{
    struct storage_end ready = {.status = 0};
    u64 key, code, good;
    u32 blocks;
    char name[29] = "";

    good = (u64)storage_good(packet(INQUIRY, 36, buffer, 36)) && (buffer[0] & 0x1f) == 5;
    memcpy(name, buffer + 8, 28);
    /* The first answer after power-on may be that something has changed. */
    for (int tries = 0; tries < TRIES; tries++) {
        ready = packet(TEST_UNIT_READY, 0, buffer, 0);
        if ((ready.status >> 16 & 0xff) != UNIT_ATTENTION)
            break;
    }
    key = ready.status >> 16 & 0xff;
    code = ready.status >> 8 & 0xff;
    status_expect("a packet of the vendor's", packet(VENDOR, 0, buffer, 0).call, LV1_DENIED_BY_POLICY);
    if (ready.call == LV1_SUCCESS && ready.in_time && ready.status != 0) {
        check("optical", good && ready.status >> 24 == CHECK_CONDITION && key == NOT_READY && code == NO_MEDIUM,
              "\"%s\", no disc: sense key %lu, code %02lx", name, key, code);
        return;
    }
    good &= (u64)storage_good(packet(READ_CAPACITY, 0, buffer, 8)) && ((u32 *)buffer)[1] == storage_device.block_size;
    blocks = ((u32 *)buffer)[0] + 1;
    good &= (u64)storage_good(storage_read(storage_device.regions[0].id, 0, 1, 0, buffer));
    good &= (u64)storage_good(storage_read(storage_device.regions[0].id, blocks - 1, 1, 0, buffer));
    check("optical", good && storage_good(ready), "\"%s\", a disc of %u blocks, first and last read", name, blocks);
}
