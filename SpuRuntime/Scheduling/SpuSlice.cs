using SpuRuntime.Engine;

namespace SpuRuntime.Scheduling;

/// <summary>
/// The host thread inside an SPU's instructions, as seen by other threads: whether there is one, and how it is asked to leave.
/// </summary>
internal sealed class SpuSlice(ISpuEngine engine)
{
    // Interrupt was called: end the slice. From any thread.
    private bool _leave;

    // The host thread waits inside the slice for what the SPU is blocked on. Guarded by the SPE's lock.
    private bool _waitsInside;

    /// <summary>A host thread executes instructions, or is about to. Guarded by the SPE's lock.</summary>
    public bool IsInside { get; private set; }

    /// <summary>Whether the SPU's own interrupts are enabled. Exact only while no host thread executes instructions.</summary>
    public bool InterruptsEnabled => engine.State.InterruptEnable != 0;

    /// <summary>What a host thread that waits inside the slice checks.</summary>
    public SliceWait Wait { get; } = new();

    /// <summary><see cref="Interrupt"/> was called since a slice was last refused for that.</summary>
    public bool IsLeaveRequested => Volatile.Read(ref _leave);

    /// <summary>Has a slice end soon. From any thread, without locks.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref _leave, true);
        AskToLeave();
        Wait.End();
    }

    /// <summary>Has the engine come out of its instructions. From any thread.</summary>
    /// <remarks>Other bits of the attention word are the engine's own.</remarks>
    public void AskToLeave() => Interlocked.Or(ref engine.State.Attention, SpuAttention.Leave);

    /// <summary>An event has become countable: an SPU that runs with interrupts enabled must check. With the SPE's lock held.</summary>
    public void CheckForInterrupt()
    {
        if (IsInside)
            AskToLeave();
    }

    /// <summary>
    /// The host thread has ended its wait inside the slice, or has just come, and has not begun to execute. With the SPE's lock held.
    /// </summary>
    public void Arrive()
    {
        _waitsInside = false;
        // With a fence: the instructions see a request made after this; a request made before it has set _leave before.
        Interlocked.Exchange(ref engine.State.Attention, 0);
    }

    /// <summary>The slice is refused: the request to leave is answered by that. With the SPE's lock held.</summary>
    public void Refuse() => Volatile.Write(ref _leave, false);

    /// <summary>The host thread begins to execute instructions. With the SPE's lock held.</summary>
    public void Begin() => IsInside = true;

    /// <summary>The host thread has ended executing instructions. With the SPE's lock held.</summary>
    public void End() => IsInside = false;

    /// <summary>The host thread would wait inside the slice for what the SPU is blocked on. With the SPE's lock held.</summary>
    /// <returns>False: it has been asked to leave meanwhile.</returns>
    public bool TryWaitInside(bool hasTimeLeft)
    {
        // Begun before the request is read: a thread that interrupts it after that finds it begun.
        Wait.Begin();
        if (!hasTimeLeft || IsLeaveRequested)
            return false;
        _waitsInside = true;
        return true;
    }

    /// <summary>The SPU can run again: it goes on inside its slice, if it waits there. With the SPE's lock held.</summary>
    /// <returns>False: it does not, and the scheduler must be told.</returns>
    public bool TryGoOn()
    {
        if (!_waitsInside)
            return false;
        _waitsInside = false;
        Wait.End();
        return true;
    }
}
