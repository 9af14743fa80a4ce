using System.Buffers.Binary;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Elf;

using Xunit;

namespace Loaders.Tests;

/// <summary>SPU programs: their placement in local store, and the messages for files that are not SPU programs.</summary>
public sealed class SpuProgramTests
{
    [Fact]
    public void Segments_go_to_their_addresses_and_the_rest_of_them_is_zero()
    {
        SpuProgram program = Read(Valid());
        byte[] store = Enumerable.Repeat((byte)0xff, SpuProgram.LocalStoreSize).ToArray();

        program.Load(store);

        Assert.Equal(0x84u, program.Entry);
        Assert.Equal([1, 2, 3, 4, 0, 0, 0, 0, 0xff], store[0x80..0x89]);
        Assert.True(program.TryFetch(0x80, out uint word));
        Assert.Equal(0x0102_0304u, word);
        Assert.False(program.TryFetch(0x84, out _));
        Assert.Equal("start", program.Symbols.Describe(0x84));
        Assert.False(program.HasStandardMain);
    }

    [Fact]
    public void Start_up_code_that_fetches_arguments_is_recognised()
    {
        byte[] code = new byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(4), 0x21a0_0804);

        Assert.True(Read(Spu(new TestElf(false).Segment(0, 0, code))).HasStandardMain);
    }

    [Theory]
    [InlineData(4, 2, "32-bit programs only", 4)]
    [InlineData(4, 9, "does not exist", 4)]
    [InlineData(5, 1, "an SPU is big-endian", 5)]
    [InlineData(19, 20, "not for an SPU (23); build it with spu-elf-gcc", 18)]
    [InlineData(17, 1, "not an object file", 16)]
    [InlineData(0, 0, "give a program linked by spu-elf-gcc", 0)]
    [InlineData(27, 0x86, "no address of an instruction", 24)]
    [InlineData(45, 0, "no program headers", 44)]
    public void What_is_no_spu_program_is_refused_with_the_way_out(int at, byte value, string problem, long offset)
    {
        byte[] bytes = Valid();
        bytes[at] = value;

        var refusal = Assert.Throws<ImageFormatException>(() => Read(bytes));

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(("test.elf", offset), (refusal.FileName, refusal.Offset));
    }

    [Fact]
    public void A_segment_beyond_local_store_is_refused()
    {
        byte[] bytes = Spu(new TestElf(false).Segment(0x3fff0, 0x3fff0, new byte[16], 32));

        Assert.Contains("256 KB", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlays_share_addresses_and_are_left_to_their_manager()
    {
        // Physical addresses only number them, and lie beyond local store when there are many.
        byte[] bytes = Spu(new TestElf(false).Segment(0x100, 0x100, Filled(1)).Segment(0x100, 0x50000, Filled(2)).Segment(0, 0x60000, Filled(3)));
        MarkAsOverlay(bytes, 0);
        MarkAsOverlay(bytes, 1);
        SpuProgram program = Read(bytes);
        byte[] store = new byte[SpuProgram.LocalStoreSize];

        program.Load(store);

        Assert.True(program.NeedsImage);
        Assert.Equal((3, 0), (store[0], store[0x100]));
        Assert.False(Read(Valid()).NeedsImage);
    }

    [Fact]
    public void Segments_that_are_no_overlays_may_not_share_addresses()
    {
        byte[] bytes = Spu(new TestElf(false).Segment(0, 0, new byte[16]).Segment(0, 0x100, new byte[16]));

        Assert.Contains("overlaps", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_address_is_stored_where_the_program_reads_it()
    {
        byte[] bytes = Spu(new TestElf(false).Segment(0, 0, new byte[64]).Symbol("_EAR_", 0x20, 16));
        byte[] store = new byte[SpuProgram.LocalStoreSize];

        SpuProgram program = Read(bytes).At(0x1_2345_6780);
        program.Load(store);

        Assert.True(program.NeedsImage);
        Assert.Equal(0x1_2345_6780UL, BinaryPrimitives.ReadUInt64BigEndian(store.AsSpan(0x20)));
    }

    [Fact]
    public void Variables_of_a_ppe_program_are_refused_by_name()
    {
        byte[] bytes = Spu(new TestElf(false).Segment(0, 0, new byte[64]).Symbol("_EAR_table", 0x20, 16));

        Assert.Contains("the variable table of a PPE program", Assert.Throws<ImageFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_is_still_not_an_spu_program_nor_the_other_way_round()
    {
        Assert.Contains("not for PowerPC", Assert.Throws<ImageFormatException>(() => new ElfReader().Read(new ImageFile("test.elf", Valid()), 1 << 20)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_truncation_is_refused_or_harmless()
    {
        byte[] bytes = Valid();
        for (int length = 0; length < bytes.Length; length++)
        {
            try
            {
                SpuProgram program = Read(bytes[..length]);
                program.Load(new byte[SpuProgram.LocalStoreSize]);
                _ = program.Image.Sections;
            }
            catch (ImageFormatException)
            {
            }
        }
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 16)];

    // PF_OVERLAY in the flags of a program header.
    private static void MarkAsOverlay(byte[] bytes, int segment) => bytes[52 + (32 * segment) + 24] = 0x08;

    private static byte[] Valid() => Spu(new TestElf(false) { Entry = 0x84 }.Segment(0x80, 0x80, [1, 2, 3, 4], 8).Symbol("start", 0x84, 4));

    private static byte[] Spu(TestElf elf)
    {
        byte[] bytes = elf.Build();
        bytes[19] = 23;
        return bytes;
    }

    private static SpuProgram Read(byte[] bytes) => SpuProgram.Read(new ImageFile("test.elf", bytes));
}
