using System.Runtime.InteropServices;
using System.Security.Cryptography;

using CellPpe.Core;
using CellPpe.Core.Ports;

using SpuRuntime.Channels;
using SpuRuntime.Execution;
using SpuRuntime.Mfc;
using SpuRuntime.Registers;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime;

/// <summary>
/// One SPE: SPU state, channels, MFC, and the three register areas through which a PPE sees them. It has one lock, which guards all
/// but the SPU's registers and local store while a host thread executes instructions.
/// </summary>
public sealed unsafe class LogicalSpe : ILogicalSpe, ISchedulableSpe
{
    private readonly Lock _lock = new();
    private readonly ProblemStateArea _problemState;
    private readonly Privilege2Area _privilege2;
    private readonly ShadowArea _shadow;

    private bool _wake;

    internal LogicalSpe(int number, MemoryRegion localStore, SpeEnvironment environment, LocalStoreMap neighbours)
    {
        Number = number;
        Environment = environment;
        Neighbours = neighbours;
        LocalStoreHostOffset = localStore.HostOffset;
        LocalStore = environment.Memory.HostBase + localStore.HostOffset;
        Translator = new MfcTranslator(environment.Memory);
        Channels = new SpuChannels(this);
        Interrupts = new SpeInterrupts(this);
        Run = new SpuRunControl(this);
        Mfc = new MfcUnit(this);
        Engine = environment.Engines.Create(LocalStore, Channels);
        _problemState = new ProblemStateArea(this);
        _privilege2 = new Privilege2Area(this);
        _shadow = new ShadowArea(this);
    }

    /// <inheritdoc cref="ILogicalSpe.Number"/>
    public int Number { get; }

    /// <inheritdoc/>
    public IMmioDevice ProblemState => _problemState;

    /// <inheritdoc/>
    public IMmioDevice Privilege2 => _privilege2;

    /// <inheritdoc/>
    public IMmioDevice Shadow => _shadow;

    /// <inheritdoc/>
    public bool IsRunnable
    {
        get
        {
            using SpeScope scope = Enter(drive: false);
            return Run.IsRunnable;
        }
    }

    /// <summary>What it waits for while it is blocked: a channel number, or -1. For timelines.</summary>
    public int BlockedOn
    {
        get
        {
            using SpeScope scope = Enter(drive: false);
            return Run.State.BlockedOn;
        }
    }

    /// <summary>The SPU's registers. They belong to the host thread that runs it, and else to whoever stopped it.</summary>
    public ref SpuState Registers => ref Engine.State;

    /// <summary>256 KB in guest byte order.</summary>
    public byte* LocalStore { get; }

    internal SpeEnvironment Environment { get; }

    internal LocalStoreMap Neighbours { get; }

    internal ulong LocalStoreHostOffset { get; }

    internal ISpuEngine Engine { get; }

    internal MfcTranslator Translator { get; }

    internal SpuChannels Channels { get; }

    internal SpeInterrupts Interrupts { get; }

    internal SpuRunControl Run { get; }

    internal MfcUnit Mfc { get; }

    // Guarded by the lock.
    internal bool IsEnabled { get; private set; }

    internal bool HasMasterRunControl { get; private set; } = true;

    /// <inheritdoc/>
    public SpuExit RunSlice(long instructions) => Run.RunSlice(instructions);

    /// <inheritdoc/>
    public void Interrupt() => Run.Interrupt();

    /// <inheritdoc/>
    public void Enable()
    {
        Translator.Reset();
        using SpeScope scope = Enter();
        ResetState();
        IsEnabled = true;
    }

    /// <inheritdoc/>
    public void Disable()
    {
        using (SpeScope scope = Enter(drive: false))
        {
            IsEnabled = false;
            Run.Stop();
        }

        Environment.Scheduler.Suspend(this);
        Mfc.WaitForStep();
        using (SpeScope scope = Enter(drive: false))
        {
            // Whatever was still running has come out.
            Run.Stop();
            ResetState();
        }
    }

    /// <inheritdoc/>
    public void SelectAddressSpace(IPageTableWalker? table) => Translator.Select(table);

    /// <inheritdoc/>
    public void ConnectInterrupt(SpeInterruptClass interruptClass, IInterruptLine? line)
    {
        using SpeScope scope = Enter();
        Interrupts.Connect((int)interruptClass, line);
    }

    /// <inheritdoc/>
    public void SetInterruptMask(SpeInterruptClass interruptClass, ulong mask)
    {
        using SpeScope scope = Enter();
        Interrupts.SetMask((int)interruptClass, mask);
    }

    /// <inheritdoc/>
    public ulong GetInterruptStatus(SpeInterruptClass interruptClass)
    {
        using SpeScope scope = Enter();
        return Interrupts.StatusOf((int)interruptClass);
    }

    /// <inheritdoc/>
    public void ClearInterruptStatus(SpeInterruptClass interruptClass, ulong bits)
    {
        using SpeScope scope = Enter();
        Interrupts.Clear((int)interruptClass, bits);
        // lv1 drops MFC_DSISR with the fault it described; a guest has no other way to.
        if (interruptClass == SpeInterruptClass.Translation && (bits & SpeInterruptBits.StorageFault) != 0)
            Mfc.State.Dsisr = 0;
    }

    /// <inheritdoc/>
    public Lv1Status SetPrivilege1Register(ulong offset, ulong value)
    {
        const ulong Sr1 = 0x000;
        const ulong Acces = 0x600;
        const ulong Replacement = 0x710;
        const ulong LocalStoreCompare = 0x808;
        const ulong TransferClass = 0x820;
        // A partition chooses local store decode and problem state; the rest of MFC_SR1 is lv1's (spe.md 1.2).
        const ulong Partitions = MfcTranslator.LocalStoreDecode | MfcTranslator.ProblemState;
        switch (offset)
        {
            case Sr1 when (value & ~Partitions) == (MfcTranslator.ResetSr1 & ~Partitions):
                WriteSr1(value);
                return Lv1Status.Success;
            case TransferClass:
                using (SpeScope scope = Enter())
                    Mfc.State.TransferClass = value;
                return Lv1Status.Success;
            case Acces or Replacement or LocalStoreCompare:
                // Tracing and cache hints: taken, without an effect.
                return Lv1Status.Success;
            default:
                return Lv1Status.IllegalParameterValue;
        }
    }

    /// <summary>Called by the machine when a time has come that this SPE asked for (<see cref="ISpeTimer"/>).</summary>
    public void TimerElapsed()
    {
        using SpeScope scope = Enter();
        Channels.TimerElapsed();
    }

    /// <summary>
    /// Feeds all architected state to a fingerprint: registers, channels, queues, SLB, interrupts, run control. Local store is memory, and
    /// is hashed as such. The SPU must not be running.
    /// </summary>
    public void AppendState(IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        SegmentRegisters segments = Translator.Segments;
        ulong sr1 = Translator.Sr1;
        using SpeScope scope = Enter(drive: false);
        // Attention is a way to get a host thread's ear, not the SPU's state.
        SpuState state = Registers;
        state.Attention = 0;
        Append(hash, state);
        Append(hash, Channels.State);
        Append(hash, Interrupts.State);
        Append(hash, segments);
        Append(hash, sr1);
        Append(hash, Mfc.Reservation.OffsetFrom(Environment.Memory.HostBase));
        Append(hash, Mfc.State);
        Append(hash, Run.State);
        _problemState.AppendState(hash);
    }

    internal static void Append<T>(IncrementalHash hash, T value)
        where T : unmanaged
        => hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>
    /// Has the MFC take addresses for those of the partition's memory: relocation off in MFC_SR1, which no partition may switch. For an SPE
    /// without a PPE and its page table; until the next <see cref="Enable"/>.
    /// </summary>
    public void UseRealAddresses() => WriteSr1(MfcTranslator.ResetSr1 & ~MfcTranslator.Relocate);

    /// <summary>Sets all of MFC_SR1, which no partition may.</summary>
    internal void WriteSr1(ulong value)
    {
        Translator.Sr1 = value;
        using SpeScope scope = Enter();
        HasMasterRunControl = (value & MfcTranslator.MasterRunControl) != 0;
        if (HasMasterRunControl)
            RequestWake();
        else
            Interrupt();
    }

    internal SpeScope Enter(bool drive = true)
    {
        EnterLock();
        return new SpeScope(this, drive);
    }

    internal void EnterLock() => _lock.Enter();

    internal void LeaveLock()
    {
        bool wake = (Run.TryUnblock() | _wake) && Run.IsRunnable;
        _wake = false;
        wake = wake && !Run.TryGoOn();
        _lock.Exit();
        // The scheduler has locks of its own, and asks SPEs under them.
        if (wake)
            Environment.Scheduler.Wake(this);
    }

    /// <summary>Has the scheduler called when the lock is left.</summary>
    internal void RequestWake() => _wake = true;

    // With the lock held.
    private void ResetState()
    {
        Registers = SpuState.Reset;
        Channels.State = ChannelState.Reset;
        Mfc.Reset();
        Run.State = RunState.Reset;
        HasMasterRunControl = true;
        _problemState.Reset();
        _privilege2.Reset();
        Interrupts.Reset();
    }
}
