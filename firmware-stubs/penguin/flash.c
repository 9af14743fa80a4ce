/* The flash (devices 1.4): the os-area at its beginning (boot-protocol 5), which the console's system and its guests share. */
#include "kernel.h"

#define SEGMENT 512
#define RTC_OTHERWISE 946684800L /* 2000-01-01, from 1970: what Linux takes when nobody has set an offset */
#define OWNER_LINUX 2
#define KEY_RTC_OFFSET 1

struct os_area_header {
    u8 magic[16];
    u32 version, database_area, loader_area, reserved1, loader_format, loader_size;
};

struct os_area_params {
    u32 boot_flag, reserved1[3], count, reserved2[3];
    s64 rtc_offset;
    u8 av_multi_out;
};

struct index {
    u16 offset, count; /* within the database, of one-byte ids; the values follow, aligned to eight */
};

struct os_area_database {
    u8 magic[4];
    u16 version, reserved1;
    struct index words64, words32, words16;
};

static int equal(const void *data, const char *text, u64 length)
{
    const u8 *bytes = data;

    while (length && *bytes == (u8)*text)
        bytes++, text++, length--;
    return length == 0;
}

/* The 64-bit value that an owner has under a key. */
static int find_value(const struct os_area_database *database, u64 owner, u64 key, s64 *value)
{
    const u8 *bytes = (const u8 *)database;
    u64 first = database->words64.offset, count = database->words64.count;
    u64 values = first + ((count + 7) & ~7UL);

    if (values + count * 8 > 2 * SEGMENT)
        return 0;
    for (u64 i = 0; i < count; i++)
        if (bytes[first + i] == (owner << 3 | key)) {
            memcpy(value, bytes + values + i * 8, 8);
            return 1;
        }
    return 0;
}

/* lv1 puts a copy of the first segments into boot memory. */
static int copy_is_the_same(const u8 *area)
{
    u64 address = repository_own_value("bi", "boot_dat", "address");
    u64 size = repository_own_value("bi", "boot_dat", "size");
    const u8 *copy = pointer_to(address);

    if (!address || size > STORAGE_HALF || address + size > boot_memory)
        return 0;
    while (size && area[size - 1] == copy[size - 1])
        size--;
    return size == 0;
}

void flash_check(u8 *buffer)
{
    const struct os_area_header *header = (const void *)buffer;
    const struct os_area_params *params = (const void *)(buffer + SEGMENT);
    const struct os_area_database *database;
    const struct region *own;
    const char *source = "database";
    u64 index = 0, all;
    s64 offset = 0;

    if (!storage_find_region("flash", buffer, &index)) {
        check("flash", 0, "no region can be read");
        return;
    }
    own = &storage_device.regions[index];
    /* Linux moves whole pieces of 256 KiB, and only if the regions are made of such. */
    if (!storage_good(storage_read(own->id, 0, STORAGE_BUFFER / storage_device.block_size, 0, buffer))) {
        check("flash", 0, "the first 256 KiB cannot be read");
        return;
    }
    check("flash", equal(header->magic, "cell_ext_os_area", 16) && header->version >= 1 && header->loader_area >= header->database_area,
          "os-area version %u, database in segment %u, boot image in segment %u", header->version, header->database_area,
          header->loader_area);
    if (header->database_area > 100) {
        check("flash database", 0, "too far away");
        return;
    }
    database = (const void *)(buffer + header->database_area * SEGMENT);
    check("flash database", equal(database->magic, "-db-", 4) && database->version == 1,
          "version %u, room for %u long values, %u words, %u halfwords", database->version, database->words64.count,
          database->words32.count, database->words16.count);
    if (!find_value(database, OWNER_LINUX, KEY_RTC_OFFSET, &offset)) {
        source = params->rtc_offset ? "parameters" : "nobody";
        offset = params->rtc_offset ? params->rtc_offset : RTC_OTHERWISE;
    }
    check("flash clock", 1, "the clock's offset is %ld, from the %s; boot flag %u", offset, source, params->boot_flag);
    check("flash copy", copy_is_the_same(buffer), "lv1's copy in boot memory is the same");

    status_expect("a region that is not there", storage_read(99, 0, 1, 0, buffer).call, LV1_NO_ENTRY);
    status_expect("the console's own region", storage_read(storage_device.regions[0].id, 0, 1, 0, buffer).call, LV1_ACCESS_VIOLATION);
    status_expect("the block after the last", storage_read(own->id, own->size, 1, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    status_expect("the last and one more", storage_write(own->id, own->size - 1, 2, 0, buffer).call, LV1_ILLEGAL_PARAMETER_VALUE);
    check("flash statuses", status_good(&all) == all, "%lu calls, each with its status", all);
    if (option_given("scratch"))
        check("flash writes", storage_rewrite(own->id, own->size - STORAGE_HALF / storage_device.block_size,
              STORAGE_HALF / storage_device.block_size, buffer), "a pattern written and read, the old content restored");
}
