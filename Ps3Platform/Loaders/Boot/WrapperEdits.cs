using System.Text;
using CellPpe.Core;
using Ps3Platform.Loaders.DeviceTree;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Loaders.Boot;

/// <summary>
/// Sets the command line and the initrd of an image that contains its own device tree. The tree is rewritten within its own
/// size (dtc leaves 1 KiB free in it). In an ELF wrapper that still has its sections, the command line goes to the buffer
/// __builtin_cmdline, which takes precedence over the tree (ps3.c, prep_cmdline). The initrd's address is written to the
/// tree: the wrapper replaces it only when it has an initrd of its own (ps3.c, platform_init).
/// </summary>
internal static class WrapperEdits
{
    private const string Section = "__builtin_cmdline";

    // BOOT_COMMAND_LINE_SIZE of old kernels, for a wrapper without symbols.
    private const int SmallestBuffer = 512;

    public static List<BootSegment> Make(BootImage image, string? commandLine, MemoryRange? initrd)
    {
        var edits = new List<BootSegment>();
        if (commandLine is not null && image.Executable is not null && PatchBuffer(image.Executable, Ps3DeviceTree.CheckCommandLine(commandLine), edits))
            commandLine = null;
        if (commandLine is not null || initrd is not null)
            edits.Add(PatchTree(image, commandLine, initrd));
        return edits;
    }

    private static BootSegment PatchTree(BootImage image, string? commandLine, MemoryRange? initrd)
    {
        string what = commandLine is null ? "--initrd" : initrd is null ? "--append" : "--append and --initrd";
        EmbeddedTree tree = EmbeddedTree.Find(image) ?? throw new BootException(
            $"{image.File.Name} holds no PS3 device tree, so it cannot be given {what}; leave them out, or boot the vmlinux instead.");

        Ps3DeviceTree.SetChosen(tree.Document.Root, commandLine, initrd);
        byte[] bytes = FlatDeviceTree.TryWrite(tree.Document, tree.Room) ?? throw new BootException(
            $"{what} do not fit in the {tree.Room} bytes of the device tree in {image.File.Name}; shorten --append, or boot the vmlinux instead.");
        return new BootSegment("edited device tree", tree.Address, bytes, (ulong)bytes.Length);
    }

    private static bool PatchBuffer(IExecutableImage executable, string commandLine, List<BootSegment> edits)
    {
        ElfSection? section = executable.Sections.FirstOrDefault(candidate => candidate.Name == Section);
        if (section is null)
            return false;
        // Two objects of the wrapper have a buffer here (ps3.o and main.o), both called cmdline; only ps3.o's is used,
        // but nothing in the file says which one that is.
        int edited = 0;
        foreach (ElfSymbol symbol in executable.Symbols)
        {
            bool isInside = symbol.Address - section.Address < section.Size && symbol.Size <= section.Size - (symbol.Address - section.Address);
            if (symbol.Name == "cmdline" && symbol.Size > 0 && isInside)
            {
                edits.Add(Buffer(executable, symbol.Address, symbol.Size, commandLine));
                edited++;
            }
        }

        if (edited == 0)
            edits.Add(Buffer(executable, section.Address, Math.Min(section.Size, SmallestBuffer), commandLine));
        return true;
    }

    private static BootSegment Buffer(IExecutableImage executable, ulong address, ulong size, string commandLine)
    {
        if ((ulong)commandLine.Length >= size || size > 65536)
            throw new BootException($"The command line of {commandLine.Length} characters does not fit the {size} bytes that {executable.File.Name} keeps for it; shorten --append, or boot the vmlinux instead.");
        byte[] bytes = new byte[size];
        Encoding.ASCII.GetBytes(commandLine, bytes);
        return new BootSegment("command line", new LparAddress(address), bytes, size);
    }
}
