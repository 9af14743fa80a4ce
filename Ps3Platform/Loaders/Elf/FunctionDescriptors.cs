using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// In the 64-bit ELFv1 ABI a function's symbol names its descriptor in .opd, whose first doubleword is the address of the
/// code (64-bit PowerPC ELF ABI supplement 3.2.5). People ask for functions by name and mean the code.
/// </summary>
internal static class FunctionDescriptors
{
    private const byte Function = 2;

    /// <summary>The symbols, with functions at their code.</summary>
    public static IEnumerable<ElfSymbol> Resolve(IExecutableImage image)
    {
        ElfSection? descriptors = image.Class == ElfClass.Elf64 ? image.Sections.FirstOrDefault(section => section.Name == ".opd") : null;
        if (descriptors is null)
            return image.Symbols;
        ReadOnlyMemory<byte> contents = image.Contents(descriptors);
        return image.Symbols.Select(symbol =>
        {
            ulong offset = symbol.Address - descriptors.Address;
            bool described = symbol.Type == Function && offset < (ulong)contents.Length && (ulong)contents.Length - offset >= 8;
            return described ? symbol with { Address = BinaryPrimitives.ReadUInt64BigEndian(contents.Span[(int)offset..]) } : symbol;
        });
    }
}
