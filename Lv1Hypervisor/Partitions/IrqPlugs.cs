using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// The 256 interrupt plugs of one hardware thread, their status and mask bits in guest memory, and the thread's external
/// interrupt request (irq-and-time.md 2, 5, 6). The request is a level: (status &amp; mask) != 0 over all four doublewords.
/// </summary>
internal sealed class IrqPlugs(int thread, GuestMemory memory, IReadOnlyList<ILogicalPpeThread> threads)
{
    public const int Count = 256;

    /// <summary>status[4], then mask[4], each a doubleword; plug 0 is the most significant bit of the first.</summary>
    public const int BlockSize = 64;

    private const int Words = 4;
    private const int MaskOffset = 32;

    private readonly Outlet?[] _outlets = new Outlet?[Count];

    // Events that lv1 has received but not yet shown to the guest in a status bit.
    private readonly ulong[] _latched = new ulong[Words];

    // Plugs whose status bit lv1 has set and whose end of interrupt is outstanding. The status bit in guest memory cannot serve as
    // this record, because FreeBSD clears bits that it has masked.
    private readonly ulong[] _inService = new ulong[Words];

    // The mask at the last lv1_did_update_interrupt_mask.
    private readonly ulong[] _shadowMask = new ulong[Words];

    private LparAddress? _block;

    /// <summary>Registers the block of status and mask bits, or removes it. A new block starts with nothing pending.</summary>
    public void SetBlock(LparAddress? block)
    {
        for (int word = 0; word < Words; word++)
            EndService(word, ulong.MaxValue);
        Array.Clear(_shadowMask);
        if (block is null)
            Array.Clear(_latched);
        _block = block;
        if (TryBlock(out Span<byte> bits))
        {
            // Status bits left there by a previous kernel would keep the request asserted for ever.
            bits[..MaskOffset].Clear();
            memory.NotifyWritten(_block!.Value, MaskOffset);
        }

        foreach (Outlet? outlet in _outlets)
        {
            if (outlet is { Level: true })
                _latched[outlet.Plug / 64] |= PowerBits.Mask64(outlet.Plug % 64);
        }

        MaskChanged();
    }

    /// <summary>True when the range overlaps the block's status bits, which change when an interrupt arrives.</summary>
    public bool MayStore(LparAddress start, ulong length) =>
        _block is { } block && start.Value < block.Value + MaskOffset && block.Value < start.Value + length;

    public Lv1Status Connect(int plug, Outlet outlet)
    {
        if (_outlets[plug] is { IsDestroyed: false } || outlet.Thread is not null)
            return Lv1Status.AlreadyConnected;
        Disconnect(plug);
        _outlets[plug] = outlet;
        outlet.Thread = this;
        outlet.Plug = plug;
        if (outlet.Level)
            Latch(plug);
        return Lv1Status.Success;
    }

    public Lv1Status Disconnect(int plug)
    {
        if (_outlets[plug] is not { } outlet)
            return Lv1Status.NoEntry;
        Silence(plug);
        _outlets[plug] = null;
        outlet.Thread = null;
        return Lv1Status.Success;
    }

    /// <summary>Clears the status bit and all flags of a plug.</summary>
    public void Silence(int plug)
    {
        (int word, ulong bit) = Place(plug);
        _latched[word] &= ~bit;
        EndService(word, bit);
        RefreshRequest();
    }

    /// <summary>Records an event on a plug: an edge, or a level that has gone high.</summary>
    public void Latch(int plug)
    {
        (int word, ulong bit) = Place(plug);
        _latched[word] |= bit;
        Evaluate(word);
        RefreshRequest();
    }

    /// <summary>A level has gone low: an event not yet shown to the guest is dropped.</summary>
    public void Withdraw(int plug)
    {
        (int word, ulong bit) = Place(plug);
        _latched[word] &= ~bit;
    }

    /// <summary>lv1_end_of_interrupt. For an idle, masked or unconnected plug it does nothing and is not an error.</summary>
    public void EndOfInterrupt(int plug)
    {
        (int word, ulong bit) = Place(plug);
        if ((_inService[word] & bit) == 0)
            return;
        EndService(word, bit);
        if (_outlets[plug] is { Level: true })
            _latched[word] |= bit;
        Evaluate(word);
        RefreshRequest();
    }

    /// <summary>lv1_did_update_interrupt_mask: shows the events that were latched while masked.</summary>
    public void MaskChanged()
    {
        for (int word = 0; word < Words; word++)
        {
            if (!TryBlock(out Span<byte> block))
                break;
            ulong mask = Read(block, MaskOffset, word);
            ulong opened = mask & ~_shadowMask[word];
            _shadowMask[word] = mask;
            // FreeBSD's read-and-clear discards a status bit that it has masked meanwhile, and no end of interrupt follows. Set the
            // bit again (irq-and-time.md 6, "one hole remains").
            ulong status = Read(block, 0, word);
            ulong lost = _inService[word] & opened & ~status;
            if (lost != 0)
                WriteStatus(block, word, status | lost);
            Evaluate(word);
        }

        RefreshRequest();
    }

    /// <summary>Recomputes the request from guest memory, which the guest may have changed without a call.</summary>
    public void RefreshRequest()
    {
        if (thread >= threads.Count)
            return;
        ulong pending = 0;
        if (TryBlock(out Span<byte> block))
        {
            for (int word = 0; word < Words; word++)
                pending |= Read(block, 0, word) & Read(block, MaskOffset, word);
        }

        threads[thread].SetExternalInterrupt(pending != 0);
    }

    /// <summary>Doubleword <paramref name="word"/> of status &amp; mask.</summary>
    public ulong Pending(int word) =>
        TryBlock(out Span<byte> block) ? Read(block, 0, word) & Read(block, MaskOffset, word) : 0;

    private static (int Word, ulong Bit) Place(int plug) => (plug / 64, PowerBits.Mask64(plug % 64));

    private static ulong Read(Span<byte> block, int offset, int word) =>
        BinaryPrimitives.ReadUInt64BigEndian(block[(offset + (word * 8))..]);

    private void Evaluate(int word)
    {
        if (!TryBlock(out Span<byte> block))
            return;
        ulong show = _latched[word] & ~_inService[word] & Read(block, MaskOffset, word);
        if (show == 0)
            return;
        WriteStatus(block, word, Read(block, 0, word) | show);
        _inService[word] |= show;
        _latched[word] &= ~show;
    }

    private void EndService(int word, ulong bits)
    {
        bits &= _inService[word];
        if (bits == 0)
            return;
        _inService[word] &= ~bits;
        if (TryBlock(out Span<byte> block))
            WriteStatus(block, word, Read(block, 0, word) & ~bits);
    }

    private void WriteStatus(Span<byte> block, int word, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(block[(word * 8)..], value);
        // Breaks the guest's reservation on the line, if it has one: guests change mask and status by ldarx/stdcx.
        memory.NotifyWritten(_block!.Value + (ulong)(word * 8), 8);
    }

    private bool TryBlock(out Span<byte> block)
    {
        // The guest may have released the memory that holds the block; then the write has no effect.
        if (_block is { } address)
            return memory.TrySlice(address, BlockSize, RegionAccess.ReadWrite, out block);
        block = default;
        return false;
    }
}
