using System.Globalization;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Cli.Spu;

/// <summary>Reads the SPU program that a command line names, and finds addresses in it.</summary>
internal static class SpuProgramFile
{
    /// <summary>Reads a program, which may be compressed.</summary>
    public static SpuProgram Open(string path)
    {
        const string Wanted = "an SPU program, as spu-elf-gcc links it";
        ImageFile file = path == InputFiles.StandardInput
            ? InputFiles.ReadStandardInput(Wanted) : InputFiles.Read(path, option: null, Wanted);
        return SpuProgram.Read(CompressedFile.Unpack(file));
    }

    /// <summary>An address (0x...) or the name of a symbol.</summary>
    public static uint Resolve(SpuProgram program, string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint address)
            && address < SpuProgram.LocalStoreSize)
        {
            return address & ~3u;
        }

        if (program.Symbols.TryFind(text, out ElfSymbol symbol))
            return (uint)symbol.Address;
        string hint = program.Symbols.Count == 0
            ? "the program is stripped: link it without -s, or give an address (0x0 to 0x3ffff)"
            : "give another, or an address (0x0 to 0x3ffff)";
        throw new UsageException($"{text}: no such symbol in {program.Image.File.Name}; {hint}.");
    }
}
