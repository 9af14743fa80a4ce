using System.CommandLine;
using System.CommandLine.Help;

using Ps3Platform.Cli.Commands;
using Ps3Platform.Cli.Completion;
using Ps3Platform.Cli.Guests;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Cli.Spu;
using Ps3Platform.Host.Streams;

namespace Ps3Platform.Cli;

/// <summary>
/// The command line: <c>ps3 boot</c>, <c>ps3 profile</c>, <c>ps3 info</c>, <c>ps3 disasm</c>, <c>ps3 spu</c>, <c>ps3 bench</c>, ...
/// </summary>
public static class Program
{
    /// <summary>Runs one command.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Main(string[] args)
    {
        HostOutput.UseForConsole();
        RootCommand root = CreateRoot();
        return Failures.Guard(() =>
        {
            // ArgumentReader reports mistyped words; the parser's own messages cover the remaining errors.
            ParseResult parsed = root.Parse(new ArgumentReader(root).Read(args),
                new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
            // A missing operand is not an error when help is requested.
            if (parsed.Errors.Count == 0 || parsed.Action is HelpPage)
                return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
                Terminal.Error(error.Message);
            Terminal.Note("\"ps3 help\" lists the commands, \"ps3 help COMMAND\" the options of one.");
            return ExitCode.Usage;
        });
    }

    /// <summary>All commands.</summary>
    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand(
            "A PlayStation 3 that runs OtherOS: a Cell under a simulation of Sony's lv1 hypervisor.\n\n"
            + "  ps3 boot                         the built-in guest, a small kernel that shows what works\n"
            + "  ps3 boot vmlinux --initrd i.gz   a real PS3 Linux kernel\n"
            + "  ps3 run machine.json             the machine that a file describes\n"
            + "  ps3 profile vmlinux -o f.json    the same, and where the guest spent its time\n"
            + "  ps3 info vmlinux                 what a kernel file holds\n"
            + "  ps3 disasm vmlinux start_kernel  its code\n"
            + "  ps3 spu run prog.elf             an SPU program alone, without a kernel\n"
            + "  ps3 bench spu                    how fast the SPEs are here\n"
            + "  ps3 guest build                  builds a Linux with a root disk; \"ps3 boot linux\" boots it\n"
            + "  ps3 flash show flash.bin         the console's settings in its flash\n"
            + "  ps3 completion bash              lets a shell complete all this")
        {
            BootCommand.Create(),
            RunCommand.Create(),
            ProfileCommand.Create(),
            InfoCommand.Create(),
            DisasmCommand.Create(),
            SpuCommand.Create(),
            BenchCommand.Create(),
            GuestCommand.Create(),
            FlashCommand.Create(),
            SchemaCommand.Create(),
        };
        root.Subcommands.Add(CompletionCommand.Create(root));
        root.Directives.Clear();
        root.Options.OfType<HelpOption>().Single().Action = new HelpPage();
        return root;
    }
}
