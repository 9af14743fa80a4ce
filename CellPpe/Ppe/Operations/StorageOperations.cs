using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace CellPpe.Ppe.Operations;

// Register numbers and byte counts of string moves come from XER or from the word: they are the whole of the operation,
// so it works on the word itself.

/// <summary>lswi, lswx (Book I 3.3.6).</summary>
internal readonly struct LoadString : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        StringMove move = new(c, i->Word);
        int register = move.FirstRegister;
        for (int done = 0; done < move.Count; register = (register + 1) & 31)
        {
            ulong word = 0;
            for (int index = 0; index < 4; index++)
            {
                ulong part = 0;
                if (done < move.Count && !c->Thread.Storage.Load(i, (move.Address + (ulong)done) & c->ModeMask, 1, out part))
                    return null;
                word = (word << 8) | part;
                done++;
            }

            c->State.Gpr[register] = word;
        }

        return i + 1;
    }
}

/// <summary>stswi, stswx (Book I 3.3.6).</summary>
internal readonly struct StoreString : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        StringMove move = new(c, i->Word);
        for (int done = 0; done < move.Count; done++)
        {
            ulong word = c->State.Gpr[(move.FirstRegister + (done / 4)) & 31];
            ulong part = (word >> (24 - (8 * (done % 4)))) & 0xff;
            if (!c->Thread.Storage.Store(i, (move.Address + (ulong)done) & c->ModeMask, 1, part))
                return null;
        }

        return i + 1;
    }
}

/// <summary>Operands of a string move: the immediate forms have bit 6 of the extended opcode set.</summary>
internal readonly struct StringMove
{
    public unsafe StringMove(PpuContext* c, uint word)
    {
        int ra = (int)(word >> 16) & 31;
        int rb = (int)(word >> 11) & 31;
        ulong start = ra == 0 ? 0 : c->State.Gpr[ra];
        bool immediate = ((word >> 1) & 0x40) != 0;
        FirstRegister = (int)(word >> 21) & 31;
        Count = immediate ? (rb == 0 ? 32 : rb) : c->State.XerCount;
        Address = immediate ? start : start + c->State.Gpr[rb];
    }

    public int FirstRegister { get; }

    public int Count { get; }

    public ulong Address { get; }
}

/// <summary>lwarx, ldarx: loads and takes the thread's reservation of the 128-byte line (Book II 3.3.2).</summary>
internal readonly struct LoadReserve : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        Reservation access = new(c, i->Word);
        if (!access.Aligned)
        {
            c->Thread.Storage.AlignmentInterrupt(i, access.Address);
            return null;
        }

        if (!c->Thread.Storage.TryGetHost(i, access.Address, (int)access.Bytes, store: false, out byte* host))
            return null;
        // A page cannot be taken away before the thread wants the lock again (see MachineLock).
        ulong raw = access.Doubleword ? *(ulong*)host : *(uint*)host;
        c->State.Gpr[access.Register] = access.Doubleword
            ? BinaryPrimitives.ReverseEndianness(raw)
            : BinaryPrimitives.ReverseEndianness((uint)raw);
        c->ReservedHost = host;
        c->ReservedValue = raw;
        c->ReservedBytes = access.Bytes;
        c->State.ReservationHeld = 1;
        c->State.ReservationLine = c->Thread.Shared.LineOf(host);
        return i + 1;
    }
}

/// <summary>stwcx., stdcx.: stores if the reservation still stands; CR0 = 00 || stored || SO.</summary>
/// <remarks>
/// When both hardware threads run in turns and there are no SPEs, a reservation is lost to whatever the architecture says.
/// Otherwise it is lost when the bytes it was made for have changed: the store is a compare-and-swap with what lwarx read. Bytes that
/// changed and changed back (A, B, A) go unnoticed, where a PPE would notice. A program can only tell if it relies on the
/// reservation for more than the reserved bytes; Linux, glibc and what compilers make of atomic operations all compute the
/// new value from the value read. Where there are SPEs, the compare-and-swap is one step to their atomic commands
/// (<see cref="ReservationTable"/>). A store to another place than was reserved fails, which Book II 3.3.2 leaves open.
/// </remarks>
internal readonly struct StoreConditional : ISystemOperation
{
    public static unsafe PpuDecodedInsn* Execute(PpuContext* c, PpuDecodedInsn* i)
    {
        Reservation access = new(c, i->Word);
        if (!access.Aligned)
        {
            c->Thread.Storage.AlignmentInterrupt(i, access.Address);
            return null;
        }

        if (!c->Thread.Storage.TryGetHost(i, access.Address, (int)access.Bytes, store: true, out byte* host))
            return null;
        bool stored = c->State.ReservationHeld != 0 && c->State.ReservationLine == c->Thread.Shared.LineOf(host);
        if (stored && c->Shared != 0)
        {
            stored = c->ReservedHost == host && c->ReservedBytes == access.Bytes && TrySwap(c, access, host);
            if (stored)
                c->Thread.StoredTo(host, access.Bytes);
        }
        else if (stored)
        {
            ulong value = c->State.Gpr[access.Register];
            if (access.Doubleword)
                *(ulong*)host = BinaryPrimitives.ReverseEndianness(value);
            else
                *(uint*)host = BinaryPrimitives.ReverseEndianness((uint)value);
            c->Thread.Shared.StoredTo(host, access.Bytes);
        }

        c->State.ReservationHeld = 0;
        c->State.Cr[0] = (byte)((stored ? 2 : 0) | c->State.XerSo);
        return i + 1;
    }

    // Aligned, and inside guest memory: both were checked when the address was translated.
    private static unsafe bool TrySwap(PpuContext* c, in Reservation access, byte* host)
    {
        ReservationTable? table = c->Thread.Shared.Reservations;
        if (access.Doubleword)
        {
            ulong value = BinaryPrimitives.ReverseEndianness(c->State.Gpr[access.Register]);
            return table?.TryConditionalStore((ulong*)host, c->ReservedValue, value)
                ?? Interlocked.CompareExchange(ref *(ulong*)host, value, c->ReservedValue) == c->ReservedValue;
        }

        uint expected = (uint)c->ReservedValue;
        uint word = BinaryPrimitives.ReverseEndianness((uint)c->State.Gpr[access.Register]);
        return table?.TryConditionalStore((uint*)host, expected, word)
            ?? Interlocked.CompareExchange(ref *(uint*)host, word, expected) == expected;
    }
}

/// <summary>Operands of a reservation instruction: ldarx and stdcx. have bit 25 of the word set.</summary>
internal readonly struct Reservation
{
    public unsafe Reservation(PpuContext* c, uint word)
    {
        int ra = (int)(word >> 16) & 31;
        int rb = (int)(word >> 11) & 31;
        Register = (int)(word >> 21) & 31;
        Address = ((ra == 0 ? 0 : c->State.Gpr[ra]) + c->State.Gpr[rb]) & c->ModeMask;
        Doubleword = (word & 0x80) != 0;
    }

    public int Register { get; }

    public ulong Address { get; }

    public bool Doubleword { get; }

    public uint Bytes => Doubleword ? 8u : 4;

    public bool Aligned => (Address & (Doubleword ? 7UL : 3)) == 0;
}
