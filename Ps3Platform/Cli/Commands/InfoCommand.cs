using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Session;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Inspection;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 info</c>: describes a kernel file.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var kernel = new Operand<string?>(
            "KERNEL")
        { Description = "The kernel; \"-\": standard input; nothing: the built-in guest.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("info",
            "Print a kernel's format, entry, segments, Linux version, build id and options.\n\nExample:\n  ps3 info vmlinux.xz") { kernel };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            Guest guest = GuestFiles.Open(parsed.GetValue(kernel));
            foreach (string line in KernelInfo.Of(OtherOsImage.Read(guest.Kernel, BootRequest.RetailBootMemory)).ToLines())
                Console.WriteLine(line);
            return ExitCode.Success;
        }));
        return command;
    }
}
