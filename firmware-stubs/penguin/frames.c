/* What goes over the Ethernet: ARP, DHCP, pings whose bytes follow from their number, and a flood of numbered frames that a test may
 * send. Numbers are big-endian, as the network has them. */
#include "kernel.h"

#define IP(a, b, c, d) ((u32)(a) << 24 | (u32)(b) << 16 | (u32)(c) << 8 | (u32)(d))
#define HEADER 14
#define PING_ID 0x5047
#define TRANSACTION 0x50475550U
#define CHECKSUM_UDP 3
#define CHECKSUM_ERRORS 0x0c000000U
#define NUMBER_SIZE 4

enum ether_type { TYPE_IP = 0x0800, TYPE_ARP = 0x0806, TYPE_FLOOD = 0x88b5, TYPE_TEST = 0x88b6 }; /* the last two are free for tests */
enum ip_protocol { PROTOCOL_ICMP = 1, PROTOCOL_UDP = 17 };

struct ethernet {
    u8 to[6], from[6];
    u16 type;
} __attribute__((packed));

struct arp {
    u16 hardware, protocol;
    u8 hardware_size, protocol_size;
    u16 operation;
    u8 sender_mac[6];
    u32 sender;
    u8 target_mac[6];
    u32 target;
} __attribute__((packed));

struct ip {
    u8 version, service;
    u16 length, id, fragment;
    u8 time_to_live, protocol;
    u16 checksum;
    u32 from, to;
} __attribute__((packed));

struct icmp {
    u8 type, code;
    u16 checksum, id, sequence;
    u32 number;
    u8 data[];
} __attribute__((packed));

struct udp {
    u16 from, to, length, checksum;
} __attribute__((packed));

struct dhcp {
    u8 operation, hardware, hardware_size, hops;
    u32 transaction;
    u16 seconds, flags;
    u32 client, offered, server, relay;
    u8 mac[16], server_name[64], file[128];
    u32 cookie;
    u8 option[60];
} __attribute__((packed));

struct network_counts network;
u32 network_address = IP(10, 0, 2, 15), network_gateway = IP(10, 0, 2, 2), network_offered;
u8 network_gateway_mac[6];
int network_gateway_known;
static u8 answered[MOST_PINGS];
static u16 ping_size[MOST_PINGS];
static u32 flood_next;
static int flood_known;
static const u8 everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void begin(u8 *frame, const u8 *to, u16 type)
{
    struct ethernet *ethernet = (void *)frame;

    memcpy(ethernet->to, to, 6);
    for (int i = 0; i < 6; i++)
        ethernet->from[i] = (u8)(gelic_mac >> (40 - 8 * i));
    ethernet->type = type;
}

/* The sum of halfwords with the carries added, as all of the Internet's checksums. */
static u16 checksum(const void *data, u64 size)
{
    const u8 *bytes = data;
    u64 sum = 0;

    for (u64 i = 0; i < size; i++)
        sum += i & 1 ? bytes[i] : (u64)bytes[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (u16)~sum;
}

static void begin_ip(struct ip *ip, u8 protocol, u32 from, u32 to, u64 size)
{
    memset(ip, 0, sizeof(*ip));
    ip->version = 0x45;
    ip->length = (u16)(sizeof(*ip) + size);
    ip->time_to_live = 64;
    ip->protocol = protocol;
    ip->from = from;
    ip->to = to;
    ip->checksum = checksum(ip, sizeof(*ip));
}

static u8 ping_byte(u32 number, u64 i)
{
    return (u8)(number * 29 + i * 7 + (i >> 8));
}

/* Who has the gateway's address? */
int frames_ask(void)
{
    u8 *frame = gelic_frame();
    struct arp *arp = (void *)(frame + HEADER);

    if (!frame)
        return 0;
    begin(frame, everyone, TYPE_ARP);
    memset(arp, 0, sizeof(*arp));
    arp->hardware = 1;
    arp->protocol = TYPE_IP;
    arp->hardware_size = 6;
    arp->protocol_size = 4;
    arp->operation = 1;
    memcpy(arp->sender_mac, frame + 6, 6);
    arp->sender = network_address;
    arp->target = network_gateway;
    gelic_queue(HEADER + sizeof(*arp), 0, 0);
    return 1;
}

/* Who gives me an address? The card computes the checksum of UDP. */
int frames_discover(void)
{
    static const u8 options[] = {53, 1, 1, 255}; /* message type: discover; end */
    u8 *frame = gelic_frame();
    struct ip *ip = (void *)(frame + HEADER);
    struct udp *udp = (void *)(ip + 1);
    struct dhcp *dhcp = (void *)(udp + 1);

    if (!frame)
        return 0;
    begin(frame, everyone, TYPE_IP);
    begin_ip(ip, PROTOCOL_UDP, 0, 0xffffffff, sizeof(*udp) + sizeof(*dhcp));
    udp->from = 68;
    udp->to = 67;
    udp->length = sizeof(*udp) + sizeof(*dhcp);
    udp->checksum = 0;
    memset(dhcp, 0, sizeof(*dhcp));
    dhcp->operation = dhcp->hardware = 1;
    dhcp->hardware_size = 6;
    dhcp->transaction = TRANSACTION;
    dhcp->flags = 0x8000; /* answer to everyone */
    memcpy(dhcp->mac, frame + 6, 6);
    dhcp->cookie = 0x63825363;
    memcpy(dhcp->option, options, sizeof(options));
    gelic_queue(HEADER + sizeof(*ip) + sizeof(*udp) + sizeof(*dhcp), 0, CHECKSUM_UDP);
    return 1;
}

/* A frame that nobody takes. */
int frames_test(u64 size, u64 fragment)
{
    u8 *frame = gelic_frame();

    if (!frame)
        return 0;
    memset(frame, 0x5a, size);
    begin(frame, everyone, TYPE_TEST);
    gelic_queue(size, fragment, 0);
    return 1;
}

/* data_size is that of the ICMP message without its header of eight bytes, 4 at least. */
int frames_ping(u32 number, u64 data_size, u64 fragment)
{
    u8 *frame = gelic_frame();
    struct ip *ip = (void *)(frame + HEADER);
    struct icmp *icmp = (void *)(ip + 1);

    if (!frame || number >= MOST_PINGS)
        return 0;
    begin(frame, network_gateway_mac, TYPE_IP);
    begin_ip(ip, PROTOCOL_ICMP, network_address, network_gateway, 8 + data_size);
    icmp->type = 8;
    icmp->code = 0;
    icmp->checksum = 0;
    icmp->id = PING_ID;
    icmp->sequence = (u16)number;
    icmp->number = number;
    for (u64 i = 0; i < data_size - NUMBER_SIZE; i++)
        icmp->data[i] = ping_byte(number, i);
    icmp->checksum = checksum(icmp, 8 + data_size);
    ping_size[number] = (u16)data_size;
    gelic_queue(HEADER + sizeof(*ip) + 8 + data_size, fragment, 0);
    return 1;
}

int frames_answered(u32 number)
{
    return answered[number];
}

void frames_begin(void)
{
    flood_known = 0;
}

static void take_ping(const struct ip *ip, const struct icmp *icmp, u64 size)
{
    u32 number = icmp->number;
    int good;

    if (icmp->type != 0 || icmp->id != PING_ID)
        return;
    good = number < MOST_PINGS && ping_size[number] + 8UL == size && icmp->sequence == (u16)number &&
           checksum(ip, sizeof(*ip)) == 0 && checksum(icmp, size) == 0;
    for (u64 i = 0; good && i < size - 8 - NUMBER_SIZE; i++)
        good = icmp->data[i] == ping_byte(number, i);
    if (!good)
        network.damaged++;
    else if (answered[number]++)
        network.repeated++;
}

static void take_flood(u32 number)
{
    network.flood++;
    if (flood_known && number != flood_next)
        network.flood_lost++;
    flood_known = 1;
    flood_next = number + 1;
}

static void take(const u8 *frame, u64 size, u32 error)
{
    const struct ethernet *ethernet = (const void *)frame;
    const struct arp *arp = (const void *)(frame + HEADER);
    const struct ip *ip = (const void *)(frame + HEADER);
    const struct dhcp *dhcp = (const void *)(frame + HEADER + sizeof(*ip) + sizeof(struct udp));
    u64 inside = size - HEADER;

    if (size < HEADER + NUMBER_SIZE) {
        network.damaged++;
        return;
    }
    if (error & CHECKSUM_ERRORS)
        network.checksum_errors++;
    if (ethernet->type == TYPE_FLOOD) {
        take_flood(*(const u32 *)(frame + HEADER));
    } else if (ethernet->type == TYPE_ARP && inside >= sizeof(*arp) && arp->operation == 2 && arp->sender == network_gateway) {
        memcpy(network_gateway_mac, arp->sender_mac, 6);
        network_gateway_known = 1;
    } else if (ethernet->type == TYPE_IP && inside >= sizeof(*ip) && ip->version == 0x45 && ip->length <= inside) {
        if (ip->protocol == PROTOCOL_ICMP && ip->length >= sizeof(*ip) + 8 + NUMBER_SIZE)
            take_ping(ip, (const void *)(ip + 1), ip->length - sizeof(*ip));
        else if (ip->protocol == PROTOCOL_UDP && ip->length >= sizeof(*ip) + sizeof(struct udp) + 240 && dhcp->operation == 2 &&
                 dhcp->transaction == TRANSACTION)
            network_offered = dhcp->offered;
    }
}

/* All frames that have come. */
void frames_take(void)
{
    static u8 frame[GELIC_FRAME] __attribute__((aligned(16)));
    u32 error;
    u64 size;

    while ((size = gelic_receive(frame, &error)))
        take(frame, size, error);
}
