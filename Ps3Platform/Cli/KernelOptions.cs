using System.CommandLine;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>Options about what is known of the guest's kernel and what is done when it stops for good.</summary>
internal sealed class KernelOptions
{
    private readonly Option<string?> _symbols = new("--symbols") { Description = "System.map with the symbols of a stripped kernel (.xz, .gz as they are).", HelpName = "FILE" };
    private readonly Option<string> _lockup = new("--lockup") { Description = "When the guest can provably never go on, or has panicked and waits: stop (default) with exit code 4 or 3; report it and run on; off: do not look for it.", HelpName = "off|report|stop", DefaultValueFactory = _ => "stop" };
    private readonly Option<bool> _logBuffer = new("--log-buffer") { Description = "Print the kernel's whole log from guest memory at the end, however the run ends." };

    /// <summary>The options, to be added to a command.</summary>
    public IEnumerable<Option> All => [_symbols, _lockup, _logBuffer];

    /// <summary>The configuration with what these options ask for.</summary>
    public MachineConfig Apply(ParseResult parsed, MachineConfig config) => config with
    {
        Symbols = parsed.GetValue(_symbols) is { } map ? SymbolTable.ReadSystemMap(CompressedFile.Unpack(ImageFile.Read(map))) : null,
        Lockup = parsed.GetValue(_lockup) switch
        {
            "off" => LockupAction.Off,
            "report" => LockupAction.Report,
            "stop" => LockupAction.Stop,
            string text => throw new UsageException($"--lockup {text}: give off, report or stop."),
            null => LockupAction.Stop,
        },
    };

    /// <summary>True when the kernel's log is to be printed in any case.</summary>
    public bool WantsLog(ParseResult parsed) => parsed.GetValue(_logBuffer);
}
