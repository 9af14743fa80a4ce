using System.Runtime.CompilerServices;

namespace CellPpe.Core;

/// <summary>Told that its reservation is gone because somebody else stored to the line.</summary>
public interface IReservationHolder
{
    /// <summary>Comes on the host thread of whoever stored, with none of the table's locks held.</summary>
    void ReservationLost();
}

/// <summary>
/// The lock-line reservations of SPEs, and the one place where their atomic commands, their DMA and a PPE's conditional stores meet.
/// Lines are 128 bytes of host memory, so that a line seen at two partition addresses is one line here.
/// </summary>
/// <remarks>
/// <para>
/// Each line belongs to one of <see cref="Stripes"/> short spin locks. What goes through the table is exact: getllar, putllc, putlluc,
/// DMA of up to a line and stwcx./stdcx. are each one step to all the others, and every store through the table takes the
/// reservations on its line away at once, even if it changes no byte.
/// </para>
/// <para>
/// Plain stores of a PPE and of an SPU's own instructions do not pass here. A putllc finds them by comparing the line with what
/// getllar read (so a line changed and changed back counts as unchanged), and writes only doublewords it changes, each by a
/// compare-and-swap. A plain store to another doubleword of the line is therefore never overwritten; one that meets the putllc
/// at the first doubleword it changes makes it fail; one that meets it later in a putllc that changes several is, to
/// everyone else, a store just after it: it stays, and the others of the putllc's doublewords are there too.
/// </para>
/// <para>
/// A PPE's own reservation is kept by value (stwcx. is a compare-and-swap), so DMA or a putllc that leaves the reserved word as it was
/// does not break it. That is more than the architecture allows to succeed, in the same way as between PPE threads.
/// </para>
/// <para>Any thread may call anything. A stripe is the innermost lock of all: nothing else is taken while one is held.</para>
/// </remarks>
public sealed unsafe class ReservationTable
{
    /// <summary>Bytes of a line, on a Cell.</summary>
    public const int LineSize = 128;

    private const int Stripes = 512;

    private readonly Stripe[] _stripes = GC.AllocateArray<Stripe>(Stripes, pinned: true);
    private readonly Lock _change = new();
    private volatile LineReservation[] _reservations = [];

    /// <summary>Adds somebody who can hold one reservation.</summary>
    public LineReservation Add(IReservationHolder holder)
    {
        LineReservation reservation = new(holder);
        lock (_change)
            _reservations = [.. _reservations, reservation];
        return reservation;
    }

    /// <summary>Takes a holder away, and its reservation with it.</summary>
    public void Remove(LineReservation reservation)
    {
        Drop(reservation);
        lock (_change)
            _reservations = [.. _reservations.Where(other => other != reservation)];
    }

    /// <summary>getllar: reads a whole line at once and reserves it. A reservation held before is given up.</summary>
    /// <param name="reservation">Whose.</param>
    /// <param name="line">The line, a multiple of 128, in memory that stays allocated.</param>
    /// <param name="destination">128 bytes that become the line's contents.</param>
    public void LoadReserved(LineReservation reservation, byte* line, byte* destination)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        Drop(reservation);
        ref Stripe stripe = ref Enter(line);
        Copy(line, (byte*)Unsafe.AsPointer(ref reservation.Snapshot));
        reservation.Line = (nuint)line;
        stripe.Holders++;
        Exit(ref stripe);
        Copy((byte*)Unsafe.AsPointer(ref reservation.Snapshot), destination);
    }

    /// <summary>putllc: stores a line if the reservation still holds; gives the reservation up either way.</summary>
    /// <returns>True when it was stored.</returns>
    public bool StoreReserved(LineReservation reservation, byte* line, byte* source)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        if (Volatile.Read(ref reservation.Line) != (nuint)line)
        {
            Drop(reservation);
            return false;
        }

        ref Stripe stripe = ref Enter(line);
        bool stored = reservation.Line == (nuint)line && TrySwap((ulong*)line, (ulong*)Unsafe.AsPointer(ref reservation.Snapshot), (ulong*)source);
        DropLocked(ref stripe, reservation, (nuint)line);
        bool lost = stored && stripe.Holders != 0 && Lose((nuint)line);
        Exit(ref stripe);
        if (lost)
            Notify();
        return stored;
    }

    /// <summary>putlluc: stores a whole line at once, whatever is reserved. The storer's own reservation on it ends silently.</summary>
    public void StoreLine(LineReservation? own, byte* line, byte* source)
    {
        ref Stripe stripe = ref Enter(line);
        Copy(source, line);
        if (own is not null)
            DropLocked(ref stripe, own, (nuint)line);
        bool lost = stripe.Holders != 0 && Lose((nuint)line);
        Exit(ref stripe);
        if (lost)
            Notify();
    }

    /// <summary>A DMA's store of any length: line by line, each of them at once.</summary>
    public void Store(byte* destination, byte* source, int length)
    {
        bool lost = false;
        while (length > 0)
        {
            int piece = Math.Min(length, LineSize - (int)((nuint)destination & (LineSize - 1)));
            nuint line = (nuint)destination & ~(nuint)(LineSize - 1);
            ref Stripe stripe = ref Enter((byte*)line);
            if (piece == LineSize)
                Copy(source, destination);
            else
                CopyPiece(source, destination, piece);
            if (stripe.Holders != 0)
                lost |= Lose(line);
            Exit(ref stripe);
            destination += piece;
            source += piece;
            length -= piece;
        }

        if (lost)
            Notify();
    }

    /// <summary>A DMA's load. What lies in one line is read at once; more than a line is not (CBEA promises that for no transfer).</summary>
    public void Load(byte* destination, byte* source, int length)
    {
        nuint offset = (nuint)source & (LineSize - 1);
        if (offset + (nuint)length > LineSize)
        {
            Buffer.MemoryCopy(source, destination, length, length);
            return;
        }

        ref Stripe stripe = ref Enter(source);
        CopyPiece(source, destination, length);
        Exit(ref stripe);
    }

    /// <summary>stwcx.: a compare-and-swap that no atomic command of an SPE overlaps, and that takes SPEs' reservations on its line away.</summary>
    /// <param name="host">A word, aligned. Values are as memory holds them, in guest byte order.</param>
    /// <param name="expected">What must be there.</param>
    /// <param name="value">What is stored.</param>
    /// <returns>True when it was stored.</returns>
    public bool TryConditionalStore(uint* host, uint expected, uint value)
    {
        ref Stripe stripe = ref Enter((byte*)host);
        bool stored = Interlocked.CompareExchange(ref *host, value, expected) == expected;
        ExitAfter(ref stripe, (byte*)host, stored);
        return stored;
    }

    /// <summary>stdcx.: the same for a doubleword.</summary>
    public bool TryConditionalStore(ulong* host, ulong expected, ulong value)
    {
        ref Stripe stripe = ref Enter((byte*)host);
        bool stored = Interlocked.CompareExchange(ref *host, value, expected) == expected;
        ExitAfter(ref stripe, (byte*)host, stored);
        return stored;
    }

    /// <summary>Tells the table of a store that was made without it: reservations on the lines are lost.</summary>
    public void Stored(byte* host, int length)
    {
        bool lost = false;
        for (nuint line = (nuint)host & ~(nuint)(LineSize - 1); line < (nuint)host + (nuint)length; line += LineSize)
        {
            ref Stripe stripe = ref StripeOf((byte*)line);
            if (Volatile.Read(ref stripe.Holders) == 0)
                continue;
            _ = ref Enter((byte*)line);
            lost |= Lose(line);
            Exit(ref stripe);
        }

        if (lost)
            Notify();
    }

    /// <summary>Gives a reservation up without telling its holder.</summary>
    public void Drop(LineReservation reservation)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        nuint line = Volatile.Read(ref reservation.Line);
        if (line == 0)
            return;
        ref Stripe stripe = ref Enter((byte*)line);
        DropLocked(ref stripe, reservation, line);
        Exit(ref stripe);
    }

    /// <summary>
    /// Looks whether a plain store has changed the reserved line, and if so gives the reservation up. The holder is not called: it asked.
    /// </summary>
    public bool LostToPlainStore(LineReservation reservation)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        nuint line = Volatile.Read(ref reservation.Line);
        if (line == 0)
            return false;
        ref Stripe stripe = ref Enter((byte*)line);
        bool lost = reservation.Line == line && !new ReadOnlySpan<byte>((byte*)line, LineSize).SequenceEqual(reservation.Bytes);
        if (lost)
            DropLocked(ref stripe, reservation, line);
        Exit(ref stripe);
        return lost;
    }

    // Both spans are 16 doublewords; the line is aligned.
    private static bool TrySwap(ulong* line, ulong* expected, ulong* value)
    {
        if (!new ReadOnlySpan<byte>(line, LineSize).SequenceEqual(new ReadOnlySpan<byte>(expected, LineSize)))
            return false;
        bool any = false;
        for (int i = 0; i < LineSize / sizeof(ulong); i++)
        {
            if (expected[i] == value[i])
                continue;
            if (Interlocked.CompareExchange(ref line[i], value[i], expected[i]) != expected[i] && !any)
                return false;
            any = true;
        }

        return true;
    }

    // The length is a constant: a few host vectors, no call.
    private static void Copy(byte* source, byte* destination) => Unsafe.CopyBlockUnaligned(destination, source, LineSize);

    // The lengths a DMA may have (CBEA: 1, 2, 4, 8 and multiples of 16, aligned): each of the short ones is one access.
    private static void CopyPiece(byte* source, byte* destination, int length)
    {
        switch (length)
        {
            case 1:
                *destination = *source;
                break;
            case 2:
                *(ushort*)destination = *(ushort*)source;
                break;
            case 4:
                *(uint*)destination = *(uint*)source;
                break;
            case 8:
                *(ulong*)destination = *(ulong*)source;
                break;
            default:
                Buffer.MemoryCopy(source, destination, length, length);
                break;
        }
    }

    private static void DropLocked(ref Stripe stripe, LineReservation reservation, nuint line)
    {
        if (reservation.Line != line)
            return;
        reservation.Line = 0;
        stripe.Holders--;
    }

    // With the line's stripe held.
    private bool Lose(nuint line)
    {
        bool any = false;
        ref Stripe stripe = ref StripeOf((byte*)line);
        foreach (LineReservation reservation in _reservations)
        {
            if (reservation.Line != line)
                continue;
            DropLocked(ref stripe, reservation, line);
            Volatile.Write(ref reservation.LostPending, 1);
            any = true;
        }

        return any;
    }

    private void Notify()
    {
        foreach (LineReservation reservation in _reservations)
        {
            if (Volatile.Read(ref reservation.LostPending) != 0 && Interlocked.Exchange(ref reservation.LostPending, 0) != 0)
                reservation.Holder.ReservationLost();
        }
    }

    private void ExitAfter(ref Stripe stripe, byte* host, bool stored)
    {
        bool lost = stored && stripe.Holders != 0 && Lose((nuint)host & ~(nuint)(LineSize - 1));
        Exit(ref stripe);
        if (lost)
            Notify();
    }

    private ref Stripe StripeOf(byte* host) => ref _stripes[(int)(((nuint)host / LineSize) % Stripes)];

    private ref Stripe Enter(byte* host)
    {
        ref Stripe stripe = ref StripeOf(host);
        if (Interlocked.CompareExchange(ref stripe.Taken, 1, 0) != 0)
            EnterSlowly(ref stripe);
        return ref stripe;
    }

    private static void EnterSlowly(ref Stripe stripe)
    {
        SpinWait spin = default;
        while (Volatile.Read(ref stripe.Taken) != 0 || Interlocked.CompareExchange(ref stripe.Taken, 1, 0) != 0)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    private static void Exit(ref Stripe stripe) => Volatile.Write(ref stripe.Taken, 0);

    // A spin lock and how many reservations lie on its lines. Neighbours share a host cache line on purpose: a long put walks
    // along them.
    private struct Stripe
    {
        public int Taken;
        public int Holders;
    }
}

/// <summary>The one reservation an SPE can hold. Its fields belong to the stripe of the line it is on.</summary>
public sealed unsafe class LineReservation
{
    internal nuint Line;
    internal int LostPending;

    // The line as getllar read it: 128 bytes that do not move, so that they can be copied by address.
    private readonly byte[] _snapshot = GC.AllocateArray<byte>(ReservationTable.LineSize, pinned: true);

    internal LineReservation(IReservationHolder holder) => Holder = holder;

    /// <summary>True while a line is reserved.</summary>
    public bool IsHeld => Volatile.Read(ref Line) != 0;

    internal IReservationHolder Holder { get; }

    internal ref byte Snapshot => ref _snapshot[0];

    internal ReadOnlySpan<byte> Bytes => _snapshot;

    /// <summary>Where the line lies, counted from the start of guest memory; for fingerprints.</summary>
    public ulong OffsetFrom(byte* hostBase) => IsHeld ? (ulong)((byte*)Line - hostBase) : ulong.MaxValue;
}
