using System.Text;
using CellPpe.Core;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.DeviceTree;
using Xunit;

namespace Loaders.Tests;

public class DeviceTreeTests
{
    private static readonly Ps3DeviceTreeOptions Options = new()
    {
        BootMemorySize = 128 << 20,
        CommandLine = "console=hvc0 root=/dev/ram0",
        Initrd = new MemoryRange(new LparAddress(0x200_0000), 0x12345),
        Reserved = [new MemoryRange(new LparAddress(0x7ff_f000), 0x1000)],
        RtcDiff = 946684800,
        AvMultiOut = AvMultiOut.PalRgb,
    };

    [Fact]
    public void A_written_tree_reads_back_the_same()
    {
        DeviceTreeDocument read = Read(FlatDeviceTree.Write(Ps3DeviceTree.Build(Options)));

        Assert.True(Ps3DeviceTree.IsPs3(read.Root));
        Assert.Equal("SonyPS3", read.Root.FindString("model"));
        Assert.Equal([new DeviceTreeReservation(0x7ff_f000, 0x1000)], read.Reservations);
        Assert.Equal(8, read.Root.Find("linux,rtc_diff")!.Value.Length);
        Assert.Equal([0, 0, 0, 1], read.Root.Find("linux,av_multi_out")!.Value.ToArray());
        DeviceTreeNode chosen = read.Root.Child("chosen")!;
        Assert.Equal(Options.CommandLine, chosen.FindString("bootargs"));
        Assert.Equal([0, 0, 0, 0, 0x02, 0x01, 0x23, 0x45], chosen.Find("linux,initrd-end")!.Value.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0, 0], read.Root.Child("memory")!.Find("reg")!.Value.ToArray());
        DeviceTreeNode cpu = read.Root.Child("cpus")!.Child("cpu@0")!;
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], cpu.Find("ibm,ppc-interrupt-server#s")!.Value.ToArray());
        Assert.Equal([0x04, 0xc1, 0xa6, 0xc0], cpu.Find("timebase-frequency")!.Value.ToArray());
    }

    [Fact]
    public void One_thread_is_announced_by_one_interrupt_server()
    {
        DeviceTreeDocument tree = Ps3DeviceTree.Build(Options with { Threads = 1 });

        Assert.Equal(4, tree.Root.Child("cpus")!.Child("cpu@0")!.Find("ibm,ppc-interrupt-server#s")!.Value.Length);
    }

    [SkippableFact]
    public void The_device_tree_compiler_reads_it()
    {
        byte[] source = Tool.Run("dtc", FlatDeviceTree.Write(Ps3DeviceTree.Build(Options)), "-I", "dtb", "-O", "dts", "-q", "-");

        string text = Encoding.ASCII.GetString(source);
        // The second name is that of kernels up to about 2.6.22.
        Assert.Contains("compatible = \"sony,ps3\\0PS3\";", text);
        Assert.Contains("/memreserve/\t0x0000000007fff000 0x0000000000001000;", text);
        Assert.Contains("ibm,ppc-interrupt-server#s = <0x00 0x01>;", text);
        Assert.Contains("reg = <0x00 0x00 0x00 0x8000000>;", text);
    }

    [SkippableFact]
    public void A_tree_from_the_compiler_is_understood()
    {
        byte[] blob = Tool.Run("dtc", "/dts-v1/; / { compatible = \"sony,ps3\"; memory { device_type = \"memory\"; reg = <0 0 0 0>; }; };"u8.ToArray(), "-I", "dts", "-O", "dtb", "-q", "-p", "1024", "-");

        DeviceTreeDocument tree = Read(blob);
        Ps3DeviceTree.CompleteMemory("test.dtb", tree.Root, 0x800_0000);

        Assert.Equal(0x08, tree.Root.Child("memory")!.Find("reg")!.Value.Span[12]);
    }

    [Fact]
    public void Room_is_filled_exactly_or_refused()
    {
        DeviceTreeDocument tree = Ps3DeviceTree.Build(Options);
        int needed = FlatDeviceTree.Write(tree).Length;

        Assert.Null(FlatDeviceTree.TryWrite(tree, needed - 8));
        byte[] roomy = FlatDeviceTree.TryWrite(tree, needed + 100)!;
        Assert.Equal(needed + 100, roomy.Length);
        Assert.Equal("SonyPS3", Read(roomy).Root.FindString("model"));
    }

    [Fact]
    public void A_tree_for_another_machine_or_with_too_much_memory_is_refused()
    {
        var other = new DeviceTreeNode("").Set("compatible", "apple,powermac");
        Assert.Contains("leave out --dtb", Assert.Throws<ImageFormatException>(() => Ps3DeviceTree.CompleteMemory("a.dtb", other, 1 << 27)).Message);

        DeviceTreeDocument tree = Ps3DeviceTree.Build(Options);
        Assert.Throws<ImageFormatException>(() => Ps3DeviceTree.CompleteMemory("a.dtb", tree.Root, 64 << 20));
    }

    [Fact]
    public void A_long_or_strange_command_line_is_refused()
    {
        Assert.Contains("--append", Assert.Throws<BootException>(() => Ps3DeviceTree.Build(Options with { CommandLine = new string('x', 2048) })).Message);
        Assert.Contains("U+000A", Assert.Throws<BootException>(() => Ps3DeviceTree.Build(Options with { CommandLine = "a\nb" })).Message);
    }

    [Fact]
    public void Damage_is_named_with_its_offset()
    {
        byte[] blob = FlatDeviceTree.Write(Ps3DeviceTree.Build(Options));

        Assert.Equal(0, Assert.Throws<ImageFormatException>(() => Read([.. new byte[64]])).Offset);
        Assert.Contains("truncated", Assert.Throws<ImageFormatException>(() => Read(blob[..200])).Message);
        byte[] deep = [.. blob];
        // The first token of the structure block (after header and two reservation entries) becomes END_NODE.
        deep[40 + 32 + 3] = 2;
        Assert.Equal(72, Assert.Throws<ImageFormatException>(() => Read(deep)).Offset);
    }

    private static DeviceTreeDocument Read(byte[] blob) => FlatDeviceTree.Read(new ImageFile("test.dtb", blob));
}
