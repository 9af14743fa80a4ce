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
    public void A_thread_in_pause_1_alone_is_locked_up_at_once()
    {
        Thread.Pause(PpeWait.Interrupt);

        Assert.True(_detector.IsLockedUp([Thread], 0, out string where));
        Assert.Contains("pauses for ever", where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_in_pause_0_is_not()
    {
        Thread.Pause(PpeWait.InterruptOrDecrementer);

        Assert.False(_detector.IsLockedUp([Thread], 100 * Second, out _));
    }

    [Fact]
    public void A_spin_with_interrupts_off_becomes_a_lock_up_after_ten_seconds()
    {
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsLockedUp([Thread], 9 * Second, out _));
        Assert.True(_detector.IsLockedUp([Thread], 11 * Second, out _));
    }

    [Fact]
    public void A_spin_with_interrupts_on_never_does()
    {
        Thread.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(Thread, 0);

        Assert.False(_detector.IsLockedUp([Thread], 100 * Second, out _));
    }

    [Fact]
    public void A_thread_that_moves_to_another_page_starts_anew()
    {
        Thread.SetMsr(Msr.Sf);
        _detector.Observe(Thread, 0);
        Thread.State.Nia += 0x10000;
        _detector.Observe(Thread, 9 * Second);

        Assert.False(_detector.IsLockedUp([Thread], 11 * Second, out _));
    }

    [Fact]
    public void Two_threads_are_locked_up_only_together()
    {
        PpuThread other = _machine.Ppe.Threads[1];
        Thread.Pause(PpeWait.Interrupt);
        other.SetMsr(Msr.Sf | Msr.Ee);
        _detector.Observe(other, 0);

        Assert.False(_detector.IsLockedUp([Thread, other], 100 * Second, out _));
    }
}
