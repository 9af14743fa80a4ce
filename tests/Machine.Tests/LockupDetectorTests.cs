using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Execution;
using CellPpe.Ppe.State;

using Ps3Platform.Machine;

using Xunit;

namespace Machine.Tests;

public sealed class LockupDetectorTests : IDisposable
{
    private const ulong Second = IMachineClock.Frequency;
    private readonly Ps3Machine _machine = Penguin.Build(out _);
    private readonly LockupDetector _detector = new(2);

    private PpuThread Thread => _machine.Ppe.Threads[0];

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Pausing_for_ever_with_interrupts_off_is_a_lock_up_after_five_seconds()
    {
        Thread.SetMsr(Msr.Sf);
        Thread.Pause(PpeWait.Interrupt);
        _detector.Observe(Thread, 0);
        _detector.Observe(Thread, 3 * Second);

        Assert.False(_detector.IsLockedUp([Thread], 4 * Second));
        Assert.True(_detector.IsLockedUp([Thread], 6 * Second));
    }

    [Fact]
    public void A_pause_with_interrupts_on_gets_more_patience()
    {
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        Thread.Pause(PpeWait.Interrupt);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsLockedUp([Thread], 19 * Second));
        Assert.True(_detector.IsLockedUp([Thread], 21 * Second));
    }

    [Fact]
    public void Pausing_until_the_decrementer_is_no_lock_up()
    {
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        Thread.Pause(PpeWait.InterruptOrDecrementer);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsLockedUp([Thread], 100 * Second));
    }

    [Fact]
    public void A_spin_with_interrupts_off_becomes_a_lock_up_after_five_seconds()
    {
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsLockedUp([Thread], 4 * Second));
        Assert.True(_detector.IsLockedUp([Thread], 6 * Second));
    }

    [Fact]
    public void A_spin_with_interrupts_on_never_does()
    {
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsLockedUp([Thread], 100 * Second));
    }

    [Fact]
    public void A_thread_that_moves_to_another_page_starts_anew()
    {
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 0);
        Thread.State.Nia += 0x10000;
        _detector.Observe(Thread, 4 * Second);

        Assert.False(_detector.IsLockedUp([Thread], 6 * Second));
    }

    [Fact]
    public void Two_threads_are_locked_up_only_together()
    {
        PpuThread other = _machine.Ppe.Threads[1];
        Thread.SetMsr(Msr.Sf);
        Thread.Pause(PpeWait.Interrupt);
        other.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(Thread, 0);
        _detector.Observe(other, 0);

        Assert.False(_detector.IsLockedUp([Thread, other], 100 * Second));
    }
}
