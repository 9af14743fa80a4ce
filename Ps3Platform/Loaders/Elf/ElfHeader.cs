namespace Ps3Platform.Loaders.Elf;

/// <summary>The fields of an ELF file header that a loader needs.</summary>
internal readonly record struct ElfHeader(
    bool Is64, int Type, int Machine, uint Flags, ulong EntryPoint, ulong ProgramHeaders, ulong SectionHeaders,
    ushort ProgramHeaderSize, ushort ProgramHeaderCount, ushort SectionHeaderSize, ushort SectionHeaderCount, ushort NameSection)
{
    public static ElfHeader Parse(ImageReader reader, ElfClass elfClass)
    {
        const string What = "ELF header";
        bool is64 = elfClass == ElfClass.Elf64;
        // The five 16-bit fields read here follow e_flags and e_ehsize.
        ulong sizes = is64 ? 0x36UL : 0x2a;
        return new ElfHeader(
            is64,
            reader.U16(0x10, What),
            reader.U16(0x12, What),
            reader.U32(is64 ? 0x30UL : 0x24, What),
            is64 ? reader.U64(0x18, What) : reader.U32(0x18, What),
            is64 ? reader.U64(0x20, What) : reader.U32(0x1c, What),
            is64 ? reader.U64(0x28, What) : reader.U32(0x20, What),
            reader.U16(sizes, What),
            reader.U16(sizes + 2, What),
            reader.U16(sizes + 4, What),
            reader.U16(sizes + 6, What),
            reader.U16(sizes + 8, What));
    }
}
