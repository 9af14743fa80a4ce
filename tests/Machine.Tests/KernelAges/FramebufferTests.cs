using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

using Ps3Platform.Devices.Video;

using Xunit;

namespace Machine.Tests.KernelAges;

/// <summary>
/// ps3fb from 2007 to today: the calls of each age up to its first picture (Lv1Hypervisor/KERNEL-HISTORY.md, GPU). The monitor is the
/// default one, 1280 x 720.
/// </summary>
public sealed class FramebufferTests
{
    private const ulong Width = 1280;
    private const ulong Height = 720;
    private const ulong Pitch = Width * 4;
    private const ulong WaitForCompletion = 1UL << 32;
    private const ulong Ioif = 0x0d00_0000;
    private const ulong Xdr = 16 * Guest.Mib;
    private const ulong VideoMemory = 9 * Guest.Mib;
    private const ulong FramebufferStart = 64 << 10;
    private const ulong CommandBuffer = 2 * Guest.Mib;
    private const ulong MapFlags = 0xe000_0000_0000_0000;
    private const ulong UnmapFlags = 0x2000_0000_0000_0000;
    private const ulong DisplaySync = 0x101;
    private const ulong DisplayFlip = 0x102;
    private const ulong SetUp = 0x600;
    private const ulong Blit = 0x601;
    private const ulong Close = 0x603;
    private const uint Pixel = 0x0012_3456;

    private static readonly FirmwareVersion Firmware190 = new(1, 9, 0);

    /// <summary>Linux 2.6.24 to 2.6.30: all mappings have flags 0, and one set-up names a command buffer of 2 MiB.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 9)]
    public void The_sequence_of_2009_shows_its_picture(ushort major, ushort minor)
    {
        using var guest = new Guest(new FirmwareVersion(major, minor, 0));
        ulong context = Open(guest, VideoMemory);

        guest.Ok(Lv1Call.GpuContextIomap, context, Ioif, Xdr, VideoMemory, 0);
        guest.Ok(Lv1Call.GpuContextAttribute, context, SetUp, Xdr, CommandBuffer, Ioif, 0);
        // The whole of its video memory is cleared by one blit of zeros first, wider than any picture.
        guest.Ok(Lv1Call.GpuContextAttribute, context, Blit, 0, Ioif + FramebufferStart, WaitForCompletion | (Width << 16) | 1800, Pitch);
        Draw(guest, Xdr + FramebufferStart);
        ShowWholeScreen(guest, context, 0, Ioif + FramebufferStart);
        AssertShown(guest);

        // At its end it closes no framebuffer and unmaps nothing.
        guest.Ok(Lv1Call.GpuContextFree, context);
    }

    /// <summary>The same driver with a virtual screen of another width: the source's pitch is in the upper word.</summary>
    [Fact]
    public void A_source_of_another_pitch_is_copied_line_by_line()
    {
        using var guest = new Guest();
        ulong context = Open(guest, VideoMemory);
        guest.Ok(Lv1Call.GpuContextIomap, context, Ioif, Xdr, VideoMemory, 0);
        guest.Ok(Lv1Call.GpuContextAttribute, context, SetUp, Xdr, CommandBuffer, Ioif, 0);
        const ulong sourcePitch = 5184;
        ulong source = Xdr + FramebufferStart;
        guest.Memory.TryWriteUInt32(new LparAddress(source + (3 * sourcePitch) + 40), Pixel);

        guest.Ok(
            Lv1Call.GpuContextAttribute, context, Blit, 0, Ioif + FramebufferStart, WaitForCompletion | (Width << 16) | Height,
            (sourcePitch << 32) | Pitch);
        guest.Ok(Lv1Call.GpuContextAttribute, context, DisplayFlip, 1, 0, 0, 0);
        AssertShown(guest);
    }

    /// <summary>Since Linux 2.6.31: flags name the allowed accesses, and everything is unmapped and freed at the end.</summary>
    [Fact]
    public void The_sequence_of_today_shows_its_picture_and_takes_everything_back()
    {
        using var guest = new Guest();
        ulong context = Open(guest, VideoMemory);

        guest.Ok(Lv1Call.GpuContextIomap, context, Ioif, Xdr, VideoMemory, MapFlags);
        guest.Ok(Lv1Call.GpuContextAttribute, context, SetUp, Xdr, CommandBuffer, Ioif, 0);
        Draw(guest, Xdr + FramebufferStart);
        ShowWholeScreen(guest, context, 0, Ioif + FramebufferStart);
        AssertShown(guest);

        guest.Ok(Lv1Call.GpuContextAttribute, context, Close, 0, 0, 0, 0);
        guest.Ok(Lv1Call.GpuContextIomap, context, Ioif, Xdr, VideoMemory, UnmapFlags);
        Assert.Equal(Lv1Status.IllegalParameterValue, guest.Call(Lv1Call.GpuContextAttribute, context, SetUp, Xdr, CommandBuffer, Ioif, 0));
        guest.Ok(Lv1Call.GpuContextFree, context);
    }

    /// <summary>
    /// Linux up to about 2.6.23: GPU memory of size 0 is allocated, the blit goes to the start of GPU memory, and the set-up names all of
    /// the video memory. Consoles accepted that until firmware 2.10.
    /// </summary>
    [Fact]
    public void The_sequence_of_2007_shows_its_picture_on_firmware_of_its_time()
    {
        using var guest = new Guest(Firmware190);
        ulong context = Open(guest, 0);

        guest.Ok(Lv1Call.GpuContextIomap, context, Ioif, Xdr, VideoMemory, 0);
        guest.Ok(Lv1Call.GpuContextAttribute, context, SetUp, Xdr, VideoMemory, Ioif, 0);
        // Two frames: the driver's ioctl selects the second, whose offset in GPU memory is the same as in main memory.
        const ulong frame = Pitch * Height;
        Draw(guest, Xdr + FramebufferStart + frame);
        ShowWholeScreen(guest, context, frame, Ioif + FramebufferStart + frame);
        AssertShown(guest);
    }

    [Fact]
    public void Firmware_since_2_10_refuses_to_lend_no_memory_as_a_console_does()
    {
        using var guest = new Guest();
        guest.Ok(Lv1Call.GpuOpen, 0);
        Assert.Equal(Lv1Status.IllegalParameterValue, guest.Call(Lv1Call.GpuMemoryAllocate, 0, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData(2, 1, CommandBuffer - Guest.Mib, Lv1Status.IllegalParameterValue)]
    [InlineData(2, 1, FramebufferStart, Lv1Status.IllegalParameterValue)]
    [InlineData(2, 1, CommandBuffer, Lv1Status.Success)]
    [InlineData(2, 0, FramebufferStart, Lv1Status.Success)]
    [InlineData(1, 9, FramebufferStart, Lv1Status.Success)]
    public void A_small_command_buffer_is_refused_since_2_10(ushort major, ushort minor, ulong size, Lv1Status expected)
    {
        using var guest = new Guest(new FirmwareVersion(major, minor, 0));
        ulong context = Open(guest, VideoMemory);
        guest.Ok(Lv1Call.GpuContextIomap, context, Ioif, Xdr, VideoMemory, MapFlags);
        Assert.Equal(expected, guest.Call(Lv1Call.GpuContextAttribute, context, SetUp, Xdr, size, Ioif, 0));
    }

    // The start of all ages: both heads wait for the blank, memory, context, and the interrupt mask in the driver information.
    private static ulong Open(Guest guest, ulong memory)
    {
        guest.Ok(Lv1Call.GpuOpen, 0);
        guest.Ok(Lv1Call.GpuContextAttribute, 0, DisplaySync, 0, 2, 0, 0);
        guest.Ok(Lv1Call.GpuContextAttribute, 0, DisplaySync, 1, 2, 0, 0);
        ulong handle = guest.Ok(Lv1Call.GpuMemoryAllocate, memory, 0, 0, 0, 0)[0];
        ulong[] context = guest.Ok(Lv1Call.GpuContextAllocate, handle, 0);
        ulong information = context[2];
        Assert.Equal(0x211u, guest.Word(information));
        uint outlet = guest.Word(information + 0x12b8);
        guest.Ok(Lv1Call.ConnectIrqPlugExt, Guest.PpeId, 0, outlet, outlet, 0);
        Assert.True(guest.Memory.TryWriteUInt32(new LparAddress(information + 0x12c0), (1 << 1) | (1 << 4)));
        return context[0];
    }

    private static void Draw(Guest guest, ulong picture) =>
        Assert.True(guest.Memory.TryWriteUInt32(new LparAddress(picture + (3 * Pitch) + 40), Pixel));

    private static void ShowWholeScreen(Guest guest, ulong context, ulong offset, ulong source)
    {
        guest.Ok(Lv1Call.GpuContextAttribute, context, Blit, offset, source, WaitForCompletion | (Width << 16) | Height, Pitch);
        guest.Ok(Lv1Call.GpuContextAttribute, context, DisplayFlip, 0, offset, 0, 0);
        guest.Ok(Lv1Call.GpuContextAttribute, context, DisplayFlip, 1, offset, 0, 0);
    }

    private static void AssertShown(Guest guest)
    {
        guest.NextEvent();
        Assert.True(guest.Machine.Screen.TryCapture(out Frame? frame));
        Assert.Equal(((int)Width, (int)Height), (frame.Width, frame.Height));
        int at = (int)((3 * Pitch) + 40);
        Assert.Equal([0x00, 0x12, 0x34, 0x56], frame.Pixels.Slice(at, 4).ToArray());
        Assert.Equal([0, 0, 0, 0], frame.Pixels.Slice(at + 4, 4).ToArray());
    }
}
