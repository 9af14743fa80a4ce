using System.CommandLine;

using Ps3Platform.Cli.Files;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 spu</c>: programs for an SPU alone, without a kernel.</summary>
internal static class SpuCommand
{
    public static Command Create() => new(
        "spu",
        "Run, list and trace programs for an SPU, without a kernel.\n\n"
        + "A program is what spu-elf-gcc links. Give it -mstdmain for a main that has arguments.\n\n"
        + "Examples:\n"
        + "  spu-elf-gcc -O2 -mstdmain hello.c -o hello.elf\n"
        + "  ps3 spu run hello.elf one two\n"
        + "  ps3 spu disasm hello.elf main\n"
        + "  ps3 spu trace --from main --count 50 hello.elf")
    {
        SpuRunCommand.Create(),
        SpuDisasmCommand.Create(),
        SpuTraceCommand.Create(),
    };

    /// <summary>Reads a program, packed or not.</summary>
    public static SpuProgram Open(string path)
    {
        const string Wanted = "an SPU program, as spu-elf-gcc links it";
        return SpuProgram.Read(CompressedFile.Unpack(path == InputFiles.StandardInput ? InputFiles.ReadStandardInput(Wanted) : InputFiles.Read(path, option: null, Wanted)));
    }

    /// <summary>An address (0x...) or the name of a symbol.</summary>
    public static uint Resolve(SpuProgram program, string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out uint address)
            && address < SpuProgram.LocalStoreSize)
        {
            return address & ~3u;
        }

        if (program.Symbols.TryFind(text, out ElfSymbol symbol))
            return (uint)symbol.Address;
        string hint = program.Symbols.Count == 0 ? "the program is stripped: link it without -s, or give an address (0x0 to 0x3ffff)" : "give another, or an address (0x0 to 0x3ffff)";
        throw new UsageException($"{text}: no such symbol in {program.Image.File.Name}; {hint}.");
    }
}
