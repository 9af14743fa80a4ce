using System.Buffers.Binary;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Elf;
using Xunit;

namespace Loaders.Tests;

public class ElfTests
{
    private const ulong Memory = 128 << 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Segments_sections_and_symbols_of_both_classes_are_read(bool is64)
    {
        byte[] bytes = new TestElf(is64) { Entry = 0x1004 }.Segment(0x1000, 0x2000, [1, 2, 3, 4], 0x100).Segment(0x8000, 0x100, [9])
            .Symbol("second", 0x1008, 4).Symbol("first", 0x1000).Build();

        IExecutableImage image = Read(bytes);

        Assert.Equal(is64 ? ElfClass.Elf64 : ElfClass.Elf32, image.Class);
        Assert.Equal(0x1004UL, image.EntryPoint);
        Assert.Equal([0x100UL, 0x2000UL], image.Segments.Select(segment => segment.PhysicalAddress));
        Assert.Equal(0x100UL, image.Segments[1].MemorySize);
        Assert.Equal([1, 2, 3, 4], image.Segments[1].Bytes.ToArray());
        Assert.Equal(["", ".symtab", ".strtab", ".shstrtab"], image.Sections.Select(section => section.Name));
        Assert.Equal(["first", "second"], image.Symbols.Select(symbol => symbol.Name));
        var table = new SymbolTable(image.Symbols);
        Assert.Equal("first+0x4", table.Describe(0x1004));
        Assert.Equal("second", table.Describe(0x1008));
        Assert.Null(table.Describe(0x100c));
        Assert.Null(table.Describe(0xfff));
    }

    [Fact]
    public void A_little_endian_kernel_is_refused_with_the_way_out()
    {
        byte[] bytes = Valid();
        bytes[5] = 1;

        var problem = Assert.Throws<ImageFormatException>(() => Read(bytes));

        Assert.Equal(("test.elf", 5L), (problem.FileName, problem.Offset));
        Assert.Contains("ps3_defconfig", problem.Message);
    }

    [Fact]
    public void A_kernel_for_another_machine_is_refused()
    {
        byte[] bytes = Valid();
        bytes[19] = 62;

        Assert.Equal(18, Assert.Throws<ImageFormatException>(() => Read(bytes)).Offset);
    }

    [Fact]
    public void A_segment_beyond_memory_is_refused_and_names_memory()
    {
        byte[] bytes = new TestElf(true).Segment(0, 0, [1], Memory + 1).Build();

        Assert.Contains("--memory", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message);
    }

    [Fact]
    public void Overlapping_segments_are_refused()
    {
        byte[] bytes = new TestElf(true).Segment(0, 0, new byte[16]).Segment(8, 8, new byte[16]).Build();

        Assert.Contains("overlaps", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message);
    }

    [Fact]
    public void A_truncated_segment_names_its_offset()
    {
        byte[] bytes = new TestElf(true).Segment(0, 0, new byte[4096]).Build();

        var problem = Assert.Throws<ImageFormatException>(() => Read(bytes[..1000]));

        Assert.Equal(120, problem.Offset);
        Assert.Contains("truncated", problem.Message);
    }

    [Fact]
    public void An_offset_that_wraps_around_is_refused()
    {
        byte[] bytes = Valid();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(64 + 8), ulong.MaxValue - 1);

        Assert.Throws<ImageFormatException>(() => Read(bytes));
    }

    [Fact]
    public void Symbol_names_that_share_one_long_string_do_not_multiply()
    {
        var elf = new TestElf(true).Segment(0, 0, [1]).Symbol(new string('x', 1000), 1);
        for (int index = 0; index < 20000; index++)
            elf.Symbol("y", 2);
        byte[] bytes = elf.Build();
        // Point every symbol at the long name.
        for (int at = 121 + 24; at < 121 + (24 * 20000); at += 24)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), 1);

        IExecutableImage image = Read(bytes);

        Assert.Contains("longer together", Assert.Throws<ImageFormatException>(() => image.Symbols).Message);
    }

    [Fact]
    public void System_map_lines_become_symbols()
    {
        var file = new ImageFile("System.map", "c000000000000000 T _text\nc000000000000060 t hold\n"u8.ToArray());

        Assert.Equal("hold+0x4", SymbolTable.ReadSystemMap(file).Describe(0xc000_0000_0000_0064));
        Assert.Equal(4,
            Assert.Throws<ImageFormatException>(() => SymbolTable.ReadSystemMap(new ImageFile("m", "\n\n\n\nhello\n"u8.ToArray()))).Offset);
    }

    private static byte[] Valid() => new TestElf(true).Segment(0, 0, new byte[256]).Build();

    private static IExecutableImage Read(byte[] bytes) => new ElfReader().Read(new ImageFile("test.elf", bytes), Memory);
}
