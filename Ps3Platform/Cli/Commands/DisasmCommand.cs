using System.Buffers.Binary;
using System.CommandLine;

using CellPpe.Ppe.Isa;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Session;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 disasm</c>: disassembles a kernel at an address or a symbol.</summary>
internal static class DisasmCommand
{
    public static Command Create()
    {
        var kernel = new Operand<string>("KERNEL") { Description = "The kernel; \"-\": standard input; \"penguin\": the built-in guest." };
        var start = new Operand<string?>("START")
        {
            Shape = new JsonShape(),
            Description = "Address (0x...) or symbol; nothing: the entry.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var count = new Setting<ulong>("--count", new NumberKind(1, 1 << 28), "Instructions to print.", "32", "-n");
        var map = new Setting<string>(
            "--system-map", new PathKind("FILE"), "System.map with the symbols of a stripped kernel (.xz, .gz as they are).");
        var command = new Command(
            "disasm",
            "Disassemble a kernel's code.\n\n"
            + "Examples:\n"
            + "  ps3 disasm vmlinux\n"
            + "  ps3 disasm vmlinux start_kernel -n 40\n"
            + "  ps3 disasm vmlinux.xz 0xc000000000000100 --system-map System.map.xz\n"
            + "  ps3 disasm penguin kernel_main") { kernel, start, count, map };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            int most = (int)count.Read(parsed);
            SymbolTable? named = map.TryRead(parsed, out string? path)
                ? SymbolTable.ReadSystemMap(CompressedFile.Unpack(InputFiles.Read(path, map.Name, "a System.map"))) : null;
            Guest guest = GuestFiles.Open(parsed.GetValue(kernel));
            BootImage image = OtherOsImage.Read(guest.Kernel, BootRequest.RetailBootMemory);
            SymbolTable symbols = named ?? image.Symbols;
            ulong place = parsed.GetValue(start) is { } text ? KernelPlace.Resolve(text, image, symbols, map.Name) : image.Thread0.Pc.Value;
            Print(image, symbols, place, most);
            return ExitCode.Success;
        }));
        return command;
    }

    private static void Print(BootImage image, SymbolTable symbols, ulong start, int count)
    {
        string? last = null;
        for (int index = 0; index < count; index++)
        {
            ulong address = start + (4 * (ulong)index);
            if (!TryFetch(image, address, out uint word))
            {
                if (index == 0)
                    throw new UsageException($"0x{address:x} lies in no segment of {image.File.Name}; \"ps3 info\" lists them.");
                return;
            }

            string? symbol = symbols.Describe(address);
            string? function = symbol?.Split('+')[0];
            if (function is not null && function != last)
                Console.WriteLine($"{(last is null ? "" : "\n")}{symbol}:");
            last = function ?? last;
            Console.WriteLine($"{address:x16}:  {word:x8}  {PpuDisassembler.Disassemble(word, address)}");
        }
    }

    // Kernels are linked at 0xc000000000000000 and loaded at 0: both kinds of address name the same bytes.
    private static bool TryFetch(BootImage image, ulong address, out uint word)
    {
        const ulong KernelBase = 0xc000_0000_0000_0000;
        ulong physical = address >= KernelBase ? address - KernelBase : address;
        foreach (BootSegment segment in image.Segments)
        {
            ulong offset = physical - segment.Address.Value;
            if (offset < (ulong)segment.Bytes.Length && (ulong)segment.Bytes.Length - offset >= 4)
            {
                word = BinaryPrimitives.ReadUInt32BigEndian(segment.Bytes.Span[(int)offset..]);
                return true;
            }
        }

        word = 0;
        return false;
    }
}
