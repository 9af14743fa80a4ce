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

    private readonly SpuImageReferences _references;
    private readonly ulong? _imageAddress;

    private SpuProgram(IExecutableImage image, ulong? imageAddress)
    {
        Image = image;
        _imageAddress = imageAddress;
        _references = SpuImageReferences.Of(image);
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

    /// <summary>True when its pointers to main memory have 64 bits (-mea64): newlib's functions for that memory say so.</summary>
    public bool HasLongPointers => Symbols.TryFind("__posix_memalign_ea64", out _);

    /// <summary>
    /// True when its file must lie in main memory while it runs, where it says at what address (<see cref="At"/>): it fetches overlays
    /// from there, or has variables there.
    /// </summary>
    public bool NeedsImage => !_references.IsEmpty || Image.Segments.Any(static segment => segment.IsOverlay);

    /// <summary>Checks and reads a program.</summary>
    /// <exception cref="ImageFormatException">It is damaged, not for an SPU, or needs a PPE program's variables.</exception>
    public static SpuProgram Read(ImageFile file) => Read(file, imageAddress: null);

    private static SpuProgram Read(ImageFile file, ulong? imageAddress)
    {
        IExecutableImage image = new ElfReader(ElfTarget.Spu).Read(file, LocalStoreSize);
        if (image.EntryPoint >= LocalStoreSize || (image.EntryPoint & 3) != 0)
            throw new ImageFormatException(file.Name, 24, $"The entry point 0x{image.EntryPoint:x} is no address of an instruction in local store; the file is damaged, fetch or build it again.");
        return new SpuProgram(image, imageAddress);
    }

    /// <summary>The same program for a file that lies at an effective address: the bytes to put there are this one's.</summary>
    public SpuProgram At(ulong address) => Read(new ImageFile(Image.File.Name, _references.Fill(Image.File.Bytes, address)), address);

    /// <summary>Writes the resident segments into a local store, with zeros where the file has none.</summary>
    public void Load(Span<byte> localStore)
    {
        foreach (ElfSegment segment in Image.Segments.Where(static segment => !segment.IsOverlay))
        {
            Span<byte> place = localStore.Slice((int)segment.VirtualAddress, (int)segment.MemorySize);
            segment.Bytes.Span.CopyTo(place);
            place[segment.Bytes.Length..].Clear();
        }

        if (_imageAddress is { } address)
            _references.FillLocalStore(localStore, address);
    }

    /// <summary>A word of the program as it is in the file; false where it has none. Of overlays at one address it is the first's.</summary>
    public bool TryFetch(uint address, out uint word)
    {
        foreach (ElfSegment segment in Image.Segments.OrderBy(static segment => segment.IsOverlay))
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
