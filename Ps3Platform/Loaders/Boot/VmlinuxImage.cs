using System.Buffers.Binary;
using CellPpe.Core;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Loaders;

/// <summary>A bare 64-bit kernel: both threads enter it as kexec would let them (head_64.S; boot protocol, direct boot).</summary>
internal static class VmlinuxImage
{
    private const ulong SecondaryHold = 0x60;

    public static BootImage Read(IExecutableImage executable)
    {
        var segments = new List<BootSegment>();
        foreach (ElfSegment segment in executable.Segments)
            segments.Add(new BootSegment("kernel", new LparAddress(segment.PhysicalAddress), segment.Bytes, segment.MemorySize));

        return new BootImage
        {
            File = executable.File,
            Kind = BootImageKind.Vmlinux,
            Segments = segments,
            Executable = executable,
            Thread0 = new ThreadEntry(0, PhysicalEntry(executable), ThreadEntry.SixtyFourBit),
            Thread1 = HasSecondaryHold(segments) ? new ThreadEntry(1, new LparAddress(SecondaryHold), ThreadEntry.SixtyFourBit, R3: 1) : null,
        };
    }

    // e_entry is a virtual address (0xc000...); threads start with translation off.
    private static LparAddress PhysicalEntry(IExecutableImage executable)
    {
        foreach (ElfSegment segment in executable.Segments)
        {
            ulong offset = executable.EntryPoint - segment.VirtualAddress;
            if (executable.EntryPoint >= segment.VirtualAddress && offset < segment.MemorySize)
                return new LparAddress(segment.PhysicalAddress + offset);
        }

        throw new ImageFormatException(executable.File.Name, 0x18, $"The entry point 0x{executable.EntryPoint:x} lies in no loadable segment; the file is damaged, fetch or build it again.");
    }

    /// <summary>Small test programs have nothing at 0x60; thread 1 then stays stopped instead of running into zeros.</summary>
    private static bool HasSecondaryHold(List<BootSegment> segments)
    {
        ReadOnlyMemory<byte> word = BootImage.FileBytes(segments, SecondaryHold, 4);
        return !word.IsEmpty && BinaryPrimitives.ReadUInt32BigEndian(word.Span) != 0;
    }
}
