namespace SpuRuntime.State;

/// <summary>
/// What a change made with an SPE's lock held leaves to do once the lock has been left. <c>SpeLock.CarryOut</c> does it.
/// </summary>
[Flags]
internal enum SpeActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The SPU can run again: the scheduler must be told.</summary>
    Wake = 1,

    /// <summary>MFC commands may have become ready, and no thread carries commands out.</summary>
    Drive = 2,
}
