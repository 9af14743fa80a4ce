/* What drivers have in common: opening a device, its event, DMA regions (lv1-calls 9), and waiting. Handlers run while the main program
 * waits and at no other time, so that the two need no lock. */
#include "kernel.h"

#define DMA_PAGE_LOG 12
#define DMA_OTHER 0 /* the type of a region; "internal" is for USB */
#define DMA_FLAGS 0xf800000000000000UL /* reads, writes, coherent, ordered */

static u64 statuses_good, statuses;

/* What follows a word's start in the boot arguments; NULL when it is not there. */
static const char *find_word(const char *start)
{
    for (const char *at = options.arguments; *at; at++) {
        u64 i = 0;

        if (at != options.arguments && at[-1] != ' ')
            continue;
        while (start[i] && at[i] == start[i])
            i++;
        if (!start[i])
            return at + i;
    }
    return NULL;
}

int option_given(const char *word)
{
    const char *end = find_word(word);

    return end && (*end == 0 || *end == ' ');
}

/* The value of a word such as "restarts=200". */
u64 option_number(const char *name, u64 otherwise)
{
    const char *digits = find_word(name);
    u64 value = 0;

    if (!digits || *digits < '0' || *digits > '9')
        return otherwise;
    while (*digits >= '0' && *digits <= '9')
        value = value * 10 + (u64)(*digits++ - '0');
    return value;
}

/* An event port of the guest, connected to a plug of thread 0, receives the device's event from then on. */
s32 device_open(struct device *device, irq_handler handler)
{
    struct lv1_results results;
    s32 status = LV1(&results, LV1_OPEN_DEVICE, device->bus, device->id, 0);

    if (status != LV1_SUCCESS)
        return status;
    device->outlet = irq_event_port(0, handler);
    return LV1(&results, LV1_CONNECT_INTERRUPT_EVENT_RECEIVE_PORT, device->bus, device->id, device->outlet, device->interrupt);
}

/* Destroying the port frees its plug, too. */
void device_close(struct device *device)
{
    struct lv1_results results;

    LV1(&results, LV1_DISCONNECT_INTERRUPT_EVENT_RECEIVE_PORT, device->bus, device->id, device->outlet, device->interrupt);
    LV1(&results, LV1_DESTRUCT_EVENT_RECEIVE_PORT, device->outlet);
    LV1(&results, LV1_CLOSE_DEVICE, device->bus, device->id);
}

/* Makes whole pages of memory visible to the device. Returns the address it sees them at, or 0. */
u64 device_map(const struct device *device, const void *memory, u64 size)
{
    struct lv1_results results;
    u64 address;

    if (LV1(&results, LV1_ALLOCATE_DEVICE_DMA_REGION, device->bus, device->id, size, DMA_PAGE_LOG, DMA_OTHER) != LV1_SUCCESS)
        return 0;
    address = results.value[0];
    status_expect("a DMA mapping that begins within a page",
                  LV1(&results, LV1_MAP_DEVICE_DMA_REGION, device->bus, device->id, lpar_of(physical_of(memory)) + 128, address, size,
                      DMA_FLAGS), LV1_ALIGNMENT_ERROR);
    if (LV1(&results, LV1_MAP_DEVICE_DMA_REGION, device->bus, device->id, lpar_of(physical_of(memory)), address, size, DMA_FLAGS) !=
        LV1_SUCCESS)
        return 0;
    return address;
}

s32 device_unmap(const struct device *device, u64 bus_address, u64 size)
{
    struct lv1_results results;
    s32 status = LV1(&results, LV1_UNMAP_DEVICE_DMA_REGION, device->bus, device->id, bus_address, size);

    return status == LV1_SUCCESS ? LV1(&results, LV1_FREE_DEVICE_DMA_REGION, device->bus, device->id, bus_address) : status;
}

u64 deadline(u64 milliseconds)
{
    return timebase() + timebase_hertz / 1000 * milliseconds;
}

/* Sleeps until an interrupt, which the timer sends at the latest, and takes it. 0 when it is too late to wait. */
int device_wait(u64 limit)
{
    if (timebase() > limit)
        return 0;
    machine_pause();
    interrupts_on();
    interrupts_off();
    return 1;
}

/* Calls that must be refused, each with its status. */
void status_begin(void)
{
    statuses = statuses_good = 0;
}

void status_expect(const char *what, s64 got, s64 expected)
{
    statuses++;
    if (got == expected)
        statuses_good++;
    else
        print("  %s: status %ld instead of %ld\n", what, got, expected);
}

u64 status_good(u64 *all)
{
    *all = statuses;
    return statuses_good;
}
