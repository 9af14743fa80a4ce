using System.Runtime.CompilerServices;

namespace CellPpe.Core;

/// <summary>Is notified when its reservation is lost because another processor or a device stored to the line.</summary>
public interface IReservationHolder
{
    /// <summary>Called on the host thread that made the store, with none of the table's locks held.</summary>
    void ReservationLost();
}

/// <summary>
/// The lock-line reservations of SPEs. It makes SPEs' atomic commands, their DMA and a PPE's conditional stores atomic to each other.
/// Lines are 128 bytes of host memory, so that a line mapped at two partition addresses is one line here.
/// </summary>
/// <remarks>
/// <para>
/// Each line belongs to one of <see cref="Stripes"/> short spin locks. Operations through the table are exact: getllar, putllc,
/// putlluc, DMA of up to a line and stwcx./stdcx. are atomic to each other, and every store through the table cancels the
/// reservations on its line at once, even if it changes no byte.
/// </para>
/// <para>
/// Plain stores of a PPE and of an SPU's own instructions do not go through the table. A putllc detects them by comparing the line with
/// the contents that getllar read (so a line changed and changed back counts as unchanged), and writes only the doublewords that it
/// changes, each by a compare-and-swap. A plain store to another doubleword of the line is therefore never overwritten. A plain store to
/// the first doubleword that the putllc changes makes the putllc fail. A plain store to a later one of several takes effect as if it
/// came just after the putllc: its value stays, and the putllc's other doublewords are stored too.
/// </para>
/// <para>
/// A PPE's own reservation is kept by value (stwcx. is a compare-and-swap), so DMA or a putllc that leaves the reserved word unchanged
/// does not break it. Such a stwcx. succeeds where the architecture would have it fail; the same holds between PPE threads.
/// </para>
/// <para>All members may be called on any thread. A stripe is the innermost lock: no other lock is taken while one is held.</para>
/// </remarks>
public sealed unsafe class ReservationTable
{
    /// <summary>Bytes of a line, on a Cell.</summary>
    public const int LineSize = 128;

    private const int Stripes = 512;

    private readonly Stripe[] _stripes = GC.AllocateArray<Stripe>(Stripes, pinned: true);
    private readonly Lock _change = new();
    private volatile LineReservation[] _reservations = [];

    /// <summary>Adds a holder, which can hold one reservation.</summary>
    public LineReservation Add(IReservationHolder holder)
    {
        LineReservation reservation = new(holder);
        lock (_change)
            _reservations = [.. _reservations, reservation];
        return reservation;
    }

    /// <summary>Removes a holder and its reservation.</summary>
    public void Remove(LineReservation reservation)
    {
        Drop(reservation);
        lock (_change)
            _reservations = [.. _reservations.Where(other => other != reservation)];
    }

    /// <summary>getllar: reads a whole line atomically and reserves it. A reservation held before is dropped.</summary>
    /// <param name="reservation">The reservation of the SPE that reads.</param>
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

    /// <summary>putllc: stores a line if the reservation still holds; drops the reservation in either case.</summary>
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

    /// <summary>
    /// putlluc: stores a whole line atomically and unconditionally. The storing SPE's own reservation on it is dropped without a call.
    /// </summary>
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

    /// <summary>A DMA store of any length: line by line, each line atomically.</summary>
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

    /// <summary>A DMA load. Bytes within one line are read atomically; more than a line is not (CBEA does not guarantee that).</summary>
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

    /// <summary>stwcx.: a compare-and-swap, atomic to SPEs' atomic commands, that cancels SPEs' reservations on its line.</summary>
    /// <param name="host">A word, aligned. Values are as memory holds them, in guest byte order.</param>
    /// <param name="expected">The value that memory must hold.</param>
    /// <param name="value">The value to store.</param>
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

    /// <summary>Notifies the table of a store that bypassed it: reservations on the lines are lost.</summary>
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

    /// <summary>Drops a reservation without notifying its holder.</summary>
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
    /// Checks whether a plain store has changed the reserved line, and if so drops the reservation. The holder is the caller, so it is
    /// not notified.
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

    // A spin lock and the number of reservations on its lines. Neighbouring stripes share a host cache line on purpose, because a long
    // put takes them one after another.
    private struct Stripe
    {
        public int Taken;
        public int Holders;
    }
}

/// <summary>The one reservation that an SPE can hold. Its fields are guarded by the stripe of its line.</summary>
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

    /// <summary>The line's offset from the start of guest memory, for state hashes.</summary>
    public ulong OffsetFrom(byte* hostBase) => IsHeld ? (ulong)((byte*)Line - hostBase) : ulong.MaxValue;
}
