namespace Ps3Platform.Loaders.Elf;

/// <summary>A table of headers in an ELF file, as the file header describes it.</summary>
internal readonly record struct ElfTable(ulong Offset, ushort EntrySize, ushort Count)
{
    /// <summary>Offset of an entry. It may wrap around as long as the table is not checked.</summary>
    public ulong At(int index) => Offset + ((ulong)index * EntrySize);
}

/// <summary>The fields of an ELF file header that are checked before ELFSharp sees the file (System V ABI, object files).</summary>
internal readonly record struct ElfHeader(
    bool Is64, int Type, int Machine, uint Version, ElfTable ProgramHeaders, ElfTable SectionHeaders, ushort NameSection)
{
    /// <summary>Bytes of a file header.</summary>
    public int Size => Is64 ? 64 : 52;

    /// <summary>Bytes of a program header. A file may have longer ones.</summary>
    public int ProgramHeaderSize => Is64 ? 56 : 32;

    /// <summary>Bytes of a section header. A file may have longer ones.</summary>
    public int SectionHeaderSize => Is64 ? 64 : 40;

    /// <summary>Offset of e_phoff.</summary>
    public int ProgramHeadersField => Is64 ? 0x20 : 0x1c;

    /// <summary>Offset of e_shoff.</summary>
    public int SectionHeadersField => Is64 ? 0x28 : 0x20;

    /// <summary>Offset of e_phentsize, which e_phnum, e_shentsize, e_shnum and e_shstrndx follow; 16 bits each.</summary>
    public int TableSizesField => Is64 ? 0x36 : 0x2a;

    public static ElfHeader Parse(ImageReader reader, ElfClass elfClass)
    {
        const string What = "ELF header";
        var empty = default(ElfHeader) with { Is64 = elfClass == ElfClass.Elf64 };
        ulong sizes = (ulong)empty.TableSizesField;
        return empty with
        {
            Type = reader.U16(0x10, What),
            Machine = reader.U16(0x12, What),
            Version = reader.U32(0x14, What),
            ProgramHeaders = new ElfTable(
                Word(reader, empty, empty.ProgramHeadersField), reader.U16(sizes, What), reader.U16(sizes + 2, What)),
            SectionHeaders = new ElfTable(
                Word(reader, empty, empty.SectionHeadersField), reader.U16(sizes + 4, What), reader.U16(sizes + 6, What)),
            NameSection = reader.U16(sizes + 8, What),
        };
    }

    private static ulong Word(ImageReader reader, in ElfHeader header, int offset) =>
        header.Is64 ? reader.U64((ulong)offset, "ELF header") : reader.U32((ulong)offset, "ELF header");
}
