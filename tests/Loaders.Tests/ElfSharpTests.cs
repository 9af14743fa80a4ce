using System.Buffers.Binary;
using System.Runtime.CompilerServices;

using ELFSharp.ELF;
using ELFSharp.ELF.Sections;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;

using Xunit;

namespace Loaders.Tests;

/// <summary>ELFSharp after this project's checks: it reads the same headers as without them, and gets no input on which it fails.</summary>
public sealed class ElfSharpTests
{
    private const ulong Memory = 128 << 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Elfsharp_reads_the_same_from_a_whole_file_and_from_its_headers_alone(bool is64)
    {
        byte[] bytes = new TestElf(is64) { Entry = 0x1004, Flags = 2, Type = 3 }.Segment(0x1000, 0x2000, [1, 2, 3, 4], 0x100, flags: 5)
            .Segment(0x8000, 0x100, [9]).Symbol("second", 0x1008, 4).Symbol("first", 0x1000).Build();

        AssertSame(new ImageFile("test.elf", bytes), ElfTarget.Ppe, Memory);
    }

    [Fact]
    public void The_same_holds_for_the_spu_programs_of_this_repository()
    {
        string[] programs = Directory.GetFiles(Programs(), "*.elf", SearchOption.AllDirectories);

        Assert.True(programs.Length > 10);
        foreach (string program in programs)
            AssertSame(ImageFile.Read(program), ElfTarget.Spu, SpuProgram.LocalStoreSize);
    }

    [SkippableTheory]
    [InlineData("vmlinux-6.1-ps3-debug.xz")]
    [InlineData("vmlinux-6.12-full.xz")]
    [InlineData("dtbImage-6.1.ps3.xz")]
    public void The_same_holds_for_kernels(string name) => AssertSame(CompressedFile.Unpack(Guests.Open(name)), ElfTarget.Ppe, Memory);

    // With e_shnum 0 ELFSharp reads the number of sections from a section header at e_shoff, which here is the file header.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_without_section_headers_has_neither_sections_nor_symbols(bool is64)
    {
        byte[] bytes = new TestElf(is64) { Entry = 0x10 }.Segment(0, 0, new byte[64]).Symbol("start", 0x10).Build();
        bytes.AsSpan(is64 ? 0x28 : 0x20, is64 ? 8 : 4).Clear();
        bytes.AsSpan(is64 ? 0x3c : 0x30, 4).Clear();

        IExecutableImage image = Read(bytes);

        Assert.Single(image.Segments);
        Assert.Empty(image.Sections);
        Assert.Empty(image.Symbols);
    }

    // SYMTAB, STRTAB, DYNAMIC, NOTE, DYNSYM.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(11)]
    public void A_section_that_elfsharp_would_read_at_once_may_lie_outside_the_file(uint type)
    {
        byte[] bytes = new TestElf(true).Segment(0, 0, new byte[64]).Symbol("start", 0x10)
            .Section(".outside", type, 0xffff_0000, 0x120).Build();
        Assert.ThrowsAny<Exception>(() => ReadWhole(bytes));

        IExecutableImage image = Read(bytes);
        ElfSection section = image.Sections[^1];

        Assert.Equal((".outside", type, 0xffff_0000UL, 0x120UL), (section.Name, section.Type, section.Offset, section.Size));
        Assert.Equal(0xffff_0000, Assert.Throws<ImageFormatException>(() => image.Contents(section)).Offset);
        if (type == 2)
            Assert.Throws<ImageFormatException>(() => image.Symbols);
        else
            Assert.Equal("start", Assert.Single(image.Symbols).Name);
    }

    [Fact]
    public void A_note_segment_may_lie_outside_the_file()
    {
        byte[] bytes = new TestElf(true).Segment(0, 0, new byte[64]).Segment(0, 0, new byte[16], type: 4).Build();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(64 + 56 + 8), 0xffff_0000);
        Assert.ThrowsAny<Exception>(() => ReadWhole(bytes));

        Assert.Single(Read(bytes).Segments);
    }

    [Theory]
    [InlineData(1U)]
    [InlineData(3U)]
    public void Symbols_have_the_names_that_their_table_links_to(uint type)
    {
        // The section called .strtab is another one, and twice or no string table.
        byte[] bytes = new TestElf(true) { SymbolNames = ".names" }.Segment(0, 0, new byte[64]).Symbol("start", 0x10)
            .Section(".strtab", type, 64, 8).Build();

        Assert.Equal("start", Assert.Single(Read(bytes).Symbols).Name);
    }

    [Fact]
    public void An_elf_version_that_does_not_exist_is_refused()
    {
        byte[] bytes = Valid(is64: true);
        bytes[0x17] = 2;

        Assert.Equal(20, Assert.Throws<ImageFormatException>(() => Read(bytes)).Offset);
    }

    [Fact]
    public void A_table_of_very_many_sections_is_refused()
    {
        byte[] bytes = [.. Valid(is64: true), .. new byte[64 * 5000]];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(0x3c), 5000);

        IExecutableImage image = Read(bytes);

        Assert.Contains("5000 sections", Assert.Throws<ImageFormatException>(() => image.Sections).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_32_bit_segment_of_more_than_2_gib_is_refused_as_such()
    {
        byte[] bytes = Valid(is64: false);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(52 + 16), 0x8000_0010);

        string message = Assert.Throws<ImageFormatException>(() => Read(bytes)).Message;

        Assert.Contains("0x80000010 bytes in the file", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(70)]
    public void An_exception_of_elfsharp_names_the_file_and_the_offset(int length)
    {
        var file = new ImageFile("test.elf", Valid(is64: true));

        var problem = Assert.Throws<ImageFormatException>(() =>
            ElfSharpHeaders.Open(file, 0x40, file.Bytes[..length].ToArray(), static elf => elf.Segments.Count));

        Assert.Equal(("test.elf", 0x40L), (problem.FileName, problem.Offset));
        Assert.Contains("fetch or build it again", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.InnerException);
    }

    [Fact]
    public void Headers_and_100000_symbols_need_memory_in_proportion()
    {
        var elf = new TestElf(true).Segment(0, 0, new byte[64]);
        for (int index = 0; index < 100_000; index++)
            elf.Symbol($"symbol_{index}", (ulong)index);
        byte[] bytes = elf.Build();
        Read(Valid(is64: true));

        long before = GC.GetAllocatedBytesForCurrentThread();
        IExecutableImage image = Read(bytes);
        Assert.Equal(4, image.Sections.Count);
        long headers = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(100_000, image.Symbols.Count);
        long symbols = GC.GetAllocatedBytesForCurrentThread() - before - headers;

        Assert.True(headers < 64 << 10, $"{headers} bytes for the headers");
        Assert.True(symbols < 20 << 20, $"{symbols} bytes for the symbols");
    }

    private static void AssertSame(ImageFile file, ElfTarget target, ulong memory)
    {
        using ELF<ulong> whole = ReadWhole(file.Bytes.ToArray());
        IExecutableImage image = new ElfReader(target).Read(file, memory);

        Assert.Equal(whole.EntryPoint, image.EntryPoint);
        Assert.Equal(whole.Class == Class.Bit64, image.Class == ElfClass.Elf64);
        Assert.Equal(
            whole.Segments.Where(static one => (uint)one.Type == 1 && one.Size != 0)
                .Select(static one => (one.Address, one.Size, one.FileSize)).Order(),
            image.Segments.Select(static one => (one.VirtualAddress, one.MemorySize, (long)one.Bytes.Length)).Order());
        Assert.Equal(
            whole.Sections.Select(static one =>
                (one.Name, (uint)one.Type, one.RawFlags, one.LoadAddress, one.Offset, one.Size, one.EntrySize)),
            image.Sections.Select(static one => (one.Name, one.Type, one.Flags, one.Address, one.Offset, one.Size, one.EntrySize)));
        var symbols = whole.GetSections<SymbolTable<ulong>>().Where(static table => table.Type == SectionType.SymbolTable)
            .SelectMany(static table => table.Entries).Where(static one => one.Name.Length > 0 && one.PointedSectionIndex != 0)
            .Where(static one => (int)one.Type is not (3 or 4)).Select(static one => (one.Value, one.Name, one.Size, (byte)one.Type));
        Assert.Equal(
            symbols.OrderBy(static one => one.Value).ThenBy(static one => one.Name, StringComparer.Ordinal),
            image.Symbols.Select(static one => (one.Address, one.Name, one.Size, one.Type)).OrderBy(static one => one.Address)
                .ThenBy(static one => one.Name, StringComparer.Ordinal));
    }

    private static ELF<ulong> ReadWhole(byte[] bytes) => ELFReader.Load<ulong>(new MemoryStream(bytes), shouldOwnStream: true);

    private static byte[] Valid(bool is64) => new TestElf(is64).Segment(0, 0, new byte[256]).Build();

    private static IExecutableImage Read(byte[] bytes) => new ElfReader().Read(new ImageFile("test.elf", bytes), Memory);

    private static string Programs([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "firmware-stubs", "spe"));
}
