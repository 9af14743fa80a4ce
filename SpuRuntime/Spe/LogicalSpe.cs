using System.Runtime.InteropServices;
using System.Security.Cryptography;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;

using SpuRuntime.Channels;
using SpuRuntime.Engine;
using SpuRuntime.Events;
using SpuRuntime.Mfc;
using SpuRuntime.Ports;
using SpuRuntime.Registers;
using SpuRuntime.RunControl;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

namespace SpuRuntime.Spe;

/// <summary>
/// One SPE: makes its parts, joins them, and is what lv1, the scheduler, the engine, the timer and the reservation table call. Its
/// parts know the others that they use, and not this. It has one lock (<see cref="SpeLock"/>), which guards all but the SPU's
/// registers and local store while a host thread executes instructions.
/// </summary>
public sealed unsafe class LogicalSpe : ILogicalSpe, ISchedulableSpe, ITimedSpe, ISpuChannels, IReservationHolder
{
    private readonly SpeEnvironment _environment;
    private readonly LineReservation _reservation;
    private readonly ISpuEngine _engine;
    private readonly SpeState _state = new();
    private readonly SpeInterrupts _interrupts;
    private readonly SpuEvents _events;
    private readonly SpuRunControl _run;
    private readonly SpuRunner _runner;
    private readonly SpeStops _stops;
    private readonly MfcTranslator _translator;
    private readonly MfcUnit _mfc;
    private readonly SpuChannels _channels;
    private readonly ChannelWindow _window;
    private readonly SpeLock _lock;
    private readonly ProblemStateArea _problemState;
    private readonly Privilege2Area _privilege2;
    private readonly SpeShadowArea _shadow;

    internal LogicalSpe(int number, MemoryRegion localStore, SpeEnvironment environment, LocalStoreMap neighbours)
    {
        Number = number;
        LocalStore = environment.Memory.HostBase + localStore.HostOffset;
        _environment = environment;
        _reservation = environment.Reservations.Add(this);
        _engine = environment.Engines.Create(LocalStore, this);
        Store = new LocalStoreMemory(LocalStore, localStore.HostOffset, _engine);

        // Each takes some of those before it; none knows one behind it.
        SpuSlice slice = new(_engine);
        _interrupts = new SpeInterrupts(_state);
        _events = new SpuEvents(
            _state, slice, _reservation, environment.Reservations, environment.Clock, environment.Timer, this);
        _run = new SpuRunControl(_state, _events, _interrupts, slice, _engine);
        MfcStatusChannels status = new(_state, _events);
        _mfc = new MfcUnit(_state, _events, status, _interrupts, environment.Timeline?.Track(number));
        _channels = new SpuChannels(_state, _events, _interrupts, _mfc, status, _engine);
        _translator = new MfcTranslator(environment.Memory);
        MfcTransfer transfer = new(Store, neighbours, _translator, _reservation, environment.Reservations, environment.Writes);
        _lock = new SpeLock(_run, _mfc, transfer, environment.Scheduler, this);
        _runner = new SpuRunner(_lock, _run, _engine, environment.Scheduler, this, environment.AtStop);
        _stops = new SpeStops(_lock, _run, _runner, _engine);

        Mailboxes mailboxes = new(_state, _events, _interrupts);
        _window = new ChannelWindow(_state, _events);
        _problemState = new ProblemStateArea(_lock, _state, mailboxes, _mfc, _run, LogOf("problem state"));
        _privilege2 = new Privilege2Area(
            _lock, _state, _translator, mailboxes, _window, _mfc, _run, _interrupts, LogOf("privileged state 2"));
        _shadow = new SpeShadowArea(_lock, _state, _interrupts, LogOf("shadow"));
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
            using Lock.Scope scope = _lock.Enter();
            return _run.IsRunnable;
        }
    }

    /// <summary>What it waits for while it is blocked: a channel number, or -1. For timelines.</summary>
    public int BlockedOn
    {
        get
        {
            using Lock.Scope scope = _lock.Enter();
            return _state.Run.BlockedOn;
        }
    }

    /// <summary>
    /// The SPU's registers. They belong to the host thread that runs it, and while none does, to the thread that stopped it.
    /// </summary>
    public ref SpuState Registers => ref _engine.State;

    /// <summary>
    /// Breakpoints, watchpoints and exact runs, to be used while the scheduler is paused (in a machine: between two runs). An SPE that
    /// gets to a stop stays there until <see cref="IStops.ClearLastStop"/>; to the guest it is running.
    /// </summary>
    public IStops Stops => _stops;

    /// <summary>True from when it has got to a stop until <see cref="IStops.ClearLastStop"/>. From any thread.</summary>
    public bool IsAtStop => _run.IsAtStop;

    /// <summary>256 KB in guest byte order.</summary>
    public byte* LocalStore { get; }

    /// <summary>The local store as DMA of other SPEs reaches it.</summary>
    internal LocalStoreMemory Store { get; }

    /// <inheritdoc/>
    public SpuExit RunSlice(long instructions) => _runner.RunSlice(instructions);

    /// <inheritdoc/>
    public void Interrupt() => _run.Slice.Interrupt();

    /// <inheritdoc/>
    public void Enable()
    {
        _translator.Reset();
        SpeActions actions;
        using (_lock.Enter())
        {
            ResetState();
            _state.IsEnabled = true;
            actions = _lock.Collect();
        }

        _lock.CarryOut(actions);
    }

    /// <inheritdoc/>
    public void Disable()
    {
        using (_lock.Enter())
        {
            _state.IsEnabled = false;
            _run.Stop();
        }

        _lock.AwaitRest();
        using (_lock.Enter())
        {
            // What was still running has ended.
            _run.Stop();
            ResetState();
        }
    }

    /// <inheritdoc/>
    public void SelectAddressSpace(IPageTableWalker? table) => _translator.Select(table);

    /// <inheritdoc/>
    public void ConnectInterrupt(SpeInterruptClass interruptClass, IInterruptLine? line)
    {
        using Lock.Scope scope = _lock.Enter();
        _interrupts.Connect((int)interruptClass, line);
    }

    /// <inheritdoc/>
    public void SetInterruptMask(SpeInterruptClass interruptClass, ulong mask)
    {
        using Lock.Scope scope = _lock.Enter();
        _interrupts.SetMask((int)interruptClass, mask);
    }

    /// <inheritdoc/>
    public ulong GetInterruptStatus(SpeInterruptClass interruptClass)
    {
        using Lock.Scope scope = _lock.Enter();
        return _interrupts.StatusOf((int)interruptClass);
    }

    /// <inheritdoc/>
    public void ClearInterruptStatus(SpeInterruptClass interruptClass, ulong bits)
    {
        using Lock.Scope scope = _lock.Enter();
        _interrupts.Clear((int)interruptClass, bits);
        // lv1 drops MFC_DSISR with the fault it described; a guest has no other way to.
        if (interruptClass == SpeInterruptClass.Translation && (bits & SpeInterruptBits.StorageFault) != 0)
            _state.Mfc.Dsisr = 0;
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
                using (_lock.Enter())
                    _state.Mfc.TransferClass = value;
                return Lv1Status.Success;
            case Acces or Replacement or LocalStoreCompare:
                // Tracing and cache hints: taken, without an effect.
                return Lv1Status.Success;
            default:
                return Lv1Status.IllegalParameterValue;
        }
    }

    /// <inheritdoc/>
    public void TimerElapsed()
    {
        SpeActions actions;
        using (_lock.Enter())
        {
            _events.TimerElapsed();
            actions = _lock.Collect();
        }

        _lock.CarryOut(actions);
    }

    /// <summary>
    /// Feeds all architected state to a fingerprint: registers, channels, queues, SLB, interrupts, run control. Local store is memory, and
    /// is hashed as such. The SPU must not be running.
    /// </summary>
    public void AppendState(IncrementalHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        SegmentRegisters segments = _translator.Segments;
        ulong sr1 = _translator.Sr1;
        using Lock.Scope scope = _lock.Enter();
        // Attention is a request to the host thread, not the SPU's state.
        SpuState state = Registers;
        state.Attention = 0;
        Append(hash, state);
        Append(hash, _state.Channels);
        Append(hash, _interrupts.State);
        Append(hash, segments);
        Append(hash, sr1);
        Append(hash, _reservation.OffsetFrom(_environment.Memory.HostBase));
        Append(hash, _state.Mfc);
        Append(hash, _state.Run);
        Append(hash, _problemState.Parameters);
    }

    /// <summary>
    /// Has the MFC take addresses for those of the partition's memory: relocation off in MFC_SR1, which no partition may switch. For an SPE
    /// without a PPE and its page table; until the next <see cref="Enable"/>.
    /// </summary>
    public void UseRealAddresses() => WriteSr1(MfcTranslator.ResetSr1 & ~MfcTranslator.Relocate);

    /// <inheritdoc/>
    ChannelResult ISpuChannels.Read(int channel, out uint value)
    {
        // What the SPU takes makes no command ready, and the SPU is not waiting while it executes this.
        using Lock.Scope scope = _lock.Enter();
        return _channels.Read(channel, out value);
    }

    /// <inheritdoc/>
    ChannelResult ISpuChannels.Write(int channel, uint value)
    {
        ChannelResult result;
        SpeActions actions;
        using (_lock.Enter())
        {
            result = _channels.Write(channel, value);
            actions = _lock.Collect();
        }

        _lock.CarryOut(actions);
        return result;
    }

    /// <inheritdoc/>
    uint ISpuChannels.Count(int channel)
    {
        using Lock.Scope scope = _lock.Enter();
        return _channels.Count(channel);
    }

    /// <inheritdoc/>
    bool ISpuChannels.CheckEvents()
    {
        using Lock.Scope scope = _lock.Enter();
        return _channels.CheckEvents();
    }

    /// <inheritdoc/>
    void IReservationHolder.ReservationLost()
    {
        SpeActions actions;
        using (_lock.Enter())
        {
            _events.Raise(SpuEvent.ReservationLost);
            actions = _lock.Collect();
        }

        // Comes from inside the DMA and the stores of others, which shall not carry out this one's commands.
        _lock.CarryOut(actions & SpeActions.Wake);
    }

    /// <summary>Sets all of MFC_SR1, which no partition may.</summary>
    internal void WriteSr1(ulong value)
    {
        _translator.Sr1 = value;
        SpeActions actions;
        using (_lock.Enter())
        {
            _run.SetMasterRunControl((value & MfcTranslator.MasterRunControl) != 0);
            actions = _lock.Collect();
        }

        _lock.CarryOut(actions);
    }

    /// <summary>Drops what has been found of addresses: a region of the partition's memory is gone.</summary>
    internal void ForgetTranslations() => _translator.TranslationsChanged();

    /// <summary>Ends it, after it has been disabled.</summary>
    internal void Release()
    {
        _environment.Reservations.Remove(_reservation);
        (_engine as IDisposable)?.Dispose();
    }

    private static void Append<T>(IncrementalHash hash, T value)
        where T : unmanaged
        => hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private RegisterLog LogOf(string area) => new(_environment.Log, Number, area);

    // With the lock held.
    private void ResetState()
    {
        Registers = SpuState.Reset;
        _mfc.Purge();
        _environment.Reservations.Drop(_reservation);
        _state.Reset();
        _run.LeaveStop();
        _window.Index = 0;
        _problemState.Reset();
        _interrupts.Reset();
    }
}
