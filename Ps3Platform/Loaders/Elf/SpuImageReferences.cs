using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// The places in an SPU program that must hold addresses of its own file in main memory, which only its loader knows. GNU ld emits
/// three kinds, which embedspu and libspe2 fill in on a console: the quadword <c>_EAR_</c> (for the overlay manager, mostly in section
/// .toe), and relocations R_SPU_PPU32 and R_SPU_PPU64 for addresses of __ea variables, which are in section ._ea of the file.
/// </summary>
internal sealed class SpuImageReferences
{
    private const uint RelocationsWithAddend = 4;
    private const uint EntrySize = 12;
    private const uint Ppu32 = 15;
    private const uint Ppu64 = 16;
    private const uint NoBits = 8;
    private const string Own = "_EAR_";
    private const string Table = ".toe";
    private const ulong QuadwordSize = 16;

    private readonly List<(ulong LocalStore, ulong? FileOffset)> _own = [];
    private readonly List<(ulong FileOffset, uint Addend, int Size)> _relocations = [];

    private SpuImageReferences()
    {
    }

    /// <summary>True when the program does not depend on its file's address.</summary>
    public bool IsEmpty => _own.Count == 0 && _relocations.Count == 0;

    /// <exception cref="ImageFormatException">It refers to variables of a PPE program, or is damaged.</exception>
    public static SpuImageReferences Of(IExecutableImage image)
    {
        var references = new SpuImageReferences();
        references.ReadSymbols(image);
        foreach (ElfSection section in image.Sections)
        {
            if (section.Type == RelocationsWithAddend && section.Name.StartsWith(".rela", StringComparison.Ordinal)
                && image.Sections.FirstOrDefault(one => one.Name == section.Name[5..]) is { } target)
            {
                references.ReadRelocations(image, section, target);
            }
        }

        return references;
    }

    /// <summary>The file with its places filled in for an address of main memory.</summary>
    public ReadOnlyMemory<byte> Fill(ReadOnlyMemory<byte> file, ulong address)
    {
        byte[] filled = file.ToArray();
        foreach ((ulong offset, uint addend, int size) in _relocations)
        {
            if (size == sizeof(uint))
                BinaryPrimitives.WriteUInt32BigEndian(filled.AsSpan((int)offset), (uint)(address + addend));
            else
                BinaryPrimitives.WriteUInt64BigEndian(filled.AsSpan((int)offset), address + addend);
        }

        foreach ((_, ulong? offset) in _own)
        {
            if (offset is { } at)
                BinaryPrimitives.WriteUInt64BigEndian(filled.AsSpan((int)at), address);
        }

        return filled;
    }

    /// <summary>Fills in the places in local store that have no bytes in the file.</summary>
    public void FillLocalStore(Span<byte> localStore, ulong address)
    {
        foreach ((ulong at, _) in _own)
            BinaryPrimitives.WriteUInt64BigEndian(localStore[(int)at..], address);
    }

    private static ImageFormatException Missing(IExecutableImage image, string name) => new(
        image.File.Name, 0, $"It uses {name} of a PPE program, and there is none here; give a program that is complete without one.");

    private void ReadSymbols(IExecutableImage image)
    {
        bool named = false;
        foreach (ElfSymbol symbol in image.Symbols.Where(static symbol => symbol.Name.StartsWith(Own, StringComparison.Ordinal)))
        {
            if (symbol.Name != Own)
                throw Missing(image, $"the variable {symbol.Name[Own.Length..]}");
            named = true;
            Add(image, symbol.Address);
        }

        // In a stripped program, a single entry is the program's own, for the overlay manager. With more, it is not known which.
        if (!named && image.Symbols.Count == 0 && image.Sections.FirstOrDefault(static one => one.Name == Table && one.Size != 0) is { } table)
        {
            if (table.Size > QuadwordSize)
                throw Missing(image, "variables");
            Add(image, table.Address);
        }
    }

    private void Add(IExecutableImage image, ulong address)
    {
        ElfSection? home = image.Sections.FirstOrDefault(one => one.Name.Length > 0 && one.Address <= address && address - one.Address < one.Size && (one.Flags & 2) != 0);
        if (address > SpuProgram.LocalStoreSize - QuadwordSize)
            throw new ImageFormatException(image.File.Name, 0, $"Its symbol {Own} at 0x{address:x} is not in local store; the file is damaged, fetch or build it again.");
        _own.Add((address, home is null || home.Type == NoBits ? null : Checked(image, home.Offset + (address - home.Address), sizeof(ulong))));
    }

    private void ReadRelocations(IExecutableImage image, ElfSection section, ElfSection target)
    {
        ReadOnlySpan<byte> entries = image.Contents(section).Span;
        for (int at = 0; at + EntrySize <= entries.Length; at += (int)EntrySize)
        {
            uint place = BinaryPrimitives.ReadUInt32BigEndian(entries[at..]);
            uint information = BinaryPrimitives.ReadUInt32BigEndian(entries[(at + 4)..]);
            uint addend = BinaryPrimitives.ReadUInt32BigEndian(entries[(at + 8)..]);
            // Other relocations come from --emit-relocs and are already applied.
            if ((information & 0xff) is not (Ppu32 or Ppu64))
                continue;
            if (information >> 8 != 0)
                throw Missing(image, "a variable");
            int size = (information & 0xff) == Ppu32 ? sizeof(uint) : sizeof(ulong);
            _relocations.Add((Checked(image, target.Offset + (place - target.Address), size), addend, size));
        }
    }

    private static ulong Checked(IExecutableImage image, ulong offset, int size)
    {
        ulong length = (ulong)image.File.Bytes.Length;
        return offset <= length && length - offset >= (ulong)size
            ? offset
            : throw new ImageFormatException(image.File.Name, 0, $"A place for an address lies at 0x{offset:x}, outside the file; it is damaged, fetch or build it again.");
    }
}
