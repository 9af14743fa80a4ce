using CellPpe.Core;

using Microsoft.Extensions.Logging;

using SpuRuntime.Engine;
using SpuRuntime.Ports;
using SpuRuntime.Scheduling;
using SpuRuntime.Spe;
using SpuRuntime.State;

namespace Ps3Platform.Standalone.Rig;

/// <summary>
/// SPEs without a machine: memory, local stores and problem state areas at real addresses, without PPE, lv1 or page table. For programs
/// and measurements without a kernel.
/// </summary>
public sealed unsafe class SpeRig : IDisposable
{
    /// <summary>Address of the first byte of memory. Nothing is mapped below it, so that a DMA with a null pointer fails.</summary>
    public const ulong MemoryAt = 0x1_0000;

    // Below 4 GB, because pointers of -mea32 have 32 bits, and above all memory.
    private const ulong AreasAt = 0xf000_0000;
    private const ulong AreaStep = 0x10_0000;
    private const ulong ProblemStateOffset = 0x8_0000;
    private const ulong ProblemStateSize = 0x2_0000;

    private readonly SpePool _pool;
    private readonly LogicalSpe[] _spes;

    /// <summary>Makes SPEs, enabled and stopped.</summary>
    public SpeRig(int count, ulong memorySize, IMachineClock clock, ISpeScheduler scheduler, ISpeTimer timer, ISpuEngineFactory engines, ILogger log)
        : this(count, memorySize, extraSize: 0, clock, scheduler, timer, engines, log)
    {
    }

    /// <summary>Makes SPEs, enabled and stopped, with room for regions of memory that the caller adds.</summary>
    public SpeRig(int count, ulong memorySize, ulong extraSize, IMachineClock clock, ISpeScheduler scheduler, ISpeTimer timer, ISpuEngineFactory engines, ILogger log)
    {
        Memory = new GuestMemory(memorySize + extraSize + ((ulong)count * SpuState.LocalStoreSize));
        MemorySize = memorySize;
        Add(MemoryAt, memorySize, "memory");
        _pool = new SpePool(count, new SpeEnvironment(Memory, clock, new ReservationTable(), engines, scheduler, timer, new NoWatch(), log));
        _spes = new LogicalSpe[count];
        for (int number = 0; number < count; number++)
        {
            var spe = (LogicalSpe)_pool.TryTake(Add(LocalStoreAt(number), SpuState.LocalStoreSize, "local store"))!;
            Memory.TryAddDevice(new LparAddress(ProblemStateAt(number)), ProblemStateSize, spe.ProblemState, "problem state");
            spe.Enable();
            spe.UseRealAddresses();
            _spes[number] = spe;
        }
    }

    /// <summary>Memory and areas of the SPEs.</summary>
    public GuestMemory Memory { get; }

    /// <summary>Bytes from <see cref="MemoryAt"/> on.</summary>
    public ulong MemorySize { get; }

    /// <summary>The SPEs by number.</summary>
    public IReadOnlyList<LogicalSpe> Spes => _spes;

    /// <summary>Effective address of an SPE's local store.</summary>
    public static ulong LocalStoreAt(int number) => AreasAt + ((ulong)number * AreaStep);

    /// <summary>Effective address of an SPE's problem state area.</summary>
    public static ulong ProblemStateAt(int number) => LocalStoreAt(number) + ProblemStateOffset;

    /// <summary>The bytes of an SPE's local store. The SPU must be stopped, or its program must expect the access.</summary>
    public Span<byte> LocalStore(int number) => new(_spes[number].LocalStore, SpuState.LocalStoreSize);

    /// <summary>Bytes of memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside memory.</exception>
    public Span<byte> Bytes(ulong address, ulong length) =>
        Memory.TrySlice(new LparAddress(address), length, RegionAccess.ReadWrite, out Span<byte> bytes) ? bytes : throw new ArgumentOutOfRangeException(nameof(address));

    /// <summary>Starts an SPU, as a PPE does, with interrupts disabled.</summary>
    public void Start(int number, uint at)
    {
        _spes[number].ProblemState.Write(ProblemState.NextProgramCounter, 4, at);
        _spes[number].ProblemState.Write(ProblemState.RunControl, 4, ProblemState.Run);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        Memory.Dispose();
    }

    private MemoryRegion Add(ulong at, ulong size, string name) =>
        Memory.TryAddMemory(new LparAddress(at), size, RegionAccess.ReadWrite, name) ?? throw new ArgumentException($"no room for {name} of 0x{size:x} bytes");

    // No PPE has decoded instructions from memory, so no notification is needed.
    private sealed class NoWatch : IGuestWriteNotifier
    {
        public void Written(ulong hostOffset, ulong length)
        {
        }
    }
}

/// <summary>Offsets of problem state registers (CBE Public Registers 3.1.3), as far as a PPE without lv1 uses them.</summary>
public static class ProblemState
{
    /// <summary>SPU_Out_Mbox: a read removes the oldest word that the SPU has written.</summary>
    public const ulong OutMailbox = 0x4004;

    /// <summary>SPU_In_Mbox: a write sends the SPU a word.</summary>
    public const ulong InMailbox = 0x400c;

    /// <summary>SPU_Mbox_Stat: how full the mailboxes are.</summary>
    public const ulong MailboxStatus = 0x4014;

    /// <summary>SPU_RunCntl.</summary>
    public const ulong RunControl = 0x401c;

    /// <summary>SPU_Status.</summary>
    public const ulong Status = 0x4024;

    /// <summary>SPU_NPC.</summary>
    public const ulong NextProgramCounter = 0x4034;

    /// <summary>SPU_Sig_Notify_1.</summary>
    public const ulong Signal1 = 0x1400c;

    /// <summary>The value of SPU_RunCntl that starts an SPU.</summary>
    public const uint Run = 1;
}
