using System.Buffers.Binary;
using System.Text;
using CellPpe.Core;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Elf;
using Xunit;

namespace Loaders.Tests;

/// <summary>
/// Kernels as newer linkers and the second ABI make them: position-independent, in several segments, without descriptors.
/// </summary>
public class RelocatableKernelTests
{
    private const ulong Memory = 128 << 20;
    private const ulong LinearMap = 0xc000_0000_0000_0000;
    private const uint ReadExecute = 5;
    private const uint ReadWrite = 6;
    private const uint Interpreter = 3;

    [Theory]
    [InlineData(2, 0UL)]
    [InlineData(3, 0UL)]
    [InlineData(3, LinearMap)]
    public void Two_segments_are_placed_at_their_physical_addresses_also_when_those_are_of_the_linear_map(int type, ulong physicalBase)
    {
        byte[] bytes = new TestElf(true) { Entry = LinearMap + 0x10, Type = type, Flags = 2 }
            .Segment(LinearMap, physicalBase, new byte[0x100], flags: ReadExecute)
            .Segment(LinearMap + 0x20000, physicalBase + 0x20000, [1, 2, 3, 4], 0x1000, flags: ReadWrite).Build();

        BootImage image = Read(bytes);

        Assert.Equal([0UL, 0x20000UL], image.Segments.Select(segment => segment.Address.Value));
        Assert.Equal(0x21000UL, image.End.Value);
        Assert.Equal(new ThreadEntry(0, new LparAddress(0x10), 1UL << 63, R12: LinearMap + 0x10), image.Thread0);
        using GuestMemory memory = OtherOsImageTests.Place(BootLayout.Arrange(image, new BootRequest()));
        Assert.Equal(0x01020304U, OtherOsImageTests.Word(memory, 0x20000));
    }

    [Fact]
    public void An_entry_in_a_segment_without_instructions_is_a_descriptor_and_gives_the_table_of_contents_too()
    {
        byte[] descriptor = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(descriptor, LinearMap + 0x40);
        BinaryPrimitives.WriteUInt64BigEndian(descriptor.AsSpan(8), LinearMap + 0x28000);
        byte[] bytes = new TestElf(true) { Entry = LinearMap + 0x20000, Flags = 1 }.Segment(
            LinearMap, 0, new byte[0x100], flags: ReadExecute)
            .Segment(LinearMap + 0x20000, 0x20000, descriptor, flags: ReadWrite).Build();

        Assert.Equal(new ThreadEntry(0, new LparAddress(0x40), 1UL << 63, R2: LinearMap + 0x28000), Read(bytes).Thread0);
    }

    [Theory]
    [InlineData(24, LinearMap + 0x900000)]
    [InlineData(8, LinearMap + 0x40)]
    public void A_descriptor_that_names_no_code_or_is_cut_is_refused(int length, ulong code)
    {
        byte[] descriptor = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(descriptor, code);
        byte[] bytes = new TestElf(true) { Entry = LinearMap + 0x20000, Flags = 1 }.Segment(
            LinearMap, 0, new byte[0x100], flags: ReadExecute)
            .Segment(LinearMap + 0x20000, 0x20000, descriptor[..length], flags: ReadWrite).Build();

        var problem = Assert.Throws<ImageFormatException>(() => Read(bytes));

        Assert.Equal(0x18, problem.Offset);
        Assert.Contains("descriptor at 0xc000000000020000", problem.Message);
    }

    [Fact]
    public void A_program_that_asks_for_a_dynamic_linker_is_refused_unless_it_is_linked_at_the_linear_map()
    {
        byte[] user = new TestElf(true) { Entry = 0x1000, Type = 3 }.Segment(0, 0, new byte[0x2000])
            .Segment(0x100, 0x100, new byte[8], type: Interpreter).Build();
        byte[] kernel = new TestElf(true) { Entry = LinearMap, Type = 3, Flags = 2 }.Segment(LinearMap, LinearMap, new byte[0x2000])
            .Segment(LinearMap + 0x100, LinearMap + 0x100, new byte[8], type: Interpreter).Build();

        Assert.Contains("a program for an operating system", Assert.Throws<ImageFormatException>(() => Read(user)).Message);
        Assert.Equal(0UL, Read(kernel).Thread0.Pc.Value);
    }

    [Theory]
    [InlineData(1U, LinearMap + 0x40)]
    [InlineData(2U, LinearMap + 0x20000)]
    public void Function_symbols_name_descriptors_in_the_first_abi_only(uint abi, ulong expected)
    {
        byte[] descriptor = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(descriptor, LinearMap + 0x40);
        byte[] bytes = new TestElf(true) { Flags = abi, Entry = LinearMap }.Segment(LinearMap, 0, new byte[0x100], flags: ReadExecute)
            .Segment(LinearMap + 0x20000, 0x20000, descriptor, flags: ReadWrite).Descriptors(LinearMap + 0x20000, 24)
            .Symbol("function", LinearMap + 0x20000).Build();

        Assert.Equal("function", Read(bytes).Symbols.Describe(expected));
    }

    [Fact]
    public void The_fix_up_finds_its_function_in_a_kernel_of_the_second_abi_and_changes_its_local_entry()
    {
        // addis r2,r12,1; addi r2,r2,-0x8000: the table of contents is 0x8000 behind the function at 0x200. Then the message's address.
        byte[] code = new byte[0x4000];
        const int Message = 0x1000;
        const int Toc = 0x200 + 0x8000;
        Encoding.ASCII.GetBytes("ps3_hpte_updateboltedpp() not implemented").CopyTo(code, Message);
        Encoding.ASCII.GetBytes("Unable to mark rodata read only").CopyTo(code, 0x2000);
        const int Distance = Message - Toc;
        uint[] words =
        [
            0x3c4c0001, 0x38428000, 0x7c0802a6, 0x3c620000 | (ushort)((Distance + 0x8000) >> 16), 0x38630000 | (Distance & 0xffff),
        ];
        for (int index = 0; index < words.Length; index++)
            BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(0x200 + (4 * index)), words[index]);

        byte[] bytes = new TestElf(true) { Entry = LinearMap, Flags = 2, Type = 3 }.Segment(LinearMap, 0, code).Build();

        BootImage image = KernelFixups.Apply(Read(bytes), out var applied);

        Assert.Equal(0x208UL, Assert.Single(applied).Address.Value);
        Assert.Equal([0x4e, 0x80, 0, 0x20], image.Segments[1].Bytes.ToArray());
    }

    private static BootImage Read(byte[] bytes) => OtherOsImage.Read(new ImageFile("test.elf", bytes), Memory);
}
