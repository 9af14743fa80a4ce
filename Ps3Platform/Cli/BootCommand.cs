using System.CommandLine;

namespace Ps3Platform.Cli;

/// <summary><c>ps3 boot</c>: a machine that is run to its end.</summary>
internal static class BootCommand
{
    public static Command Create()
    {
        var options = new BootOptions();
        var command = new Command(
            "boot",
            "Boot a guest. Its console goes to standard output; messages go to standard error.\n\n"
            + "Ctrl-C presses the power button; a second Ctrl-C stops the machine at once.\n\n"
            + "Exit codes: 0 powered off, 2 unusable file or option, 3 guest panic, 4 guest locked up for ever, 5 restart (--no-reboot),\n"
            + "124 time or instruction limit, 130 Ctrl-C.\n\n"
            + "Examples:\n"
            + "  ps3 boot\n"
            + "  ps3 boot vmlinux.xz --initrd initramfs.cpio.gz --append console=hvc0\n"
            + "  ps3 boot vmlinux --video 1080p --screenshot penguins.png --timeout 2m\n"
            + "  ps3 boot --clock instructions --state-hash");
        options.AddTo(command);
        command.SetAction(parsed => Failures.Guard(() => options.Run(parsed)));
        return command;
    }
}
