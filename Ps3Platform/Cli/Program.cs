using System.CommandLine;

using Ps3Platform.Cli.Spu;

namespace Ps3Platform.Cli;

/// <summary>The command line: <c>ps3 boot</c>, <c>ps3 profile</c>, <c>ps3 info</c>, <c>ps3 disasm</c>, <c>ps3 spu</c>, <c>ps3 bench</c>.</summary>
public static class Program
{
    /// <summary>Runs one command.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Main(string[] args)
    {
        var root = new RootCommand(
            "A PlayStation 3 that runs OtherOS: a Cell PPE under a simulation of Sony's lv1 hypervisor.\n\n"
            + "  ps3 boot                         the built-in guest, a small kernel that shows what works\n"
            + "  ps3 boot vmlinux --initrd i.gz   a real PS3 Linux kernel\n"
            + "  ps3 profile vmlinux -o f.json    the same, and where the guest spent its time\n"
            + "  ps3 info vmlinux                 what a kernel file holds\n"
            + "  ps3 disasm vmlinux start_kernel  its code\n"
            + "  ps3 spu run prog.elf             an SPU program alone, without a kernel\n"
            + "  ps3 bench spu                    how fast the SPEs are here")
        {
            BootCommand.Create(),
            ProfileCommand.Create(),
            InfoCommand.Create(),
            DisasmCommand.Create(),
            SpuCommand.Create(),
            BenchCommand.Create(),
        };
        return Failures.Guard(() =>
        {
            ParseResult parsed = root.Parse(ProgramOperands.Separate(root, args));
            if (parsed.Errors.Count == 0)
                return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
                Terminal.Error(error.Message);
            string name = parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ";
            Terminal.Note($"\"ps3 {name}--help\" lists the options.");
            return ExitCode.Usage;
        });
    }
}
