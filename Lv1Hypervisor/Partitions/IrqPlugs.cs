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

    // An event came and is not yet shown to the guest.
    private readonly ulong[] _latched = new ulong[Words];

    // Shown (status bit set by lv1) and not yet ended. The status bit itself is no memory: FreeBSD clears bits it has masked.
    private readonly ulong[] _inService = new ulong[Words];

    // The mask as lv1_did_update_interrupt_mask saw it last.
    private readonly ulong[] _shadowMask = new ulong[Words];

    private LparAddress? _block;

    /// <summary>Registers the block of status and mask bits, or removes it. Nothing is pending in a new block.</summary>
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
            // Bits a former kernel left there would ask for service for ever.
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

    /// <summary>True when the range touches the block's status bits, which change when an interrupt comes.</summary>
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

    /// <summary>An edge, or a level that went high.</summary>
    public void Latch(int plug)
    {
        (int word, ulong bit) = Place(plug);
        _latched[word] |= bit;
        Evaluate(word);
        RefreshRequest();
    }

    /// <summary>A level went low: what the guest has not seen yet it need not see.</summary>
    public void Withdraw(int plug)
    {
        (int word, ulong bit) = Place(plug);
        _latched[word] &= ~bit;
    }

    /// <summary>lv1_end_of_interrupt: idle, masked and unconnected plugs are no error.</summary>
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

    /// <summary>lv1_did_update_interrupt_mask: shows what was latched while masked.</summary>
    public void MaskChanged()
    {
        for (int word = 0; word < Words; word++)
        {
            if (!TryBlock(out Span<byte> block))
                break;
            ulong mask = Read(block, MaskOffset, word);
            ulong opened = mask & ~_shadowMask[word];
            _shadowMask[word] = mask;
            // FreeBSD's read-and-clear drops a shown bit that it had masked meanwhile; no end of interrupt follows. Show it
            // again (irq-and-time.md 6, "one hole remains").
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
        // Breaks a reservation the guest may hold on the line: it changes mask and status by ldarx/stdcx.
        memory.NotifyWritten(_block!.Value + (ulong)(word * 8), 8);
    }

    private bool TryBlock(out Span<byte> block)
    {
        // The memory may have been released under the block; then nothing can be shown.
        if (_block is { } address)
            return memory.TrySlice(address, BlockSize, RegionAccess.ReadWrite, out block);
        block = default;
        return false;
    }
}
