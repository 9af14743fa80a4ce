using CellPpe.Ppe.Engines;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.Network;
using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Scheduling;

namespace Ps3Platform.Machine.Configuration;

/// <summary>An error in options.</summary>
/// <param name="Field">The option's name, without dashes.</param>
/// <param name="Problem">What is wrong and what to give instead: "give 1 or 2".</param>
public sealed record OptionProblem(string Field, string Problem);

/// <summary>Rules over several options: derived values, options without effect, and contradictions.</summary>
public static class OptionRules
{
    private static readonly string[] SpeFields = ["spu-engine", "spu-float", "spe-policy", "spe-threads", "spe-quantum", "spe-timeline"];

    /// <summary>All errors in options: first values out of range, then contradictions.</summary>
    public static IEnumerable<OptionProblem> Problems(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return OutOfRange(options).Concat(OfThreads(options)).Concat(OfSpes(options)).Concat(OfNetwork(options))
            .Concat(OfMonitor(options)).Concat(OfDisc(options)).Concat(OfDialogue(options)).Concat(OfAudio(options));
    }

    /// <summary>The engine of the SPEs' programs.</summary>
    public static SpuEngine SpuEngineOf(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.SpuEngine ?? options.Engine switch
        {
            PpuEngine.Interpreter => SpuEngine.Interpreter,
            PpuEngine.Compiled => SpuEngine.Compiled,
            _ => SpuEngine.Auto,
        };
    }

    /// <summary>How SPEs share host threads.</summary>
    /// <param name="options">The options.</param>
    /// <param name="cores">Cores of the host.</param>
    public static SpePolicy SpePolicyOf(MachineOptions options, int cores)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.SpePolicy is { } given)
            return given;
        if (options.Clock == ClockMode.Instructions)
            return SpePolicy.RoundRobin;
        return options.SpeThreads is not null || options.SpeQuantum is not null ? SpePolicy.TimeSliced
            : SpeSchedulerOptions.PolicyFor(options.Spes, cores);
    }

    // A program may have set any value in the record. A value that cannot be written and read again is out of range.
    private static IEnumerable<OptionProblem> OutOfRange(MachineOptions options)
    {
        foreach (OptionField field in MachineSchema.Fields)
        {
            if (field.Write(options) is { } text && !field.TryRead(text, options, out _, out string? problem))
                yield return new OptionProblem(field.Name, problem);
        }
    }

    private static IEnumerable<OptionProblem> OfThreads(MachineOptions options)
    {
        if (options.HostThreads == 1)
            yield break;
        if (options.Clock == ClockMode.Instructions)
        {
            yield return new OptionProblem(
                "host-threads", "with --clock instructions both hardware threads run in turns; leave one of the two out");
        }
        else if (options.Threads == 1)
            yield return new OptionProblem("host-threads", "has no effect with --cpus 1; leave one of the two out");
    }

    private static IEnumerable<OptionProblem> OfNetwork(MachineOptions options)
    {
        if (options.Network.Kind != NetworkKind.None && options.Clock == ClockMode.Instructions)
        {
            yield return new OptionProblem(
                "net",
                "with --clock instructions the guest does not wait for the host, so that no answer comes in time; leave one of the two "
                + "out");
        }

        if (options.Name is not null && options.MacAddress is not null)
            yield return new OptionProblem("mac", "the address follows from --name; leave one of the two out");
    }

    private static IEnumerable<OptionProblem> OfDisc(MachineOptions options)
    {
        if (options.Disc is { Size: not null } or { IsSnapshot: true })
            yield return new OptionProblem("cdrom", "a disc is read and never written; leave size= and snapshot out");
    }

    private static IEnumerable<OptionProblem> OfDialogue(MachineOptions options)
    {
        if (options.Expect is not null && options.Serial is { Kind: not CharacterKind.Stdio })
        {
            yield return new OptionProblem(
                "expect", "the dialogue is at the serial adapter itself, which is shown on standard output; leave --serial out");
        }
    }

    private static IEnumerable<OptionProblem> OfAudio(MachineOptions options)
    {
        if (options is { Audio.Kind: AudioKind.Host, Clock: ClockMode.Instructions })
        {
            yield return new OptionProblem(
                "audio", "with --clock instructions guest time does not keep up with loudspeakers; record it by wav:FILE");
        }

        CharacterSpec?[] streams = [options.Console, options.Monitor, options.Qmp, options.Serial];
        if (options.Audio is { Kind: AudioKind.Pipe, Path: "" } && streams.Any(static place => place?.Kind == CharacterKind.Stdio))
        {
            yield return new OptionProblem(
                "audio", "text goes to standard output; give pipe:FILE, or move the text with --console file:console.txt");
        }
    }

    private static IEnumerable<OptionProblem> OfMonitor(MachineOptions options)
    {
        if (options.Qmp is { } qmp && options.Monitor is { } monitor && SamePlace(qmp, monitor))
            yield return new OptionProblem("qmp", "--monitor is there already; give another place, such as unix:PATH");
        if (options.Paused && options.Monitor is null && options.Qmp is null)
            yield return new OptionProblem("paused", "the guest would wait for ever; add --monitor WHERE or --qmp WHERE");
    }

    // Port 0 is another one each time.
    private static bool SamePlace(CharacterSpec one, CharacterSpec other) =>
        one.ToString() == other.ToString() && (one.Kind != CharacterKind.Tcp || one.Port != 0);

    private static IEnumerable<OptionProblem> OfSpes(MachineOptions options)
    {
        if (options.Spes == 0)
        {
            foreach (string field in SpeFields.Where(name => MachineSchema.Find(name)!.Write(options) is not null))
                yield return new OptionProblem(field, "has no effect with --spes 0; leave one of the two out");
        }

        if (options.Clock == ClockMode.Instructions && options.SpePolicy is not (null or SpePolicy.RoundRobin))
        {
            string inTurns = SpeSchedulerOptions.NameOf(SpePolicy.RoundRobin);
            yield return new OptionProblem("spe-policy", $"with --clock instructions SPEs run in turns; leave it out, or give {inTurns}");
        }

        SpePolicy policy = SpePolicyOf(options, Environment.ProcessorCount);
        if (policy == SpePolicy.RoundRobin && options is { HostThreads: 2, Threads: 2, Spes: > 0, Clock: ClockMode.Host })
        {
            yield return new OptionProblem(
                "spe-policy", "with --host-threads 2 there are no turns that SPEs could run in; leave one of the two out");
        }

        if (options.SpeQuantum is { } quantum)
        {
            if (policy == SpePolicy.OneThreadEach)
            {
                yield return new OptionProblem(
                    "spe-quantum",
                    "has no effect with --spe-policy one-thread-each, where no SPE waits for another; leave one of the two out");
            }
            else if (policy == SpePolicy.RoundRobin && quantum.IsTime)
            {
                yield return new OptionProblem(
                    "spe-quantum", "SPEs that run in turns get a number of instructions; write for instance 20000i");
            }
        }

        if (options.SpeThreads is not null && policy != SpePolicy.TimeSliced)
        {
            yield return new OptionProblem(
                "spe-threads", "only --spe-policy time-sliced shares host threads out; leave one of the two out");
        }

        if (options.SpuFloat == SpuFloatMode.Relaxed && SpuEngineOf(options) == SpuEngine.Interpreter)
            yield return new OptionProblem("spu-float", NoEffectInterpreted);
    }

    /// <summary>The message for relaxed arithmetic on an engine that does not compile.</summary>
    internal const string NoEffectInterpreted =
        "has no effect on the interpreter, which is always exact; leave it out, or choose another engine";
}
