using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// A small ELF file made of the checked headers of a large one; ELFSharp reads only this. While it opens a file, it reads the contents of
/// some segments and sections (notes, symbols, strings, the dynamic section) completely and without checks. The excerpt has no such types
/// and no contents, so the memory that ELFSharp uses depends on the number of headers alone.
/// </summary>
internal static class ElfExcerpt
{
    /// <summary>The file header and the program headers; those of other types than PT_LOAD and PT_INTERP as PT_NULL.</summary>
    public static byte[] OfProgramHeaders(ReadOnlySpan<byte> file, in ElfHeader header)
    {
        byte[] excerpt = Begin(file, header, header.ProgramHeaders.Count, sections: 0);
        for (int index = 0; index < header.ProgramHeaders.Count; index++)
        {
            Span<byte> copy = excerpt.AsSpan(header.Size + (index * header.ProgramHeaderSize), header.ProgramHeaderSize);
            file.Slice((int)header.ProgramHeaders.At(index), copy.Length).CopyTo(copy);
            if (BinaryPrimitives.ReadUInt32BigEndian(copy) is not (ElfProgramHeader.Load or ElfProgramHeader.Interpreter))
                copy[..sizeof(uint)].Clear();
        }

        return excerpt;
    }

    /// <summary>The file header and the section headers, all as SHT_NULL and without names.</summary>
    public static byte[] OfSectionHeaders(ReadOnlySpan<byte> file, in ElfHeader header)
    {
        byte[] excerpt = Begin(file, header, programHeaders: 0, header.SectionHeaders.Count);
        for (int index = 0; index < header.SectionHeaders.Count; index++)
        {
            Span<byte> copy = excerpt.AsSpan(header.Size + (index * header.SectionHeaderSize), header.SectionHeaderSize);
            file.Slice((int)header.SectionHeaders.At(index), copy.Length).CopyTo(copy);
            copy.Slice(sizeof(uint), sizeof(uint)).Clear();
        }

        return excerpt;
    }

    // The excerpt has at least the empty section: for ELFSharp, e_shnum 0 marks a large table, whose size it reads at e_shoff, and it would
    // read the file header as a section header.
    private static byte[] Begin(ReadOnlySpan<byte> file, in ElfHeader header, int programHeaders, int sections)
    {
        int sectionHeaders = header.Size + (programHeaders * header.ProgramHeaderSize);
        int count = Math.Max(1, sections);
        byte[] excerpt = new byte[sectionHeaders + (count * header.SectionHeaderSize)];
        file[..header.Size].CopyTo(excerpt);
        WriteOffset(excerpt.AsSpan(header.ProgramHeadersField), header.Is64, header.Size);
        WriteOffset(excerpt.AsSpan(header.SectionHeadersField), header.Is64, sectionHeaders);
        Span<byte> sizes = excerpt.AsSpan(header.TableSizesField);
        BinaryPrimitives.WriteUInt16BigEndian(sizes, (ushort)header.ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(sizes[2..], (ushort)programHeaders);
        BinaryPrimitives.WriteUInt16BigEndian(sizes[4..], (ushort)header.SectionHeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(sizes[6..], (ushort)count);
        BinaryPrimitives.WriteUInt16BigEndian(sizes[8..], 0);
        return excerpt;
    }

    private static void WriteOffset(Span<byte> field, bool is64, int value)
    {
        if (is64)
            BinaryPrimitives.WriteUInt64BigEndian(field, (ulong)value);
        else
            BinaryPrimitives.WriteUInt32BigEndian(field, (uint)value);
    }
}
