using System.IO.Compression;
using CellPpe.Core;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.DeviceTree;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Loaders.Inspection;
using Xunit;

namespace Loaders.Tests;

/// <summary>Reads and arranges real kernels.</summary>
public class GuestTests
{
    private const ulong Memory = 128 << 20;

    [SkippableTheory]
    [InlineData("vmlinux-6.1-ps3.xz")]
    [InlineData("vmlinux-6.1-ps3-debug.xz")]
    [InlineData("vmlinux-6.1-multi.xz")]
    public void A_real_kernel_is_recognised_and_described(string name)
    {
        BootImage image = OtherOsImage.Read(Guests.Open(name), Memory);
        KernelInfo info = KernelInfo.Of(image);

        Assert.Equal(BootImageKind.Vmlinux, info.Kind);
        Assert.Equal(("xz", "ELF64"), (info.Packing, info.Format));
        Assert.Equal(0UL, info.Entry.Value);
        Assert.Equal(0x60UL, info.SecondaryEntry!.Value.Value);
        Assert.StartsWith("Linux version 6.1", info.LinuxVersion);
        Assert.Equal(40, info.BuildId!.Length);
        Assert.Contains("CONFIG_PPC_PS3=y", info.Options);
        Assert.Contains($"file           {name} (unpacked)", info.ToString());
    }

    [SkippableFact]
    public void A_real_kernel_fits_with_its_initrd()
    {
        BootImage image = OtherOsImage.Read(Guests.Open("vmlinux-6.1-ps3-debug.xz"), Memory);
        ImageFile initrd = Guests.Open("initramfs.cpio.gz");

        BootPlan plan = BootLayout.Arrange(image, new BootRequest { Initrd = initrd, CommandLine = "console=hvc0" });
        using GuestMemory memory = OtherOsImageTests.Place(plan);

        Assert.Equal(2, plan.Threads.Count);
        Assert.Equal("console=hvc0", OtherOsImageTests.TreeAt(memory, plan.Threads[0].R3).Root.Child("chosen")!.FindString("bootargs"));
        byte[] start = new byte[2];
        Assert.True(memory.TryRead(plan.Initrd!.Value.Start, start));
        Assert.Equal([0x1f, 0x8b], start);
    }

    [SkippableFact]
    public void A_real_wrapper_becomes_what_the_kernels_script_makes_of_it()
    {
        ImageFile elf = CompressedFile.Unpack(Guests.Open("dtbImage-6.1.ps3.xz"));
        BootImage image = OtherOsImage.Read(elf, Memory);
        using GuestMemory memory = OtherOsImageTests.Place(BootLayout.Arrange(image, new BootRequest()));

        byte[] expected = FlattenWithBinutils(elf);
        byte[] actual = new byte[expected.Length];
        Assert.True(memory.TryRead(default, actual));
        Assert.True(expected.AsSpan().SequenceEqual(actual), "objcopy and dd give other bytes");

        // And the flat form, gzipped as otheros.bld, leads to the same memory.
        BootImage flat = OtherOsImage.Read(new ImageFile("otheros.bld", Gzip(expected)), Memory);
        Assert.Equal((BootImageKind.Flat, "gzip"), (flat.Kind, flat.Packing));
        using GuestMemory flatMemory = OtherOsImageTests.Place(BootLayout.Arrange(flat, new BootRequest()));
        Assert.True(flatMemory.TryRead(default, actual));
        Assert.True(expected.AsSpan().SequenceEqual(actual), "the flat image gives other bytes");
        Assert.StartsWith("Linux version 6.1", KernelInfo.Of(flat).LinuxVersion);
    }

    [SkippableFact]
    public void A_real_wrapper_takes_a_command_line_and_an_initrd_in_both_forms()
    {
        ImageFile elf = CompressedFile.Unpack(Guests.Open("dtbImage-6.1.ps3.xz"));
        BootImage wrapper = OtherOsImage.Read(elf, Memory);
        KernelInfo info = KernelInfo.Of(wrapper);
        Assert.NotNull(info.EmbeddedTree);
        Assert.True(info.Symbols > 100);
        var request = new BootRequest { CommandLine = "video=ps3fb:mode:3", Initrd = new ImageFile("rd", new byte[1000]) };

        BootPlan plan = BootLayout.Arrange(wrapper, request);
        using GuestMemory memory = OtherOsImageTests.Place(plan);
        Assert.True(new SymbolTable(wrapper.Executable!.Symbols).TryFind("cmdline", out ElfSymbol cmdline));
        Assert.Equal(0x76696465U, OtherOsImageTests.Word(memory, cmdline.Address));
        DeviceTreeNode chosen = OtherOsImageTests.TreeAt(memory, info.EmbeddedTree!.Value.Start.Value).Root.Child("chosen")!;
        Assert.NotNull(chosen.Find("linux,initrd-start"));

        BootImage flat = OtherOsImage.Read(new ImageFile("flat.bin", FlattenWithBinutils(elf)), Memory);
        using GuestMemory flatMemory = OtherOsImageTests.Place(BootLayout.Arrange(flat, request));
        chosen = OtherOsImageTests.TreeAt(flatMemory, info.EmbeddedTree!.Value.Start.Value).Root.Child("chosen")!;
        Assert.Equal("video=ps3fb:mode:3", chosen.FindString("bootargs"));
    }

    [SkippableFact]
    public void A_real_system_map_names_addresses()
    {
        SymbolTable map = SymbolTable.ReadSystemMap(CompressedFile.Unpack(Guests.Open("System.map-6.1-ps3.xz")));

        Assert.True(map.Count > 10000);
        Assert.True(map.TryFind("start_kernel", out ElfSymbol start));
        Assert.Equal("start_kernel+0x8", map.Describe(start.Address + 8));
    }

    /// <summary>The last step of arch/powerpc/boot/wrapper for ps3: objcopy, then the two copies of 512 bytes.</summary>
    private static byte[] FlattenWithBinutils(ImageFile elf)
    {
        string folder = Directory.CreateTempSubdirectory("loaders-").FullName;
        try
        {
            string input = Path.Combine(folder, "in");
            string output = Path.Combine(folder, "out");
            File.WriteAllBytes(input, elf.Bytes.ToArray());
            Tool.Run("powerpc64-linux-gnu-objcopy", [], "-O", "binary", input, output);
            byte[] flat = File.ReadAllBytes(output);
            IReadOnlyList<ElfSymbol> symbols = new ElfReader().Read(elf, Memory).Symbols;
            int overlay = (int)symbols.Single(symbol => symbol.Name == "__system_reset_overlay").Address;
            int saved = (int)symbols.Single(symbol => symbol.Name == "__system_reset_kernel").Address;
            flat.AsSpan(0x100, 512).CopyTo(flat.AsSpan(saved));
            flat.AsSpan(overlay, 512).CopyTo(flat.AsSpan(0x100));
            return flat;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
            gzip.Write(plain);
        return output.ToArray();
    }
}
