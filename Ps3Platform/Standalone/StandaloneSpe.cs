using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Intrinsics;

using CellPpe.Core.Ports;

using Ps3Platform.Loaders.Elf;
using Ps3Platform.Standalone.Assist;
using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Memory;
using Ps3Platform.Standalone.Rig;

using SpuRuntime.Engine;
using SpuRuntime.Isa;
using SpuRuntime.Ports;
using SpuRuntime.Scheduling;
using SpuRuntime.Spe;
using SpuRuntime.State;

namespace Ps3Platform.Standalone;

/// <summary>
/// One SPE that runs one program until it ends, on the caller's thread and without a PPE: the host serves the call-backs that newlib
/// makes to a PPE. DMA addresses are real. It belongs to one host thread; other threads may only cancel it.
/// </summary>
public sealed class StandaloneSpe : IObservedSpu, ISpeScheduler, ISpeTimer, IDisposable
{
    private const long Slice = 1 << 24;
    private const uint ExitCodes = 0x2000;
    private const uint ExitMask = 0xff;
    private const uint AddressMask = SpuState.LocalStoreSize - 4;
    private const int ErrorMask = 3;
    private const ulong Line = 128;

    // Above the largest memory, and below 4 GB, because pointers of -mea32 have 32 bits.
    private const ulong MappingsAt = 0x8000_0000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly SpuProgram _program;
    private readonly StandaloneOptions _options;
    private readonly StandaloneClock _clock;
    private readonly HostFiles _files;
    private readonly MappedMemory _maps;
    private readonly PosixCalls _posix;
    private readonly AssistServer _assist;
    private readonly SpeRig _rig;
    private readonly LogicalSpe _spe;
    private readonly DmaAlarm _alarm;
    private ulong _wakeAt = ulong.MaxValue;
    private StandaloneLimits _limits = new();
    private long _started;

    /// <summary>Loads a program, ready to start.</summary>
    /// <exception cref="ArgumentException">Its arguments are too long, or its file does not fit into memory.</exception>
    public StandaloneSpe(SpuProgram program, StandaloneOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(options);
        ulong heap = SpeRig.MemoryAt + ProgramArguments.MostBytes;
        ulong image = program.NeedsImage ? ((ulong)program.Image.File.Bytes.Length + Line - 1) & ~(Line - 1) : 0;
        if (image > options.MemorySize - ProgramArguments.MostBytes)
            throw new ArgumentException($"The program's file must lie in memory, as it has overlays or variables there, and its {image} bytes do not fit; raise --memory.", nameof(program));
        _program = program = program.NeedsImage ? program.At(heap) : program;
        _options = options;
        var arguments = new ProgramArguments(options.Arguments);
        _clock = new StandaloneClock(!options.CountsInstructions, () => _spe?.Registers.Instructions ?? 0);
        _rig = new SpeRig(1, options.MemorySize, MappingsSize(options), _clock, this, this, options.Engines, options.Log);
        _spe = _rig.Spes[0];
        _alarm = new DmaAlarm(_spe);
        foreach (SpeInterruptClass errors in (ReadOnlySpan<SpeInterruptClass>)[SpeInterruptClass.Error, SpeInterruptClass.Translation])
        {
            _spe.ConnectInterrupt(errors, _alarm);
            _spe.SetInterruptMask(errors, ErrorMask);
        }

        _files = new HostFiles(options.Streams);
        if (program.NeedsImage)
            program.Image.File.Bytes.Span.CopyTo(_rig.Bytes(heap, image));
        _maps = new MappedMemory(_rig.Memory, MappingsAt, MappingsSize(options));
        _posix = new PosixCalls(_files, _maps, Pause);
        _assist = new AssistServer(
            _files, new HeapCalls(heap + image, _rig.MemorySize - ProgramArguments.MostBytes - image, _rig.Bytes, program.HasLongPointers), _posix, new LinuxCalls(_files, _rig.Memory));
        program.Load(LocalStore);
        Enter(arguments);
    }

    /// <summary>Its registers; to be used while it does not run.</summary>
    public ref SpuState State => ref _spe.Registers;

    /// <summary>Its local store.</summary>
    public Span<byte> LocalStore => _rig.LocalStore(0);

    /// <summary>Instructions executed so far.</summary>
    public ulong Instructions => _spe.Registers.Instructions;

    /// <summary>Call-backs the host has served.</summary>
    public long Calls => _assist.Served;

    /// <summary>A word of local store.</summary>
    public uint WordAt(uint address) => BinaryPrimitives.ReadUInt32BigEndian(LocalStore[(int)(address & AddressMask)..]);

    /// <summary>Address, symbol if there is one, and the instruction there now.</summary>
    public string Describe(uint address)
    {
        string? symbol = _program.Symbols.Describe(address & AddressMask);
        return $"0x{address & AddressMask:x5}{(symbol is null ? "" : $" <{symbol}>")}: {SpuDisassembler.Disassemble(WordAt(address), address & AddressMask)}";
    }

    /// <summary>Runs the program to its end or to a limit; once.</summary>
    public StandaloneOutcome Run(StandaloneLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _started = Stopwatch.GetTimestamp();
        using CancellationTokenRegistration cancelled = limits.Cancel.Register(_spe.Interrupt);
        _rig.Start(0, _program.Entry);
        try
        {
            while (true)
            {
                if (limits.Cancel.IsCancellationRequested)
                    return End(StandaloneEnd.Cancelled, State.Pc, "stopped");
                if (limits.Timeout is { } most && Stopwatch.GetElapsedTime(_started) > most)
                    return End(StandaloneEnd.Timeout, State.Pc, $"time limit of {most.TotalSeconds:0.###} s reached");
                ulong left = limits.Instructions is { } maximum ? maximum - Math.Min(maximum, Instructions) : ulong.MaxValue;
                if (left == 0)
                    return End(StandaloneEnd.InstructionLimit, State.Pc, $"limit of {limits.Instructions} instructions reached");
                if (_options.Observer?.Before(this) == false)
                    return End(StandaloneEnd.Cancelled, State.Pc, "stopped");
                SpuExit exit = _spe.RunSlice(_options.Observer is null ? (long)Math.Min(left, Slice) : 1);
                _options.Observer?.After(this, exit);
                if (AfterSlice(exit, limits.Cancel) is { } outcome)
                    return outcome;
            }
        }
        finally
        {
            _maps.Synchronise();
            _files.FlushAll();
        }
    }

    /// <inheritdoc/>
    public void Wake(ISchedulableSpe spe)
    {
        // Nothing to do: only this thread could wake it, and Run checks whether it can run.
    }

    /// <inheritdoc/>
    public void Suspend(ISchedulableSpe spe)
    {
        // Nothing to do: the only thread is not executing the SPE now.
    }

    /// <inheritdoc/>
    public void WakeAt(ulong timeBase, ITimedSpe spe) => _wakeAt = Math.Min(_wakeAt, timeBase);

    /// <inheritdoc/>
    public void Dispose()
    {
        _posix.Dispose();
        _files.Dispose();
        _rig.Dispose();
    }

    // Bytes for mappings, beside the memory: the same size.
    private static ulong MappingsSize(StandaloneOptions options) => options.MemorySize;

    private static Vector128<byte> Words(uint first, uint second = 0, uint third = 0, uint fourth = 0) => Vector128.Create(fourth, third, second, first).AsByte();

    // Sets the registers as the start-up code expects them.
    private void Enter(ProgramArguments arguments)
    {
        arguments.Block.CopyTo(_rig.Bytes(SpeRig.MemoryAt, (ulong)arguments.Block.Length));
        if (_program.HasStandardMain)
        {
            State.Registers[3] = Words((uint)arguments.Count);
            State.Registers[4] = Words(arguments.LocalStoreAddress, (uint)(SpeRig.MemoryAt >> 32), (uint)SpeRig.MemoryAt, (uint)arguments.Block.Length);
        }
        else
        {
            // An identifier, and no parameters, whose meaning only a program and its PPE program would agree on.
            State.Registers[3] = Words(0, 1);
        }

        // Effective address of local store.
        ulong store = SpeRig.LocalStoreAt(0);
        State.Registers[6] = Words((uint)(store >> 32), (uint)store);
    }

    private StandaloneOutcome? AfterSlice(SpuExit exit, CancellationToken cancel)
    {
        if (_alarm.HasRung)
            return End(StandaloneEnd.DmaError, State.Pc - 4, _alarm.Describe());
        return exit.Reason switch
        {
            SpuExitReason.Stopped => Stopped(exit.Argument),
            SpuExitReason.Halted => End(StandaloneEnd.Halted, State.Pc - 4, "halted"),
            SpuExitReason.InvalidInstruction => End(StandaloneEnd.InvalidInstruction, State.Pc - 4, "invalid instruction"),
            SpuExitReason.InvalidChannel => End(StandaloneEnd.InvalidChannel, State.Pc - 4, $"invalid channel {exit.Argument}"),
            SpuExitReason.Blocked => Blocked(cancel),
            _ => null,
        };
    }

    private StandaloneOutcome? Stopped(uint code)
    {
        uint behind = State.Pc;
        if ((code & ~ExitMask) == ExitCodes)
            return new StandaloneOutcome(StandaloneEnd.Exited, (int)(code & ExitMask), $"exit code {code & ExitMask}");
        if (!AssistServer.IsCall(code))
        {
            string guess = code == 0 ? " (abort, or code that runs into zeros)" : "";
            return End(StandaloneEnd.Stopped, behind - 4, $"stopped with code 0x{code:x}{guess}");
        }

        if (_assist.Serve(code, behind, LocalStore) is { } missing)
            return End(StandaloneEnd.NotServed, behind - 4, $"{missing} is not served");
        // The word of the message is not an instruction; the program continues after it.
        uint interrupts = State.InterruptEnable & 1;
        _rig.Start(0, ((behind + 4) & AddressMask) | interrupts);
        return null;
    }

    // Sleeps for the program. Returns the rest of the time if the run must end earlier.
    private TimeSpan Pause(TimeSpan time)
    {
        if (_options.CountsInstructions)
        {
            _clock.Skip(time);
            return TimeSpan.Zero;
        }

        long began = Stopwatch.GetTimestamp();
        TimeSpan allowed = _limits.Timeout is { } most && most - Stopwatch.GetElapsedTime(_started) is var rest && rest < time ? rest : time;
        // In parts, because a wait takes its milliseconds as an int.
        for (TimeSpan left = allowed; left > TimeSpan.Zero && !_limits.Cancel.IsCancellationRequested; left = allowed - Stopwatch.GetElapsedTime(began))
            _limits.Cancel.WaitHandle.WaitOne(left < LongestWait ? left : LongestWait);
        TimeSpan remaining = time - Stopwatch.GetElapsedTime(began);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private StandaloneOutcome? Blocked(CancellationToken cancel)
    {
        while (!_spe.IsRunnable && !cancel.IsCancellationRequested)
        {
            if (_wakeAt == ulong.MaxValue)
                return End(StandaloneEnd.Waiting, State.Pc, $"waits for ever on channel {ChannelNames.Of((uint)_spe.BlockedOn)}: there is no PPE program and no other SPE");
            _clock.WaitUntil(_wakeAt, cancel.WaitHandle);
            if (_clock.TimeBase < _wakeAt)
                return null;
            _wakeAt = ulong.MaxValue;
            _spe.TimerElapsed();
        }

        return null;
    }

    private StandaloneOutcome End(StandaloneEnd end, uint address, string what) => new(end, 0, $"{what} at {Describe(address)}");

    /// <summary>Notes a failed DMA command, for which a PPE would be interrupted.</summary>
    private sealed class DmaAlarm(LogicalSpe spe) : IInterruptLine
    {
        private const ulong Dsisr = 0x610;
        private const ulong Dar = 0x620;
        private const ulong Store = 0x0200_0000;
        private volatile bool _hasRung;

        public bool HasRung => _hasRung;

        public void SetLevel(bool asserted)
        {
            if (!asserted)
                return;
            _hasRung = true;
            // Takes no lock.
            spe.Interrupt();
        }

        public void Raise() => SetLevel(true);

        public string Describe()
        {
            ulong error = spe.GetInterruptStatus(SpeInterruptClass.Error);
            if ((error & 2) != 0)
                return "invalid DMA command";
            if ((error & 1) != 0)
                return "DMA with a size or an alignment that is not allowed";
            string direction = (spe.Shadow.Read(Dsisr, 8) & Store) != 0 ? "to" : "from";
            return $"DMA {direction} 0x{spe.Shadow.Read(Dar, 8):x}, which is no memory,";
        }
    }
}
