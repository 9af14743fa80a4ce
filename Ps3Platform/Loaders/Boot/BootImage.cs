using CellPpe.Core;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Loaders.Boot;

/// <summary>The kinds of image an OtherOS machine starts.</summary>
public enum BootImageKind
{
    /// <summary>A bare 64-bit ELF kernel, entered by the kexec convention.</summary>
    Vmlinux,

    /// <summary>dtbImage.ps3: the ELF32 boot wrapper, flattened here as the kernel's wrapper script does.</summary>
    Wrapper,

    /// <summary>A flat binary entered at 0x100: dtbImage.ps3.bin, or otheros.bld when gzipped.</summary>
    Flat,

    /// <summary>FreeBSD's loader.ps3: flat as well.</summary>
    FreeBsdLoader,
}

/// <summary>Bytes for a partition address. Memory beyond them, up to <paramref name="MemorySize"/>, is zeros.</summary>
public sealed record BootSegment(string Name, LparAddress Address, ReadOnlyMemory<byte> Bytes, ulong MemorySize)
{
    /// <summary>All the memory it covers.</summary>
    public MemoryRange Range => new(Address, MemorySize);
}

/// <summary>
/// What a PPE thread finds in its registers; all others are zero. R2 and R12 are what a function's caller gives it: the table of contents
/// from its descriptor (first ABI), and its own address (second ABI).
/// </summary>
public sealed record ThreadEntry(int Thread, LparAddress Pc, ulong Msr, ulong R3 = 0, ulong R4 = 0, ulong R5 = 0, ulong R2 = 0, ulong R12 = 0)
{
    /// <summary>MSR with only SF set: 64-bit, big-endian, translation and interrupts off.</summary>
    public const ulong SixtyFourBit = 0x8000_0000_0000_0000;
}

/// <summary>A recognised image: what to place where, and where the threads begin.</summary>
public sealed record BootImage
{
    private SymbolTable? _symbols;

    /// <summary>The unpacked file.</summary>
    public required ImageFile File { get; init; }

    /// <summary>What it is.</summary>
    public required BootImageKind Kind { get; init; }

    /// <summary>What to place, in this order: a later segment overwrites an earlier one.</summary>
    public required IReadOnlyList<BootSegment> Segments { get; init; }

    /// <summary>How thread 0 starts; a <see cref="BootImageKind.Vmlinux"/> gets the device tree's address in r3 when it is arranged.</summary>
    public required ThreadEntry Thread0 { get; init; }

    /// <summary>How thread 1 starts; null when the image has nothing for it.</summary>
    public required ThreadEntry? Thread1 { get; init; }

    /// <summary>The ELF file, when it is one.</summary>
    public IExecutableImage? Executable { get; init; }

    /// <summary>How the file was packed: "gzip", "xz" or "none".</summary>
    public string Packing { get; init; } = "none";

    /// <summary>What works here but would not on a console.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The first address behind everything the image covers.</summary>
    public LparAddress End => new(Segments.Max(segment => segment.Range.End.Value));

    /// <summary>The ELF file's symbols; empty for flat and stripped images.</summary>
    /// <exception cref="ImageFormatException">The symbol table is damaged.</exception>
    public SymbolTable Symbols => _symbols ??= Executable is null ? SymbolTable.Empty : new SymbolTable(FunctionDescriptors.Resolve(Executable));

    /// <summary>
    /// Bytes as they stand in the file for a partition address, before later segments overwrite them; empty when they are not
    /// all in one segment's file part.
    /// </summary>
    internal static ReadOnlyMemory<byte> FileBytes(IReadOnlyList<BootSegment> segments, ulong address, int length)
    {
        foreach (BootSegment segment in segments)
        {
            ulong offset = address - segment.Address.Value;
            if (address >= segment.Address.Value && offset <= (ulong)segment.Bytes.Length && (ulong)length <= (ulong)segment.Bytes.Length - offset)
                return segment.Bytes.Slice((int)offset, length);
        }

        return default;
    }
}
