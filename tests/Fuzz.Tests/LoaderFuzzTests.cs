using System.Buffers.Binary;
using System.IO.Compression;
using Loaders.Tests;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.DeviceTree;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Loaders.Inspection;
using Xunit;
using Xunit.Abstractions;

namespace Fuzz.Tests;

/// <summary>Damaged files of every kind that the loaders read.</summary>
public class LoaderFuzzTests(ITestOutputHelper output)
{
    private const ulong Memory = 128 << 20;
    private const int Cap = 1 << 20;
    private const long SmallLimit = 8 << 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Elf(bool is64)
    {
        byte[] original = new TestElf(is64) { Entry = 0x10 }.Segment(0, 0, new byte[512], 0x1000).Segment(0x2000, 0x2000, new byte[64])
            .Symbol("start", 0x10, 8).Symbol("end", 0x2000).Build();
        new FuzzRun(output).Run(is64 ? "elf64" : "elf32", original, Mutation.Apply, SmallLimit, file =>
        {
            IExecutableImage image = new ElfReader().Read(file, Memory);
            foreach (ElfSection section in image.Sections)
                image.Contents(section);
            new SymbolTable(image.Symbols).Describe(0x14);
        });
    }

    // Notes, dynamic symbols and string tables: what ELFSharp reads while it opens a file, if it sees them.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Elf_of_many_kinds_of_sections(bool is64)
    {
        byte[] original = new TestElf(is64) { Entry = 0x10, SymbolNames = ".names" }.Segment(0, 0, new byte[512], 0x1000)
            .Segment(0x100, 0x100, new byte[32], type: 4).Symbol("start", 0x10, 8).Section(".note", 7, 0x100, 32)
            .Section(".dynamic", 6, 0x120, 32).Section(".dynsym", 11, 0x140, 48).Section(".dynstr", 3, 0x170, 16).Section(".strtab", 1, 0x180, 16).Build();
        new FuzzRun(output).Run(is64 ? "elf64-sections" : "elf32-sections", original, Mutation.Apply, SmallLimit, file =>
        {
            IExecutableImage image = new ElfReader().Read(file, Memory);
            foreach (ElfSection section in image.Sections)
                image.Contents(section);
            new SymbolTable(image.Symbols).Describe(0x14);
        });
    }

    [Fact]
    public void Spu_program()
    {
        byte[] original = new TestElf(false) { Entry = 0x10 }.Segment(0, 0, new byte[512], 0x1000).Segment(0x2000, 0x2000, new byte[64]).Symbol("start", 0x10, 8).Build();
        original[19] = 23;
        byte[] store = new byte[SpuProgram.LocalStoreSize];
        new FuzzRun(output).Run("spu", original, Mutation.Apply, SmallLimit, file =>
        {
            SpuProgram program = SpuProgram.Read(file);
            program.Load(store);
            program.Symbols.Describe(program.Entry);
        });
    }

    [Fact]
    public void Kernel_image_to_boot_plan()
    {
        byte[] code = new byte[2048];
        code.AsSpan(0x60, 0x400).Fill(0x60);
        byte[] original = new TestElf(true) { Entry = 0x10 }.Segment(0, 0, code, 0x1000).Symbol("start", 0x10).Build();
        new FuzzRun(output).Run("vmlinux", original, Mutation.Apply, SmallLimit, Boot);
    }

    [Theory]
    [InlineData(1U, 0x20000UL)]
    [InlineData(2U, 0x10UL)]
    public void Relocatable_kernel_of_several_segments_to_boot_plan(uint abi, ulong entry)
    {
        const ulong LinearMap = 0xc000_0000_0000_0000;
        byte[] descriptor = new byte[64];
        BinaryPrimitives.WriteUInt64BigEndian(descriptor, LinearMap + 0x40);
        BinaryPrimitives.WriteUInt64BigEndian(descriptor.AsSpan(8), LinearMap + 0x28000);
        byte[] original = new TestElf(true) { Entry = LinearMap + entry, Type = 3, Flags = abi }.Segment(LinearMap, LinearMap, new byte[512], flags: 5)
            .Segment(LinearMap + 0x20000, LinearMap + 0x20000, descriptor, 0x1000, flags: 6).Segment(LinearMap + 0x100, LinearMap + 0x100, new byte[8], type: 3)
            .Descriptors(LinearMap + 0x20000, 48).Symbol("start", LinearMap + 0x20000).Symbol("end", LinearMap + 0x20100).Build();
        new FuzzRun(output).Run($"elfv{abi}", original, Mutation.Apply, SmallLimit, file =>
        {
            Boot(file);
            BootImage image = OtherOsImage.Read(file, Memory);
            KernelFixups.Apply(image, out _);
            image.Symbols.Describe(LinearMap + 0x44);
        });
    }

    [Fact]
    public void Wrapper_to_boot_plan() => new FuzzRun(output).Run("wrapper", Wrapper(), Mutation.Apply, SmallLimit, Boot);

    [Fact]
    public void Flat_image_to_boot_plan()
    {
        byte[] original = Code();
        new FuzzRun(output).Run("flat", original, Mutation.Apply, SmallLimit, Boot);
    }

    [Fact]
    public void Device_tree()
    {
        byte[] original = FlatDeviceTree.Write(Ps3DeviceTree.Build(new Ps3DeviceTreeOptions { BootMemorySize = Memory, CommandLine = "quiet" }));
        new FuzzRun(output).Run("dtb", original, Mutation.Apply, SmallLimit, file =>
        {
            DeviceTreeDocument tree = FlatDeviceTree.Read(file);
            Ps3DeviceTree.CompleteMemory(file.Name, tree.Root, Memory);
            FlatDeviceTree.Write(tree);
        });
    }

    [Fact]
    public void Os_area() => new FuzzRun(output).Run("os-area", new OsArea { LinuxRtcDiffEntry = 1 }.Write(), Mutation.Apply, SmallLimit, file => OsArea.Read(file));

    [Fact]
    public void System_map() => new FuzzRun(output).Run("System.map", [.. "c000000000000000 T _text\nc000000000000060 t hold\n"u8], Mutation.Apply, SmallLimit, file => SymbolTable.ReadSystemMap(file));

    [Fact]
    public void Gzip()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(Plain());
        new FuzzRun(output).Run("gzip", packed.ToArray(), Mutation.Apply, SmallLimit, SameAs(packed.ToArray()));
    }

    [Fact]
    public void Xz() => new FuzzRun(output).Run("xz", XzSample.Bytes(), Mutation.Apply, SmallLimit, SameAs(XzSample.Bytes()));

    // Checksums reject most damage early, so they are corrected here to reach the parser after them.
    [Fact]
    public void Xz_with_right_header_checksums() => new FuzzRun(output).Run("xz-sealed", XzSample.Bytes(), XzSample.DamageAndSeal, SmallLimit, SameAs(XzSample.Bytes()));

    /// <summary>A damaged file that unpacks must unpack to the same bytes.</summary>
    private static Action<ImageFile> SameAs(byte[] packed)
    {
        ReadOnlyMemory<byte> expected = CompressedFile.Unpack(new ImageFile("original", packed), Cap).Bytes;
        return file =>
        {
            if (CompressedFile.Recognises(file.Bytes.Span))
                Assert.True(CompressedFile.Unpack(file, Cap).Bytes.Span.SequenceEqual(expected.Span), "damage went unnoticed");
        };
    }

    private static void Boot(ImageFile file)
    {
        BootImage image = OtherOsImage.Read(file, Memory);
        _ = KernelInfo.Of(image).ToString();
        BootLayout.Arrange(image, new BootRequest());
        if (image.Kind != BootImageKind.FreeBsdLoader)
            BootLayout.Arrange(image, new BootRequest { CommandLine = "quiet", Initrd = new ImageFile(file.Name, new byte[100]) });
    }

    private static byte[] Code()
    {
        byte[] code = new byte[0x800];
        for (int offset = 0x100; offset < 0x400; offset += 4)
            BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(offset), 0x60000000);
        FlatDeviceTree.TryWrite(new DeviceTreeDocument(new DeviceTreeNode("").Set("compatible", "sony,ps3"), []), 0x200)!.CopyTo(code, 0x500);
        return code;
    }

    private static byte[] Wrapper() => new TestElf(false) { Entry = 0x800 }.Segment(0, 0, [.. Code(), .. Code()], 0x2000)
        .Symbol("__system_reset_overlay", 0x800).Symbol("__system_reset_kernel", 0xa00).Build();

    private static byte[] Plain()
    {
        byte[] plain = new byte[20000];
        new Random(2).NextBytes(plain.AsSpan(0, 4000));
        return plain;
    }
}
