using System.CommandLine;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine;

namespace Ps3Platform.Cli;

/// <summary>Options about what is known of the guest's kernel and what is done when it stops for good.</summary>
internal sealed class KernelOptions
{
    private readonly Setting<string> _symbols = new(
        "--symbols", new TextKind("FILE"), "System.map with the symbols of a stripped kernel (.xz, .gz as they are).");
    private readonly Setting<LockupAction> _lockup = new(
        "--lockup",
        new ChoiceKind<LockupAction>(("off", LockupAction.Off), ("report", LockupAction.Report), ("stop", LockupAction.Stop)),
        "When the guest can provably never go on, or has panicked and waits: stop with exit code 4 or 3; report it and run on; off: do not "
        + "look for it.",
        "stop");
    private readonly Flag _logBuffer = new("--log-buffer", "Print the kernel's whole log from guest memory at the end, however the run ends.");

    private readonly Setting<string> _break = new(
        "--break", new TextKind("PLACE"),
        "Stop with exit code 7 before the instruction at an effective address (0x...) or symbol of the kernel, and say where. Linux runs at its "
        + "symbols' addresses once it has turned translation on.");

    /// <summary>The options, to be added to a command.</summary>
    public IEnumerable<Option> All => [_symbols, _lockup, _logBuffer, _break];

    /// <summary>The configuration with what these options ask for.</summary>
    /// <exception cref="UsageException">The file cannot be used, or a value is wrong.</exception>
    public MachineConfig Apply(ParseResult parsed, MachineConfig config) => config with
    {
        Symbols = _symbols.TryRead(parsed, out string? map)
            ? SymbolTable.ReadSystemMap(CompressedFile.Unpack(InputFiles.Read(map, _symbols.Name, "a System.map"))) : null,
        Lockup = _lockup.Read(parsed),
    };

    /// <summary>Where the run is to be stopped; null: nowhere.</summary>
    /// <exception cref="UsageException">There is no such place.</exception>
    public ulong? ReadBreak(ParseResult parsed, MachineConfig config)
    {
        if (!_break.TryRead(parsed, out string? place))
            return null;
        ulong address = KernelPlace.Resolve(place, config.Kernel, config.Symbols ?? config.Kernel.Symbols, _symbols.Name);
        return (address & 3) == 0 ? address : throw _break.Refuse(parsed, "instructions stand at multiples of 4");
    }

    /// <summary>True when the kernel's log is to be printed in any case.</summary>
    public bool WantsLog(ParseResult parsed) => parsed.GetValue(_logBuffer);
}
