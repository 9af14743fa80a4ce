namespace Ps3Platform.Loaders.Elf;

/// <summary>Reads big-endian executables, 32-bit and 64-bit (System V ABI, object files; Power supplements; SPU ABI 3.2).</summary>
/// <param name="target">Whose; a PPE's if not given.</param>
public sealed class ElfReader(ElfTarget? target = null) : IExecutableReader
{
    private const byte BigEndian = 2;
    private const int TypeExecutable = 2;
    private const int TypeShared = 3;
    private const uint SegmentLoad = 1;
    private const uint SegmentInterpreter = 3;
    private const uint FlagExecute = 1;
    private const uint FlagWrite = 2;

    // PF_OVERLAY, of GNU ld for the SPU.
    private const uint FlagOverlay = 0x0800_0000;

    private readonly ElfTarget _target = target ?? ElfTarget.Ppe;

    // Where 64-bit kernels map all memory (PAGE_OFFSET).
    private const ulong LinearMap = 0xc000_0000_0000_0000;

    // A kernel has two or three; a table of thousands is damage or malice.
    private const int MaximumProgramHeaders = 256;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u007fELF"u8);

    /// <inheritdoc/>
    public IExecutableImage Read(ImageFile file, ulong maximumAddress)
    {
        var reader = new ImageReader(file.Name, file.Bytes.Span);
        if (!Recognises(file.Bytes.Span))
            throw reader.Fail(0, $"This is not an ELF file; {_target.OtherFile}.");

        ElfClass elfClass = reader.U8(4, "ELF class") switch
        {
            1 => ElfClass.Elf32,
            2 => ElfClass.Elf64,
            byte other => throw reader.Fail(4, $"ELF class {other} does not exist; the file is damaged, fetch or build it again."),
        };
        if (reader.U8(5, "ELF data encoding") != BigEndian)
            throw reader.Fail(5, $"The program is little-endian; {_target.OtherByteOrder}.");

        ElfHeader header = ElfHeader.Parse(reader, elfClass);
        int machine = elfClass == ElfClass.Elf64 ? _target.Machine64 : _target.Machine32;
        if (machine == 0)
            throw reader.Fail(4, $"The program is a 64-bit one, and {_target.Processor} has 32-bit programs only; {_target.OtherMachine}.");
        if (header.Machine != machine)
            throw reader.Fail(18, $"The program is for ELF machine {header.Machine}, not for {_target.Processor} ({machine}); {_target.OtherMachine}.");
        if (header.Type is not (TypeExecutable or TypeShared))
            throw reader.Fail(16, $"ELF type {header.Type} is not an executable; {_target.NotLinked}.");

        return new ElfImage(file, elfClass, header, ReadSegments(reader, file, header, maximumAddress));
    }

    private List<ElfSegment> ReadSegments(ImageReader reader, ImageFile file, in ElfHeader header, ulong maximumAddress)
    {
        bool is64 = header.Is64;
        if (header.ProgramHeaderCount == 0)
            throw reader.Fail(is64 ? 56UL : 44UL, $"The file has no program headers, so nothing to load; {_target.NothingToLoad}.");
        if (header.ProgramHeaderCount > MaximumProgramHeaders)
            throw reader.Fail(is64 ? 56UL : 44UL, $"{header.ProgramHeaderCount} program headers are more than the {MaximumProgramHeaders} that are supported; the file is damaged, fetch or build it again.");
        if (header.ProgramHeaderSize < (is64 ? 56 : 32))
            throw reader.Fail(is64 ? 54UL : 42UL, $"A program header of {header.ProgramHeaderSize} bytes is too small; the file is damaged, fetch or build it again.");

        var segments = new List<(ElfSegment Segment, ulong HeaderOffset)>();
        ulong? interpreter = null;
        for (int index = 0; index < header.ProgramHeaderCount; index++)
        {
            ulong at = header.ProgramHeaders + ((ulong)index * header.ProgramHeaderSize);
            if (at < header.ProgramHeaders)
                throw reader.Fail(header.ProgramHeaders, "The program headers lie outside the file; it is damaged, fetch or build it again.");
            uint type = reader.U32(at, "program header");
            if (type == SegmentInterpreter)
                interpreter = at;
            if (type == SegmentLoad && ReadSegment(reader, file, at, is64, maximumAddress) is { } segment)
                segments.Add((segment, at));
        }

        RefuseUserProgram(reader, interpreter, segments);

        if (segments.Count == 0)
            throw reader.Fail(header.ProgramHeaders, $"The file has no loadable segment; {_target.NothingToLoad}.");
        segments.Sort((left, right) => Place(left.Segment).CompareTo(Place(right.Segment)));
        List<(ElfSegment Segment, ulong HeaderOffset)> resident = segments.FindAll(static pair => !pair.Segment.IsOverlay);
        for (int index = 1; index < resident.Count; index++)
        {
            ElfSegment below = resident[index - 1].Segment;
            if (Place(below) + below.MemorySize > Place(resident[index].Segment))
                throw reader.Fail(resident[index].HeaderOffset, $"The segment at 0x{Place(resident[index].Segment):x} overlaps the one at 0x{Place(below):x}; the file is damaged, fetch or build it again.");
        }

        return segments.ConvertAll(pair => pair.Segment);
    }

    // A linker writes PT_INTERP into any position-independent program that is not told otherwise, so into kernels, too: those are linked
    // at the linear map. One that begins below it is for user space.
    private void RefuseUserProgram(ImageReader reader, ulong? interpreter, List<(ElfSegment Segment, ulong HeaderOffset)> segments)
    {
        if (interpreter is { } at && segments.TrueForAll(static pair => pair.Segment.VirtualAddress < LinearMap))
            throw reader.Fail(at, $"The file asks for a dynamic linker: it is a program for an operating system, not a kernel; {_target.OtherMachine}.");
    }

    // Where a segment goes.
    private ulong Place(ElfSegment segment) => _target.HasOverlays ? segment.VirtualAddress : segment.PhysicalAddress;

    private ElfSegment? ReadSegment(ImageReader reader, ImageFile file, ulong at, bool is64, ulong maximumAddress)
    {
        const string What = "program header";
        uint flags = reader.U32(at + (is64 ? 4UL : 24), What);
        ulong offset = is64 ? reader.U64(at + 8, What) : reader.U32(at + 4, What);
        ulong virtualAddress = is64 ? reader.U64(at + 16, What) : reader.U32(at + 8, What);
        ulong physicalAddress = is64 ? reader.U64(at + 24, What) : reader.U32(at + 12, What);
        ulong fileSize = is64 ? reader.U64(at + 32, What) : reader.U32(at + 16, What);
        ulong memorySize = is64 ? reader.U64(at + 40, What) : reader.U32(at + 20, What);
        // Linux's linker script gives physical addresses. Without one they are the virtual ones, of the linear map: with translation off
        // a processor ignores their four highest bits (Book III 4.2), and so does the loader.
        if (is64 && physicalAddress == virtualAddress && physicalAddress >= LinearMap)
            physicalAddress -= LinearMap;

        if (memorySize == 0)
            return null;
        if (fileSize > memorySize)
            throw reader.Fail(at, $"A segment has 0x{fileSize:x} bytes in the file but only 0x{memorySize:x} in memory; the file is damaged, fetch or build it again.");
        ulong place = _target.HasOverlays ? virtualAddress : physicalAddress;
        if (memorySize > maximumAddress || place > maximumAddress - memorySize)
        {
            throw reader.Fail(at, $"The segment at 0x{place:x} needs 0x{memorySize:x} bytes, but memory ends at 0x{maximumAddress:x}; "
                + $"{_target.TooLarge}.");
        }

        reader.Slice(offset, fileSize, $"segment for address 0x{physicalAddress:x}");
        return new ElfSegment(
            virtualAddress, physicalAddress, file.Bytes.Slice((int)offset, (int)fileSize), memorySize, (flags & FlagExecute) != 0, (flags & FlagWrite) != 0)
        {
            IsOverlay = _target.HasOverlays && (flags & FlagOverlay) != 0,
        };
    }
}
