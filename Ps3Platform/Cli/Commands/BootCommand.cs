using System.CommandLine;

using Ps3Platform.Cli.Session;
using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 boot</c>: runs a machine until it ends.</summary>
internal static class BootCommand
{
    public static Command Create()
    {
        var options = new BootOptions();
        var command = new Command(
            "boot",
            "Boot a guest. Its console goes to standard output; messages go to standard error.\n\n"
            + "On a terminal a kernel has a serial port there (ttyUSB0 in Linux; console=ttyUSB0 makes it a console), and every key goes "
            + "to it: Ctrl-A x ends the machine, Ctrl-A c leads to the monitor and back, Ctrl-A h lists more. --serial null prevents "
            + "it.\n\n"
            + "Elsewhere Ctrl-C presses the power button; a second Ctrl-C stops the machine at once. SIGTERM and SIGHUP press it too, and "
            + "stop the machine if the guest is not off after 5 s. Whatever was asked for is written all the same.\n\n"
            + "Exit codes: 0 powered off, 2 unusable file or option, 3 guest panic, 4 guest locked up for ever, 5 restart (--no-reboot), "
            + "6 an output could not be written, 8 a dialogue (--expect) failed, 124 time or instruction limit, 129 SIGHUP, 130 Ctrl-C, "
            + "141 console output closed, 143 SIGTERM.\n\n"
            + "QEMU's -kernel, -initrd, -append, -m, -smp, -nographic and the like are understood.\n\n"
            + "Examples:\n"
            + "  ps3 boot\n"
            + "  ps3 boot vmlinux.xz --initrd initramfs.cpio.gz --append console=hvc0\n"
            + "  ps3 boot linux\n"
            + "  ps3 boot vmlinux --append console=ttyUSB0 --expect check.expect\n"
            + "  ps3 boot vmlinux --video 1080p --screenshot penguins.png --timeout 2m\n"
            + "  xz -dc vmlinux.xz | ps3 boot -\n"
            + "  ps3 boot --clock instructions --state-hash\n"
            + "  ps3 boot --config console.json --memory 512M");
        options.AddTo(command);
        command.SetAction(parsed => Failures.Guard(() => options.Run(parsed)));
        return command;
    }
}
