using System.CommandLine;

using CellPpe.Ppe.Execution;

using Ps3Platform.Cli.Options;

using SpuRuntime.Execution;

namespace Ps3Platform.Cli.Spu;

/// <summary>The options that say how SPU instructions are run.</summary>
/// <param name="beside">
/// The option that says it for the PPE, where there is one: SPUs follow it, unless --spu-engine says otherwise. Else SPUs are all there
/// is, and have --engine for themselves.
/// </param>
internal sealed class SpuEngineChoice(Setting<PpuEngine>? beside = null)
{
    private static readonly ChoiceKind<SpuEngine> Engines = new(("auto", SpuEngine.Auto), ("interpreter", SpuEngine.Interpreter), ("compiled", SpuEngine.Compiled));

    private readonly Setting<SpuEngine> _engine = beside is null
        ? new("--engine", Engines, "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.", "auto")
        : new("--spu-engine", Engines, "The same for the SPEs' programs; like --engine if not given.");

    private readonly Setting<SpuFloatMode> _float = new(
        "--spu-float", new ChoiceKind<SpuFloatMode>(("exact", SpuFloatMode.Exact), ("relaxed", SpuFloatMode.Relaxed)),
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
    public SpuEngine ReadEngine(ParseResult parsed)
    {
        if (_engine.TryRead(parsed, out SpuEngine own))
            return own;
        return beside?.Read(parsed) switch
        {
            PpuEngine.Interpreter => SpuEngine.Interpreter,
            PpuEngine.Compiled => SpuEngine.Compiled,
            _ => SpuEngine.Auto,
        };
    }

    /// <summary>The arithmetic.</summary>
    /// <exception cref="UsageException">It is chosen for compiled code, and nothing is compiled.</exception>
    public SpuFloatMode ReadMode(ParseResult parsed)
    {
        SpuFloatMode mode = _float.Read(parsed);
        return mode == SpuFloatMode.Exact || ReadEngine(parsed) != SpuEngine.Interpreter ? mode
            : throw _float.Refuse(parsed, "has no effect on the interpreter, which is always exact; leave it out, or choose another engine");
    }

    /// <summary>The code that SPEs share, or null where everything is interpreted. The caller disposes of it.</summary>
    public SpuCodeCache? Read(ParseResult parsed) => SpuCodeCache.Create(ReadEngine(parsed), ReadMode(parsed));
}
