using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration;

using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

namespace Ps3Platform.Cli.Spu;

/// <summary>The options that say how SPU instructions are run by commands where SPUs are all there is.</summary>
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

    /// <summary>The option that chooses the engine alone.</summary>
    public Option Engine => _engine;

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>The engine.</summary>
    public SpuEngine ReadEngine(ParseResult parsed) => _engine.Read(parsed);

    /// <summary>The arithmetic.</summary>
    /// <exception cref="UsageException">It is chosen for compiled code, and nothing is compiled.</exception>
    public SpuFloatMode ReadMode(ParseResult parsed)
    {
        SpuFloatMode mode = _float.Read(parsed);
        return mode == SpuFloatMode.Exact || ReadEngine(parsed) != SpuEngine.Interpreter ? mode
            : throw _float.Refuse(parsed, OptionRules.NoEffectInterpreted);
    }

    /// <summary>The code that SPEs share, or null where everything is interpreted. The caller disposes of it.</summary>
    public SpuCodeCache? Read(ParseResult parsed) => SpuCodeCache.Create(ReadEngine(parsed), ReadMode(parsed));
}
