namespace Ps3Platform.Loaders.Elf;

/// <summary>Reads executables of one format. Another ELF library could replace <see cref="ElfReader"/> behind this interface.</summary>
public interface IExecutableReader
{
    /// <summary>True when the first bytes are this format's.</summary>
    bool Recognises(ReadOnlySpan<byte> bytes);

    /// <summary>Checks headers and segments. Sections and symbols are read on first use.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="maximumAddress">No segment may reach beyond this physical address (an SPU's: where it runs).</param>
    /// <exception cref="ImageFormatException">The file is damaged, or made for another machine.</exception>
    IExecutableImage Read(ImageFile file, ulong maximumAddress);
}

/// <summary>An executable whose headers have been checked.</summary>
public interface IExecutableImage
{
    /// <summary>The file it came from.</summary>
    ImageFile File { get; }

    /// <summary>Whether addresses have 32 or 64 bits.</summary>
    ElfClass Class { get; }

    /// <summary>Entry point, a virtual address: of code, or of a function descriptor (<see cref="UsesDescriptors"/>).</summary>
    ulong EntryPoint { get; }

    /// <summary>
    /// Whether a function's address may be its descriptor's: true for 64-bit files of the first ABI (e_flags 0 or 1), false for those of
    /// the second (e_flags 2, ELFv2 ABI 3.3) and 32-bit ones.
    /// </summary>
    bool UsesDescriptors { get; }

    /// <summary>The loadable segments by ascending physical address (an SPU's: where they run); none overlap but overlays.</summary>
    IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>The sections; empty when the file has none.</summary>
    /// <exception cref="ImageFormatException">The section headers are damaged.</exception>
    IReadOnlyList<ElfSection> Sections { get; }

    /// <summary>The symbols that name an address; empty in a stripped file.</summary>
    /// <exception cref="ImageFormatException">The symbol table is damaged.</exception>
    IReadOnlyList<ElfSymbol> Symbols { get; }

    /// <summary>The bytes of a section; empty for one that takes no room in the file.</summary>
    ReadOnlyMemory<byte> Contents(ElfSection section);
}

/// <summary>Width of addresses in an ELF file (e_ident[EI_CLASS]).</summary>
public enum ElfClass
{
    /// <summary>32-bit.</summary>
    Elf32 = 1,

    /// <summary>64-bit.</summary>
    Elf64 = 2,
}

/// <summary>A PT_LOAD segment. <paramref name="Bytes"/> may be shorter than <paramref name="MemorySize"/>; the rest is zeros.</summary>
public sealed record ElfSegment(ulong VirtualAddress, ulong PhysicalAddress, ReadOnlyMemory<byte> Bytes, ulong MemorySize, bool Executable, bool Writable)
{
    /// <summary>Part of an SPU program that its overlay manager fetches when it is called; it may share addresses with others.</summary>
    public bool IsOverlay { get; init; }
}

/// <summary>A section header.</summary>
public sealed record ElfSection(int Index, string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link, ulong EntrySize);

/// <summary>A symbol with an address. <paramref name="Type"/> is STT_NOTYPE 0, STT_OBJECT 1, STT_FUNC 2 and so on.</summary>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size, byte Type);
