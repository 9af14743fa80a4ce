using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Elf;

/// <summary>An SPU program: its contents of local store, its entry, and the parameters of its start-up code.</summary>
public sealed class SpuProgram
{
    /// <summary>Bytes of a local store.</summary>
    public const int LocalStoreSize = 0x40000;

    // The first use of the parameters in newlib's start-up code for -mstdmain: wrch $ch16,$4, the local store address of the arguments'
    // transfer. It follows the store of register 6.
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
    /// True when the start-up code expects a count and arguments (-mstdmain). Otherwise it is the usual one, whose main has the
    /// parameters of an SPE thread: an identifier and two effective addresses.
    /// </summary>
    public bool HasStandardMain { get; }

    /// <summary>True when its pointers to main memory have 64 bits (-mea64), as the names of newlib's functions show.</summary>
    public bool HasLongPointers => Symbols.TryFind("__posix_memalign_ea64", out _);

    /// <summary>
    /// True when its file must be in main memory while it runs, at the address that <see cref="At"/> has filled in: it fetches overlays
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

    /// <summary>The same program with its file at an effective address, where the new image's file must be stored.</summary>
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

    /// <summary>Reads a word of the program from the file; false where it has none. Of overlays at one address, reads the first.</summary>
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
