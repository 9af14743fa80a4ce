namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// Reads symbol tables. ELFSharp would take about seven times as long and three times the memory (the README has the figures), and it
/// finds names only in a section called .strtab, while sh_link may name another one.
/// </summary>
internal static class ElfSymbols
{
    private const uint SectionSymbolTable = 2;
    private const int MaximumName = 1024;
    private const byte SymbolSection = 3;
    private const byte SymbolFile = 4;

    /// <summary>The symbols that name an address, by ascending address.</summary>
    /// <exception cref="ImageFormatException">A symbol table is damaged.</exception>
    public static List<ElfSymbol> Read(ImageReader reader, bool is64, IReadOnlyList<ElfSection> sections)
    {
        var symbols = new List<ElfSymbol>();
        foreach (ElfSection section in sections)
        {
            if (section.Type == SectionSymbolTable)
                ReadTable(reader, is64, section, sections, symbols);
        }

        symbols.Sort((left, right) => left.Address.CompareTo(right.Address));
        return symbols;
    }

    private static void ReadTable(
        ImageReader reader, bool is64, ElfSection table, IReadOnlyList<ElfSection> sections, List<ElfSymbol> symbols)
    {
        ulong entry = is64 ? 24UL : 16;
        reader.Slice(table.Offset, table.Size, "symbol table");
        if (table.EntrySize != entry)
        {
            throw reader.Fail(table.Offset,
                $"A symbol of {table.EntrySize} bytes instead of {entry}; the file is damaged, fetch or build it again.");
        }

        if (table.Link >= (uint)sections.Count)
        {
            throw reader.Fail(table.Offset,
                $"Section {table.Link}, for the symbols' names, does not exist; the file is damaged, fetch or build it again.");
        }

        ElfSection names = sections[(int)table.Link];
        reader.Slice(names.Offset, names.Size, "symbol names");
        // Linkers let names with a common ending share bytes. The budget limits that, because otherwise a small file whose symbols all
        // point at one long name would fill the host's memory.
        long budget = ((long)names.Size * 16) + 65536;
        for (ulong at = table.Offset; at + entry <= table.Offset + table.Size; at += entry)
        {
            ElfSymbol symbol = ReadSymbol(reader, is64, at, names);
            budget -= symbol.Name.Length;
            if (budget < 0)
            {
                throw reader.Fail(at,
                    "The symbol names are longer together than their table allows; the file is damaged, fetch or build it again.");
            }

            if (symbol.Name.Length > 0 && symbol.Type is not (SymbolSection or SymbolFile))
                symbols.Add(symbol);
        }
    }

    private static ElfSymbol ReadSymbol(ImageReader reader, bool is64, ulong at, ElfSection names)
    {
        const string What = "symbol";
        uint name = reader.U32(at, What);
        byte type = (byte)(reader.U8(at + (is64 ? 4UL : 12), What) & 15);
        ushort section = reader.U16(at + (is64 ? 6UL : 14), What);
        ulong address = is64 ? reader.U64(at + 8, What) : reader.U32(at + 4, What);
        ulong size = is64 ? reader.U64(at + 16, What) : reader.U32(at + 8, What);
        // Section 0 is SHN_UNDEF: a symbol without an address.
        if (name == 0 || section == 0)
            return default(ElfSymbol) with { Name = "" };
        if (name >= names.Size)
            throw reader.Fail(at, "A symbol's name lies outside the symbol names; the file is damaged, fetch or build it again.");
        return new ElfSymbol(reader.ZeroTerminated(names.Offset + name, MaximumName, "symbol name"), address, size, type);
    }
}
