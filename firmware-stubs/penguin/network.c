/* Checks of the Ethernet controller: sending alone, then with a gateway that answers; a ring that runs full; and receiving stopped and
 * started again while frames come. */
#include "kernel.h"

#define SHORT_WAIT 50 /* milliseconds, where an answer need not come */
#define LONG_WAIT 5000
#define TRIES 3
#define BATCH 15 /* frames that one chain holds */
#define FULL (3 * BATCH)
#define INSIDE 6 /* pings of a round that must be answered */
#define STRAYS 6 /* and those under way when receiving stops */
#define PING_DATA 64

enum { LINK_UP = 1, LINK_FULL_DUPLEX = 2, LINK_10 = 0x10, LINK_100 = 0x20, LINK_1000 = 0x40 };

static u32 next_ping;

/* Waits until some pings have been answered. Returns how many have not. */
static u64 wait_for_pings(u32 first, u32 count, u64 milliseconds)
{
    u64 limit = deadline(milliseconds), missing;

    do {
        frames_take();
        missing = 0;
        for (u32 i = first; i < first + count; i++)
            missing += !frames_answered(i);
    } while (missing && device_wait(limit));
    return missing;
}

/* Sends pings in one chain. */
static int send_pings(u32 count, u64 data_size)
{
    for (u32 i = 0; i < count; i++)
        if (!frames_ping(next_ping++, data_size, 0))
            return 0;
    return gelic_transmit() == (int)count;
}

static void sending(void)
{
    int queued = 1;

    for (u64 size = 14; size <= 1514; size += 500)
        queued &= frames_test(size, 0);
    queued &= frames_test(60, 14) && frames_test(1514, 1000);
    check("network sending", queued && gelic_transmit() == 6, "6 frames in one chain, two of them in two pieces");
}

static int wait_for(int (*ask)(void), const volatile u32 *answer, int must)
{
    for (int try = 0; try < (must ? TRIES : 1) && !*answer; try++) {
        u64 limit = deadline(must ? LONG_WAIT : SHORT_WAIT);

        if (!ask() || gelic_transmit() != 1)
            return 0;
        do
            frames_take();
        while (!*answer && device_wait(limit));
    }
    return *answer != 0;
}

static void addresses(void)
{
    int must = option_given("dhcp");

    if (wait_for(frames_discover, &network_offered, must)) {
        network_address = network_offered;
        check("network address", network.checksum_errors == 0, "DHCP offers %u.%u.%u.%u", network_offered >> 24,
              network_offered >> 16 & 255, network_offered >> 8 & 255, network_offered & 255);
    } else if (must) {
        check("network address", 0, "no answer to DHCP");
    }
}

static int find_gateway(void)
{
    const u8 *mac = network_gateway_mac;
    int must = option_given("net");

    if (!wait_for(frames_ask, (const volatile u32 *)&network_gateway_known, must)) {
        if (must)
            check("network gateway", 0, "no answer to ARP");
        else
            print("  network: nobody answers\n");
        return 0;
    }
    check("network gateway", !(mac[0] & 1), "at %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    return 1;
}

static void sizes(void)
{
    static const u16 data_sizes[] = {4, 5, 18, 63, 64, 65, 511, 1000, 1471, 1472};
    u32 first = next_ping;
    u64 missing;
    int sent = 1;

    for (u64 i = 0; i < array_length(data_sizes); i++)
        sent &= frames_ping(next_ping++, data_sizes[i], i % 3 ? 0 : 21 + i) && gelic_transmit() == 1;
    missing = wait_for_pings(first, array_length(data_sizes), LONG_WAIT);
    check("network pings", sent && !missing && !network.damaged, "%lu of 4 to 1472 bytes, answered to the byte",
          array_length(data_sizes) - missing);
}

/* More answers than the ring has descriptors, and nothing is taken until it is full. lv1 keeps the rest until the engine is started. */
static void full_ring(void)
{
    u64 before = gelic_restarts(), limit = deadline(LONG_WAIT), missing, waiting;
    u32 first = next_ping;
    int sent = 1;

    for (int i = 0; i < FULL / BATCH; i++)
        sent &= send_pings(BATCH, PING_DATA);
    while ((waiting = gelic_waiting()) < GELIC_RING && device_wait(limit))
        ;
    missing = wait_for_pings(first, FULL, LONG_WAIT);
    check("network full ring", sent && waiting == GELIC_RING && !missing && gelic_restarts() > before,
          "%lu descriptors full, %lu of %d pings answered", waiting, FULL - missing, FULL);
}

/* Every ping that is sent while the engine receives is answered. Those under way when it stops may be lost, but come whole, and once. */
static void restarts(void)
{
    u64 rounds = option_number("restarts=", 200), lost = 0, strays = 0, refused = 0;
    u32 first = next_ping;

    for (u64 round = 0; round < rounds && next_ping + INSIDE + STRAYS < MOST_PINGS; round++) {
        u32 number = next_ping;

        refused += gelic_stop() != LV1_SUCCESS;
        if (round % 4 == 3)
            device_wait(deadline(1)); /* frames that come now are lost */
        refused += gelic_start() != LV1_SUCCESS;
        frames_begin();
        refused += !send_pings(INSIDE, PING_DATA + round);
        lost += wait_for_pings(number, INSIDE, LONG_WAIT);
        refused += !send_pings(STRAYS, PING_DATA + round);
        if (round % 4 == 1)
            device_wait(deadline(1)); /* some have filled descriptors */
    }
    for (u32 number = first; number < next_ping; number++)
        strays += (number - first) % (INSIDE + STRAYS) >= INSIDE && frames_answered(number);
    if (!options.quiet_time)
        print("  network: %lu answers came across a restart or before it, %lu frames of a flood\n", strays, network.flood);
    check("network restarts", !lost && !refused && !network.damaged && !network.repeated && !network.flood_lost,
          "%lu under traffic, %lu of %lu pings lost, %lu damaged, %lu twice, %lu gaps in a flood", rounds, lost, rounds * INSIDE,
          network.damaged, network.repeated, network.flood_lost);
}

void network_check(void)
{
    u64 link, all;
    s32 status;

    if (!repository_find(BUS_SYSTEM, SYSTEM_GELIC, &gelic_device)) {
        print("  network: none\n");
        return;
    }
    status_begin();
    if ((status = gelic_open()) != LV1_SUCCESS) {
        check("network", 0, "cannot be opened: %d", status);
        return;
    }
    gelic_control(2, 0, &link);
    check("network", gelic_mac && !(gelic_mac >> 40 & 1) && !(gelic_mac >> 48),
          "%012lx, link %s, %d Mbit/s, %s duplex", gelic_mac, link & LINK_UP ? "up" : "down",
          link & LINK_1000 ? 1000 : link & LINK_100 ? 100 : link & LINK_10 ? 10 : 0, link & LINK_FULL_DUPLEX ? "full" : "half");
    gelic_refusals();
    if (gelic_start() != LV1_SUCCESS)
        check("network", 0, "receiving does not start");
    frames_begin();
    sending();
    addresses();
    if (find_gateway()) {
        sizes();
        full_ring();
        restarts();
    }
    gelic_close();
    check("network statuses", status_good(&all) == all, "%lu calls, each with its status", all);
}
