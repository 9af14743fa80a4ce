namespace Ps3Platform.Loaders.Elf;

/// <summary>An ELF executable. Sections and symbols are parsed on first use and then kept.</summary>
internal sealed class ElfImage(ImageFile file, ElfClass elfClass, ElfHeader header, IReadOnlyList<ElfSegment> segments) : IExecutableImage
{
    private const uint SectionSymbolTable = 2;
    private const uint SectionNoBits = 8;
    // EF_PPC64_ABI.
    private const uint AbiMask = 3;
    private const uint SecondAbi = 2;
    private const int MaximumName = 1024;
    private const byte SymbolSection = 3;
    private const byte SymbolFile = 4;

    private IReadOnlyList<ElfSection>? _sections;
    private IReadOnlyList<ElfSymbol>? _symbols;

    public ImageFile File => file;

    public ElfClass Class => elfClass;

    public ulong EntryPoint => header.EntryPoint;

    public bool UsesDescriptors => header.Is64 && (header.Flags & AbiMask) != SecondAbi;

    public IReadOnlyList<ElfSegment> Segments => segments;

    public IReadOnlyList<ElfSection> Sections => _sections ??= ReadSections();

    public IReadOnlyList<ElfSymbol> Symbols => _symbols ??= ReadSymbols();

    public ReadOnlyMemory<byte> Contents(ElfSection section)
    {
        if (section.Type == SectionNoBits)
            return ReadOnlyMemory<byte>.Empty;
        Reader().Slice(section.Offset, section.Size, $"section {section.Name}");
        return file.Bytes.Slice((int)section.Offset, (int)section.Size);
    }

    private ImageReader Reader() => new(file.Name, file.Bytes.Span);

    private List<ElfSection> ReadSections()
    {
        var sections = new List<ElfSection>();
        if (header.SectionHeaders == 0 || header.SectionHeaderCount == 0)
            return sections;

        ImageReader reader = Reader();
        if (header.SectionHeaderSize < (header.Is64 ? 64 : 40))
            throw reader.Fail(header.Is64 ? 0x3aUL : 0x2e, $"A section header of {header.SectionHeaderSize} bytes is too small; the file is damaged, fetch or build it again.");
        // One check for the whole table, so that a wrong count fails before anything is allocated.
        reader.Slice(header.SectionHeaders, (ulong)header.SectionHeaderSize * header.SectionHeaderCount, "section header table");

        ElfSection? names = header.NameSection != 0 && header.NameSection < header.SectionHeaderCount
            ? ReadSection(reader, header.NameSection, names: null)
            : null;
        if (names is not null)
            reader.Slice(names.Offset, names.Size, "section names");
        for (int index = 0; index < header.SectionHeaderCount; index++)
            sections.Add(ReadSection(reader, index, names));
        return sections;
    }

    private ElfSection ReadSection(ImageReader reader, int index, ElfSection? names)
    {
        const string What = "section header";
        ulong at = header.SectionHeaders + ((ulong)index * header.SectionHeaderSize);
        string name = names is null ? "" : SectionName(reader, index, reader.U32(at, What), names);
        uint type = reader.U32(at + 4, What);
        return header.Is64
            ? new ElfSection(
                index, name, type, reader.U64(at + 8, What), reader.U64(at + 16, What), reader.U64(at + 24, What),
                reader.U64(at + 32, What), reader.U32(at + 40, What), reader.U64(at + 56, What))
            : new ElfSection(
                index, name, type, reader.U32(at + 8, What), reader.U32(at + 12, What), reader.U32(at + 16, What),
                reader.U32(at + 20, What), reader.U32(at + 24, What), reader.U32(at + 36, What));
    }

    private static string SectionName(ImageReader reader, int index, uint offset, ElfSection names)
    {
        if (offset >= names.Size)
            throw reader.Fail(names.Offset, $"The name of section {index} lies outside the section names; the file is damaged, fetch or build it again.");
        return reader.ZeroTerminated(names.Offset + offset, 256, "section name");
    }

    private List<ElfSymbol> ReadSymbols()
    {
        var symbols = new List<ElfSymbol>();
        ImageReader reader = Reader();
        foreach (ElfSection section in Sections)
        {
            if (section.Type == SectionSymbolTable)
                ReadSymbolTable(reader, section, symbols);
        }

        symbols.Sort((left, right) => left.Address.CompareTo(right.Address));
        return symbols;
    }

    private void ReadSymbolTable(ImageReader reader, ElfSection table, List<ElfSymbol> symbols)
    {
        ulong entry = header.Is64 ? 24UL : 16;
        reader.Slice(table.Offset, table.Size, "symbol table");
        if (table.EntrySize != entry)
            throw reader.Fail(table.Offset, $"A symbol of {table.EntrySize} bytes instead of {entry}; the file is damaged, fetch or build it again.");
        if (table.Link >= (uint)Sections.Count)
            throw reader.Fail(table.Offset, $"The symbol table's names are in section {table.Link}, which does not exist; the file is damaged, fetch or build it again.");

        ElfSection names = Sections[(int)table.Link];
        reader.Slice(names.Offset, names.Size, "symbol names");
        // Linkers share names that end alike, but not endlessly: without a budget, a small file whose symbols all point
        // at one long name would fill the host's memory.
        long budget = ((long)names.Size * 16) + 65536;
        for (ulong at = table.Offset; at + entry <= table.Offset + table.Size; at += entry)
        {
            ElfSymbol symbol = ReadSymbol(reader, at, names);
            budget -= symbol.Name.Length;
            if (budget < 0)
                throw reader.Fail(at, "The symbol names are longer together than their table allows; the file is damaged, fetch or build it again.");
            if (symbol.Name.Length > 0 && symbol.Type is not (SymbolSection or SymbolFile))
                symbols.Add(symbol);
        }
    }

    private ElfSymbol ReadSymbol(ImageReader reader, ulong at, ElfSection names)
    {
        const string What = "symbol";
        uint name = reader.U32(at, What);
        byte type = (byte)(reader.U8(at + (header.Is64 ? 4UL : 12), What) & 15);
        ushort section = reader.U16(at + (header.Is64 ? 6UL : 14), What);
        ulong address = header.Is64 ? reader.U64(at + 8, What) : reader.U32(at + 4, What);
        ulong size = header.Is64 ? reader.U64(at + 16, What) : reader.U32(at + 8, What);
        // Section 0 is SHN_UNDEF: a symbol without an address.
        if (name == 0 || section == 0)
            return default(ElfSymbol) with { Name = "" };
        if (name >= names.Size)
            throw reader.Fail(at, "A symbol's name lies outside the symbol names; the file is damaged, fetch or build it again.");
        return new ElfSymbol(reader.ZeroTerminated(names.Offset + name, MaximumName, "symbol name"), address, size, type);
    }
}
