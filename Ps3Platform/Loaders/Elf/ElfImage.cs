namespace Ps3Platform.Loaders.Elf;

/// <summary>An ELF executable. Sections and symbols are read on first use and then kept.</summary>
internal sealed class ElfImage(ImageFile file, ElfHeader header, ElfSharpHeaders headers, IReadOnlyList<ElfSegment> segments)
    : IExecutableImage
{
    private const uint SectionNoBits = 8;
    private const int MaximumName = 256;

    // EF_PPC64_ABI.
    private const uint AbiMask = 3;
    private const uint SecondAbi = 2;

    private IReadOnlyList<ElfSection>? _sections;
    private IReadOnlyList<ElfSymbol>? _symbols;

    public ImageFile File => file;

    public ElfClass Class => header.Is64 ? ElfClass.Elf64 : ElfClass.Elf32;

    public ulong EntryPoint => headers.EntryPoint;

    public bool UsesDescriptors => header.Is64 && (headers.Flags & AbiMask) != SecondAbi;

    public IReadOnlyList<ElfSegment> Segments => segments;

    public IReadOnlyList<ElfSection> Sections => _sections ??= ReadSections();

    public IReadOnlyList<ElfSymbol> Symbols => _symbols ??= ElfSymbols.Read(Reader(), header.Is64, Sections);

    public ReadOnlyMemory<byte> Contents(ElfSection section)
    {
        if (section.Type == SectionNoBits)
            return ReadOnlyMemory<byte>.Empty;
        Reader().Slice(section.Offset, section.Size, $"section {section.Name}");
        return file.Bytes.Slice((int)section.Offset, (int)section.Size);
    }

    private ImageReader Reader() => new(file.Name, file.Bytes.Span);

    private ElfSection[] ReadSections()
    {
        ImageReader reader = Reader();
        if (!ElfChecks.SectionHeaders(reader, header))
            return [];

        ElfSectionHeader[] read = ElfSharpHeaders.ReadSections(file, header);
        ElfSectionHeader? names = header.NameSection != 0 && header.NameSection < read.Length ? read[header.NameSection] : null;
        if (names is { } table)
            reader.Slice(table.Offset, table.Size, "section names");
        var sections = new ElfSection[read.Length];
        for (int index = 0; index < read.Length; index++)
        {
            ulong at = header.SectionHeaders.At(index);
            ElfSectionHeader section = read[index];
            sections[index] = new ElfSection(
                index, SectionName(reader, index, section.Name, names), reader.U32(at + 4, "section type"), section.Flags, section.Address,
                section.Offset, section.Size, reader.U32(at + (header.Is64 ? 40UL : 24), "section link"), section.EntrySize);
        }

        return sections;
    }

    private static string SectionName(ImageReader reader, int index, uint offset, ElfSectionHeader? names)
    {
        if (names is not { } table)
            return "";
        if (offset >= table.Size)
        {
            throw reader.Fail(table.Offset,
                $"The name of section {index} lies outside the section names; the file is damaged, fetch or build it again.");
        }

        return reader.ZeroTerminated(table.Offset + offset, MaximumName, "section name");
    }
}
