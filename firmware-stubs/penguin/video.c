/* The picture: the mode is agreed with the AV backend over virtual UART 0, pixels are drawn in main memory and lv1 copies
 * them into the GPU's, which the guest may not program itself (devices 5 and 8). */
#include "kernel.h"

#define AV_PORT 0
#define AV_VERSION 0x205
#define AV_REPLY 0x80000000U
#define AV_EVENT 0x10000000U
#define AV_TIMEOUT 1000 /* milliseconds */
#define HDMI_PORT 0

enum av_command {
    AV_INIT = 0x00000001,
    AV_GET_HARDWARE = 0x00000003,
    AV_GET_MONITOR = 0x00000004,
    AV_VIDEO_CS = 0x00010001,
    AV_VIDEO_MUTE = 0x00010002,
    VIDEO_INIT = 0x01000001,
    VIDEO_MODE = 0x01000002,
    AUDIO_INIT = 0x02000001,
    AVB_PARAM = 0x04000001,
};

struct av_header {
    u16 version, size; /* what follows the first four bytes */
    u32 command;
};

struct av_reply {
    struct av_header header;
    u32 status;
    u8 data[500];
};

struct av_video_mode {
    struct av_header header;
    u32 head, reserved1, video_id;
    u16 reserved2, width, reserved3, height;
    u32 pitch, output_format, format;
    u8 reserved4, colour_table;
    u16 order;
    u32 reserved5;
};

struct av_video_cs {
    struct av_header header;
    u16 port, video_id, colours_out, colours_in;
    u8 dither, depth, super_white, aspect;
};

struct avb_param {
    struct av_header header;
    u16 video_packets, audio_packets, av_video_packets, av_audio_packets;
    struct av_video_mode heads[2];
    struct av_video_cs colours;
};

_Static_assert(sizeof(struct av_video_mode) == 48, "devices 8.5");
_Static_assert(sizeof(struct av_video_cs) == 20, "devices 8.5");

struct mode {
    u32 bit; /* in the monitor's 60 Hz word */
    u32 video_id, av_video_id;
    u16 width, height;
    const char *name;
};

/* In the order Linux prefers them. */
static const struct mode modes[] = {
    {0x4000, 0xb, 4, 1920, 1080, "1080p"},
    {0x0008, 7, 3, 1920, 1080, "1080i"},
    {0x0004, 9, 2, 1280, 720, "720p"},
    {0x0003, 5, 1, 720, 480, "480p"},
};

static struct av_reply reply;

static void av_header(struct av_header *header, u32 command, u64 size)
{
    header->version = AV_VERSION;
    header->size = (u16)(size - 4);
    header->command = command;
}

/* Sends a packet and takes its reply. Events that come in between are skipped. */
static int av_send(void *packet, u32 command, u64 size)
{
    av_header(packet, command, size);
    if (!vuart_write(AV_PORT, packet, size))
        return 0;
    for (int packets = 0; packets < 32; packets++) {
        if (!vuart_read(AV_PORT, &reply, 4, AV_TIMEOUT) || reply.header.version != AV_VERSION ||
            reply.header.size > sizeof(reply) - 4 || !vuart_read(AV_PORT, &reply.header.command, reply.header.size, AV_TIMEOUT))
            return 0;
        if (reply.header.command & AV_EVENT)
            continue;
        return reply.header.command == (command | AV_REPLY) && reply.status == 0;
    }
    return 0;
}

static int av_simple(u32 command, u16 port, u16 value, u64 size)
{
    static struct {
        struct av_header header;
        u16 values[2];
    } packet;

    packet.values[0] = port;
    packet.values[1] = value;
    return av_send(&packet, command, size);
}

static const struct mode *choose_mode(u32 native, u32 supported)
{
    for (u64 i = 0; i < array_length(modes); i++)
        if (native & modes[i].bit)
            return &modes[i];
    for (u64 i = 0; i < array_length(modes); i++)
        if (supported & modes[i].bit)
            return &modes[i];
    return &modes[array_length(modes) - 1];
}

static int set_mode(const struct mode *mode)
{
    static struct avb_param param;

    param.video_packets = 2;
    param.av_video_packets = 1;
    for (u32 head = 0; head < 2; head++) {
        struct av_video_mode *packet = &param.heads[head];

        av_header(&packet->header, VIDEO_MODE, sizeof(*packet));
        packet->head = head;
        packet->video_id = mode->video_id;
        packet->width = mode->width;
        packet->height = mode->height;
        packet->pitch = mode->width * 4U;
        packet->format = 7; /* ARGB */
    }
    av_header(&param.colours.header, AV_VIDEO_CS, sizeof(param.colours));
    param.colours.port = HDMI_PORT;
    param.colours.video_id = (u16)mode->av_video_id;
    return av_simple(AV_VIDEO_MUTE, HDMI_PORT, 1, 12) && av_send(&param, AVB_PARAM, sizeof(param)) &&
           av_simple(AV_VIDEO_MUTE, HDMI_PORT, 0, 12);
}

/* The mode the monitor asks for, set on both heads; NULL when the backend does not answer. */
static const struct mode *agree_mode(void)
{
    const struct mode *mode;
    u32 rates[2] = {0, 0};

    if (!av_simple(VIDEO_INIT, 0, 0, 8) || !av_simple(AUDIO_INIT, 0, 0, 8) || !av_simple(AV_INIT, 0, 0, 12) ||
        !av_simple(AV_GET_HARDWARE, 0, 0, 8) || !av_simple(AV_GET_MONITOR, HDMI_PORT, 0, 12))
        return NULL;
    /* Type at 0x17, 60 Hz modes at 0x28 (supported) and 0x2c (native); data begins at 0x0c. */
    if (reply.data[0x17 - 0x0c] == 1 || reply.data[0x17 - 0x0c] == 2)
        memcpy(rates, reply.data + 0x28 - 0x0c, sizeof(rates));
    mode = choose_mode(rates[1], rates[0]);
    return set_mode(mode) ? mode : NULL;
}

#define PIXELS_PHYSICAL 0x02000000UL /* main memory the GPU sees: 32 MiB up, far from image and tree */
#define IO_WINDOW 0x0d000000UL       /* where the GPU sees it */
#define COMMAND_SIZE 0x200000UL      /* lv1's own command buffer; it uses the first 64 KiB only */
#define PIXELS_START 0x10000UL
#define MEGABYTE 0x100000UL
#define IO_READ_WRITE 0xe000000000000000UL
#define DRIVER_INFO_SIZE 0x20000UL
#define DRIVER_INFO_VERSION 0x211

enum gpu_attribute {
    GPU_FIFO_SETUP = 0x001,
    GPU_DISPLAY_SYNC = 0x101,
    GPU_DISPLAY_FLIP = 0x102,
    GPU_FB_SETUP = 0x600,
    GPU_FB_BLIT = 0x601,
};

#define SYNC_VERTICAL 2
#define BLIT_WAIT (1UL << 32)

/* Words of the driver information block. */
#define INFORMATION_VERSION 0
#define INFORMATION_OUTLET (0x12b8 / 4)
#define INFORMATION_MASK (0x12c0 / 4)
#define CAUSE_BLANK_B (1U << 1)

static u64 context;
static const struct mode *current;
static volatile u32 *information;
static volatile u32 blanks;

static s32 gpu_attribute(u64 handle, u64 operation, u64 p1, u64 p2, u64 p3, u64 p4)
{
    struct lv1_results results;

    return LV1(&results, LV1_GPU_CONTEXT_ATTRIBUTE, handle, operation, p1, p2, p3, p4);
}

/* Copies the picture to GPU memory and shows it on both heads. */
void screen_show(void)
{
    if (!current)
        return;
    gpu_attribute(context, GPU_FB_BLIT, 0, IO_WINDOW + PIXELS_START,
                  BLIT_WAIT | (u64)current->width << 16 | current->height, current->width * 4UL);
    gpu_attribute(context, GPU_DISPLAY_FLIP, 0, 0, 0, 0);
    gpu_attribute(context, GPU_DISPLAY_FLIP, 1, 0, 0, 0);
}

/* Returns the name of the step lv1 refused, with its status, or NULL. */
static const char *gpu_start(const struct mode *mode, s32 *status, u32 *version)
{
    struct lv1_results results;
    u64 size = (PIXELS_START + mode->width * 4UL * mode->height + MEGABYTE - 1) & ~(MEGABYTE - 1);
    u64 memory;

    if ((*status = LV1(&results, LV1_GPU_OPEN, 0)) != LV1_SUCCESS)
        return "open";
    for (u64 head = 0; head < 2; head++)
        if ((*status = gpu_attribute(0, GPU_DISPLAY_SYNC, head, SYNC_VERTICAL, 0, 0)) != LV1_SUCCESS)
            return "display sync";
    if ((*status = LV1(&results, LV1_GPU_MEMORY_ALLOCATE, size, 0, 0, 0, 0)) != LV1_SUCCESS)
        return "memory allocate";
    memory = results.value[0];
    if ((*status = LV1(&results, LV1_GPU_CONTEXT_ALLOCATE, memory, 0)) != LV1_SUCCESS)
        return "context allocate";
    context = results.value[0];
    information = mmu_map_device(results.value[2], DRIVER_INFO_SIZE);
    *version = information ? information[INFORMATION_VERSION] : 0;
    if (*version != DRIVER_INFO_VERSION)
        return "driver information";
    if ((*status = LV1(&results, LV1_GPU_CONTEXT_IOMAP, context, IO_WINDOW, PIXELS_PHYSICAL, size, IO_READ_WRITE)) != LV1_SUCCESS)
        return "I/O map";
    if ((*status = gpu_attribute(context, GPU_FB_SETUP, PIXELS_PHYSICAL, COMMAND_SIZE, IO_WINDOW, 0)) != LV1_SUCCESS)
        return "frame buffer setup";
    return NULL;
}

/* Reading the causes clears them. */
static void gpu_interrupt(void)
{
    struct lv1_results results;

    if (LV1(&results, LV1_GPU_CONTEXT_INTR, context) == LV1_SUCCESS && results.value[0] & CAUSE_BLANK_B)
        blanks++;
}

/* Sleeps over so many vertical blanks, or more: where the host keeps the machine from running, several come at once. */
int video_wait_blanks(u32 count)
{
    struct lv1_results results;
    u32 end = blanks + count;
    u64 limit = timebase() + 10 * timebase_hertz;

    while (current && (s32)(blanks - end) < 0) {
        if (timebase() > limit)
            return 0;
        LV1(&results, LV1_PAUSE, 0);
        interrupts_on();
        interrupts_off();
    }
    return current != NULL;
}

static void blank_check(void)
{
    u64 start, elapsed;
    int good;

    good = irq_connect(0, information[INFORMATION_OUTLET], gpu_interrupt);
    information[INFORMATION_MASK] = CAUSE_BLANK_B;
    good = good && video_wait_blanks(1);
    start = timebase();
    good = good && video_wait_blanks(2);
    elapsed = timebase() - start;
    if (options.quiet_time)
        check("vsync", good, "interrupts at the vertical blank");
    else
        check("vsync", good, "interrupts at the vertical blank, %lu time base ticks apart", elapsed / 2);
}

void video_check(void)
{
    const struct mode *mode;
    const char *refused;
    s32 status = 0;
    u32 version = 0;

    if (boot_memory < PIXELS_PHYSICAL + 16 * MEGABYTE) {
        check("video", 0, "not enough boot memory");
        return;
    }
    mode = agree_mode();
    check("av", mode != NULL, "monitor mode %s", mode ? mode->name : "not agreed");
    if (!mode)
        mode = &modes[array_length(modes) - 2];
    refused = gpu_start(mode, &status, &version);
    if (refused) {
        check("video", 0, "%s: status %d, driver %x", refused, status, version);
        return;
    }
    screen_start(pointer_to(PIXELS_PHYSICAL + PIXELS_START), mode->width, mode->height);
    current = mode;
    check("video", gpu_attribute(context, GPU_DISPLAY_FLIP, 0, 0, 0, 0) == LV1_SUCCESS, "%u x %u, frame buffer at I/O address %lx",
          mode->width, mode->height, IO_WINDOW + PIXELS_START);
    blank_check();
}

/* Three ways to the RSX itself. A retail machine's lv1 refuses the registers to an OtherOS partition, by its own call and
 * by a page table entry alike. */
#define RSX_REGISTERS 0x28000000000UL

void video_rsx_check(void)
{
    struct lv1_results results;
    s32 map = LV1(&results, LV1_GPU_DEVICE_MAP, 0);
    s64 entry = page_insert(0x7777, 0, RSX_REGISTERS, PAGE_DEVICE | PAGE_KERNEL);

    if (entry >= 0)
        page_remove((u64)entry, 0x7777, 0);
    check("rsx", map != LV1_SUCCESS && entry < 0, "lv1 refused the registers: device map %d, page table entry %ld", map, entry);
    if (current && options.verbose)
        print("  FIFO setup answers %d\n", gpu_attribute(context, GPU_FIFO_SETUP, IO_WINDOW, IO_WINDOW, 0, 0));
}
