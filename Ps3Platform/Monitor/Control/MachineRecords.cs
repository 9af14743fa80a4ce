using Ps3Platform.Machine;
using Ps3Platform.Machine.Profiling;

namespace Ps3Platform.Monitor.Control;

/// <summary>Takes records of a machine that runs, for files. From any host thread but the machine's.</summary>
internal static class MachineRecords
{
    // As "ps3 profile" does.
    private static readonly TimeSpan Interval = TimeSpan.FromMicroseconds(500);

    /// <inheritdoc cref="IMachineControl.WriteSpeTimeline"/>
    public static void WriteSpeTimeline(MachineRequests requests, Stream output) => requests.Ask(machine =>
    {
        if (machine.Spes is not { Timeline: not null } spes)
            throw new MonitorException("This machine keeps no timeline; start it with --spe-timeline FILE.");
        spes.WriteTimeline(output, machine.IsHeld);
        return true;
    });

    /// <inheritdoc cref="IMachineControl.WriteProfile"/>
    public static void WriteProfile(MachineRequests requests, TimeSpan duration, Stream output)
    {
        (GuestSampler sampler, GuestProfile profile) = requests.Ask(Start);
        Thread.Sleep(duration);
        requests.Ask(machine =>
        {
            // After a restart it is another machine, without the sampler; what was sampled is still the profile.
            if (machine.Sampler == sampler)
                machine.Sampler = null;
            return true;
        });
        SpeedscopeWriter.Write(profile, "ps3", output);
    }

    private static (GuestSampler Sampler, GuestProfile Profile) Start(Ps3Machine machine)
    {
        if (machine.Sampler is not null)
            throw new MonitorException("A profile is being taken already.");
        var profile = new GuestProfile(machine.Config.Threads, machine.Symbols, []);
        machine.Sampler = new GuestSampler(profile, Interval);
        return (machine.Sampler, profile);
    }
}
