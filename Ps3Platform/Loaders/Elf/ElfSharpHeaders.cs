using ELFSharp.ELF;
using ELFSharp.ELF.Sections;
using ELFSharp.ELF.Segments;

namespace Ps3Platform.Loaders.Elf;

/// <summary>A program header as in the file, without checks. <paramref name="At"/> is its offset, for messages.</summary>
internal readonly record struct ElfProgramHeader(
    ulong At, uint Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong PhysicalAddress, ulong FileSize, ulong MemorySize)
{
    /// <summary>PT_LOAD.</summary>
    public const uint Load = 1;

    /// <summary>PT_INTERP: names a dynamic linker.</summary>
    public const uint Interpreter = 3;
}

/// <summary>A section header from ELFSharp, without its type, which the excerpt omits, and sh_link, which ELFSharp hides.</summary>
internal readonly record struct ElfSectionHeader(uint Name, ulong Flags, ulong Address, ulong Offset, ulong Size, ulong EntrySize);

/// <summary>An ELF file's header and program headers as ELFSharp reads them.</summary>
internal sealed record ElfSharpHeaders(ulong EntryPoint, uint Flags, ElfProgramHeader[] ProgramHeaders)
{
    /// <summary>Reads the file header and the program headers, which have been checked.</summary>
    /// <exception cref="ImageFormatException">ELFSharp cannot read them in spite of the checks.</exception>
    public static ElfSharpHeaders Read(ImageFile file, ElfHeader header) =>
        Open(
            file, header.ProgramHeaders.Offset, ElfExcerpt.OfProgramHeaders(file.Bytes.Span, header), elf => new ElfSharpHeaders(
                elf.EntryPoint, (uint)elf.MachineFlags, ProgramHeadersOf(elf, header)));

    /// <summary>Reads the section headers, which have been checked.</summary>
    /// <exception cref="ImageFormatException">ELFSharp cannot read them in spite of the checks.</exception>
    public static ElfSectionHeader[] ReadSections(ImageFile file, ElfHeader header) =>
        Open(
            file, header.SectionHeaders.Offset, ElfExcerpt.OfSectionHeaders(file.Bytes.Span, header),
            SectionHeadersOf);

    /// <summary>Makes ELFSharp read an excerpt, and converts its exceptions to <see cref="ImageFormatException"/>.</summary>
    internal static T Open<T>(ImageFile file, ulong offset, byte[] excerpt, Func<ELF<ulong>, T> read)
    {
        try
        {
            // ELF<ulong> reads 32-bit files as well, with all numbers widened.
            using ELF<ulong> elf = ELFReader.Load<ulong>(new MemoryStream(excerpt, writable: false), shouldOwnStream: true);
            return read(elf);
        }
        catch (Exception problem)
        {
            throw new ImageFormatException(
                file.Name, (long)offset,
                $"ELFSharp cannot read the headers ({problem.Message}); the file is damaged, fetch or build it again.", problem);
        }
    }

    // Loops instead of LINQ, whose methods for these structs would be compiled at each start.
    private static ElfProgramHeader[] ProgramHeadersOf(ELF<ulong> elf, in ElfHeader header)
    {
        var headers = new ElfProgramHeader[elf.Segments.Count];
        for (int index = 0; index < headers.Length; index++)
            headers[index] = Of(elf.Segments[index], header, index);
        return headers;
    }

    private static ElfSectionHeader[] SectionHeadersOf(ELF<ulong> elf)
    {
        var headers = new ElfSectionHeader[elf.Sections.Count];
        for (int index = 0; index < headers.Length; index++)
            headers[index] = Of(elf.Sections[index]);
        return headers;
    }

    // In 32-bit files p_filesz comes as a negative number from 0x80000000 on.
    private static ElfProgramHeader Of(Segment<ulong> segment, in ElfHeader header, int index) => new(
        header.ProgramHeaders.At(index), (uint)segment.Type, (uint)segment.Flags, (ulong)segment.Offset, segment.Address,
        segment.PhysicalAddress, header.Is64 ? (ulong)segment.FileSize : (uint)segment.FileSize, segment.Size);

    private static ElfSectionHeader Of(Section<ulong> section) =>
        new(section.NameIndex, section.RawFlags, section.LoadAddress, section.Offset, section.Size, section.EntrySize);
}
