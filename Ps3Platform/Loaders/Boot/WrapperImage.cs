using CellPpe.Core;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Loaders.Boot;

/// <summary>
/// dtbImage.ps3 from the kernel build is an ELF32 file that contains the kernel at 0, a device tree and a small
/// 32-bit program ("wrapper"). The last step of arch/powerpc/boot/wrapper (case "ps3") makes it bootable; this type does
/// the same in memory. That step converts the file to a flat binary for address 0 and exchanges 512 bytes:
/// <list type="number">
/// <item>the kernel's code at its reset vector 0x100 is saved at symbol __system_reset_kernel;</item>
/// <item>the wrapper's entry code from symbol __system_reset_overlay replaces it.</item>
/// </list>
/// lv1 starts both threads at 0x100, so they enter the wrapper. Thread 1 continues at the kernel's hold loop at 0x60;
/// thread 0 prepares the device tree, restores the saved bytes (ps3.c, ps3_copy_vectors) and enters the kernel at 0.
/// </summary>
internal static class WrapperImage
{
    private const string OverlaySymbol = "__system_reset_overlay";
    private const string SavedSymbol = "__system_reset_kernel";

    public static BootImage Flatten(IExecutableImage executable)
    {
        var segments = new List<BootSegment>();
        foreach (ElfSegment segment in executable.Segments)
            segments.Add(new BootSegment("wrapped kernel", new LparAddress(segment.PhysicalAddress), segment.Bytes, segment.MemorySize));
        if (segments[0].Address.Value != 0)
        {
            throw new ImageFormatException(executable.File.Name, 0x18,
                $"The image begins at 0x{segments[0].Address.Value:x}, not at 0 where lv1 would place it; give a dtbImage.ps3 built for the PS3, or its vmlinux.");
        }

        ulong overlay = Find(executable, OverlaySymbol);
        ulong saved = Find(executable, SavedSymbol);
        ReadOnlyMemory<byte> kernelVector = Vector(executable, segments, FlatImage.ResetVector, "the kernel's reset vector");
        ReadOnlyMemory<byte> wrapperEntry = Vector(executable, segments, overlay, OverlaySymbol);
        Vector(executable, segments, saved, SavedSymbol);
        ulong end = segments.Max(segment => segment.Range.End.Value);

        // Order matters: later segments overwrite earlier ones. Both copies come from the file, so neither affects the other.
        segments.Add(new BootSegment("saved kernel vector", new LparAddress(saved), kernelVector, FlatImage.ResetVectorBytes));
        segments.Add(new BootSegment("wrapper entry", new LparAddress(FlatImage.ResetVector), wrapperEntry, FlatImage.ResetVectorBytes));
        return new BootImage
        {
            File = executable.File,
            Kind = BootImageKind.Wrapper,
            Segments = segments,
            Executable = executable,
            Thread0 = FlatImage.EntryOf(0),
            Thread1 = FlatImage.EntryOf(1),
            Warnings = FlatImage.WarnOfSize(end),
        };
    }

    private static ulong Find(IExecutableImage executable, string name)
    {
        foreach (ElfSymbol symbol in executable.Symbols)
        {
            if (symbol.Name == name)
                return symbol.Address;
        }

        throw new ImageFormatException(executable.File.Name, 0,
            $"This 32-bit program has no symbol {name}, so it is no unstripped dtbImage.ps3; give the unstripped file, the otheros.bld, or the vmlinux.");
    }

    private static ReadOnlyMemory<byte> Vector(IExecutableImage executable, List<BootSegment> segments, ulong address, string what)
    {
        ReadOnlyMemory<byte> bytes = BootImage.FileBytes(segments, address, FlatImage.ResetVectorBytes);
        return bytes.IsEmpty
            ? throw new ImageFormatException(executable.File.Name, 0, $"The 512 bytes of {what} at 0x{address:x} are not in the file; it is damaged, fetch or build it again.")
            : bytes;
    }
}
