using System.Buffers.Binary;
using CellPpe.Core;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Loaders.Boot;

/// <summary>A bare 64-bit kernel: both threads enter it as after kexec (head_64.S; boot protocol, direct boot).</summary>
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
            Thread0 = Entry(executable),
            Thread1 = HasSecondaryHold(segments) ? new ThreadEntry(1, new LparAddress(SecondaryHold), ThreadEntry.SixtyFourBit, R3: 1) : null,
        };
    }

    // e_entry of Linux is code. By the first ABI it is a function descriptor (supplement 4.1), which is a linker's default; its three
    // doublewords are in .opd or, in a stripped file, in a segment that is not executable.
    private static ThreadEntry Entry(IExecutableImage executable)
    {
        ulong entry = executable.EntryPoint;
        ElfSegment segment = SegmentOf(executable, entry, "entry point");
        if (!executable.UsesDescriptors)
            return new ThreadEntry(0, Physical(segment, entry), ThreadEntry.SixtyFourBit, R12: entry);
        if (segment.Executable && !IsInDescriptors(executable, entry))
            return new ThreadEntry(0, Physical(segment, entry), ThreadEntry.SixtyFourBit);

        ulong offset = entry - segment.VirtualAddress;
        if ((ulong)segment.Bytes.Length < 16 || offset > (ulong)segment.Bytes.Length - 16)
            throw Damaged(executable, $"The entry point's descriptor at 0x{entry:x} is not in the file");
        ReadOnlySpan<byte> descriptor = segment.Bytes.Span[(int)offset..];
        ulong code = BinaryPrimitives.ReadUInt64BigEndian(descriptor);
        ElfSegment text = SegmentOf(executable, code, $"code of the entry point's descriptor at 0x{entry:x}:");
        return new ThreadEntry(0, Physical(text, code), ThreadEntry.SixtyFourBit, R2: BinaryPrimitives.ReadUInt64BigEndian(descriptor[8..]));
    }

    private static bool IsInDescriptors(IExecutableImage executable, ulong address)
    {
        try
        {
            return executable.Sections.Any(section => section.Name == ".opd" && address - section.Address < section.Size);
        }
        catch (ImageFormatException)
        {
            // Sections are not needed to boot: a file with valid segments boots even if its sections are damaged.
            return false;
        }
    }

    private static ElfSegment SegmentOf(IExecutableImage executable, ulong address, string what)
    {
        foreach (ElfSegment segment in executable.Segments)
        {
            if (address >= segment.VirtualAddress && address - segment.VirtualAddress < segment.MemorySize)
                return segment;
        }

        throw Damaged(executable, $"The {what} 0x{address:x} lies in no loadable segment");
    }

    // Addresses in the file are virtual (0xc000...); threads start with translation off.
    private static LparAddress Physical(ElfSegment segment, ulong address) => new(segment.PhysicalAddress + (address - segment.VirtualAddress));

    private static ImageFormatException Damaged(IExecutableImage executable, string what) =>
        new(executable.File.Name, 0x18, $"{what}; the file is damaged, fetch or build it again.");

    /// <summary>False for small test programs without code at 0x60; thread 1 then stays stopped instead of executing zeros.</summary>
    private static bool HasSecondaryHold(List<BootSegment> segments)
    {
        ReadOnlyMemory<byte> word = BootImage.FileBytes(segments, SecondaryHold, 4);
        return !word.IsEmpty && BinaryPrimitives.ReadUInt32BigEndian(word.Span) != 0;
    }
}
