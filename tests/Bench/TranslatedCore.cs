using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Microsoft.Extensions.Logging.Abstractions;

namespace Bench;

/// <summary>
/// A PPE with one thread that runs a short program in real mode on data that is translated: one segment of the kernel's
/// linear mapping, all of it in the page table, with pages of one size.
/// </summary>
internal sealed class TranslatedCore : IDisposable
{
    /// <summary>Where the data begins.</summary>
    public const ulong Data = 0xc000_0000_0000_0000;

    private const ulong Code = 0x1000;
    private const ulong Vsid = 0x4242;
    private const int Log2TableBytes = 20;

    private readonly GuestMemory _memory;
    private readonly PpuCore _core;

    public TranslatedCore(ulong dataBytes, int pageShift, params uint[] program)
    {
        _memory = new GuestMemory(dataBytes + (16 << 20));
        _memory.TryAddMemory(default, 16 << 20, RegionAccess.ReadWrite, "code");
        _memory.TryAddMemory(new LparAddress(1 << 28), dataBytes, RegionAccess.ReadWrite, "data");
        _core = new PpuCore(new PpuConfiguration(1, 16 << 20), _memory, new StoppedClock(), NullLogger.Instance);
        Span<byte> code = stackalloc byte[program.Length * 4];
        for (int index = 0; index < program.Length; index++)
            BinaryPrimitives.WriteUInt32BigEndian(code[(index * 4)..], program[index]);
        _memory.TryWrite(new LparAddress(Code), code);
        Map(dataBytes, pageShift);
        // Fetches in real mode: only data translation is measured.
        Thread.SetMsr(Msr.Sf | Msr.Dr);
        Thread.State.Nia = Code;
    }

    public PpuThread Thread => _core.Threads[0];

    public unsafe void SetGpr(int register, ulong value) => Thread.State.Gpr[register] = value;

    /// <summary>Stores a doubleword of the data.</summary>
    public void Write(ulong offset, ulong value) => _memory.TryWriteUInt64(new LparAddress((1 << 28) + offset), value);

    public void Dispose()
    {
        _core.Dispose();
        _memory.Dispose();
    }

    private unsafe void Map(ulong bytes, int pageShift)
    {
        IPageTable table = _core.CreatePageTable(Log2TableBytes, largePageShift0: 24, largePageShift1: 16);
        _core.Select(table);
        ulong large = pageShift == 12 ? 0UL : 4;
        for (ulong offset = 0; offset < bytes; offset += 1UL << pageShift)
        {
            ulong hash = (Vsid ^ (offset >> pageShift)) & ((1UL << (Log2TableBytes - 7)) - 1);
            ulong slot = hash * 8;
            while ((table.Read(slot).V & 1) != 0)
                slot++;
            ulong avpn = ((Vsid << 5) | (offset >> 23)) & ~(pageShift == 24 ? 1UL : 0);
            table.Write(slot, (avpn << 7) | large | 1, ((1UL << 28) + offset) | (pageShift == 16 ? 0x1000UL : 0) | 0x180);
        }

        Thread.State.SlbEsid[1] = Data | 0x0800_0000;
        Thread.State.SlbVsid[1] = (Vsid << 12) | (pageShift == 24 ? 0x100UL : pageShift == 16 ? 0x110UL : 0);
    }

    private sealed class StoppedClock : IPpuClock
    {
        public ulong TimeBase => IMachineClock.Frequency;

        public void Retire(long instructions)
        {
        }
    }
}
