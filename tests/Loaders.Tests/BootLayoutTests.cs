using CellPpe.Core;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.DeviceTree;
using Xunit;

namespace Loaders.Tests;

public class BootLayoutTests
{
    private const ulong Memory = 128 << 20;

    private static BootImage Image => OtherOsImage.Read(new ImageFile("vmlinux", OtherOsImageTests.Kernel()), Memory);

    [Fact]
    public void Tree_initrd_and_os_area_are_above_the_kernel_and_do_not_overlap()
    {
        BootPlan plan = BootLayout.Arrange(Image, new BootRequest { CommandLine = "a=b", Initrd = new ImageFile("rd", new byte[12345]) });
        using GuestMemory memory = OtherOsImageTests.Place(plan);

        Assert.Equal(0x10000UL, plan.DeviceTree!.Value.Start.Value);
        Assert.Equal(0x20000UL, plan.Initrd!.Value.Start.Value);
        Assert.Equal(12345UL, plan.Initrd!.Value.Size);
        Assert.Equal(new MemoryRange(new LparAddress(0x7ff_f000), 0x1000), plan.OsArea);
        Assert.Equal(plan.DeviceTree.Value.Start.Value, plan.Threads[0].R3);
        Assert.Equal((0UL, 0UL), (plan.Threads[0].R4, plan.Threads[0].R5));
        DeviceTreeDocument tree = OtherOsImageTests.TreeAt(memory, 0x10000);
        Assert.Equal("a=b", tree.Root.Child("chosen")!.FindString("bootargs"));
        Assert.Equal([new DeviceTreeReservation(0x7ff_f000, 0x1000)], tree.Reservations);
    }

    [Fact]
    public void One_thread_starts_one_thread()
    {
        Assert.Equal(0, Assert.Single(BootLayout.Arrange(Image, new BootRequest { Threads = 1 }).Threads).Thread);
    }

    [Fact]
    public void An_initrd_that_does_not_fit_names_both_ways_out()
    {
        var request = new BootRequest { BootMemorySize = 4 << 20, Initrd = new ImageFile("rd", new byte[5 << 20]) };

        string message = Assert.Throws<BootException>(() => BootLayout.Arrange(Image, request)).Message;

        Assert.Contains("initrd of 5 MiB does not fit in 4 MiB boot memory", message);
        Assert.Contains("use --memory or a smaller initrd", message);
    }

    [Fact]
    public void A_kernel_may_not_lie_under_the_os_area()
    {
        var request = new BootRequest { OsAreaAddress = new LparAddress(0x1000) };

        Assert.Contains("os-area", Assert.Throws<BootException>(() => BootLayout.Arrange(Image, request)).Message);
    }

    [Fact]
    public void An_own_device_tree_gets_memory_command_line_and_initrd()
    {
        var root = new DeviceTreeNode("").Set("compatible", "sony,ps3");
        byte[] blob = FlatDeviceTree.Write(new DeviceTreeDocument(root, []));
        var request = new BootRequest { DeviceTree = new ImageFile("own.dtb", blob), CommandLine = "x", Initrd = new ImageFile("rd", new byte[10]) };

        BootPlan plan = BootLayout.Arrange(Image, request);
        using GuestMemory memory = OtherOsImageTests.Place(plan);

        DeviceTreeDocument tree = OtherOsImageTests.TreeAt(memory, plan.DeviceTree!.Value.Start.Value);
        Assert.Equal("x", tree.Root.Child("chosen")!.FindString("bootargs"));
        Assert.Equal(0x08, tree.Root.Child("memory")!.Find("reg")!.Value.Span[12]);
    }

    [Fact]
    public void Placing_again_clears_what_a_guest_left_behind()
    {
        BootPlan plan = BootLayout.Arrange(Image, new BootRequest());
        using GuestMemory memory = OtherOsImageTests.Place(plan);
        memory.TryWriteUInt32(new LparAddress(0x1800), 0xdeadbeef);

        plan.Place(memory);

        Assert.Equal(0U, OtherOsImageTests.Word(memory, 0x1800));
    }
}
