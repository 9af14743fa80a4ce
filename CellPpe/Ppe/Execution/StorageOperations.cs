using System.Buffers.Binary;

namespace CellPpe.Ppe.Execution;

// Register numbers and byte counts of string moves come from XER or from the word: they are the whole of the operation,
// so it works on the word itself.

/// <summary>lswi, lswx (Book I 3.3.6).</summary>
internal readonly struct LoadString : ISystemOperation
{
    public static unsafe DecodedInsn* Execute(PpuContext* c, DecodedInsn* i)
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
    public static unsafe DecodedInsn* Execute(PpuContext* c, DecodedInsn* i)
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
    public static unsafe DecodedInsn* Execute(PpuContext* c, DecodedInsn* i)
    {
        Reservation access = new(c, i->Word);
        if (!access.Aligned)
        {
            c->Thread.Storage.AlignmentInterrupt(i, access.Address);
            return null;
        }

        if (!c->Thread.Storage.TryGetHost(i, access.Address, store: false, out byte* host))
            return null;
        c->State.Gpr[access.Register] = access.Doubleword
            ? BinaryPrimitives.ReverseEndianness(*(ulong*)host)
            : BinaryPrimitives.ReverseEndianness(*(uint*)host);
        c->State.ReservationHeld = 1;
        c->State.ReservationLine = c->Thread.Core.LineOf(host);
        return i + 1;
    }
}

/// <summary>stwcx., stdcx.: stores if the reservation still stands; CR0 = 00 || stored || SO.</summary>
internal readonly struct StoreConditional : ISystemOperation
{
    public static unsafe DecodedInsn* Execute(PpuContext* c, DecodedInsn* i)
    {
        Reservation access = new(c, i->Word);
        if (!access.Aligned)
        {
            c->Thread.Storage.AlignmentInterrupt(i, access.Address);
            return null;
        }

        if (!c->Thread.Storage.TryGetHost(i, access.Address, store: true, out byte* host))
            return null;
        bool stored = c->State.ReservationHeld != 0 && c->State.ReservationLine == c->Thread.Core.LineOf(host);
        if (stored)
        {
            ulong value = c->State.Gpr[access.Register];
            if (access.Doubleword)
                *(ulong*)host = BinaryPrimitives.ReverseEndianness(value);
            else
                *(uint*)host = BinaryPrimitives.ReverseEndianness((uint)value);
            c->Thread.Core.StoredTo(host, access.Doubleword ? 8UL : 4);
        }

        c->State.ReservationHeld = 0;
        c->State.Cr[0] = (byte)((stored ? 2 : 0) | c->State.XerSo);
        return i + 1;
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

    public bool Aligned => (Address & (Doubleword ? 7UL : 3)) == 0;
}
