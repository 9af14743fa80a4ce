using System.CommandLine;

using Microsoft.Extensions.Logging;

using Ps3Platform.Devices.Video;
using Ps3Platform.Loaders;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary><c>ps3 boot</c>: its options, and from them a machine that is run to its end.</summary>
internal static class BootCommand
{
    public static Command Create()
    {
        var kernel = new Argument<string?>("KERNEL")
        {
            Description = "vmlinux (ELF64), dtbImage.ps3 (ELF32 with boot wrapper) or otheros.bld; .gz and .xz are unpacked. "
                + "\"linux\" is what firmware-stubs/linux/build.sh built. Nothing: the built-in guest.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var initrd = new Option<string?>("--initrd") { Description = "Initial RAM disk to place beside the kernel (used as it is).", HelpName = "FILE" };
        var append = new Option<string?>("--append") { Description = "Kernel command line, for instance \"console=hvc0 shell\".", HelpName = "TEXT" };
        var tree = new Option<string?>("--dtb") { Description = "Device tree blob in place of the generated one.", HelpName = "FILE" };
        var memory = new Option<string>("--memory", "-m") { Description = "Memory of the partition: up to 128M as boot memory, the rest through lv1_allocate_memory.", HelpName = "SIZE", DefaultValueFactory = _ => "256M" };
        var cpus = new Option<int>("--cpus", "--smp") { Description = "Hardware threads of the PPE: 1 or 2.", HelpName = "N", DefaultValueFactory = _ => 2 };
        var clock = new Option<string>("--clock") { Description = "host: guest time follows the host. instructions: time advances with instructions, and the same run gives the same states.", HelpName = "host|instructions", DefaultValueFactory = _ => "host" };
        var video = new Option<string>("--video") { Description = "Picture size the monitor asks for: 480p, 720p or 1080p.", HelpName = "MODE", DefaultValueFactory = _ => "720p" };
        var screenshot = new Option<string?>("--screenshot") { Description = "Write the screen to this PNG file when the machine stops.", HelpName = "FILE" };
        var every = new Option<string?>("--screenshot-every") { Description = "Also write it every TIME of guest time, as FILE-001.png and so on.", HelpName = "TIME" };
        var timeout = new Option<string?>("--timeout") { Description = "Stop after this much host time, with exit code 124.", HelpName = "TIME" };
        var instructions = new Option<ulong?>("--instructions") { Description = "Stop after this many instructions, with exit code 124.", HelpName = "N" };
        var noReboot = new Option<bool>("--no-reboot") { Description = "Stop with exit code 5 when the guest restarts, instead of restarting." };
        var stats = new Option<bool>("--stats") { Description = "Print instructions, speed and counts at the end." };
        var hash = new Option<bool>("--state-hash") { Description = "Print a hash of registers, page table, time and memory at the end." };
        var audit = new Option<bool>("--audit") { Description = "Print how often each hypercall was made, and the last calls, at the end." };
        var fixups = new Option<string>("--fixups") { Description = "auto: repair known faults of guest kernels that keep them from booting on a console too, and say so. none: boot them as they are.", HelpName = "auto|none", DefaultValueFactory = _ => "auto" };
        var log = new Option<string>("--log") { Description = "Least severe messages to print: debug, info, warning, error, none.", HelpName = "LEVEL", DefaultValueFactory = _ => "warning" };

        var command = new Command(
            "boot",
            "Boot a guest. Its console goes to standard output; messages go to standard error.\n\n"
            + "Ctrl-C presses the power button; a second Ctrl-C stops the machine at once.\n\n"
            + "Exit codes: 0 powered off, 2 unusable file or option, 3 guest panic, 4 guest locked up, 5 restart (--no-reboot),\n"
            + "124 time or instruction limit, 130 Ctrl-C.\n\n"
            + "Examples:\n"
            + "  ps3 boot\n"
            + "  ps3 boot vmlinux.xz --initrd initramfs.cpio.gz --append console=hvc0\n"
            + "  ps3 boot vmlinux --video 1080p --screenshot penguins.png --timeout 2m\n"
            + "  ps3 boot --clock instructions --state-hash")
        {
            kernel, initrd, append, tree, memory, cpus, clock, video, screenshot, every, timeout, instructions, noReboot, stats, hash, audit, fixups, log,
        };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            using ILoggerFactory loggers = CreateLoggers(parsed.GetValue(log)!);
            ulong size = Values.Size(parsed.GetValue(memory)!, "--memory");
            CheckMemory(size, parsed.GetValue(memory)!);
            int threads = parsed.GetValue(cpus);
            if (threads is < 1 or > 2)
                throw new UsageException($"--cpus {threads}: a PPE has two hardware threads; give 1 or 2.");
            if (!VideoMode.TryParse(parsed.GetValue(video)!, out VideoMode? mode))
                throw new UsageException($"--video {parsed.GetValue(video)}: give one of {string.Join(", ", VideoMode.All.Select(known => known.Name))}.");

            if (Path.GetDirectoryName(parsed.GetValue(screenshot)) is { Length: > 0 } folder && !Directory.Exists(folder))
                throw new UsageException($"--screenshot {parsed.GetValue(screenshot)}: there is no folder {folder}; make it first.");

            Guest guest = GuestFiles.Open(parsed.GetValue(kernel));
            string? initrdPath = parsed.GetValue(initrd) ?? guest.Initrd;
            using var console = new GuestConsole(Console.OpenStandardOutput());
            var config = new MachineConfig
            {
                Kernel = ReadKernel(guest.Kernel, size, parsed.GetValue(fixups)!),
                Initrd = initrdPath is null ? null : ImageFile.Read(initrdPath),
                DeviceTree = parsed.GetValue(tree) is { } path ? ImageFile.Read(path) : null,
                CommandLine = parsed.GetValue(append) ?? guest.CommandLine,
                MemorySize = size,
                Threads = threads,
                Clock = ParseClock(parsed.GetValue(clock)!),
                Video = mode,
                Console = console.Write,
                Loggers = loggers,
            };
            return new BootSession(config, console, new BootReport
            {
                Screenshot = parsed.GetValue(screenshot),
                ScreenshotEvery = parsed.GetValue(every) is { } period ? Values.Time(period, "--screenshot-every") : null,
                Timeout = parsed.GetValue(timeout) is { } limit ? Values.Time(limit, "--timeout") : null,
                Instructions = parsed.GetValue(instructions),
                NoReboot = parsed.GetValue(noReboot),
                Stats = parsed.GetValue(stats),
                StateHash = parsed.GetValue(hash),
                Audit = parsed.GetValue(audit),
            }).Run();
        }));
        return command;
    }

    private static void CheckMemory(ulong size, string text)
    {
        const ulong Granule = 16UL << 20;
        const ulong Smallest = 32UL << 20;
        const ulong Largest = 2UL << 30;
        if (size is < Smallest or > Largest || size % Granule != 0)
            throw new UsageException($"--memory {text}: give a multiple of 16M from 32M to 2G; a console has 256M.");
    }

    private static BootImage ReadKernel(ImageFile file, ulong memory, string fixups)
    {
        BootImage image = OtherOsImage.Read(file, Math.Min(BootRequest.RetailBootMemory, memory));
        if (fixups == "none")
            return image;
        if (fixups != "auto")
            throw new UsageException($"--fixups {fixups}: give auto or none.");
        image = KernelFixups.Apply(image, out IReadOnlyList<KernelFixup> applied);
        foreach (KernelFixup fixup in applied)
            Terminal.Note($"fix-up at 0x{fixup.Address.Value:x}: {fixup.Reason}");
        return image;
    }

    private static ClockMode ParseClock(string text) => text switch
    {
        "host" => ClockMode.Host,
        "instructions" => ClockMode.Instructions,
        _ => throw new UsageException($"--clock {text}: give host or instructions."),
    };

    private static ILoggerFactory CreateLoggers(string level)
    {
        LogLevel least = level switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "none" => LogLevel.None,
            _ => throw new UsageException($"--log {level}: give debug, info, warning, error or none."),
        };
        return LoggerFactory.Create(builder => builder.SetMinimumLevel(least).AddProvider(new TerminalLoggerProvider()));
    }
}
