namespace Ps3Platform.Loaders.Elf;

/// <summary>
/// The checks before ELFSharp reads a file: ELFSharp trusts every offset, size and count, and its exceptions name neither file nor
/// offset. It gets only headers that have passed these checks (<see cref="ElfExcerpt"/>).
/// </summary>
internal static class ElfChecks
{
    // A kernel has two or three; a table of thousands is damage or malice.
    private const int MaximumProgramHeaders = 256;

    // Linked programs have some 50. ELFSharp needs about 1 KiB of memory for each.
    private const int MaximumSections = 4096;

    private const byte BigEndian = 2;
    private const uint CurrentVersion = 1;
    private const int TypeExecutable = 2;
    private const int TypeShared = 3;

    /// <summary>Class, byte order, version, machine and type.</summary>
    /// <exception cref="ImageFormatException">The file is damaged, or none for this target.</exception>
    public static ElfHeader Header(ImageReader reader, ElfTarget target)
    {
        ElfClass elfClass = reader.U8(4, "ELF class") switch
        {
            1 => ElfClass.Elf32,
            2 => ElfClass.Elf64,
            byte other => throw reader.Fail(4, $"ELF class {other} does not exist; the file is damaged, fetch or build it again."),
        };
        if (reader.U8(5, "ELF data encoding") != BigEndian)
            throw reader.Fail(5, $"The program is little-endian; {target.OtherByteOrder}.");

        ElfHeader header = ElfHeader.Parse(reader, elfClass);
        int machine = header.Is64 ? target.Machine64 : target.Machine32;
        if (machine == 0)
            throw reader.Fail(4, $"The program is a 64-bit one, and {target.Processor} has 32-bit programs only; {target.OtherMachine}.");
        if (header.Machine != machine)
        {
            throw reader.Fail(18,
                $"The program is for ELF machine {header.Machine}, not for {target.Processor} ({machine}); {target.OtherMachine}.");
        }

        if (header.Type is not (TypeExecutable or TypeShared))
            throw reader.Fail(16, $"ELF type {header.Type} is not an executable; {target.NotLinked}.");
        if (header.Version != CurrentVersion)
            throw reader.Fail(20, $"ELF version {header.Version} does not exist; the file is damaged, fetch or build it again.");
        return header;
    }

    /// <summary>Number, size and place of the program headers. There is at least one.</summary>
    /// <exception cref="ImageFormatException">They are missing, too many, too small, or outside the file.</exception>
    public static void ProgramHeaders(ImageReader reader, in ElfHeader header, ElfTarget target)
    {
        ElfTable table = header.ProgramHeaders;
        ulong sizeField = (ulong)header.TableSizesField;
        if (table.Count == 0)
            throw reader.Fail(sizeField + 2, $"The file has no program headers, so nothing to load; {target.NothingToLoad}.");
        if (table.Count > MaximumProgramHeaders)
        {
            throw reader.Fail(sizeField + 2, $"{table.Count} program headers are more than the {MaximumProgramHeaders} that are supported; "
                + "the file is damaged, fetch or build it again.");
        }

        if (table.EntrySize < header.ProgramHeaderSize)
        {
            throw reader.Fail(sizeField,
                $"A program header of {table.EntrySize} bytes is too small; the file is damaged, fetch or build it again.");
        }

        for (int index = 0; index < table.Count; index++)
        {
            ulong at = table.At(index);
            if (at < table.Offset)
                throw reader.Fail(table.Offset, "The program headers lie outside the file; it is damaged, fetch or build it again.");
            reader.Slice(at, (ulong)header.ProgramHeaderSize, "program header");
        }
    }

    /// <summary>Number, size and place of the section headers.</summary>
    /// <returns>False when the file has none.</returns>
    /// <exception cref="ImageFormatException">They are too many, too small, or outside the file.</exception>
    public static bool SectionHeaders(ImageReader reader, in ElfHeader header)
    {
        ElfTable table = header.SectionHeaders;
        ulong sizeField = (ulong)header.TableSizesField + 4;
        if (table.Offset == 0 || table.Count == 0)
            return false;
        if (table.EntrySize < header.SectionHeaderSize)
        {
            throw reader.Fail(sizeField,
                $"A section header of {table.EntrySize} bytes is too small; the file is damaged, fetch or build it again.");
        }

        // One check for the whole table, so that a wrong count fails before anything is allocated.
        reader.Slice(table.Offset, (ulong)table.EntrySize * table.Count, "section header table");
        if (table.Count > MaximumSections)
        {
            throw reader.Fail(sizeField + 2, $"{table.Count} sections are more than the {MaximumSections} that are supported; "
                + "the file is damaged, or not linked.");
        }

        return true;
    }
}
