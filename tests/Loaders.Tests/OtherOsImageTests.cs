using System.Buffers.Binary;
using CellPpe.Core;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.DeviceTree;
using Xunit;

namespace Loaders.Tests;

public class OtherOsImageTests
{
    private const ulong Memory = 128 << 20;

    [Fact]
    public void A_vmlinux_starts_both_threads_as_kexec_would()
    {
        BootImage image = Read(Kernel());

        Assert.Equal(BootImageKind.Vmlinux, image.Kind);
        Assert.Equal(new ThreadEntry(0, new LparAddress(0), 1UL << 63), image.Thread0);
        Assert.Equal(new ThreadEntry(1, new LparAddress(0x60), 1UL << 63, R3: 1), image.Thread1);
    }

    [Fact]
    public void A_program_with_nothing_at_0x60_leaves_thread_1_stopped()
    {
        byte[] bytes = new TestElf(true) { Entry = 0x100010 }.Segment(0x100000, 0x100000, new byte[64]).Build();

        BootImage image = Read(bytes);

        Assert.Equal(0x100010UL, image.Thread0.Pc.Value);
        Assert.Null(image.Thread1);
    }

    [Fact]
    public void The_wrapper_is_flattened_as_the_kernels_script_does_it()
    {
        BootImage image = Read(Wrapper());
        using GuestMemory memory = Place(BootLayout.Arrange(image, new BootRequest()));

        Assert.Equal(BootImageKind.Wrapper, image.Kind);
        Assert.Equal(0x100UL, image.Thread0.Pc.Value);
        Assert.Equal(0x100UL, image.Thread1!.Pc.Value);
        // The overlay's words are at 0x100 and the kernel's at the symbol that saves them.
        Assert.Equal(0x7d2000a6U, Word(memory, 0x100));
        Assert.Equal(0x11111111U, Word(memory, 0x2200));
        Assert.Equal(0x7d2000a6U, Word(memory, 0x2000));
    }

    [Fact]
    public void A_stripped_wrapper_is_refused_with_the_way_out()
    {
        byte[] bytes = new TestElf(false).Segment(0, 0, new byte[0x3000]).Build();

        string message = Assert.Throws<ImageFormatException>(() => Read(bytes)).Message;

        Assert.Contains("__system_reset_overlay", message);
        Assert.Contains("otheros.bld", message);
    }

    [Fact]
    public void The_command_line_and_initrd_reach_the_wrappers_tree()
    {
        BootPlan plan = BootLayout.Arrange(Read(Wrapper()), new BootRequest { CommandLine = "quiet", Initrd = new ImageFile("initrd", new byte[100]) });
        using GuestMemory memory = Place(plan);

        DeviceTreeNode chosen = TreeAt(memory, 0x1000).Root.Child("chosen")!;
        Assert.Equal("quiet", chosen.FindString("bootargs"));
        Assert.Equal(plan.Initrd!.Value.End.Value, BinaryPrimitives.ReadUInt64BigEndian(chosen.Find("linux,initrd-end")!.Value.Span));
        // Clear of the wrapper's heap, which ends at 16 MiB.
        Assert.Equal(16UL << 20, plan.Initrd!.Value.Start.Value);
    }

    [Fact]
    public void A_command_line_too_long_for_the_tree_is_refused()
    {
        var request = new BootRequest { CommandLine = new string('x', 1500) };

        Assert.Contains("boot the vmlinux", Assert.Throws<BootException>(() => BootLayout.Arrange(Read(Wrapper()), request)).Message);
    }

    [Fact]
    public void A_flat_image_starts_both_threads_at_the_reset_vector()
    {
        BootImage image = Read(Flat());

        Assert.Equal(BootImageKind.Flat, image.Kind);
        Assert.Equal(new ThreadEntry(0, new LparAddress(0x100), 1UL << 63), image.Thread0);
        Assert.Equal(new ThreadEntry(1, new LparAddress(0x100), 1UL << 63), image.Thread1);
        Assert.Empty(image.Warnings);
    }

    [Fact]
    public void A_flat_image_beyond_16_MiB_warns_that_a_console_would_cut_it()
    {
        byte[] bytes = Flat();
        Array.Resize(ref bytes, (16 << 20) + 4);

        Assert.Contains("16 MiB", Assert.Single(Read(bytes).Warnings));
    }

    [Fact]
    public void FreeBSDs_loader_is_known_by_its_name()
    {
        byte[] bytes = Flat();
        "FreeBSD/powerpc"u8.CopyTo(bytes.AsSpan(0x800));

        BootImage image = Read(bytes);

        Assert.Equal(BootImageKind.FreeBsdLoader, image.Kind);
        Assert.Contains("holds no PS3 device tree", Assert.Throws<BootException>(() => BootLayout.Arrange(image, new BootRequest { CommandLine = "a" })).Message);
    }

    [Fact]
    public void What_is_no_kernel_is_refused_with_the_way_out()
    {
        Assert.Contains("empty", Assert.Throws<ImageFormatException>(() => Read([])).Message);
        Assert.Contains("otheros.bld", Assert.Throws<ImageFormatException>(() => Read(new byte[4096])).Message);
        byte[] text = new byte[4096];
        text.AsSpan().Fill((byte)'a');
        Assert.Contains("otheros.bld", Assert.Throws<ImageFormatException>(() => Read(text)).Message);
        Assert.Contains("Sony", Assert.Throws<ImageFormatException>(() => Read([.. "SCE\0"u8, .. new byte[1000]])).Message);
        Assert.Contains("--dtb", Assert.Throws<ImageFormatException>(() => Read([0xd0, 0x0d, 0xfe, 0xed, .. new byte[1000]])).Message);
    }

    [Fact]
    public void Random_bytes_are_no_kernel()
    {
        const int Files = 4000;
        var random = new Random(11);
        int[] sizes = [64, 288, 512, 4096, 65536];
        for (int round = 0; round < Files; round++)
        {
            byte[] bytes = new byte[sizes[round % sizes.Length]];
            random.NextBytes(bytes);
            // Some rounds also pass the first checks: an instruction at the entry, and a branch after it.
            if (round % 3 == 1 && bytes.Length > 0x108)
                BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(0x100), 0x6000_0000_4800_0100);
            Assert.Throws<ImageFormatException>(() => Read(bytes));
        }
    }

    [Fact]
    public void Large_random_files_are_no_kernel()
    {
        var random = new Random(12);
        byte[] bytes = new byte[16 << 20];
        for (int round = 0; round < 4; round++)
        {
            random.NextBytes(bytes);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(0x100), 0x4800_0100);
            Assert.Contains("neither a device tree", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message);
        }
    }

    [Theory]
    [InlineData(0x3960_004a_4400_0022UL, true)] // li 11,74; sc 1
    [InlineData(0x7c6b_1b78_4400_0022UL, true)] // mr 11,3; sc 1
    [InlineData(0x3960_004a_4400_0002UL, false)] // a system call of a program
    [InlineData(0x3860_004a_4400_0022UL, false)] // the number in another register
    [InlineData(0x3960_1000_4400_0022UL, false)] // no call has such a number
    public void A_flat_image_without_a_tree_is_known_by_a_call_of_lv1(ulong instructions, bool isKernel)
    {
        byte[] bytes = Flat();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(0x900), instructions);

        if (isKernel)
            Assert.Equal(BootImageKind.Flat, Read(bytes).Kind);
        else
            Assert.Contains("neither a device tree", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message);
    }

    [Fact]
    public void A_flat_image_is_known_by_its_device_tree()
    {
        byte[] bytes = Flat();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(0x900), 0);
        FlatDeviceTree.TryWrite(new DeviceTreeDocument(new DeviceTreeNode("").Set("compatible", "sony,ps3"), []), 0x400)!.CopyTo(bytes, 0xa00);

        Assert.Equal(BootImageKind.Flat, Read(bytes).Kind);
    }

    [Fact]
    public void Two_layers_of_packing_are_opened_and_three_refused()
    {
        byte[] twice = Gzip(Gzip(Flat()));

        Assert.Equal((BootImageKind.Flat, "gzip"), (Read(twice).Kind, Read(twice).Packing));
        Assert.Contains("packed more than 2 times; unpack it", Assert.Throws<ImageFormatException>(() => Read(Gzip(twice))).Message);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    internal static byte[] Kernel()
    {
        byte[] code = new byte[0x1000];
        BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(0x60), 0x60000000);
        return new TestElf(true) { Entry = 0xc000_0000_0000_0000 }.Segment(0xc000_0000_0000_0000, 0, code, 0x2000).Build();
    }

    internal static byte[] Wrapper()
    {
        byte[] code = new byte[0x3000];
        BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(0x100), 0x11111111);
        FlatDeviceTree.TryWrite(new DeviceTreeDocument(new DeviceTreeNode("").Set("compatible", "sony,ps3"), []), 0x400)!.CopyTo(code, 0x1000);
        BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(0x2000), 0x7d2000a6);
        return new TestElf(false) { Entry = 0x2400 }.Segment(0, 0, code, 0x4000)
            .Symbol("__system_reset_overlay", 0x2000).Symbol("__system_reset_kernel", 0x2200).Build();
    }

    internal static byte[] Flat()
    {
        byte[] bytes = new byte[0x1000];
        for (int offset = 0x100; offset < 0x200; offset += 4)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offset), 0x60000000);
        // li 11,74; sc 1
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(0x900), 0x3960_004a_4400_0022);
        return bytes;
    }

    internal static GuestMemory Place(BootPlan plan)
    {
        var memory = new GuestMemory(Memory);
        memory.TryAddMemory(default, Memory, RegionAccess.ReadWrite, "boot memory");
        plan.Place(memory);
        return memory;
    }

    internal static DeviceTreeDocument TreeAt(GuestMemory memory, ulong address)
    {
        byte[] bytes = new byte[65536];
        Assert.True(memory.TryRead(new LparAddress(address), bytes));
        return FlatDeviceTree.Read(new ImageFile("memory", bytes));
    }

    internal static uint Word(GuestMemory memory, ulong address) => memory.TryReadUInt32(new LparAddress(address), out uint word) ? word : throw new InvalidOperationException();

    private static BootImage Read(byte[] bytes) => OtherOsImage.Read(new ImageFile("kernel", bytes), Memory);
}
