using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Elf;

/// <summary>An SPU program: what goes into local store, where it starts, and how its start-up code wants to be called.</summary>
public sealed class SpuProgram
{
    /// <summary>Bytes of a local store.</summary>
    public const int LocalStoreSize = 0x40000;

    // The first thing that newlib's start-up code for -mstdmain does with its parameters: wrch $ch16,$4, the local store address of a
    // transfer of the arguments. It stands behind the store of register 6.
    private const uint FetchesArguments = 0x21a0_0804;
    private const int StartUpWords = 4;

    private SpuProgram(IExecutableImage image)
    {
        Image = image;
        Symbols = new SymbolTable(image.Symbols);
        Entry = (uint)image.EntryPoint;
        for (uint word = 0; word < StartUpWords; word++)
            HasStandardMain |= TryFetch(Entry + (4 * word), out uint found) && found == FetchesArguments;
    }

    /// <summary>The file's headers, sections and symbols.</summary>
    public IExecutableImage Image { get; }

    /// <summary>Names for addresses; empty when the program is stripped.</summary>
    public SymbolTable Symbols { get; }

    /// <summary>Local store address of the first instruction.</summary>
    public uint Entry { get; }

    /// <summary>
    /// True when the start-up code wants a count and arguments (-mstdmain); else it is the usual one, whose main has the
    /// parameters of an SPE thread: an identifier and two effective addresses.
    /// </summary>
    public bool HasStandardMain { get; }

    /// <summary>Checks and reads a program.</summary>
    /// <exception cref="ImageFormatException">It is damaged, or not for an SPU.</exception>
    public static SpuProgram Read(ImageFile file)
    {
        IExecutableImage image = new ElfReader(ElfTarget.Spu).Read(file, LocalStoreSize);
        foreach (ElfSegment segment in image.Segments)
        {
            // Overlays have the same addresses; their manager loads them, from an image in the PPE's memory.
            if (segment.VirtualAddress != segment.PhysicalAddress)
            {
                throw new ImageFormatException(
                    file.Name, 28, $"The segment at 0x{segment.PhysicalAddress:x} is to run at 0x{segment.VirtualAddress:x}; overlays are not supported, link the program without them.");
            }
        }

        if (image.EntryPoint >= LocalStoreSize || (image.EntryPoint & 3) != 0)
            throw new ImageFormatException(file.Name, 24, $"The entry point 0x{image.EntryPoint:x} is no address of an instruction in local store; the file is damaged, fetch or build it again.");
        return new SpuProgram(image);
    }

    /// <summary>Writes the segments into a local store, with zeros where the file has none.</summary>
    public void Load(Span<byte> localStore)
    {
        foreach (ElfSegment segment in Image.Segments)
        {
            Span<byte> place = localStore.Slice((int)segment.VirtualAddress, (int)segment.MemorySize);
            segment.Bytes.Span.CopyTo(place);
            place[segment.Bytes.Length..].Clear();
        }
    }

    /// <summary>A word of the program as it is in the file; false where it has none.</summary>
    public bool TryFetch(uint address, out uint word)
    {
        foreach (ElfSegment segment in Image.Segments)
        {
            ulong offset = address - segment.VirtualAddress;
            if (offset < (ulong)segment.Bytes.Length && (ulong)segment.Bytes.Length - offset >= 4)
            {
                word = BinaryPrimitives.ReadUInt32BigEndian(segment.Bytes.Span[(int)offset..]);
                return true;
            }
        }

        word = 0;
        return false;
    }
}
