using System.CommandLine;

using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Spu;
using Ps3Platform.Machine.Spu.Assist;

using SpuRuntime.Execution;

namespace Ps3Platform.Cli.Spu;

/// <summary>The options of the commands that run an SPU program, and the run itself. One for each command.</summary>
internal sealed class SpuRunOptions
{
    private readonly Argument<string> _program = new("PROGRAM") { Description = "An SPU program, as spu-elf-gcc links it." };
    private readonly Argument<string[]> _arguments = new("ARGUMENT") { Description = "What its main gets, dashes or not.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<ulong?> _instructions = new("--max-instructions", "--instructions") { Description = "Stop after so many instructions.", HelpName = "N" };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "Stop after so much host time: 90s, 2m, 500ms.", HelpName = "TIME" };
    private readonly Option<string> _clock = new("--clock") { Description = "What the decrementer follows. host: the host's clock. instructions: eight instructions a tick; waiting takes no time, and every run is the same.", HelpName = "host|instructions", DefaultValueFactory = _ => "host" };
    private readonly Option<string> _memory = new("--memory") { Description = "Memory the program reaches by DMA, from 0x10000 on.", HelpName = "SIZE", DefaultValueFactory = _ => "16M" };

    public Option<bool> Stats { get; } = new("--stats") { Description = "Say how much was run and how fast." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_program);
        command.Arguments.Add(_arguments);
        Option[] options = [_instructions, _timeout, _clock, _memory, Stats];
        foreach (Option option in options)
            command.Options.Add(option);
    }

    public SpuProgram ReadProgram(ParseResult parsed) => SpuCommand.Open(parsed.GetValue(_program)!);

    /// <summary>Runs the program to its end, and says how that was if it was not an exit or what <paramref name="isDone"/> had wanted.</summary>
    /// <returns>The exit code of the command.</returns>
    public int Run(ParseResult parsed, SpuProgram program, ISpuEngineFactory engines, ISpuObserver? observer, Action<StandaloneSpe, TimeSpan>? report = null, Func<bool>? isDone = null)
    {
        var limits = new StandaloneLimits
        {
            Timeout = parsed.GetValue(_timeout) is { } time ? Values.Time(time, "--timeout") : null,
            Instructions = parsed.GetValue(_instructions),
        };
        var options = new StandaloneOptions
        {
            Arguments = [parsed.GetValue(_program)!, .. parsed.GetValue(_arguments) ?? []],
            Engines = engines,
            Observer = observer,
            MemorySize = ReadMemory(parsed.GetValue(_memory)!),
            Clock = parsed.GetValue(_clock) switch
            {
                "host" => ClockMode.Host,
                "instructions" => ClockMode.Instructions,
                string other => throw new UsageException($"--clock {other}: give host or instructions."),
                null => ClockMode.Host,
            },
            Streams = StandardStreams.Host(),
        };
        if (!program.HasStandardMain && options.Arguments.Count > 1)
            Terminal.Note($"{program.Image.File.Name} takes no arguments: its main is that of an SPE thread; link it with -mstdmain");

        using var spe = Build(program, options);
        using var cancel = new CancellationTokenSource();
        using var interrupt = new Interruption(cancel);
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        StandaloneOutcome outcome = spe.Run(limits with { Cancel = cancel.Token });
        report?.Invoke(spe, System.Diagnostics.Stopwatch.GetElapsedTime(started));
        return outcome.End == StandaloneEnd.Cancelled && isDone?.Invoke() == true ? ExitCode.Success : Finish(outcome);
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

    private static ulong ReadMemory(string text)
    {
        const ulong Least = 1 << 20;
        const ulong Most = 1UL << 30;
        ulong size = Values.Size(text, "--memory");
        if (size is < Least or > Most || size % Least != 0)
            throw new UsageException($"--memory {text}: give a multiple of 1M up to 1G.");
        return size;
    }

    private static int Finish(StandaloneOutcome outcome)
    {
        if (outcome.End == StandaloneEnd.Exited)
            return outcome.ExitCode;
        (int code, bool isError) = outcome.End switch
        {
            StandaloneEnd.Halted or StandaloneEnd.Stopped => (ExitCode.SpuAborted, true),
            StandaloneEnd.InvalidInstruction or StandaloneEnd.InvalidChannel => (ExitCode.SpuInvalid, true),
            StandaloneEnd.DmaError => (ExitCode.SpuDmaError, true),
            StandaloneEnd.NotServed => (ExitCode.SpuNotServed, true),
            StandaloneEnd.Waiting => (ExitCode.GuestLockup, true),
            StandaloneEnd.Cancelled => (ExitCode.Interrupted, false),
            _ => (ExitCode.Timeout, false),
        };
        if (isError)
            Terminal.Error(outcome.Message);
        else
            Terminal.Note(outcome.Message);
        return code;
    }

    /// <summary>Ctrl-C: the first ends the program in order, the second (while it waits for input, say) the process.</summary>
    private sealed class Interruption : IDisposable
    {
        private readonly CancellationTokenSource _cancel;

        public Interruption(CancellationTokenSource cancel)
        {
            _cancel = cancel;
            Console.CancelKeyPress += OnKey;
        }

        public void Dispose() => Console.CancelKeyPress -= OnKey;

        private void OnKey(object? sender, ConsoleCancelEventArgs e)
        {
            e.Cancel = !_cancel.IsCancellationRequested;
            _cancel.Cancel();
        }
    }
}
