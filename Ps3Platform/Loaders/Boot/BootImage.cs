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
    /// <summary>The memory that the segment covers.</summary>
    public MemoryRange Range => new(Address, MemorySize);
}

/// <summary>
/// The initial registers of a PPE thread; all others are zero. R2 and R12 are set as by a function's caller: R2 is the table of contents
/// from its descriptor (first ABI), and R12 its own address (second ABI).
/// </summary>
public sealed record ThreadEntry(int Thread, LparAddress Pc, ulong Msr, ulong R3 = 0, ulong R4 = 0, ulong R5 = 0, ulong R2 = 0, ulong R12 = 0)
{
    /// <summary>MSR with only SF set: 64-bit, big-endian, translation and interrupts off.</summary>
    public const ulong SixtyFourBit = 0x8000_0000_0000_0000;
}

/// <summary>A recognised image: its segments, and the entry points of the threads.</summary>
public sealed record BootImage
{
    private SymbolTable? _symbols;

    /// <summary>The unpacked file.</summary>
    public required ImageFile File { get; init; }

    /// <summary>Its kind.</summary>
    public required BootImageKind Kind { get; init; }

    /// <summary>The segments, in the order in which they are placed: a later one overwrites an earlier one.</summary>
    public required IReadOnlyList<BootSegment> Segments { get; init; }

    /// <summary>The entry of thread 0. <see cref="BootLayout"/> sets r3 of a vmlinux to the address of the device tree.</summary>
    public required ThreadEntry Thread0 { get; init; }

    /// <summary>The entry of thread 1; null when the image has none.</summary>
    public required ThreadEntry? Thread1 { get; init; }

    /// <summary>The ELF file, when it is one.</summary>
    public IExecutableImage? Executable { get; init; }

    /// <summary>How the file was packed: "gzip", "xz" or "none".</summary>
    public string Packing { get; init; } = "none";

    /// <summary>Warnings about properties that work here but would not on a console.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The first address after all segments.</summary>
    public LparAddress End => new(Segments.Max(segment => segment.Range.End.Value));

    /// <summary>The ELF file's symbols; empty for flat and stripped images.</summary>
    /// <exception cref="ImageFormatException">The symbol table is damaged.</exception>
    public SymbolTable Symbols => _symbols ??= Executable is null ? SymbolTable.Empty : new SymbolTable(FunctionDescriptors.Resolve(Executable));

    /// <summary>
    /// The file's bytes for a partition address, before later segments overwrite them; empty when they are not all in the file part of
    /// one segment.
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
