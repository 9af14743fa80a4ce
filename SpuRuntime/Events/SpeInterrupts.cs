using System.Runtime.CompilerServices;

using CellPpe.Core.Ports;

using SpuRuntime.State;

namespace SpuRuntime.Events;

/// <summary>Classes, and bits of INT_Stat and INT_Mask (CBE Public Registers 3.2.2).</summary>
internal static class SpeInterruptBits
{
    public const int Error = (int)SpeInterruptClass.Error;
    public const int Translation = (int)SpeInterruptClass.Translation;
    public const int Application = (int)SpeInterruptClass.Application;

    public const ulong DmaAlignment = 1;
    public const ulong InvalidDmaCommand = 2;
    public const ulong SpuError = 4;

    public const ulong SegmentFault = 1;
    public const ulong StorageFault = 2;

    public const ulong Mailbox = 1;
    public const ulong SpuStop = 2;
    public const ulong SpuHalt = 4;
    public const ulong TagGroupComplete = 8;
    public const ulong MailboxThreshold = 0x10;
}

/// <summary>
/// An SPE's three interrupt lines: edges that are remembered until they are cleared, and the two mailbox bits that follow the
/// mailboxes. The SPE's lock is held; the lines are driven with it held, so that their levels arrive in order.
/// </summary>
internal sealed class SpeInterrupts(SpeState spe)
{
    private const int Classes = 3;

    // Guarded by the SPE's lock.
    public InterruptState State;

    private readonly IInterruptLine?[] _lines = new IInterruptLine?[Classes];
    private readonly bool[] _levels = new bool[Classes];

    public void Connect(int interruptClass, IInterruptLine? line)
    {
        if (_levels[interruptClass])
            _lines[interruptClass]?.SetLevel(false);
        _lines[interruptClass] = line;
        _levels[interruptClass] = false;
        Update();
    }

    public void SetMask(int interruptClass, ulong mask)
    {
        State.Mask[interruptClass] = mask;
        Update();
    }

    public ulong MaskOf(int interruptClass) => State.Mask[interruptClass];

    public ulong StatusOf(int interruptClass)
    {
        ulong status = State.Status[interruptClass];
        if (interruptClass != SpeInterruptBits.Application)
            return status;
        ref ChannelState channels = ref spe.Channels;
        if (channels.OutInterruptMailboxCount == 0)
            status |= SpeInterruptBits.Mailbox;
        if (channels.Inbound.Count < InboundMailbox.Capacity)
            status |= SpeInterruptBits.MailboxThreshold;
        return status;
    }

    public void Set(int interruptClass, ulong bits)
    {
        State.Status[interruptClass] |= bits;
        Update();
    }

    public void Clear(int interruptClass, ulong bits)
    {
        State.Status[interruptClass] &= ~bits;
        Update();
    }

    public void Reset()
    {
        State = default;
        Update();
    }

    /// <summary>Drives the lines by what is true now. To be called after anything that fills or empties a mailbox.</summary>
    public void Update()
    {
        for (int i = 0; i < Classes; i++)
        {
            bool level = (StatusOf(i) & State.Mask[i]) != 0;
            if (level == _levels[i])
                continue;
            _levels[i] = level;
            _lines[i]?.SetLevel(level);
        }
    }

    /// <summary>INT_Stat and INT_Mask of the three classes: plain data.</summary>
    internal struct InterruptState
    {
        public PerClass Status;
        public PerClass Mask;
    }

    [InlineArray(Classes)]
    internal struct PerClass
    {
        private ulong _element0;
    }
}
