using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

namespace Ps3Platform.Cli.Spu;

/// <summary>The engine options of commands that run SPUs without a PPE.</summary>
internal sealed class SpuEngineChoice
{
    private readonly Setting<SpuEngine> _engine = new(
        "--engine", MachineSchema.SpuEngines,
        "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.", "auto");

    private readonly Setting<SpuFloatMode> _float = new(
        "--spu-float", MachineSchema.SpuFloats,
        "Single precision of compiled SPU code. exact: as the SPU manual defines it, to the bit. relaxed: as the host does it.", "exact");

    /// <summary>The options, for a command.</summary>
    public IReadOnlyList<Option> All => [_engine, _float];

    /// <summary>The option that selects the engine.</summary>
    public Option Engine => _engine;

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>The engine.</summary>
    public SpuEngine ReadEngine(ParseResult parsed) => _engine.Read(parsed);

    /// <summary>The arithmetic.</summary>
    /// <exception cref="UsageException">Relaxed arithmetic is selected for an engine that does not compile.</exception>
    public SpuFloatMode ReadMode(ParseResult parsed)
    {
        SpuFloatMode mode = _float.Read(parsed);
        return mode == SpuFloatMode.Exact || ReadEngine(parsed) != SpuEngine.Interpreter ? mode
            : throw _float.Refuse(parsed, OptionRules.NoEffectInterpreted);
    }

    /// <summary>The compiled code that SPEs share, or null for the interpreter. The caller disposes of it.</summary>
    public SpuCodeCache? Read(ParseResult parsed) => SpuCodeCache.Create(ReadEngine(parsed), ReadMode(parsed));
}
