/* Which storage devices there are: lv1's notification device (devices 2), and the checks of those it reports. */
#include "kernel.h"

#define NOTIFICATION_ID 0xffffffffffffffffUL
#define NOTIFY_REGION_PROBE 1
#define PATIENCE 5000 /* milliseconds */
#define SILENCE 20

struct request {
    u64 operation, event_mask;
};

struct notice {
    u64 event, bus, id, type, port;
};

/* The reports come in any order; each is of a device that the repository has. */
static int is_listed(const struct notice *notice, u64 bus, u64 count)
{
    struct device device;

    for (u64 i = 0; i < count; i++)
        if (repository_device(BUS_STORAGE, i, &device) && device.id == notice->id && device.type == notice->type)
            return notice->bus == bus && notice->event == NOTIFY_REGION_PROBE;
    return 0;
}

static void notification_check(void *buffer)
{
    struct request *request = buffer;
    struct notice *notice = buffer;
    struct device device = {.id = NOTIFICATION_ID};
    struct storage_end end;
    u64 count, reported = 0, status, all, known = 0;

    device.bus = repository_bus(BUS_STORAGE, &count);
    status_begin();
    status_expect("a device that is not there", storage_open(&(struct device){.bus = device.bus, .id = 77}), LV1_NO_ENTRY);
    if (storage_open(&device) != LV1_SUCCESS) {
        check("notification", 0, "the device cannot be opened");
        return;
    }
    status_expect("a read before the request", storage_read(0, 0, 1, 0, buffer).call, LV1_WRONG_STATE);
    status_expect("a read of two blocks", storage_read(0, 0, 2, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);

    request->operation = 0;
    request->event_mask = 1 << NOTIFY_REGION_PROBE;
    if (!storage_good(storage_write(0, 0, 1, 0, buffer))) {
        check("notification", 0, "the request failed");
        storage_close();
        return;
    }
    /* Each read ends with one device. The one after the last stays under way until a device is added. */
    for (; reported <= count; reported++) {
        end = storage_start_read(0, 0, 1, buffer);
        if (end.call != LV1_SUCCESS || !storage_wait(end.tag, reported < count ? PATIENCE : SILENCE, &status) || status != 0)
            break;
        known += (u64)is_listed(notice, device.bus, count);
        print("  storage device %lu: %s\n", notice->id, device_name(BUS_STORAGE, notice->type));
    }
    storage_close();
    check("notification", reported == count && known == count && status_good(&all) == all,
          "%lu devices reported, those of the repository; then silence", reported);
}

/* The region that the partition may read: a console's disk has others, and says so at the command or at its end. */
int storage_find_region(const char *name, u8 *buffer, u64 *index)
{
    u64 readable = 0;

    for (u64 i = 0; i < storage_device.region_count; i++) {
        const struct region *region = &storage_device.regions[i];
        struct storage_end end = storage_read(region->id, 0, 1, 0, buffer);

        if (storage_good(end) && readable++ == 0)
            *index = i;
        print("  %s region %lu: id %lu, blocks %lu to %lu, %s (%d)\n", name, i, region->id, region->start,
              region->start + region->size, storage_good(end) ? "readable" : "refused", end.call ? end.call : (s32)end.status);
    }
    return readable != 0;
}

/* Writes a pattern, has it written back, reads it, and restores what was there. */
int storage_rewrite(u64 region, u64 start, u64 blocks, u8 *buffer)
{
    u8 *old = buffer, *new = buffer + STORAGE_HALF;
    u64 size = blocks * storage_device.block_size;
    int good, restored;

    if (!storage_good(storage_read(region, start, blocks, 0, old)))
        return 0;
    for (u64 i = 0; i < size; i++)
        new[i] = (u8)(old[i] ^ (0x5a + i + (i >> 8)));
    good = storage_good(storage_write(region, start, blocks, 0, new)) && storage_good(storage_command(0x23, 0, 0, 0, 0));
    memset(new, 0, size);
    good &= storage_good(storage_read(region, start, blocks, 0, new));
    for (u64 i = 0; i < size; i++)
        good &= new[i] == (u8)(old[i] ^ (0x5a + i + (i >> 8)));
    restored = storage_good(storage_write(region, start, blocks, 0, old)) && storage_good(storage_command(0x23, 0, 0, 0, 0)) &&
               storage_good(storage_read(region, start, blocks, 0, new));
    for (u64 i = 0; i < size; i++)
        restored &= new[i] == old[i];
    return good && restored;
}

static void with_device(u64 type, const char *name, void (*examine)(u8 *buffer), u8 *buffer)
{
    struct device device;
    u64 all, address = 0;

    if (!repository_find(BUS_STORAGE, type, &device)) {
        print("  %s: none\n", name);
        return;
    }
    status_begin();
    storage_device = device;
    status_expect("a read of a closed device", storage_read(0, 0, 1, 0, buffer).call, LV1_WRONG_STATE);
    if (storage_open(&device) != LV1_SUCCESS || !(address = device_map(&storage_device, buffer, STORAGE_BUFFER))) {
        check(name, 0, "cannot be opened");
        return;
    }
    status_expect("the end of a command that was not given", storage_device_end(), LV1_EMPTY);
    examine(buffer);
    status_expect("unmapping the buffer", device_unmap(&storage_device, address, STORAGE_BUFFER), LV1_SUCCESS);
    storage_close();
    if (status_good(&all) != all)
        check(name, 0, "%lu of %lu calls had another status than expected", all - status_good(&all), all);
}

void storage_check(void)
{
    u8 *buffer = pages_allocate(STORAGE_BUFFER);
    u64 count;

    if (!repository_bus(BUS_STORAGE, &count)) {
        print("  no storage bus\n");
        return;
    }
    notification_check(buffer);
    with_device(STORAGE_DISK, "disk", disk_check, buffer);
    with_device(STORAGE_ROM, "optical", optical_check, buffer);
    with_device(STORAGE_FLASH, "flash", flash_check, buffer);
}
