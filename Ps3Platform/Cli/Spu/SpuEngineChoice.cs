using System.CommandLine;

using SpuRuntime.Execution;

namespace Ps3Platform.Cli.Spu;

/// <summary>The options that say how SPU instructions are run.</summary>
internal sealed class SpuEngineChoice
{
    private readonly Option<string> _engine = new("--engine") { Description = "auto: interpret, and compile what is hot. interpreter: never compile. compiled: compile what has run a few times.", HelpName = "auto|interpreter|compiled", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _float = new("--spu-float") { Description = "Single precision of compiled code. exact: as the SPU manual defines it, to the bit. relaxed: as the host does it.", HelpName = "exact|relaxed", DefaultValueFactory = _ => "exact" };

    public void AddTo(Command command)
    {
        command.Options.Add(_engine);
        command.Options.Add(_float);
    }

    /// <summary>The code that SPEs share, or null where everything is interpreted. The caller disposes of it.</summary>
    public SpuCodeCache? Read(ParseResult parsed)
    {
        SpuEngine engine = parsed.GetValue(_engine) switch
        {
            "auto" or null => SpuEngine.Auto,
            "interpreter" => SpuEngine.Interpreter,
            "compiled" => SpuEngine.Compiled,
            string other => throw new UsageException($"--engine {other}: give auto, interpreter or compiled."),
        };
        SpuFloatMode mode = parsed.GetValue(_float) switch
        {
            "exact" or null => SpuFloatMode.Exact,
            "relaxed" => SpuFloatMode.Relaxed,
            string other => throw new UsageException($"--spu-float {other}: give exact or relaxed."),
        };
        return SpuCodeCache.Create(engine, mode);
    }
}
