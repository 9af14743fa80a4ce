namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// Reads big-endian executables, 32-bit and 64-bit (System V ABI, object files; Power supplements; SPU ABI 3.2). ELFSharp reads the
/// headers after <see cref="ElfChecks"/>; this type interprets them for loading.
/// </summary>
/// <param name="target">The processor of the executables; a PPE if not given.</param>
public sealed class ElfReader(ElfTarget? target = null) : IExecutableReader
{
    private const uint FlagExecute = 1;
    private const uint FlagWrite = 2;

    // PF_OVERLAY, of GNU ld for the SPU.
    private const uint FlagOverlay = 0x0800_0000;

    private readonly ElfTarget _target = target ?? ElfTarget.Ppe;

    // Where 64-bit kernels map all memory (PAGE_OFFSET).
    private const ulong LinearMap = 0xc000_0000_0000_0000;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u007fELF"u8);

    /// <inheritdoc/>
    public IExecutableImage Read(ImageFile file, ulong maximumAddress)
    {
        var reader = new ImageReader(file.Name, file.Bytes.Span);
        if (!Recognises(file.Bytes.Span))
            throw reader.Fail(0, $"This is not an ELF file; {_target.OtherFile}.");

        ElfHeader header = ElfChecks.Header(reader, _target);
        ElfChecks.ProgramHeaders(reader, header, _target);
        ElfSharpHeaders headers = ElfSharpHeaders.Read(file, header);
        return new ElfImage(file, header, headers, ReadSegments(reader, file, header, headers.ProgramHeaders, maximumAddress));
    }

    private List<ElfSegment> ReadSegments(
        ImageReader reader, ImageFile file, in ElfHeader header, ElfProgramHeader[] programHeaders, ulong maximumAddress)
    {
        var segments = new List<(ElfSegment Segment, ulong HeaderOffset)>();
        ulong? interpreter = null;
        foreach (ElfProgramHeader programHeader in programHeaders)
        {
            if (programHeader.Type == ElfProgramHeader.Interpreter)
                interpreter = programHeader.At;
            if (programHeader.Type == ElfProgramHeader.Load
                && ReadSegment(reader, file, programHeader, header.Is64, maximumAddress) is { } segment)
            {
                segments.Add((segment, programHeader.At));
            }
        }

        RefuseUserProgram(reader, interpreter, segments);

        if (segments.Count == 0)
            throw reader.Fail(header.ProgramHeaders.Offset, $"The file has no loadable segment; {_target.NothingToLoad}.");
        segments.Sort((left, right) => Place(left.Segment).CompareTo(Place(right.Segment)));
        List<(ElfSegment Segment, ulong HeaderOffset)> resident = segments.FindAll(static pair => !pair.Segment.IsOverlay);
        for (int index = 1; index < resident.Count; index++)
        {
            ElfSegment below = resident[index - 1].Segment;
            if (Place(below) + below.MemorySize > Place(resident[index].Segment))
            {
                throw reader.Fail(resident[index].HeaderOffset,
                    $"The segment at 0x{Place(resident[index].Segment):x} overlaps the one at 0x{Place(below):x}; "
                    + "the file is damaged, fetch or build it again.");
            }
        }

        return segments.ConvertAll(pair => pair.Segment);
    }

    // By default a linker writes PT_INTERP into every position-independent program, including kernels, which are linked at the linear
    // map. A program that begins below it is for user space.
    private void RefuseUserProgram(ImageReader reader, ulong? interpreter, List<(ElfSegment Segment, ulong HeaderOffset)> segments)
    {
        if (interpreter is { } at && segments.TrueForAll(static pair => pair.Segment.VirtualAddress < LinearMap))
            throw reader.Fail(at, $"The file asks for a dynamic linker: it is a program for an operating system, not a kernel; {_target.OtherMachine}.");
    }

    // The address at which a segment is loaded.
    private ulong Place(ElfSegment segment) => _target.HasOverlays ? segment.VirtualAddress : segment.PhysicalAddress;

    private ElfSegment? ReadSegment(ImageReader reader, ImageFile file, in ElfProgramHeader header, bool is64, ulong maximumAddress)
    {
        (ulong at, _, uint flags, ulong offset, ulong virtualAddress, ulong physicalAddress, ulong fileSize, ulong memorySize) = header;
        // Linux's linker script gives physical addresses. Without one they are the virtual ones, of the linear map: with translation off
        // a processor ignores their four highest bits (Book III 4.2), and so does the loader.
        if (is64 && physicalAddress == virtualAddress && physicalAddress >= LinearMap)
            physicalAddress -= LinearMap;

        if (memorySize == 0)
            return null;
        if (fileSize > memorySize)
        {
            throw reader.Fail(at,
                $"A segment has 0x{fileSize:x} bytes in the file but only 0x{memorySize:x} in memory; the file is damaged, fetch or build it again.");
        }

        ulong place = _target.HasOverlays ? virtualAddress : physicalAddress;
        if (memorySize > maximumAddress || place > maximumAddress - memorySize)
        {
            throw reader.Fail(at, $"The segment at 0x{place:x} needs 0x{memorySize:x} bytes, but memory ends at 0x{maximumAddress:x}; "
                + $"{_target.TooLarge}.");
        }

        reader.Slice(offset, fileSize, $"segment for address 0x{physicalAddress:x}");
        return new ElfSegment(
            virtualAddress, physicalAddress, file.Bytes.Slice((int)offset, (int)fileSize), memorySize,
            (flags & FlagExecute) != 0, (flags & FlagWrite) != 0)
        {
            IsOverlay = _target.HasOverlays && (flags & FlagOverlay) != 0,
        };
    }
}
