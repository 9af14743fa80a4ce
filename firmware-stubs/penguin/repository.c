/* The lv1 repository: what the machine has (repository.md 1 to 3). */
#include "kernel.h"

#define MACHINE 1 /* the partition whose nodes describe the whole machine */
#define NO_INDEX 0
#define MOST_BUSES 10
#define MOST_DEVICES 16
#define MOST_INTERRUPTS 10
#define INTERRUPT_EVENT_PORT 2

u64 ppe_id, partition_id, timebase_hertz, boot_memory, total_memory;

/* Up to eight characters, left-justified. */
static u64 key(const char *text, u64 index)
{
    u64 value = 0;

    for (int shift = 56; *text && shift >= 0; shift -= 8)
        value |= (u64)(u8)*text++ << shift;
    return value + index;
}

/* The first field keeps only four characters, in its low half. */
static u64 first_key(const char *text, u64 index)
{
    return (key(text, 0) >> 32) + index;
}

static s32 node_read(u64 partition, u64 n1, u64 n2, u64 n3, u64 n4, u64 *v1, u64 *v2)
{
    struct lv1_results results;
    s32 status = LV1(&results, LV1_READ_REPOSITORY_NODE, partition, n1, n2, n3, n4);

    *v1 = status == LV1_SUCCESS ? results.value[0] : 0;
    *v2 = status == LV1_SUCCESS ? results.value[1] : 0;
    return status;
}

static u64 node_value(u64 partition, u64 n1, u64 n2, u64 n3, u64 n4)
{
    u64 v1, v2;

    node_read(partition, n1, n2, n3, n4, &v1, &v2);
    return v1;
}

void repository_read_machine(void)
{
    struct lv1_results results;
    u64 node;

    LV1(&results, LV1_GET_LOGICAL_PPE_ID);
    ppe_id = results.value[0];
    LV1(&results, LV1_GET_LOGICAL_PARTITION_ID);
    partition_id = results.value[0];
    boot_memory = node_value(partition_id, first_key("bi", 0), key("pu", 0), ppe_id, key("rm_size", 0));
    total_memory = node_value(partition_id, first_key("bi", 0), key("rgntotal", 0), 0, 0);
    node = node_value(MACHINE, first_key("be", 0), 0, 0, 0);
    timebase_hertz = node_value(MACHINE, first_key("be", 0), node, key("clock", 0), 0);
}

const char *device_name(u64 bus_type, u64 type)
{
    static const struct {
        u64 bus_type, type;
        const char *name;
    } names[] = {
        {4, 3, "gelic Ethernet"}, {4, 4, "USB"},        {4, 6, "GPIO"},       {5, 0, "disk"},
        {5, 5, "BD-ROM"},         {5, 14, "flash"},     {5, 254, "NOR flash"}, {5, 255, "crypto unit"},
    };

    for (u64 i = 0; i < array_length(names); i++)
        if (names[i].bus_type == bus_type && names[i].type == type)
            return names[i].name;
    return "unknown";
}

u64 repository_own_value(const char *first, const char *second, const char *third)
{
    return node_value(partition_id, first_key(first, 0), key(second, 0), key(third, 0), 0);
}

/* Buses are numbered densely: the first one without a type ends the search. */
static int bus_index(u64 bus_type, u64 *index)
{
    u64 type, unused;

    for (*index = 0; *index < MOST_BUSES; ++*index) {
        if (node_read(MACHINE, first_key("bus", *index), key("type", 0), 0, 0, &type, &unused) != LV1_SUCCESS)
            return 0;
        if (type == bus_type)
            return 1;
    }
    return 0;
}

u64 repository_bus(u64 bus_type, u64 *device_count)
{
    u64 index;

    if (!bus_index(bus_type, &index))
        return 0;
    *device_count = node_value(MACHINE, first_key("bus", index), key("num_dev", 0), 0, 0);
    return node_value(MACHINE, first_key("bus", index), key("id", 0), 0, 0);
}

/* The first interrupt that is an event of the device. */
static int find_event(u64 n1, u64 n2, u64 *id)
{
    u64 type;

    for (u64 i = 0; i < MOST_INTERRUPTS; i++) {
        if (node_read(MACHINE, n1, n2, key("intr", i), 0, &type, id) != LV1_SUCCESS)
            return 0;
        if (type == INTERRUPT_EVENT_PORT)
            return 1;
    }
    return 0;
}

/* The device with an index on its bus; not one that has no event. */
int repository_device(u64 bus_type, u64 index, struct device *device)
{
    u64 n1, n2 = key("dev", index), bus, unused;

    memset(device, 0, sizeof(*device));
    if (!bus_index(bus_type, &bus))
        return 0;
    n1 = first_key("bus", bus);
    if (node_read(MACHINE, n1, n2, key("type", 0), 0, &device->type, &unused) != LV1_SUCCESS ||
        node_read(MACHINE, n1, n2, key("id", 0), 0, &device->id, &unused) != LV1_SUCCESS ||
        !find_event(n1, n2, &device->interrupt))
        return 0;
    device->bus = node_value(MACHINE, n1, key("id", 0), 0, 0);
    device->block_size = node_value(MACHINE, n1, n2, key("blk_size", 0), 0);
    device->blocks = node_value(MACHINE, n1, n2, key("n_blocks", 0), 0);
    device->region_count = node_value(MACHINE, n1, n2, key("n_regs", 0), 0);
    if (device->region_count > MOST_REGIONS)
        device->region_count = MOST_REGIONS;
    for (u64 i = 0; i < device->region_count; i++) {
        device->regions[i].id = node_value(MACHINE, n1, n2, key("region", i), key("id", 0));
        device->regions[i].start = node_value(MACHINE, n1, n2, key("region", i), key("start", 0));
        device->regions[i].size = node_value(MACHINE, n1, n2, key("region", i), key("size", 0));
    }
    return 1;
}

/* The first device of a type. */
int repository_find(u64 bus_type, u64 type, struct device *device)
{
    u64 count;

    if (!repository_bus(bus_type, &count))
        return 0;
    for (u64 i = 0; i < count && i < MOST_DEVICES; i++)
        if (repository_device(bus_type, i, device) && device->type == type)
            return 1;
    return 0;
}

static u64 list_bus(u64 bus, u64 type)
{
    u64 n1 = first_key("bus", bus);
    u64 id = node_value(MACHINE, n1, key("id", 0), 0, 0);
    u64 count = node_value(MACHINE, n1, key("num_dev", 0), 0, 0);

    print("  bus %lu: id %lu, type %lu (%s), %lu devices\n", bus, id, type,
          type == 4 ? "system bus" : type == 5 ? "storage" : "unknown", count);
    for (u64 device = 0; device < count && device < MOST_DEVICES; device++) {
        u64 n2 = key("dev", device), device_type, block_size, unused;

        if (node_read(MACHINE, n1, n2, key("type", 0), 0, &device_type, &unused) != LV1_SUCCESS)
            continue;
        print("    device %lu: id %lu, type %lu (%s)", device, node_value(MACHINE, n1, n2, key("id", 0), 0), device_type,
              device_name(type, device_type));
        if (node_read(MACHINE, n1, n2, key("blk_size", 0), 0, &block_size, &unused) == LV1_SUCCESS)
            print(", %lu blocks of %lu bytes, %lu regions", node_value(MACHINE, n1, n2, key("n_blocks", 0), 0), block_size,
                  node_value(MACHINE, n1, n2, key("n_regs", 0), 0));
        print("\n");
    }
    return count;
}

void repository_list(void)
{
    struct lv1_results results;
    u64 buses = 0, devices = 0, exclusive = 0, spes, type, resource;

    LV1(&results, LV1_GET_VERSION_INFO);
    print("  lv1 version %lu.%lu.%lu, partition %lu, PPE %lu\n", (results.value[0] >> 32) & 0xffff,
          (results.value[0] >> 16) & 0xffff, results.value[0] & 0xffff, partition_id, ppe_id);
    print("  boot memory %lu MiB (rm_size), in all %lu MiB (rgntotal)\n", boot_memory >> 20, total_memory >> 20);
    print("  time base %lu Hz\n", timebase_hertz);

    spes = node_value(partition_id, first_key("bi", 0), key("spursvn", 0), 0, 0);
    for (u64 spe = 0; spe < spes && spe < 16; spe++) {
        node_read(partition_id, first_key("bi", 0), key("spursv", 0), spe, 0, &type, &resource);
        exclusive += type >> 63;
    }
    print("  %lu SPE reservations, %lu exclusive\n", spes, exclusive);

    /* Buses are numbered densely: the first one without a type ends the list. */
    for (u64 bus = 0; bus < MOST_BUSES; bus++) {
        if (node_read(MACHINE, first_key("bus", bus), key("type", 0), 0, 0, &type, &resource) != LV1_SUCCESS)
            break;
        devices += list_bus(bus, type);
        buses++;
    }
    check("repository", boot_memory >= LARGE_PAGE && total_memory >= boot_memory && timebase_hertz,
          "%lu buses, %lu devices, %lu SPEs", buses, devices, spes);
}
