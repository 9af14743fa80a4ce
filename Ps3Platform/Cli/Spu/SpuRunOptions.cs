using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Cli.Streams;
using Ps3Platform.Host.Streams;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;
using Ps3Platform.Standalone;
using Ps3Platform.Standalone.Assist.Files;

using SpuRuntime.Engine;

namespace Ps3Platform.Cli.Spu;

/// <summary>The options of a command that runs an SPU program, and the run itself. Each command has its own instance.</summary>
internal sealed class SpuRunOptions
{
    private readonly Operand<string> _program = new("PROGRAM") { Description = "An SPU program, as spu-elf-gcc links it." };
    private readonly Operand<string[]> _arguments = new(
        "ARGUMENT")
    { Description = "What its main gets, dashes or not.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Setting<ulong> _instructions = new(
        "--max-instructions", new NumberKind(1), "Stop after so many instructions, with exit code 124.", null, "--instructions");
    private readonly Setting<TimeSpan> _timeout = new("--timeout", new TimeKind(), "Stop after so much host time, with exit code 124.");
    private readonly Setting<ClockMode> _clock = new(
        "--clock", MachineSchema.Clocks,
        "What the decrementer follows. host: the host's clock. instructions: eight instructions a tick; waiting takes no time, and every "
        + "run is the same.", "host");
    private readonly Setting<ulong> _memory = new(
        "--memory", new SizeKind(1 << 20, 1UL << 30, 1 << 20), "Memory the program reaches by DMA, from 0x10000 on.", "16M", "-m");

    public Flag Stats { get; } = new("--stats", "Say how much was run and how fast.");

    public void AddTo(Command command)
    {
        command.Arguments.Add(_program);
        command.Arguments.Add(_arguments);
        Option[] options = [_instructions, _timeout, _clock, _memory, Stats];
        foreach (Option option in options)
            command.Options.Add(option);
    }

    public SpuProgram ReadProgram(ParseResult parsed) => SpuProgramFile.Open(parsed.GetValue(_program)!);

    /// <summary>Runs the program until it ends. Prints how, unless it exited or <paramref name="isDone"/> ended it.</summary>
    /// <returns>The exit code of the command.</returns>
    public int Run(ParseResult parsed, SpuProgram program, ISpuEngineFactory engines, ISpuObserver? observer, Action<StandaloneSpe,
        TimeSpan>? report = null, Func<bool>? isDone = null)
    {
        var limits = new StandaloneLimits
        {
            Timeout = _timeout.TryRead(parsed, out TimeSpan time) ? time : null,
            Instructions = _instructions.TryRead(parsed, out ulong most) ? most : null,
        };
        using var stop = new ProgramStop();
        var options = new StandaloneOptions
        {
            Arguments = [parsed.GetValue(_program)!, .. parsed.GetValue(_arguments) ?? []],
            Engines = engines,
            Observer = observer,
            MemorySize = _memory.Read(parsed),
            CountsInstructions = _clock.Read(parsed) == ClockMode.Instructions,
            Streams = new StandardStreams(
                Console.OpenStandardInput(), new WatchedOutput(HostOutput.OpenStandardOutput(), stop.OnReaderGone),
                HostOutput.OpenStandardError()),
        };
        if (!program.HasStandardMain && options.Arguments.Count > 1)
            Terminal.Note($"{program.Image.File.Name} takes no arguments: its main is that of an SPE thread; link it with -mstdmain");

        using var spe = Build(program, options);
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        StandaloneOutcome outcome = spe.Run(limits with { Cancel = stop.Token });
        report?.Invoke(spe, System.Diagnostics.Stopwatch.GetElapsedTime(started));
        return outcome.End == StandaloneEnd.Cancelled && isDone?.Invoke() == true ? ExitCode.Success : Finish(outcome, stop.Reason);
    }

    private static StandaloneSpe Build(SpuProgram program, StandaloneOptions options)
    {
        try
        {
            return new StandaloneSpe(program, options);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message.Split(" (Parameter")[0]);
        }
    }

    private static int Finish(StandaloneOutcome outcome, StopReason reason)
    {
        if (outcome.End == StandaloneEnd.Cancelled && reason == StopReason.OutputClosed)
            return ExitCode.OutputClosed;
        if (outcome.End == StandaloneEnd.Exited)
            return outcome.ExitCode;
        (int code, bool isError) = outcome.End switch
        {
            StandaloneEnd.Halted or StandaloneEnd.Stopped => (ExitCode.SpuAborted, true),
            StandaloneEnd.InvalidInstruction or StandaloneEnd.InvalidChannel => (ExitCode.SpuInvalid, true),
            StandaloneEnd.DmaError => (ExitCode.SpuDmaError, true),
            StandaloneEnd.NotServed => (ExitCode.SpuNotServed, true),
            StandaloneEnd.Waiting => (ExitCode.GuestLockup, true),
            StandaloneEnd.Cancelled => (StopSignals.ExitCodeOf(reason), false),
            _ => (ExitCode.Timeout, false),
        };
        if (isError)
            Terminal.Error(outcome.Message);
        else
            Terminal.Note(outcome.Message);
        return code;
    }
}
