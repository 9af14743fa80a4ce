/* Storage commands (devices 1.1, lv1-calls 10). lv1 takes a command, answers with its tag, and raises the device's event when it has
 * ended; lv1_storage_get_async_status then says which one, and how. One device is open at a time. Buffers are named by LPAR address; the
 * DMA region a console wants for them is made by who opens the device (disk.c). */
#include "kernel.h"

#define PATIENCE 5000 /* milliseconds */
#define MOST_ENDED 32

struct device storage_device;

static struct {
    u64 tag, status;
} ended[MOST_ENDED];
static u32 ended_count;

/* The event comes again until every end has been fetched, so that one is enough here. It may come once too often: then there is none. */
static void on_event(void)
{
    struct lv1_results results;

    if (LV1(&results, LV1_STORAGE_GET_ASYNC_STATUS, storage_device.id) != LV1_SUCCESS)
        return;
    ended[ended_count % MOST_ENDED].tag = results.value[0];
    ended[ended_count % MOST_ENDED].status = results.value[1];
    ended_count++;
}

/* The status of asking for an end when none is there. */
s32 storage_device_end(void)
{
    struct lv1_results results;

    return LV1(&results, LV1_STORAGE_GET_ASYNC_STATUS, storage_device.id);
}

/* The way without an event: fails while the command runs. */
s32 storage_poll(u64 tag, u64 *status)
{
    struct lv1_results results;
    s32 call = LV1(&results, LV1_STORAGE_CHECK_ASYNC_STATUS, storage_device.id, tag);

    *status = results.value[0];
    return call;
}

s32 storage_open(struct device *device)
{
    storage_device = *device;
    ended_count = 0;
    return device_open(&storage_device, on_event);
}

void storage_close(void)
{
    device_close(&storage_device);
}

/* Waits for the end of one command. Others that end meanwhile keep their places. */
int storage_wait(u64 tag, u64 milliseconds, u64 *status)
{
    u64 limit = deadline(milliseconds);

    do {
        u32 first = ended_count > MOST_ENDED ? ended_count - MOST_ENDED : 0;

        for (u32 i = first; i < ended_count; i++)
            if (ended[i % MOST_ENDED].tag == tag) {
                *status = ended[i % MOST_ENDED].status;
                return 1;
            }
    } while (device_wait(limit));
    return 0;
}

static struct storage_end start_transfer(u64 call, u64 region, u64 start, u64 blocks, u64 flags, const void *buffer)
{
    struct lv1_results results;
    struct storage_end end = {.status = 0};

    end.call = LV1(&results, call, storage_device.id, region, start, blocks, flags, lpar_of(physical_of(buffer)));
    end.tag = results.value[0];
    return end;
}

static struct storage_end wait_for(struct storage_end end)
{
    if (end.call == LV1_SUCCESS)
        end.in_time = storage_wait(end.tag, PATIENCE, &end.status);
    return end;
}

/* Starts a read, to be waited for by its tag. */
struct storage_end storage_start_read(u64 region, u64 start, u64 blocks, const void *buffer)
{
    return start_transfer(LV1_STORAGE_READ, region, start, blocks, 0, buffer);
}

struct storage_end storage_read(u64 region, u64 start, u64 blocks, u64 flags, const void *buffer)
{
    return wait_for(start_transfer(LV1_STORAGE_READ, region, start, blocks, flags, buffer));
}

struct storage_end storage_write(u64 region, u64 start, u64 blocks, u64 flags, const void *buffer)
{
    return wait_for(start_transfer(LV1_STORAGE_WRITE, region, start, blocks, flags, buffer));
}

/* Commands other than reads and writes: 1 an ATAPI packet, 2 an ATA command, 0x23 write everything back. */
struct storage_end storage_command(u64 command, u64 a1, u64 a2, u64 a3, u64 a4)
{
    struct lv1_results results;
    struct storage_end end = {.status = 0};

    end.call = LV1(&results, LV1_STORAGE_SEND_DEVICE_COMMAND, storage_device.id, command, a1, a2, a3, a4);
    end.tag = results.value[0];
    return wait_for(end);
}

int storage_good(struct storage_end end)
{
    return end.call == LV1_SUCCESS && end.in_time && end.status == 0;
}
