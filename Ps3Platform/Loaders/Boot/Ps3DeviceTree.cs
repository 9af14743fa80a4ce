using System.Buffers.Binary;
using System.Text;
using CellPpe.Core;

using Ps3Platform.Loaders.DeviceTree;

namespace Ps3Platform.Loaders.Boot;

/// <summary>The variable properties of the PS3's device tree. Null omits a property.</summary>
public sealed record Ps3DeviceTreeOptions
{
    /// <summary>Size of boot memory, the value lv1 publishes as rm_size.</summary>
    public required ulong BootMemorySize { get; init; }

    /// <summary>PPE threads announced to the guest: 1 or 2.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Kernel command line.</summary>
    public string? CommandLine { get; init; }

    /// <summary>The memory of the initial RAM disk.</summary>
    public MemoryRange? Initrd { get; init; }

    /// <summary>Memory that the guest must not use.</summary>
    public IReadOnlyList<MemoryRange> Reserved { get; init; } = [];

    /// <summary>Seconds between 1970 and the RTC's zero, for a guest that finds no os-area.</summary>
    public long? RtcDiff { get; init; }

    /// <summary>AV multi out setting, for a guest that finds no os-area.</summary>
    public AvMultiOut? AvMultiOut { get; init; }
}

/// <summary>Makes and edits the tree Linux expects on this machine (arch/powerpc/boot/dts/ps3.dts; platforms/ps3/setup.c).</summary>
public static class Ps3DeviceTree
{
    /// <summary>The root's "compatible" value by which Linux recognises the machine.</summary>
    public const string Compatible = "sony,ps3";

    /// <summary>The same up to about Linux 2.6.22.</summary>
    private const string OldCompatible = "PS3";

    /// <summary>Maximum of bytes that Linux keeps of the command line, including the final zero (COMMAND_LINE_SIZE).</summary>
    public const int MaximumCommandLine = 2048;

    /// <summary>Makes the tree.</summary>
    /// <exception cref="BootException">The command line is too long or not plain text.</exception>
    public static DeviceTreeDocument Build(Ps3DeviceTreeOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, 2);

        var root = new DeviceTreeNode("");
        root.SetCells("#address-cells", 2).SetCells("#size-cells", 2).Set("model", "SonyPS3").Set("compatible", $"{Compatible}\0{OldCompatible}");
        if (options.RtcDiff is { } rtcDiff)
            root.SetUInt64("linux,rtc_diff", (ulong)rtcDiff);
        if (options.AvMultiOut is { } avMultiOut)
            root.SetCells("linux,av_multi_out", (uint)avMultiOut);

        SetChosen(root, options.CommandLine, options.Initrd);
        root.AddChild(new DeviceTreeNode("memory")).Set("device_type", "memory")
            .SetCells("reg", 0, 0, (uint)(options.BootMemorySize >> 32), (uint)options.BootMemorySize);
        AddCpus(root, options.Threads);
        return new DeviceTreeDocument(root, [.. options.Reserved.Select(range => new DeviceTreeReservation(range.Start.Value, range.Size))]);
    }

    /// <summary>True when the tree is for this machine.</summary>
    public static bool IsPs3(DeviceTreeNode root)
    {
        if (root.Find("compatible") is not { } compatible)
            return false;
        foreach (string name in Encoding.Latin1.GetString(compatible.Span).Split('\0'))
        {
            if (name == Compatible)
                return true;
        }

        return false;
    }

    /// <summary>Sets command line and initrd in /chosen; null leaves the existing value.</summary>
    /// <exception cref="BootException">The command line is too long or not plain text.</exception>
    public static void SetChosen(DeviceTreeNode root, string? commandLine, MemoryRange? initrd)
    {
        DeviceTreeNode chosen = root.Child("chosen") ?? root.AddChild(new DeviceTreeNode("chosen"));
        if (commandLine is not null)
            chosen.Set("bootargs", CheckCommandLine(commandLine));
        if (initrd is { } range)
            chosen.SetUInt64("linux,initrd-start", range.Start.Value).SetUInt64("linux,initrd-end", range.End.Value);
    }

    /// <summary>
    /// Fills in the size of boot memory where a tree leaves it at zero, as ps3.dts does, and refuses a tree that claims
    /// more memory than there is.
    /// </summary>
    /// <exception cref="ImageFormatException">The tree is not one for this machine.</exception>
    public static void CompleteMemory(string fileName, DeviceTreeNode root, ulong bootMemorySize)
    {
        if (!IsPs3(root))
            throw new ImageFormatException(fileName, 0, $"The tree's root is not compatible with \"{Compatible}\", so Linux would not know the machine; add it to the .dts, or leave out --dtb.");
        DeviceTreeNode? memory = root.Children.FirstOrDefault(node => node.FindString("device_type") == "memory");
        memory ??= root.AddChild(new DeviceTreeNode("memory")).Set("device_type", "memory");
        ReadOnlyMemory<byte> reg = memory.Find("reg") ?? default;
        ulong start = reg.Length >= 16 ? BinaryPrimitives.ReadUInt64BigEndian(reg.Span) : 0;
        ulong size = reg.Length >= 16 ? BinaryPrimitives.ReadUInt64BigEndian(reg.Span[8..]) : 0;
        if (size == 0)
            memory.SetCells("reg", 0, 0, (uint)(bootMemorySize >> 32), (uint)bootMemorySize);
        else if (start > bootMemorySize || size > bootMemorySize - start)
            throw new ImageFormatException(fileName, 0, $"The tree's memory node (0x{size:x} bytes at 0x{start:x}) is larger than boot memory (0x{bootMemorySize:x}); set its reg to zero, or leave out --dtb.");
    }

    internal static string CheckCommandLine(string commandLine)
    {
        if (commandLine.Length >= MaximumCommandLine)
            throw new BootException($"The command line has {commandLine.Length} characters; Linux keeps {MaximumCommandLine - 1} and drops the rest. Shorten --append.");
        foreach (char character in commandLine)
        {
            if (character is < ' ' or > '~')
                throw new BootException($"The command line holds the character U+{(int)character:X4}; use printable ASCII in --append.");
        }

        return commandLine;
    }

    private static void AddCpus(DeviceTreeNode root, int threads)
    {
        DeviceTreeNode cpus = root.AddChild(new DeviceTreeNode("cpus")).SetCells("#address-cells", 1).SetCells("#size-cells", 0);
        DeviceTreeNode cpu = cpus.AddChild(new DeviceTreeNode("cpu@0")).Set("device_type", "cpu").SetCells("reg", 0);
        // Linux counts threads only by the list of interrupt servers (setup-common.c, smp_setup_cpu_maps).
        if (threads == 2)
            cpu.SetCells("ibm,ppc-interrupt-server#s", 0, 1);
        else
            cpu.SetCells("ibm,ppc-interrupt-server#s", 0);
        // Linux gets the frequencies from lv1 and no longer reads these; the time base frequency is correct all the same.
        cpu.SetCells("clock-frequency", 0).SetCells("timebase-frequency", (uint)IMachineClock.Frequency)
            .SetCells("i-cache-size", 32768).SetCells("d-cache-size", 32768)
            .SetCells("i-cache-line-size", 128).SetCells("d-cache-line-size", 128);
    }
}
