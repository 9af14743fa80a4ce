using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 spu disasm</c>: disassembles a program in the format of objdump -d.</summary>
internal static class SpuDisasmCommand
{
    private const ulong Executable = 4;
    private const uint WordSize = 4;
    private const int DefaultCount = 32;

    public static Command Create()
    {
        var program = new Operand<string>("PROGRAM") { Description = "An SPU program, as spu-elf-gcc links it." };
        var start = new Operand<string?>("START")
        {
            Shape = new JsonShape(),
            Description = "Address (0x...) or symbol; nothing: every section with code.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var count = new Setting<ulong>("--count", new NumberKind(1, int.MaxValue),
            $"Instructions to print; from START on {DefaultCount}, or all of a function whose size is known.", null, "-n");
        var section = new Setting<string>("--section", new TextKind("NAME"), "Only this section, whatever it holds.", null, "-j");
        var command = new Command(
            "disasm",
            "Disassemble an SPU program, as \"spu-elf-objdump -d\" does.\n\n"
            + "Examples:\n"
            + "  ps3 spu disasm hello.elf               all code\n"
            + "  ps3 spu disasm hello.elf main          one function\n"
            + "  ps3 spu disasm hello.elf 0x170 -n 8    from an address on\n"
            + "  ps3 spu disasm -j .init hello.elf      a section")
        {
            program, start, count, section,
        };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            int? most = count.TryRead(parsed, out ulong given) ? (int)given : null;
            string? name = section.TryRead(parsed, out string? named) ? named : null;
            if (parsed.GetValue(start) is { } both && name is not null)
                throw new UsageException($"{both}: has no effect with --section {name}; leave one of the two out.");
            SpuProgram opened = SpuProgramFile.Open(parsed.GetValue(program)!);
            if (parsed.GetValue(start) is { } from)
                PrintFrom(opened, SpuProgramFile.Resolve(opened, from), most);
            else
                PrintSections(opened, name, most ?? int.MaxValue);
            return ExitCode.Success;
        }));
        return command;
    }

    private static void PrintFrom(SpuProgram program, uint start, int? count)
    {
        ulong size = program.Symbols.All.FirstOrDefault(symbol => symbol.Address == start && symbol.Size > 0).Size;
        int printed = Print(program, start, (uint)(count ?? (size > 0 ? (int)(size / WordSize) : DefaultCount)) * WordSize);
        if (printed == 0)
            throw new UsageException($"0x{start:x} lies in no segment of {program.Image.File.Name}.");
    }

    private static void PrintSections(SpuProgram program, string? name, int most)
    {
        ElfSection[] sections = [.. program.Image.Sections.Where(
            section => name is null ? (section.Flags & Executable) != 0 && section.Size > 0 : section.Name == name)];
        if (sections.Length == 0 && name is not null)
            throw new UsageException(
                $"--section {name}: {program.Image.File.Name} has "
                + $"{string.Join(", ", program.Image.Sections.Where(static one => one.Name.Length > 0).Select(static one => one.Name))}.");
        foreach (ElfSection section in sections)
        {
            Console.WriteLine($"\nDisassembly of section {section.Name}:");
            most -= Print(program, (uint)section.Address, (uint)Math.Min(section.Size, (ulong)most * WordSize));
        }

        // A program without sections is disassembled by its executable segments.
        foreach (ElfSegment segment in sections.Length == 0 ? program.Image.Segments.Where(static one => one.Executable) : [])
            most -= Print(program, (uint)segment.VirtualAddress, (uint)Math.Min((ulong)segment.Bytes.Length, (ulong)most * WordSize));
    }

    private static int Print(SpuProgram program, uint start, uint size)
    {
        var listing = new SpuListing(program.Symbols);
        int printed = 0;
        for (uint address = start; address < start + (ulong)size && program.TryFetch(address, out uint word); address += WordSize)
        {
            if (listing.Heading(address) is { } heading)
                Console.WriteLine($"\n{heading}");
            Console.WriteLine(listing.Line(address, word));
            printed++;
        }

        return printed;
    }
}
