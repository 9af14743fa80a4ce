using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Threads;

using Microsoft.Extensions.Logging.Abstractions;

namespace Bench;

/// <summary>A PPE with one thread and 16 MiB of memory in real mode, for running short programs.</summary>
internal sealed class BenchCore : IDisposable
{
    public const ulong MemorySize = 16 << 20;
    private readonly GuestMemory _memory = new(MemorySize);
    private readonly PpuCore _core;

    public BenchCore(params uint[] program)
        : this(PpuEngine.Interpreter, new EngineOptions(), program)
    {
    }

    public BenchCore(PpuEngine engine, EngineOptions options, uint[] program)
    {
        _memory.TryAddMemory(new LparAddress(0), MemorySize, RegionAccess.ReadWrite, "bench");
        _core = new PpuCore(
            new PpuConfiguration(1, MemorySize, Engine: engine) { Options = options }, _memory, new CountingClock(), NullLogger.Instance);
        Span<byte> code = stackalloc byte[program.Length * 4];
        for (int index = 0; index < program.Length; index++)
            BinaryPrimitives.WriteUInt32BigEndian(code[(index * 4)..], program[index]);
        _memory.TryWrite(new LparAddress(0x1000), code);
        Thread.State.Nia = 0x1000;
        Thread.Hypervisor = new EmptyHypervisor();
    }

    public PpuThread Thread => _core.Threads[0];

    public PpuCore Core => _core;

    public GuestMemory Memory => _memory;

    public unsafe void SetGpr(int register, ulong value) => Thread.State.Gpr[register] = value;

    public void Dispose()
    {
        _core.Dispose();
        _memory.Dispose();
    }

    private sealed class CountingClock : IPpuClock
    {
        public ulong TimeBase { get; private set; } = IMachineClock.Frequency;

        public void Retire(long instructions) => TimeBase += (ulong)instructions / 8;
    }

    private sealed class EmptyHypervisor : IHypervisor
    {
        public Lv1Status Call(ILogicalPpeThread caller, ref HypercallFrame frame) => Lv1Status.Success;
    }
}
