namespace SpuRuntime.Ports;

/// <summary>An SPE as an <see cref="ISpeTimer"/> sees it.</summary>
public interface ITimedSpe
{
    /// <summary>0..7, or further in tests and measurements.</summary>
    int Number { get; }

    /// <summary>Called on the machine's thread when a time has come that the SPE asked for.</summary>
    void TimerElapsed();
}

/// <summary>Calls an SPE when the time base has come to a value: decrementer events, and checks of a reserved line now and then.</summary>
public interface ISpeTimer
{
    /// <summary>
    /// Has <see cref="ITimedSpe.TimerElapsed"/> called once, on the machine's thread, when the time base has reached
    /// <paramref name="timeBase"/>. From any thread, with the SPE's lock held: post, do not call back. A later call does not undo
    /// an earlier one; a call too many does no harm.
    /// </summary>
    void WakeAt(ulong timeBase, ITimedSpe spe);
}
