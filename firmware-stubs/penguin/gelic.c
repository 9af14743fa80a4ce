/* The Ethernet controller (devices 3): two chains of descriptors in memory that the controller reaches by DMA. A descriptor with the
 * mark of the card is the card's; the card stores how it went and takes the mark off. A chain ends with a link of 0, where the engine stops
 * and says so. */
#include "kernel.h"

struct descriptor {
    volatile u32 buffer, size, next, command;
    volatile u32 result_size, valid_size, data_status, data_error;
} __attribute__((aligned(32)));

#define STATE_MASK 0xf0000000U
#define STATE_DONE 0x00000000U
#define STATE_FRAME_END 0x40000000U
#define STATE_CARD 0xa0000000U
#define STATE_UNUSED 0xb0000000U
#define NO_IPSEC 0x00080000U
#define FRAME_TAIL 0x00040000U
#define CHAIN_END 0x00000002U
#define SENT_TAIL 0x00000001U /* in data_status */

#define CAUSE_RECEIVED 0x1000000000000000UL
#define CAUSE_TRANSMIT_END 0x0100000000000000UL
#define CAUSE_PORT 0x20000000UL
#define CAUSE_RECEIVE_END 0x4000UL

#define BROADCAST 0xffffffffffffUL
#define PREFIX 2 /* bytes before a received frame: its VLAN */
#define VLAN_TAG 4
#define TRANSMIT_VLAN 2
#define PATIENCE 5000 /* milliseconds */

/* What the controller sees, a DMA region of its own. */
struct shared {
    struct descriptor receive[GELIC_RING], transmit[GELIC_RING];
    volatile u64 causes;
    u8 received[GELIC_RING][GELIC_FRAME] __attribute__((aligned(128)));
    u8 sent[GELIC_RING][GELIC_FRAME];
};

#define SHARED_SIZE ((sizeof(struct shared) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))

struct device gelic_device;
u64 gelic_mac, gelic_events;
static struct shared *shared;
static u64 bus_base, head, restarts, causes_seen, vlan;
static u32 queued, queued_frames;

static u32 bus_of(const volatile void *pointer)
{
    return (u32)(bus_base + ((u64)pointer - (u64)shared));
}

static void on_event(void)
{
    causes_seen |= shared->causes;
    gelic_events++;
}

s32 gelic_control(u64 command, u64 argument, u64 *value)
{
    struct lv1_results results;
    s32 status = LV1(&results, LV1_NET_CONTROL, gelic_device.bus, gelic_device.id, command, argument, 0, 0);

    *value = results.value[0];
    return status;
}

static s32 start_receive(u64 address)
{
    struct lv1_results results;

    return LV1(&results, LV1_NET_START_RX_DMA, gelic_device.bus, gelic_device.id, address, 0);
}

static s32 start_transmit(u64 address)
{
    struct lv1_results results;

    return LV1(&results, LV1_NET_START_TX_DMA, gelic_device.bus, gelic_device.id, address, 0);
}

s32 gelic_open(void)
{
    struct lv1_results results;
    u64 bus = gelic_device.bus, id = gelic_device.id;
    s32 status;

    shared = pages_allocate(SHARED_SIZE);
    bus_base = 0;
    status_expect("starting a closed controller", start_receive(32), LV1_WRONG_STATE);
    if ((status = device_open(&gelic_device, on_event)) != LV1_SUCCESS)
        return status;
    if (!(bus_base = device_map(&gelic_device, shared, SHARED_SIZE)))
        return LV1_ACCESS_VIOLATION;
    /* With VLANs inside the console, its Ethernet socket is one of them, and sent frames carry its number. */
    if (gelic_control(4, TRANSMIT_VLAN, &vlan) != LV1_SUCCESS)
        vlan = 0;
    if ((status = gelic_control(1, 0, &gelic_mac)) != LV1_SUCCESS)
        return status;
    LV1(&results, LV1_NET_SET_INTERRUPT_STATUS_INDICATOR, bus, id, lpar_of(physical_of(&shared->causes)), 0);
    LV1(&results, LV1_NET_SET_INTERRUPT_MASK, bus, id, CAUSE_RECEIVED | CAUSE_RECEIVE_END | CAUSE_TRANSMIT_END | CAUSE_PORT, 0);
    LV1(&results, LV1_NET_REMOVE_MULTICAST_ADDRESS, bus, id, 0, 1);
    return LV1(&results, LV1_NET_ADD_MULTICAST_ADDRESS, bus, id, BROADCAST, 0);
}

void gelic_close(void)
{
    struct lv1_results results;

    LV1(&results, LV1_NET_SET_INTERRUPT_MASK, gelic_device.bus, gelic_device.id, 0, 0);
    LV1(&results, LV1_NET_STOP_RX_DMA, gelic_device.bus, gelic_device.id);
    LV1(&results, LV1_NET_STOP_TX_DMA, gelic_device.bus, gelic_device.id);
    LV1(&results, LV1_NET_SET_INTERRUPT_STATUS_INDICATOR, gelic_device.bus, gelic_device.id, 0, 0);
    status_expect("unmapping the rings", device_unmap(&gelic_device, bus_base, SHARED_SIZE), LV1_SUCCESS);
    device_close(&gelic_device);
}

static void give_to_card(u64 index)
{
    struct descriptor *descriptor = &shared->receive[index];

    descriptor->buffer = bus_of(shared->received[index]);
    descriptor->size = GELIC_FRAME;
    descriptor->next = 0;
    descriptor->result_size = descriptor->valid_size = descriptor->data_status = descriptor->data_error = 0;
    __asm__ volatile("eieio" : : : "memory"); /* the mark last: from then on it is the card's */
    descriptor->command = STATE_CARD;
}

/* All receive descriptors are the card's. The last one's link is 0, so that the engine never meets one that has been filled. */
s32 gelic_start(void)
{
    for (u64 i = 0; i < GELIC_RING; i++)
        give_to_card(i);
    for (u64 i = 0; i + 1 < GELIC_RING; i++)
        shared->receive[i].next = bus_of(&shared->receive[i + 1]);
    head = 0;
    return start_receive(bus_of(&shared->receive[0]));
}

s32 gelic_stop(void)
{
    struct lv1_results results;

    return LV1(&results, LV1_NET_STOP_RX_DMA, gelic_device.bus, gelic_device.id);
}

/* Descriptors that are filled and not taken yet. */
u64 gelic_waiting(void)
{
    u64 count = 0;

    while (count < GELIC_RING && (shared->receive[(head + count) % GELIC_RING].command & STATE_MASK) != STATE_CARD)
        count++;
    return count;
}

u64 gelic_restarts(void)
{
    return restarts;
}

/* The next frame, copied, and its size; 0 when there is none. Its descriptor goes to the end of the chain: first it is the card's, then
 * the one before it links to it. If the engine had come to the end before that, it is started at the first that is the card's. */
u64 gelic_receive(u8 *frame, u32 *error)
{
    struct descriptor *descriptor = &shared->receive[head];
    u32 command = descriptor->command;
    u64 size = 0, index = head;

    if ((command & STATE_MASK) == STATE_CARD)
        return 0;
    __asm__ volatile("lwsync" : : : "memory");
    *error = descriptor->data_error;
    if ((command & STATE_MASK) == STATE_FRAME_END && descriptor->valid_size > PREFIX && descriptor->valid_size <= GELIC_FRAME) {
        size = descriptor->valid_size - PREFIX;
        memcpy(frame, shared->received[head] + PREFIX, size);
    } else {
        size = 1; /* no frame: the caller knows it by its size */
    }
    give_to_card(index);
    shared->receive[(index + GELIC_RING - 1) % GELIC_RING].next = bus_of(&shared->receive[index]);
    head = (index + 1) % GELIC_RING;
    if (command & CHAIN_END) {
        restarts++;
        status_expect("starting at the end of the chain", start_receive(bus_of(&shared->receive[head])), LV1_SUCCESS);
    }
    return size;
}

/* Where the next frame to be queued is written, without the VLAN's tag. */
u8 *gelic_frame(void)
{
    return queued + 1 < GELIC_RING ? shared->sent[queued] : NULL;
}

static void queue_piece(u64 index, const void *data, u64 size, u32 command)
{
    struct descriptor *descriptor = &shared->transmit[index];

    descriptor->buffer = bus_of(data);
    descriptor->size = (u32)size;
    descriptor->next = 0;
    descriptor->result_size = descriptor->valid_size = descriptor->data_status = descriptor->data_error = 0;
    descriptor->command = STATE_CARD | NO_IPSEC | command;
    if (index)
        shared->transmit[index - 1].next = bus_of(descriptor);
}

/* Puts a frame of so many bytes at the end of the chain, in two pieces if the first has a size. The checksum is the card's to compute if
 * asked for: 3 for UDP, 2 for TCP. */
void gelic_queue(u64 size, u64 fragment, u32 checksum)
{
    u8 *frame = shared->sent[queued];

    if (vlan) {
        for (u64 i = size; i > 12; i--)
            frame[i - 1 + VLAN_TAG] = frame[i - 1];
        frame[12] = 0x81;
        frame[13] = 0;
        frame[14] = (u8)(vlan >> 8);
        frame[15] = (u8)vlan;
        size += VLAN_TAG;
    }
    if (fragment)
        queue_piece(queued++, frame, fragment, 0);
    queue_piece(queued++, frame + fragment, size - fragment, FRAME_TAIL | checksum << 16);
    queued_frames++;
}

/* Sends what is queued and waits until the card has done with it. The number of frames, or -1. */
int gelic_transmit(void)
{
    u64 limit = deadline(PATIENCE);
    int frames = (int)queued_frames;
    u32 count = queued;

    queued = queued_frames = 0;
    if (!count)
        return 0;
    causes_seen &= ~CAUSE_TRANSMIT_END;
    if (start_transmit(bus_of(&shared->transmit[0])) != LV1_SUCCESS)
        return -1;
    while (!(causes_seen & CAUSE_TRANSMIT_END))
        if (!device_wait(limit))
            return -1;
    for (u32 i = 0; i < count; i++) {
        const struct descriptor *done = &shared->transmit[i];

        if ((done->command & STATE_MASK) != STATE_DONE || (i + 1 == count) != !!(done->command & CHAIN_END) ||
            ((done->command & FRAME_TAIL) && !(done->data_status & SENT_TAIL)))
            return -1;
    }
    return frames;
}

/* Both engines stand still. */
void gelic_refusals(void)
{
    struct lv1_results results;
    u64 value, bus = gelic_device.bus, id = gelic_device.id, unmapped = bus_base + SHARED_SIZE + LARGE_PAGE;

    status_expect("receiving at 0", start_receive(0), LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("receiving where no descriptor can be", start_receive(bus_base + 8), LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("receiving beyond 32 bits", start_receive(bus_base + (1UL << 32)), LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("receiving where nothing is mapped", start_receive(unmapped), LV1_ACCESS_VIOLATION);
    status_expect("sending where no descriptor can be", start_transmit(bus_base + 8), LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("sending where nothing is mapped", start_transmit(unmapped), LV1_ACCESS_VIOLATION);
    status_expect("a command that is not known", gelic_control(99, 0, &value), LV1_NO_ENTRY);
    status_expect("a group that is one station",
                  LV1(&results, LV1_NET_ADD_MULTICAST_ADDRESS, bus, id, 0x020000000000UL, 0), LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("a status word at an odd address",
                  LV1(&results, LV1_NET_SET_INTERRUPT_STATUS_INDICATOR, bus, id, lpar_of(physical_of(&shared->causes)) + 1, 0),
                  LV1_ALIGNMENT_ERROR);
    status_expect("another controller", LV1(&results, LV1_NET_STOP_RX_DMA, bus, 99), LV1_NO_ENTRY);
    status_expect("opening its event twice",
                  LV1(&results, LV1_CONNECT_INTERRUPT_EVENT_RECEIVE_PORT, bus, id, gelic_device.outlet, 0), LV1_ALREADY_CONNECTED);

    /* A descriptor that is not the card's, and one whose bytes the card cannot reach: the engine says so in it and stops. */
    queue_piece(0, shared->sent[0], 64, FRAME_TAIL);
    shared->transmit[0].command = STATE_UNUSED | FRAME_TAIL;
    status_expect("sending what is not the card's", start_transmit(bus_of(&shared->transmit[0])), LV1_SUCCESS);
    device_wait(deadline(1));
    status_expect("its mark afterwards", shared->transmit[0].command & STATE_MASK, STATE_UNUSED);
    queue_piece(0, shared->sent[0], 64, FRAME_TAIL);
    shared->transmit[0].buffer = (u32)unmapped;
    status_expect("sending what is out of reach", start_transmit(bus_of(&shared->transmit[0])), LV1_SUCCESS);
    device_wait(deadline(1));
    status_expect("its mark afterwards", shared->transmit[0].command & STATE_MASK, 0x20000000);

    status_expect("receiving", gelic_start(), LV1_SUCCESS);
    status_expect("receiving twice", start_receive(bus_of(&shared->receive[0])), LV1_BUSY);
    status_expect("stopping", gelic_stop(), LV1_SUCCESS);
    status_expect("stopping twice", gelic_stop(), LV1_SUCCESS);
}
