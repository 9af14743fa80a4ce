using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// In the 64-bit ELFv1 ABI a function's symbol names its descriptor, whose first doubleword is the address of the code
/// (64-bit PowerPC ELF ABI supplement 3.2.5). Descriptors are in .opd, or in another section that is not executable, as a linker
/// script has placed them. Users name functions to find their code, so symbols are resolved to it. Files of the second ABI have none.
/// </summary>
internal static class FunctionDescriptors
{
    private const byte Function = 2;
    private const ulong ExecutableSection = 4;

    /// <summary>The symbols, with functions at their code.</summary>
    public static IEnumerable<ElfSymbol> Resolve(IExecutableImage image)
    {
        if (!image.UsesDescriptors)
            return image.Symbols;
        ElfSection[] data = [.. image.Sections.Where(static section => (section.Flags & ExecutableSection) == 0 && section.Address != 0)];
        return image.Symbols.Select(symbol => symbol.Type == Function && TryReadEntry(image, data, symbol.Address, out ulong entry)
            ? symbol with { Address = entry }
            : symbol);
    }

    private static bool TryReadEntry(IExecutableImage image, ElfSection[] sections, ulong address, out ulong entry)
    {
        foreach (ElfSection section in sections)
        {
            ulong offset = address - section.Address;
            ReadOnlySpan<byte> contents = offset < section.Size ? image.Contents(section).Span : default;
            if (offset >= (ulong)contents.Length || (ulong)contents.Length - offset < 8)
                continue;
            entry = BinaryPrimitives.ReadUInt64BigEndian(contents[(int)offset..]);
            return true;
        }

        entry = 0;
        return false;
    }
}
