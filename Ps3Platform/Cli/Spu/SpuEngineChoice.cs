using System.CommandLine;

using SpuRuntime.Execution;

namespace Ps3Platform.Cli.Spu;

/// <summary>The options that say how SPU instructions are run.</summary>
/// <param name="beside">
/// The option that says it for the PPE, where there is one: SPUs follow it, unless --spu-engine says otherwise. Else SPUs are all there
/// is, and have --engine for themselves.
/// </param>
internal sealed class SpuEngineChoice(Option<string>? beside = null)
{
    private readonly Option<string?> _engine = beside is null
        ? new("--engine") { Description = "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.", HelpName = "auto|interpreter|compiled", DefaultValueFactory = _ => "auto" }
        : new("--spu-engine") { Description = "The same for the SPEs' programs; like --engine if not given.", HelpName = "auto|interpreter|compiled" };
    private readonly Option<string> _float = new("--spu-float") { Description = "Single precision of compiled SPU code. exact: as the SPU manual defines it, to the bit. relaxed: as the host does it.", HelpName = "exact|relaxed", DefaultValueFactory = _ => "exact" };

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
    public SpuEngine ReadEngine(ParseResult parsed) => (parsed.GetValue(_engine) ?? (beside is null ? null : parsed.GetValue(beside))) switch
    {
        "auto" or null => SpuEngine.Auto,
        "interpreter" => SpuEngine.Interpreter,
        "compiled" => SpuEngine.Compiled,
        string other => throw new UsageException($"{_engine.Name} {other}: give auto, interpreter or compiled."),
    };

    /// <summary>The arithmetic.</summary>
    public SpuFloatMode ReadMode(ParseResult parsed) => parsed.GetValue(_float) switch
    {
        "exact" or null => SpuFloatMode.Exact,
        "relaxed" => SpuFloatMode.Relaxed,
        string other => throw new UsageException($"--spu-float {other}: give exact or relaxed."),
    };

    /// <summary>The code that SPEs share, or null where everything is interpreted. The caller disposes of it.</summary>
    public SpuCodeCache? Read(ParseResult parsed) => SpuCodeCache.Create(ReadEngine(parsed), ReadMode(parsed));
}
