namespace SpuRuntime.State;

/// <summary>
/// What an SPE remembers beside its SPU's registers, its SLB and its interrupts: plain data, which its parts share. Guarded by the
/// SPE's lock.
/// </summary>
internal sealed class SpeState
{
    /// <summary>Channels, mailboxes, events and the decrementer.</summary>
    public ChannelState Channels = ChannelState.Reset;

    /// <summary>The MFC's queues and registers.</summary>
    public MfcState Mfc = new();

    /// <summary>Whether the SPU runs, and why not.</summary>
    public RunState Run = RunState.Reset;

    /// <summary>lv1 has enabled the SPE.</summary>
    public bool IsEnabled;

    /// <summary>MFC_SR1[58]: without it the SPU does not run, whatever its run control says (CBE Public Registers).</summary>
    public bool HasMasterRunControl = true;

    /// <summary>The state after a reset. <see cref="IsEnabled"/> is not part of it.</summary>
    public void Reset()
    {
        Channels = ChannelState.Reset;
        Mfc = new MfcState();
        Run = RunState.Reset;
        HasMasterRunControl = true;
    }
}
