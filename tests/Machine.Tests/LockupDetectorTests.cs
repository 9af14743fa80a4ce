using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Cycles;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Lockups;

using Xunit;

namespace Machine.Tests;

/// <summary>The times at which the detector searches, for threads that are passed to it at chosen times.</summary>
public sealed class LockupDetectorTests : IDisposable
{
    private const ulong Second = IMachineClock.Frequency;
    private readonly Ps3Machine _machine = Penguin.Build(out _);
    private readonly LockupDetector _detector = new(2, new CycleConditions(9, []));

    private PpuThread Thread => _machine.Ppe.Threads[0];

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(Msr.Sf)]
    [InlineData(Msr.Sf | Msr.Ee)]
    public void Pausing_for_ever_is_quiet_after_two_seconds(ulong msr)
    {
        Thread.SetMsr(msr);
        Thread.Pause(PpeWait.Interrupt);
        _detector.Observe(Thread, 0);
        _detector.Observe(Thread, Second);

        Assert.False(_detector.IsQuiet([Thread], Second));
        Assert.True(_detector.IsQuiet([Thread], 3 * Second));
        Assert.True(_detector.IsPausing([Thread]));
    }

    [Fact]
    public void Pausing_until_the_decrementer_with_interrupts_on_is_never_quiet()
    {
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        Thread.Pause(PpeWait.InterruptOrDecrementer);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsQuiet([Thread], 100 * Second));
    }

    [Fact]
    public void With_interrupts_on_a_spin_is_never_quiet()
    {
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsQuiet([Thread], 100 * Second));
    }

    [Fact]
    public void Searches_without_result_are_repeated_at_growing_intervals()
    {
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 0);
        var asked = new List<ulong>();
        for (ulong now = 0; now < 60 * Second; now += Second / 10)
        {
            _detector.Observe(Thread, now);
            if (_detector.IsQuiet([Thread], now))
                asked.Add(now / Second);
        }

        Assert.Equal([2UL, 3, 5, 9, 17, 33, 49], asked);
    }

    [Fact]
    public void A_thread_that_makes_progress_resets_the_quiet_time()
    {
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 0);
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(Thread, 2 * Second);
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 3 * Second);

        Assert.False(_detector.IsQuiet([Thread], 4 * Second));
    }

    [Fact]
    public void Two_threads_are_quiet_only_together()
    {
        PpuThread other = _machine.Ppe.Threads[1];
        Thread.SetMsr(Msr.Sf);
        Thread.Pause(PpeWait.Interrupt);
        other.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(Thread, 0);
        _detector.Observe(other, 0);

        Assert.False(_detector.IsQuiet([Thread, other], 100 * Second));
    }
}
