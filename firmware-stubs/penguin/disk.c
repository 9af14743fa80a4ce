/* The disk (devices 1.2): regions, what lv1 refuses, many commands at once, polling, IDENTIFY DEVICE, and writing. */
#include "kernel.h"

#define SKIP_ACCESS_CONTROL 2
#define MOST_AT_ONCE 32
#define LARGEST_READ 128 /* blocks */
#define TOO_LARGE 0x801
#define ATA_COMMAND 2
#define PATIENCE 5000 /* milliseconds */

/* A command as an ATA device's registers have it. */
struct ata_block {
    u16 features, sector_count, lba_low, lba_middle, lba_high;
    u8 device, command;
    u32 is_extended, protocol, direction, size, reserved;
    u64 buffer;
    u32 length;
} __attribute__((aligned(8)));

enum ata { ATA_IDENTIFY = 0xec, ATA_PIO_IN = 1, ATA_FROM_DEVICE = 1, ATA_IDENTIFY_SIZE = 512, ATA_READ_SECTORS = 0x20 };

static int same(const u8 *a, const u8 *b, u64 size)
{
    while (size && *a == *b)
        a++, b++, size--;
    return size == 0;
}

/* A write of no blocks is refused in any case, and moves nothing. */
static int is_read_only(u64 region, u8 *buffer)
{
    return storage_write(region, 0, 0, 0, buffer).call == LV1_ACCESS_VIOLATION;
}

static void refusals(const struct region *own, u64 whole, u8 *buffer)
{
    u64 id = own->id, size = own->size, nowhere = 1UL << 60, end;
    s32 after_last = is_read_only(id, buffer) ? LV1_ACCESS_VIOLATION : LV1_ILLEGAL_PARAMETER_VALUE;
    struct lv1_results results;

    status_expect("a region that is not there", storage_read(99, 0, 1, 0, buffer).call, LV1_NO_ENTRY);
    status_expect("a flag that is not known", storage_read(id, 0, 1, 4, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("no blocks", storage_read(id, 0, 0, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("more than a megabyte", storage_read(id, 0, TOO_LARGE, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("the block after the last", storage_read(id, size, 1, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("the last and one more", storage_read(id, size - 1, 2, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("a write after the last", storage_write(id, size, 1, 0, buffer).call, after_last);
    status_expect("the last block number", storage_read(id, ~0UL, 1, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("a start that overflows", storage_read(id, ~0UL, 2, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("a buffer in no memory", LV1(&results, LV1_STORAGE_READ, storage_device.id, id, 0, 1, 0, nowhere),
                  LV1_ACCESS_VIOLATION);
    status_expect("the whole disk", storage_read(whole, own->start, 1, 0, buffer).call, LV1_ACCESS_VIOLATION);
    status_expect("a write to the whole disk", storage_write(whole, own->start, 1, 0, buffer).call, LV1_ACCESS_VIOLATION);
    status_expect("another's block, past the access control", storage_read(whole, 0, 1, SKIP_ACCESS_CONTROL, buffer).call,
                  LV1_ACCESS_VIOLATION);
    status_expect("a command that is not known", storage_command(0x7777, 0, 0, 0, 0).call, LV1_UNSUPPORTED_PARAMETER_VALUE);
    status_expect("polling a tag that was not given", storage_poll(~0UL, &end), LV1_NO_ENTRY);
}

/* As many reads as lv1 takes, without waiting in between. */
static void many_at_once(const struct region *own, u8 *buffer)
{
    u64 tags[MOST_AT_ONCE], count = 0, status, block = storage_device.block_size, good = 1;
    u8 *single = buffer + STORAGE_HALF;
    struct storage_end last = {.call = LV1_SUCCESS};

    while (count < MOST_AT_ONCE) {
        last = storage_start_read(own->id, count % own->size, 1, buffer + count * block);
        if (last.call != LV1_SUCCESS)
            break;
        good &= count == 0 || last.tag > tags[count - 1];
        tags[count++] = last.tag;
    }
    for (u64 i = 0; i < count; i++)
        good &= storage_wait(tags[i], PATIENCE, &status) && status == 0;
    for (u64 i = 0; i < count; i++)
        good &= storage_good(storage_read(own->id, i % own->size, 1, 0, single)) && same(single, buffer + i * block, block);
    check("disk queue", good && count > 1 && last.call == LV1_BUSY, "%lu reads at once, ascending tags, the next is refused: %d", count,
          last.call);
}

/* A read whose end is asked for again and again, and one to an odd address. */
static void other_ways(const struct region *own, u64 whole, u8 *buffer)
{
    u8 *other = buffer + STORAGE_HALF + 1;
    u64 block = storage_device.block_size, status = 1, limit = deadline(PATIENCE);
    struct storage_end end = storage_start_read(own->id, own->size - 1, 1, buffer);
    s32 poll;
    int polled, odd, past;

    while ((poll = storage_poll(end.tag, &status)) == LV1_BUSY && timebase() < limit)
        machine_pause();
    polled = end.call == LV1_SUCCESS && poll == LV1_SUCCESS && status == 0;
    status_expect("polling once more", storage_poll(end.tag, &status), LV1_NO_ENTRY);
    odd = storage_good(storage_read(own->id, own->size - 1, 1, 0, other)) && same(buffer, other, block);
    memset(other, 0xa5, block);
    past = storage_good(storage_read(whole, own->start + own->size - 1, 1, SKIP_ACCESS_CONTROL, other)) && same(buffer, other, block);
    check("disk reads", polled && odd && past, "polled, to an odd address, as part of the whole disk: the same");
}

static void identify(u8 *data)
{
    struct ata_block block = {.sector_count = 1, .command = ATA_IDENTIFY, .protocol = ATA_PIO_IN, .direction = ATA_FROM_DEVICE,
                              .size = ATA_IDENTIFY_SIZE, .length = ATA_IDENTIFY_SIZE};
    char model[41] = "";
    u64 sectors = 0, address = lpar_of(physical_of(data));
    int length = 40, good;

    block.buffer = address;
    good = storage_good(storage_command(ATA_COMMAND, lpar_of(physical_of(&block)), sizeof(block), address, ATA_IDENTIFY_SIZE));
    /* Words are little-endian, and the model's characters lie in them the other way round. */
    for (int i = 0; i < 40; i++)
        model[i] = (char)data[54 + (i ^ 1)];
    while (length && (model[length - 1] == ' ' || model[length - 1] == 0))
        model[--length] = 0;
    for (int i = 7; i >= 0; i--)
        sectors = sectors << 8 | data[200 + i];
    check("disk identify", good && sectors == storage_device.blocks && length, "\"%s\", %lu sectors", model, sectors);
    block.command = ATA_READ_SECTORS;
    status_expect("an ATA command of lv1's own", storage_command(ATA_COMMAND, lpar_of(physical_of(&block)), sizeof(block), address,
                  ATA_IDENTIFY_SIZE).call, LV1_DENIED_BY_POLICY);
    status_expect("an ATA block of another size", storage_command(ATA_COMMAND, lpar_of(physical_of(&block)), 16, address,
                  ATA_IDENTIFY_SIZE).call, LV1_ILLEGAL_PARAMETER_VALUE);
}

void disk_check(u8 *buffer)
{
    u64 index = 0, all, blocks;
    const struct region *own;

    if (!storage_find_region("disk", buffer, &index)) {
        check("disk", 0, "no region can be read");
        return;
    }
    own = &storage_device.regions[index];
    check("disk", own->size && storage_device.block_size >= 512, "region %lu: %lu blocks of %lu bytes", index, own->size,
          storage_device.block_size);
    refusals(own, storage_device.regions[0].id, buffer);
    many_at_once(own, buffer);
    other_ways(own, storage_device.regions[0].id, buffer);
    identify(buffer);
    check("disk statuses", status_good(&all) == all, "%lu calls, each with its status", all);

    blocks = own->size < LARGEST_READ ? own->size : LARGEST_READ;
    if (!option_given("scratch"))
        print("  disk: nothing is written, because scratch is not asked for\n");
    else if (is_read_only(own->id, buffer))
        check("disk writes", storage_good(storage_read(own->id, 0, 1, 0, buffer)) &&
              storage_write(own->id, 0, 1, 0, buffer).call == LV1_ACCESS_VIOLATION, "refused: the disk is read-only");
    else
        check("disk writes", storage_rewrite(own->id, own->size - blocks, blocks, buffer) && storage_rewrite(own->id, 0, 1, buffer),
              "a pattern written, flushed and read, the old content restored");
}
